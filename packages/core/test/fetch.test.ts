/** The client over `fetch`, which has ways of its own: it follows redirects, and hides why it failed. */
import { Neuroio, TokenId, Tokens, Transport } from "@effect-tokens/core"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import { freePort } from "@effect-tokens/test-support/FreePort"
import { good, services } from "@effect-tokens/test-support/ServiceUnderTest"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { apiToken, layerWith } from "./support/client.ts"

const get = Effect.flatMap(Tokens, (tokens) => tokens.get(TokenId.make(1)))

const layer = layerWith({}, "fetch")

describe.each(services)("over fetch, $name", ({ name, operations, stream }) => {
  it.effect("every operation", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      for (const operation of Object.values(operations)) {
        server.answer = () => good(operation)
        yield* operation.call
      }
      server.answer = () => good(operations.list)
      yield* stream
    }).pipe(Effect.provide(layer)),
  )

  it.effect("a redirect is refused, not followed (C8)", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => RawServer.response(307, { location: `${server.url}/elsewhere`, "content-length": 0 })
      for (const [operation, { call }] of Object.entries(operations)) {
        server.requests.length = 0
        const error = yield* Effect.flip(call)
        const answered = error._tag === "OutcomeUnknown" ? error.reason : error
        if (answered._tag !== "UnexpectedStatus") return assert.fail(`unexpected ${answered._tag}`)
        assert.deepStrictEqual([answered.operation, answered.status], [`${name}.${operation}`, 307])
        assert.strictEqual(server.requests.length, 1)
      }
    }).pipe(Effect.provide(layer)),
  )
})

describe("over a fetch of browsers", () => {
  /** A redirect that is not to be followed, as browsers answer it. */
  const redirecting = Object.defineProperties(new Response(null), {
    status: { value: 0 },
    type: { value: "opaqueredirect" },
  })

  it.effect("a redirect that hides its status reads as one, and is not sent again", () =>
    Effect.gen(function* () {
      const seen: Array<RequestInit | undefined> = []
      const browser = Layer.succeed(FetchHttpClient.Fetch, (_url, init) => {
        seen.push(init)
        return Promise.resolve(redirecting)
      })
      const error = yield* Effect.flip(get).pipe(
        Effect.provide(
          Neuroio.layer({ apiToken }).pipe(
            Layer.provide(Transport.layerHttpClient),
            Layer.provide(FetchHttpClient.layer),
          ),
        ),
        Effect.provide(browser),
      )
      if (error._tag !== "UnexpectedStatus") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(
        error.message,
        "Tokens.get was answered with a redirect. Redirects are never followed: check the base URL.",
      )
      assert.deepStrictEqual(
        seen.map((init) => init?.redirect),
        ["manual"],
      )
    }),
  )

  it.effect("a hint is part of the message", () =>
    Effect.gen(function* () {
      const hint = "the browser is offline"
      const offline = Layer.succeed(FetchHttpClient.Fetch, () =>
        Promise.reject(Object.assign(new TypeError("Failed to fetch"), { "@effect-tokens/hint": hint })),
      )
      const error = yield* Effect.flip(get).pipe(
        Effect.provide(
          Neuroio.layer({ apiToken, retries: 0 }).pipe(
            Layer.provide(Transport.layerHttpClient),
            Layer.provide(FetchHttpClient.layer),
          ),
        ),
        Effect.provide(offline),
      )
      if (error._tag !== "ConnectionFailed") return assert.fail(`unexpected ${error._tag}`)
      assert.deepStrictEqual([error.hint, error.sent], [hint, true])
      assert.strictEqual(
        error.message,
        "Tokens.get got no answer from https://iam.neuroio.com: the browser is offline.",
      )
    }),
  )
})

describe("over fetch", () => {
  it.effect("a client that fails on error statuses by itself changes nothing", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => RawServer.json(404, '{"message": "Not found."}')
      const strict = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(HttpClient.HttpClient, HttpClient.filterStatusOk),
      ).pipe(Layer.provide(FetchHttpClient.layer))
      const error = yield* Effect.flip(get).pipe(
        Effect.provide(
          Neuroio.layer({ retries: 0, apiToken, iamUrl: server.url }).pipe(
            Layer.provide(Transport.layerHttpClient),
            Layer.provide(strict),
          ),
        ),
      )
      if (error._tag !== "NotFound") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.serverMessage, "Not found.")
    }).pipe(Effect.provide(RawServer.layer)),
  )

  it.effect("what was set for fetch stays set", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => RawServer.json(200, JSON.stringify(RawServer.token()))
      yield* get
      assert.match(server.requests[0]?.text ?? "", /\r\nx-tenant: 7\r\n/)
    }).pipe(
      Effect.provide(
        layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { headers: { "x-tenant": "7" } }))),
      ),
    ),
  )

  it.effect("a refused connection never left", () =>
    Effect.gen(function* () {
      const iamUrl = `http://127.0.0.1:${yield* freePort}`
      const layer = Neuroio.layer({ retries: 0, apiToken, iamUrl }).pipe(
        Layer.provide(Transport.layerHttpClient),
        Layer.provide(FetchHttpClient.layer),
      )
      const error = yield* Effect.flip(Effect.provide(get, layer))
      if (error._tag !== "ConnectionFailed") return assert.fail(`unexpected ${error._tag}`)
      assert.deepStrictEqual([error.code, error.sent], ["ECONNREFUSED", false])
    }),
  )

  it.effect("a body without end, and a body that does not come", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      const endless = RawServer.response(
        200,
        { "content-type": "application/json", "transfer-encoding": "chunked" },
        `180000\r\n${"x".repeat(0x180000)}\r\n`,
      )
      server.answer = () => endless
      const tooLarge = yield* Effect.flip(get)
      assert.strictEqual(tooLarge._tag, "MalformedResponse")
      yield* server.allClosed
      server.answer = () => RawServer.silence
      const fiber = yield* Effect.forkChild(Effect.flip(get))
      yield* server.received(2)
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimedOut")
      yield* server.allClosed
    }).pipe(Effect.provide(layer)),
  )
})
