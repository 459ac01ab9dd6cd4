/** Answers and requests that are rare, allowed, and were once got wrong. */
import { ApiTokens, Tokens } from "@effect-tokens/core"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import { services } from "@effect-tokens/test-support/ServiceUnderTest"
import { assert, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { layerWith } from "./support/client.ts"

const json = (value: unknown, status = 200) => RawServer.json(status, JSON.stringify(value))

/** All requests are answered so. */
const answering = Effect.fnUntraced(function* (answer: RawServer.Answer) {
  const server = yield* RawServer.RawServer
  server.requests.length = 0
  server.answer = () => answer
  return server
})

for (const transport of ["undici", "fetch"] as const) {
  layer(layerWith({}, transport))(`over ${transport}`, (it) => {
    it.effect("a content type that comes twice is read where both are JSON", () =>
      Effect.gen(function* () {
        const tokens = yield* Tokens
        const body = JSON.stringify([RawServer.token()])
        const withTypes = (...types: ReadonlyArray<string>) => ({
          bytes: `HTTP/1.1 200 OK\r\n${types.map((type) => `content-type: ${type}\r\n`).join("")}content-length: ${body.length}\r\n\r\n${body}`,
        })
        const twice = [
          ["application/json", "application/json"],
          ["application/json; charset=utf-8", "application/problem+json"],
          ['application/json; profile="a,b"', "Application/JSON"],
        ]
        for (const types of twice) {
          yield* answering(withTypes(...types))
          assert.lengthOf(yield* tokens.list(), 1)
        }
        for (const types of [
          ["application/json", "text/html"],
          ["text/html", "application/json"],
        ]) {
          yield* answering(withTypes(...types))
          assert.strictEqual((yield* Effect.flip(tokens.list()))._tag, "MalformedResponse")
        }
      }),
    )

    it.effect("a Date of the server corrects its Retry-After", () =>
      Effect.gen(function* () {
        const tokens = yield* Tokens
        const headers = {
          date: "Sun, 06 Nov 1994 08:49:07 GMT",
          "retry-after": "Sun, 06 Nov 1994 08:49:37 GMT",
          "content-length": 0,
        }
        yield* answering(RawServer.response(503, headers))
        const error = yield* Effect.flip(tokens.list())
        if (error._tag !== "ServiceUnavailable") return assert.fail(error._tag)
        assert.strictEqual(error.retryAfter && Duration.toMillis(error.retryAfter), 30_000)
      }),
    )
  })
}

layer(layerWith())("corners", (it) => {
  it.effect("304 is no redirect, over each operation", () =>
    Effect.gen(function* () {
      yield* answering(RawServer.response(304, {}))
      for (const { name, operations } of services) {
        for (const [operation, { call }] of Object.entries(operations)) {
          const error = yield* Effect.flip(call)
          assert.include(error.message, `${name}.${operation} was answered 304 Not Modified.`)
          assert.notInclude(error.message, "edirect")
        }
      }
    }),
  )

  it.effect("an id above 2^53 is named for what it is, in an answer and in a call", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const text = JSON.stringify([RawServer.token({ id: 7 })]).replace('"id":7', '"id":9007199254740993')
      yield* answering(RawServer.json(200, text))
      const error = yield* Effect.flip(tokens.list())
      assert.include(error.message, "an id of at most 9007199254740991, since JavaScript rounds greater numbers")
      const refused = yield* Effect.flip(tokens.list({ offset: 2 ** 53 }))
      assert.include(
        refused.message,
        "offset: must be at most 9007199254740991, since JavaScript rounds greater numbers.",
      )
      const negative = yield* Effect.flip(tokens.list({ offset: -1 }))
      assert.include(negative.message, "offset: must be a whole number of at least 0.")
    }),
  )

  it.effect("a token whose expires is null, empty or absent is permanent", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      for (const expires of [null, "", undefined]) {
        yield* answering(json([{ ...RawServer.token(), expires }]))
        const [token] = yield* tokens.list()
        assert.isNull(token?.expires)
      }
    }),
  )

  it.effect("leap seconds, and t and z in lower case, are taken", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      yield* answering(json([RawServer.token({ created: "1990-12-31t23:59:60z", expires: "2021-05-28t10:37:51Z" })]))
      const [token] = yield* tokens.list()
      assert.strictEqual(token?.created.epochMilliseconds, Date.UTC(1991, 0, 1))
      assert.strictEqual(token?.expires?.epochMilliseconds, Date.UTC(2021, 4, 28, 10, 37, 51))
    }),
  )

  it.effect("an empty nextCursor is none: the last page has it, and no other may", () =>
    Effect.gen(function* () {
      const apiTokens = yield* ApiTokens
      yield* answering(json({ data: [], hasMore: false, nextCursor: "" }))
      assert.isUndefined((yield* apiTokens.list()).nextCursor)
      yield* answering(json({ data: [], hasMore: true, nextCursor: "" }))
      const error = yield* Effect.flip(apiTokens.list())
      assert.include(error.message, " at nextCursor: ")
    }),
  )

  it.effect("a permanent create that is refused without a field may have met the cap", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const advice = "The owner may have its five permanent tokens already."
      for (const fields of [undefined, [], [{ name: "other", message: "No." }]]) {
        yield* answering(json({ error_codes: [400], message: "Validation error.", fields }, 400))
        const error = yield* Effect.flip(tokens.create({ permanent: true }))
        assert.strictEqual(error._tag, "BadRequest")
        assert.include(error.message, `was answered 400 Bad Request. ${advice} The server says: Validation error.`)
        const temporary = yield* Effect.flip(tokens.create())
        assert.notInclude(temporary.message, advice)
        const list = yield* Effect.flip(tokens.list({ permanent: true }))
        assert.notInclude(list.message, advice)
      }
      yield* answering(json({ message: "No.", fields: [{ name: "permanent", message: "Too many." }] }, 400))
      const named = yield* Effect.flip(tokens.create({ permanent: true }))
      assert.strictEqual(named._tag, "PermanentTokenLimitReached")
      assert.notInclude(named.message, advice)
    }),
  )

  it.effect("a space in a query is %20, and a plus stays one", () =>
    Effect.gen(function* () {
      const apiTokens = yield* ApiTokens
      const server = yield* answering(json({ data: [], hasMore: false }))
      yield* apiTokens.list({ name: " a + b%20", cursor: "c d" })
      assert.include(server.requests[0]?.text, "?name=%20a%20%2B%20b%2520&limit=20&cursor=c%20d HTTP/1.1")
    }),
  )
})
