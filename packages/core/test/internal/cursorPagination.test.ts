/** C11: a list by cursors is read whole in either order, and each page of it brings something new. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import { streamCursors } from "../../src/internal/cursorPagination.ts"

type Answer = (
  cursor: string | undefined,
  request: number,
) => {
  readonly ids: ReadonlyArray<number | string>
  readonly nextCursor?: string
}

/** What comes out of a stream of these pages, and how many were asked for. */
const read = (answer: Answer) =>
  Effect.gen(function* () {
    let requests = 0
    const seen = new Array<string>()
    const stream = streamCursors("ApiTokens.stream", (cursor) =>
      Effect.sync(() => {
        const { ids, nextCursor } = answer(cursor, requests)
        requests += 1
        assert.isBelow(requests, 1000)
        return {
          data: ids.map((id) => ({ id: String(id), name: `name of ${id}` })),
          hasMore: nextCursor !== undefined,
          nextCursor,
        }
      }),
    )
    const collect = Stream.runForEach(stream, ({ id }) => Effect.sync(() => seen.push(id)))
    const exit = yield* Effect.exit(collect)
    return { exit, requests, seen }
  })

const problemOf = (answer: Answer) =>
  Effect.gen(function* () {
    const { exit, requests, seen } = yield* read(answer)
    return { problem: (yield* Effect.flip(exit)).problem, requests, seen }
  })

describe("a list by cursors", () => {
  it.effect("that repeats a page under a new cursor fails at once", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problemOf((_, request) => ({ ids: [1, 2], nextCursor: `${request}` })), {
        problem: "all tokens of the page came before",
        requests: 2,
        seen: ["1", "2"],
      })
      // In a circle, and in another order.
      const pages = [
        [1, 2],
        [3, 4],
        [2, 1],
      ]
      assert.deepStrictEqual(
        yield* problemOf((_, request) => ({ ids: pages[request] ?? [], nextCursor: `${request}` })),
        { problem: "all tokens of the page came before", requests: 3, seen: ["1", "2", "3", "4"] },
      )
    }),
  )

  it.effect("that gives empty pages for ever fails, and not for a few of them", () =>
    Effect.gen(function* () {
      const { problem } = yield* problemOf((_, request) => ({ ids: [], nextCursor: `${request}` }))
      assert.strictEqual(problem, "more than 10 pages in a row are empty")
      const { seen } = yield* read((_, request) =>
        request < 30 ? { ids: request % 10 === 0 ? [request] : [], nextCursor: `${request}` } : { ids: ["last"] },
      )
      assert.deepStrictEqual(seen, ["0", "10", "20", "last"])
    }),
  )

  it.effect("gives no token twice that comes again beside new ones", () =>
    Effect.gen(function* () {
      const pages = [{ ids: [1, 2, 2], nextCursor: "a" }, { ids: [2, 3], nextCursor: "b" }, { ids: [3, 4, 1] }]
      const { seen } = yield* read((_, request) => pages[request] ?? { ids: [] })
      assert.deepStrictEqual(seen, ["1", "2", "3", "4"])
    }),
  )

  it.each([
    { order: "oldest first", direction: 1 },
    { order: "newest first", direction: -1 },
  ])(
    "$order gives each token that stays exactly once, whatever changes between two requests",
    async ({ direction }) => {
      const scenario = fc.record({
        count: fc.nat({ max: 60 }),
        limit: fc.integer({ min: 1, max: 12 }),
        changes: fc.array(fc.record({ created: fc.nat({ max: 15 }), deleted: fc.array(fc.nat({ max: 80 })) })),
      })
      await fc.assert(
        fc.asyncProperty(scenario, ({ changes, count, limit }) =>
          Effect.runPromise(
            Effect.gen(function* () {
              let ids = Array.from({ length: count }, (_, i) => i + 1)
              let highest = count
              // A cursor is the last token of its page.
              const { exit, seen } = yield* read((cursor, request) => {
                const { created = 0, deleted = [] } = request === 0 ? {} : (changes[request - 1] ?? {})
                for (let i = 0; i < created; i++) ids.push((highest += 1))
                ids = ids.filter((id) => !deleted.includes(id))
                const rest = ids
                  .toSorted((a, b) => (a - b) * direction)
                  .filter((id) => cursor === undefined || (id - Number(cursor)) * direction > 0)
                const page = rest.slice(0, limit)
                return rest.length > limit ? { ids: page, nextCursor: String(page.at(-1)) } : { ids: page }
              })
              yield* exit
              assert.isEmpty(ids.filter((id) => id <= count && !seen.includes(String(id))))
              assert.strictEqual(new Set(seen).size, seen.length)
            }),
          ),
        ),
        { numRuns: 500 },
      )
    },
  )
})
