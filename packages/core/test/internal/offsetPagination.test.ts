/** C11: a list by offset is read whole in either order, and never again and again. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import { streamPages } from "../../src/internal/offsetPagination.ts"

interface Page {
  readonly limit: number
  readonly offset: number
}

type Slice = (list: ReadonlyArray<number>, page: Page) => ReadonlyArray<number>

const honest: Slice = (list, { limit, offset }) => list.slice(offset, offset + limit)

/** Servers that do not heed the offset, all or some of the time. */
const deaf: Readonly<Record<string, Slice>> = {
  "ignores the offset": (list, { limit }) => list.slice(0, limit),
  "clamps the offset to the last full page": (list, { limit, offset }) => {
    const from = Math.max(0, Math.min(offset, list.length - limit))
    return list.slice(from, from + limit)
  },
  "heeds no offset beyond the second page": (list, { limit, offset }) =>
    list.slice(Math.min(offset, limit), Math.min(offset, limit) + limit),
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

/** A server with a list of ids, to which something happens before each request. */
const makeServer = ({
  cap = Number.POSITIVE_INFINITY,
  change = () => {},
  count,
  isNewestFirst,
  slice = honest,
}: {
  readonly count: number
  readonly isNewestFirst: boolean
  readonly cap?: number
  readonly slice?: Slice
  readonly change?: (server: { ids: ReadonlyArray<number>; create: (count: number) => void }, request: number) => void
}) => {
  let highest = count
  const server = {
    ids: upTo(count) as ReadonlyArray<number>,
    asked: new Array<Page>(),
    create: (created: number) => {
      server.ids = [...server.ids, ...upTo(created).map((i) => highest + i)]
      highest += created
    },
    stream: (pageSize: number) =>
      Stream.map(
        streamPages("Tokens.stream", pageSize, 20, ({ limit, offset }) =>
          Effect.sync(() => {
            change(server, server.asked.length)
            server.asked.push({ limit, offset })
            const list = isNewestFirst ? server.ids.toReversed() : server.ids
            return slice(list, { limit: Math.min(limit, cap), offset }).map((id) => ({ id }))
          }),
        ),
        ({ id }) => id,
      ),
  }
  return server
}

describe.each([
  { order: "oldest first", isNewestFirst: false },
  { order: "newest first", isNewestFirst: true },
])("a list that is $order", ({ isNewestFirst }) => {
  it.effect.each([0, 1, 2, 19, 20, 21, 100, 101, 250])("is whole: %i tokens", (count) =>
    Effect.gen(function* () {
      for (const pageSize of [1, 2, 3, 20, 100]) {
        const server = makeServer({ count, isNewestFirst })
        const all = isNewestFirst ? upTo(count).toReversed() : upTo(count)
        assert.deepStrictEqual(yield* Stream.runCollect(server.stream(pageSize)), all)
        assert.isAtMost(server.asked.length, count / Math.max(1, pageSize - 1) + 2)
      }
    }),
  )

  const change = fc.record({
    created: fc.nat({ max: 15 }),
    /** By their place in the list, of a thousand. */
    deleted: fc.array(fc.nat({ max: 999 }), { maxLength: 10 }),
    /** All from here to there. */
    cut: fc.option(fc.tuple(fc.nat({ max: 999 }), fc.nat({ max: 999 })), { freq: 8 }),
  })

  it("gives each token that stays exactly once, whatever is created and deleted between two requests", async () => {
    const scenario = fc.record({
      count: fc.nat({ max: 150 }),
      cap: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 20, max: 60 })),
      pageSize: fc.integer({ min: 1, max: 110 }),
      changes: fc.array(change, { maxLength: 12 }),
    })
    await fc.assert(
      fc.asyncProperty(scenario, ({ cap, changes, count, pageSize }) =>
        Effect.runPromise(
          Effect.gen(function* () {
            const server = makeServer({
              count,
              isNewestFirst,
              cap,
              change: (server, request) => {
                // The first page comes before all changes: a token stays if it is on each list from then on.
                const { created = 0, cut, deleted = [] } = request === 0 ? {} : (changes[request - 1] ?? {})
                server.create(created)
                const { ids } = server
                const gone = new Set(deleted.map((place) => ids[Math.floor((place / 1000) * ids.length)]))
                const [from, to] = (cut ?? [0, 0]).map((place) => Math.floor((place / 1000) * ids.length))
                server.ids = ids.filter((id, i) => !gone.has(id) && !(i >= (from ?? 0) && i < (to ?? 0)))
              },
            })
            const seen = yield* Stream.runCollect(server.stream(pageSize))
            const stayed = server.ids.filter((id) => id <= count)
            assert.deepStrictEqual(
              stayed.filter((id) => !seen.includes(id)),
              [],
              "lost",
            )
            const inOrder = [...new Set(seen)].toSorted((a, b) => (isNewestFirst ? b - a : a - b))
            assert.deepStrictEqual(seen, inOrder, "in one order, and none twice")
          }),
        ),
      ),
      { numRuns: 1000 },
    )
  })

  it.effect("outlives more creations between two requests than a page holds", () =>
    Effect.gen(function* () {
      for (const pageSize of [1, 2, 7, 30, 100]) {
        for (const burst of [1, 6, 99, 100, 1000]) {
          const server = makeServer({
            count: 120,
            isNewestFirst,
            change: ({ create }, request) => {
              if (request === 1) create(burst)
            },
          })
          const seen = yield* Stream.runCollect(server.stream(pageSize))
          assert.deepStrictEqual(
            seen.filter((id) => id <= 120).toSorted((a, b) => a - b),
            upTo(120),
          )
        }
      }
    }),
  )

  describe.each(Object.keys(deaf))("behind a server that %s", (name) => {
    const slice = deaf[name] ?? honest

    it.effect.each([1, 2, 5, 20, 100])("ends as MalformedResponse, or whole: %i a page", (pageSize) =>
      Effect.gen(function* () {
        for (const count of [0, 1, 2, 3, 19, 20, 21, 99, 100, 101, 150, 250]) {
          const server = makeServer({ count, isNewestFirst, slice })
          const seen = new Array<number>()
          const exit = yield* Effect.exit(
            Stream.runForEach(server.stream(pageSize), (id) => Effect.sync(() => seen.push(id))),
          )
          assert.strictEqual(new Set(seen).size, seen.length, "none twice")
          if (Exit.isSuccess(exit)) assert.lengthOf(seen, count)
          else {
            const error = yield* Effect.flip(exit)
            assert.strictEqual(
              error.message,
              "Tokens.stream got an answer (200) that it cannot use: the page holds only tokens that came before, as if the offset did not count.",
            )
          }
          // Oldest first the first page without progress ends it. Newest first a wider one may bring something again.
          assert.isAtMost(server.asked.length, Math.ceil(seen.length / Math.max(1, pageSize - 1)) + 6)
        }
      }),
    )
  })

  it("asks a bounded number of times, whatever a server answers", async () => {
    const scenario = fc.record({
      pageSize: fc.integer({ min: 1, max: 30 }),
      answers: fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 30 }), { minLength: 1 }),
    })
    await fc.assert(
      fc.asyncProperty(scenario, ({ answers, pageSize }) =>
        Effect.runPromise(
          Effect.gen(function* () {
            let asked = 0
            const stream = streamPages("Tokens.stream", pageSize, 20, () =>
              Effect.sync(() => {
                const ids = (answers[asked % answers.length] ?? []).toSorted((a, b) => (isNewestFirst ? b - a : a - b))
                asked += 1
                assert.isBelow(asked, 500)
                return ids.map((id) => ({ id }))
              }),
            )
            const seen = new Array<number>()
            yield* Effect.exit(Stream.runForEach(stream, ({ id }) => Effect.sync(() => seen.push(id))))
            assert.strictEqual(new Set(seen).size, seen.length)
            assert.isBelow(asked, 500)
          }),
        ),
      ),
      { numRuns: 1000 },
    )
  })
})
