/** C11: a stream of pages loses nothing and repeats nothing, whatever happens between the pages. */
import {
  ApiToken,
  ApiTokenId,
  ApiTokenOperations,
  ApiTokenPage,
  ApiTokens,
  Token,
  TokenId,
  TokenOperations,
  Tokens,
} from "@effect-tokens/core"
import { NeuroioMemory, UmaaasMemory } from "@effect-tokens/testkit"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import { assert, describe, it, layer } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import { layer as layerClient } from "./support/client.ts"

/** What happens once a token has come out of the stream. */
const disturbance = fc.record({
  after: fc.nat({ max: 30 }),
  deletions: fc.array(fc.nat({ max: 40 }), { maxLength: 12 }),
  creations: fc.nat({ max: 3 }),
})

const scenario = fc.record({
  permanents: fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 5 }),
  count: fc.nat({ max: 30 }),
  pageSize: fc.integer({ min: 1, max: 12 }),
  filter: fc.constantFrom(null, true, false),
  disturbances: fc.array(disturbance, { maxLength: 6 }),
})

describe("stream", () => {
  it("gives each token that is there throughout exactly once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, ({ count, disturbances, filter, pageSize, permanents }) =>
        Effect.runPromise(
          Effect.gen(function* () {
            const tokens = yield* Tokens
            const matches = (token: Token) => filter === null || (token.expires === null) === filter
            const initial = yield* Effect.forEach(Array.from({ length: count }), (_, i) =>
              tokens.create({ permanent: permanents.includes(i) }),
            )
            const deleted = new Set<number>()
            const seen: Array<number> = []
            yield* tokens.stream({ permanent: filter, pageSize }).pipe(
              Stream.runForEach((token) =>
                Effect.gen(function* () {
                  seen.push(token.id)
                  for (const { after, creations, deletions } of disturbances) {
                    if (after !== seen.length) continue
                    for (const index of deletions) {
                      const victim = initial[index]
                      if (victim === undefined || deleted.has(victim.id)) continue
                      deleted.add(victim.id)
                      yield* tokens.delete(victim.id)
                    }
                    for (let i = 0; i < creations; i++) yield* tokens.create()
                  }
                }),
              ),
            )
            const throughout = initial.filter((token) => matches(token) && !deleted.has(token.id)).map(({ id }) => id)
            for (const id of throughout) assert.isTrue(seen.includes(id), `token ${id} was lost`)
            assert.deepStrictEqual(
              seen,
              [...new Set(seen)].toSorted((a, b) => a - b),
            )
          }).pipe(Effect.provide(NeuroioMemory.layer)),
        ),
      ),
      { numRuns: 500 },
    )
  })

  /** A backend that lists these ids, grants so many at most, and counts what it is asked for. */
  const listing = (ids: () => ReadonlyArray<number>, cap = Number.POSITIVE_INFINITY) => {
    const asked: Array<{ readonly limit: number; readonly offset: number }> = []
    const never = () => Effect.die("not part of this test")
    const operations = TokenOperations.make("Tokens", {
      create: never,
      get: never,
      update: never,
      delete: never,
      deleteList: never,
      list: ({ limit, offset }) =>
        Effect.sync(() => {
          asked.push({ limit, offset })
          return ids()
            .slice(offset, offset + Math.min(limit, cap))
            .map(
              (id) =>
                new Token({
                  id: TokenId.make(id),
                  key: Redacted.make(`key-${id}`),
                  isActive: true,
                  created: DateTime.makeUnsafe(0),
                  expires: null,
                }),
            )
        }),
    })
    const collected = (pageSize?: number) =>
      Stream.runCollect(Stream.map(operations.stream({ pageSize }), (token) => Number(token.id)))
    return { asked, collected, stream: operations.stream }
  }

  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

  it.effect("asks for pages of 100, one of them seen before", () =>
    Effect.gen(function* () {
      const { asked, collected } = listing(() => upTo(250))
      assert.deepStrictEqual(yield* collected(), upTo(250))
      assert.deepStrictEqual(asked, [
        { limit: 100, offset: 0 },
        { limit: 100, offset: 99 },
        { limit: 100, offset: 198 },
        // A page of 52 is short, but not so short that the platform cannot have capped it.
        { limit: 100, offset: 249 },
      ])
    }),
  )

  it.effect("an empty list costs one request, and so does a short one", () =>
    Effect.gen(function* () {
      for (const count of [0, 1, 19]) {
        const { asked, collected } = listing(() => upTo(count))
        assert.deepStrictEqual(yield* collected(), upTo(count))
        assert.strictEqual(asked.length, 1)
      }
    }),
  )

  it.effect("asks for nothing until something is taken, and for no page before it is needed", () =>
    Effect.gen(function* () {
      const { asked, stream } = listing(() => upTo(1000))
      const tokens = stream({ pageSize: 10 })
      assert.strictEqual(asked.length, 0)
      assert.strictEqual((yield* Stream.runCollect(Stream.take(tokens, 10))).length, 10)
      assert.isAtMost(asked.length, 2)
      asked.length = 0
      assert.strictEqual((yield* Stream.runCollect(Stream.take(tokens, 25))).length, 25)
      assert.isAtMost(asked.length, 4)
    }),
  )

  it.effect("a platform that caps the page silently loses nothing", () =>
    Effect.gen(function* () {
      const { collected } = listing(() => upTo(120), 50)
      assert.deepStrictEqual(yield* collected(100), upTo(120))
    }),
  )

  it("a platform that caps the page loses nothing when tokens are deleted either", async () => {
    const scenario = fc.record({
      count: fc.integer({ min: 1, max: 150 }),
      cap: fc.integer({ min: 20, max: 60 }),
      pageSize: fc.integer({ min: 1, max: 110 }),
      deletions: fc.array(fc.tuple(fc.nat({ max: 150 }), fc.nat({ max: 150 }), fc.nat({ max: 150 })), { maxLength: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(scenario, ({ cap, count, deletions, pageSize }) =>
        Effect.runPromise(
          Effect.gen(function* () {
            let ids = upTo(count)
            const { stream } = listing(() => ids, cap)
            const seen: Array<number> = []
            yield* stream({ pageSize }).pipe(
              Stream.runForEach((token) =>
                Effect.sync(() => {
                  seen.push(token.id)
                  for (const [after, from, to] of deletions) {
                    if (seen.length === after) ids = ids.filter((id) => id < from || id > to)
                  }
                }),
              ),
            )
            for (const id of ids) assert.isTrue(seen.includes(id), `token ${id} was lost`)
            assert.deepStrictEqual(
              seen,
              [...new Set(seen)].toSorted((a, b) => a - b),
            )
          }),
        ),
      ),
      { numRuns: 500 },
    )
  })

  it.effect("steps back when all that was seen is deleted", () =>
    Effect.gen(function* () {
      let ids = upTo(40)
      const { asked, stream } = listing(() => ids)
      const seen: Array<number> = []
      yield* stream({ pageSize: 10 }).pipe(
        Stream.runForEach((token) =>
          Effect.sync(() => {
            seen.push(token.id)
            if (token.id === 20) ids = ids.filter((id) => id > 20)
          }),
        ),
      )
      assert.deepStrictEqual(seen, upTo(40))
      assert.isTrue(asked.some(({ offset }, i) => i > 0 && offset < (asked[i - 1]?.offset ?? 0)))
    }),
  )

  it.effect.each([{ ids: [1, 2, 3, 5, 4] }, { ids: [5, 4, 3, 1, 2] }, { ids: [1, 1, 2] }, { ids: [2, 1, 1] }])(
    "a platform that mixes orders is found out, not guessed around: $ids",
    ({ ids }) =>
      Effect.gen(function* () {
        const { collected } = listing(() => ids)
        const error = yield* Effect.flip(collected())
        if (error._tag !== "MalformedResponse") return assert.fail(`unexpected ${error._tag}`)
        assert.strictEqual(error.path[1], "id")
        assert.strictEqual(error.operation, "Tokens.stream")
      }),
  )
})

const apiTokenScenario = fc.record({
  /** Of each token that is there at first, whether it has the name that is looked for. */
  named: fc.array(fc.boolean(), { maxLength: 30 }),
  filter: fc.constantFrom(undefined, "reports"),
  pageSize: fc.integer({ min: 1, max: 12 }),
  disturbances: fc.array(disturbance, { maxLength: 6 }),
})

describe("stream of API tokens", () => {
  it("gives each token that is there throughout exactly once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(apiTokenScenario, ({ disturbances, filter, named, pageSize }) =>
        Effect.runPromise(
          Effect.gen(function* () {
            const apiTokens = yield* ApiTokens
            const create = (isNamed: boolean) =>
              apiTokens.create({ name: isNamed ? "reports" : "other", permissions: ["VIEW"] })
            const initial = yield* Effect.forEach(named, create)
            const { data: all } = yield* apiTokens.list({ limit: 100 })
            const deleted = new Set<string>()
            const added: Array<string> = []
            const seen: Array<string> = []
            yield* apiTokens.stream({ name: filter, pageSize }).pipe(
              Stream.runForEach(({ id }) =>
                Effect.gen(function* () {
                  seen.push(id)
                  for (const { after, creations, deletions } of disturbances) {
                    if (after !== seen.length) continue
                    for (const index of deletions) {
                      const victim = initial[index]
                      if (victim === undefined || deleted.has(victim.id)) continue
                      deleted.add(victim.id)
                      yield* apiTokens.delete(victim.id)
                    }
                    for (let i = 0; i < creations; i++) added.push((yield* create(i % 2 === 0)).id)
                  }
                }),
              ),
            )
            const throughout = all
              .filter(({ id, name }) => (filter === undefined || name === filter) && !deleted.has(id))
              .map(({ id }) => id)
            for (const id of throughout) assert.isTrue(seen.includes(id), `token ${id} was lost`)
            // Nothing twice, and all in the order of creation.
            const order = [...all.map(({ id }) => id), ...added]
            assert.deepStrictEqual(
              seen,
              order.filter((id) => seen.includes(id)),
            )
          }).pipe(Effect.provide(UmaaasMemory.layer)),
        ),
      ),
      { numRuns: 300 },
    )
  })

  /** Gives these pages by their cursors, and keeps which it was asked for. */
  const paging = (
    pageOf: (cursor: string | undefined) => { readonly hasMore: boolean; readonly nextCursor?: string },
  ) => {
    const asked: Array<string | undefined> = []
    const never = () => Effect.die("not part of this test")
    const operations = ApiTokenOperations.make("ApiTokens", {
      create: never,
      get: never,
      delete: never,
      list: ({ cursor, limit }) =>
        Effect.sync(() => {
          asked.push(cursor)
          const { hasMore, nextCursor } = pageOf(cursor)
          const data = Array.from({ length: limit }, (_, i) => apiTokenNamed(`${cursor ?? "first"}.${i}`))
          return new ApiTokenPage({ data, hasMore, nextCursor, totalCount: undefined })
        }),
    })
    return { asked, stream: operations.stream }
  }

  const apiTokenNamed = (name: string) =>
    new ApiToken({
      id: ApiTokenId.make(name),
      name,
      permissions: [],
      clientId: name,
      clientSecret: undefined,
      createdAt: DateTime.makeUnsafe(0),
      updatedAt: DateTime.makeUnsafe(0),
    })

  it.effect("asks for nothing until something is taken, and for no page before it is needed", () =>
    Effect.gen(function* () {
      const { asked, stream } = paging((cursor = "0") => ({ hasMore: true, nextCursor: String(Number(cursor) + 1) }))
      const tokens = stream({ pageSize: 10 })
      assert.isEmpty(asked)
      assert.lengthOf(yield* Stream.runCollect(Stream.take(tokens, 10)), 10)
      assert.isAtMost(asked.length, 2)
      asked.length = 0
      assert.lengthOf(yield* Stream.runCollect(Stream.take(tokens, 25)), 25)
      assert.isAtMost(asked.length, 4)
      // Each run is a run of its own: no cursor is known from the one before.
      assert.deepStrictEqual(asked.slice(0, 3), [undefined, "1", "2"])
    }),
  )

  it.effect.each([1, 2, 7])("fails when the pages go round in a circle of %i", (circle) =>
    Effect.gen(function* () {
      const start = 3
      const { asked, stream } = paging((cursor = "0") => {
        const next = Number(cursor) + 1
        return { hasMore: true, nextCursor: String(next > start + circle - 1 ? start : next) }
      })
      const seen: Array<string> = []
      const tokens = Stream.tap(stream({ pageSize: 1 }), ({ id }) => Effect.sync(() => seen.push(id)))
      const error = yield* Effect.flip(Stream.runDrain(tokens))
      if (error._tag !== "MalformedResponse") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(
        error.message,
        "ApiTokens.stream got an answer (200) that it cannot use at nextCursor: the cursor was there before, so that the pages go round in a circle.",
      )
      // No page was asked for twice, and nothing was given twice.
      assert.lengthOf(asked, start + circle)
      assert.deepStrictEqual(seen, [...new Set(seen)])
    }),
  )

  it.effect("fails when there is more, and no way there", () =>
    Effect.gen(function* () {
      const { stream } = paging(() => ({ hasMore: true }))
      const error = yield* Effect.flip(Stream.runDrain(stream()))
      if (error._tag !== "MalformedResponse") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(
        error.message,
        "ApiTokens.stream got an answer (200) that it cannot use at nextCursor: there is more, and no cursor that leads there.",
      )
    }),
  )
})

layer(layerClient)("stream of API tokens over HTTP", (it) => {
  const names = (pages: ReadonlyArray<object>, options = {}) =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      const apiTokens = yield* ApiTokens
      server.requests.length = 0
      server.answer = (_, index) => RawServer.json(200, JSON.stringify(pages[index]))
      const tokens = yield* Stream.runCollect(apiTokens.stream(options))
      return { names: tokens.map(({ name }) => name), requests: server.requests.length }
    })

  const data = (...names: ReadonlyArray<string>) =>
    names.map((name) => RawServer.apiToken({ name, clientSecret: undefined }))

  it.effect("only hasMore: false ends it, not an empty page, nor a short one", () =>
    Effect.gen(function* () {
      const pages = [
        { data: data("a"), hasMore: true, nextCursor: "1", totalCount: 1 },
        { data: [], hasMore: true, nextCursor: "2" },
        { data: [], hasMore: true, nextCursor: "3" },
        { data: data("b", "c"), hasMore: false, nextCursor: "left over" },
      ]
      assert.deepStrictEqual(yield* names(pages), { names: ["a", "b", "c"], requests: 4 })
    }),
  )

  it.effect("a full page may be the last one", () =>
    Effect.gen(function* () {
      const all = Array.from({ length: 100 }, (_, i) => `token ${i}`)
      const pages = [{ data: data(...all), hasMore: false }]
      assert.deepStrictEqual(yield* names(pages), { names: all, requests: 1 })
    }),
  )

  it.effect("what came before a page that fails is given", () =>
    Effect.gen(function* () {
      const apiTokens = yield* ApiTokens
      const server = yield* RawServer.RawServer
      server.requests.length = 0
      const first = JSON.stringify({ data: data("a"), hasMore: true, nextCursor: "1" })
      server.answer = (_, index) => (index === 0 ? RawServer.json(200, first) : RawServer.json(500, "{}"))
      const seen: Array<string> = []
      const tokens = Stream.tap(apiTokens.stream(), ({ name }) => Effect.sync(() => seen.push(name)))
      const error = yield* Effect.flip(Stream.runDrain(tokens))
      assert.strictEqual(error._tag, "InternalServerError")
      assert.deepStrictEqual(seen, ["a"])
    }),
  )
})
