/** C5 and what happens without an answer: time limits, refused and broken connections, and that nothing stays open. */
import { Neuroio, TokenId, Tokens, Transport } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import { freePort } from "@effect-tokens/test-support/FreePort"
import { services } from "@effect-tokens/test-support/ServiceUnderTest"
import { assert, describe, it } from "@effect/vitest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import * as Tracer from "effect/Tracer"
import { vi } from "vitest"
import { apiToken, layer, layerWith } from "./support/client.ts"

const id = TokenId.make(7)

const get = Effect.flatMap(Tokens, (tokens) => tokens.get(id))
const create = Effect.flatMap(Tokens, (tokens) => tokens.create())

/** Runs a call that gets this answer, and moves the clock once the request has arrived. */
const afterArrival = <A, E>(call: Effect.Effect<A, E, Tokens>, answer: RawServer.Answer, duration: Duration.Input) =>
  Effect.gen(function* () {
    const server = yield* RawServer.RawServer
    const before = server.requests.length
    server.answer = () => answer
    const fiber = yield* Effect.forkChild(Effect.flip(call))
    yield* server.received(before + 1)
    yield* TestClock.adjust(duration)
    return yield* Fiber.join(fiber)
  })

const halfBody = RawServer.response(200, { "content-type": "application/json", "content-length": 100 }, '{"id":')
const halfBodyOf = (status: number) =>
  RawServer.response(
    status,
    { "content-type": "application/json", "content-length": 100, "retry-after": "9" },
    '{"message":',
  )

describe("time limits", () => {
  it.effect("4 seconds for an attempt, unless said otherwise", () =>
    Effect.gen(function* () {
      const error = yield* afterArrival(get, RawServer.silence, "4 seconds")
      if (error._tag !== "TimedOut") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.limit, "attemptTimeout")
      assert.strictEqual(Duration.toMillis(error.after), 4000)
      assert.strictEqual(error.message, "Tokens.get had no whole answer after 4s (attemptTimeout).")
    }).pipe(Effect.provide(layer)),
  )

  it.effect("not a millisecond less", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => RawServer.silence
      const fiber = yield* Effect.forkChild(Effect.flip(get))
      yield* server.received(1)
      yield* TestClock.adjust("3999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimedOut")
    }).pipe(Effect.provide(layer)),
  )

  it.effect("the body counts", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      const error = yield* afterArrival(get, halfBody, "4 seconds")
      assert.strictEqual(error._tag, "TimedOut")
      yield* server.allClosed
    }).pipe(Effect.provide(layer)),
  )

  it.effect("the deadline, where it is the shorter one", () =>
    Effect.gen(function* () {
      const error = yield* afterArrival(get, RawServer.silence, "1 seconds")
      if (error._tag !== "TimedOut") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.limit, "deadline")
    }).pipe(Effect.provide(layerWith({ deadline: "1 seconds" }))),
  )

  it.effect("a create that timed out has an unknown outcome", () =>
    Effect.gen(function* () {
      const error = yield* afterArrival(create, RawServer.silence, "4 seconds")
      if (error._tag !== "OutcomeUnknown") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.reason._tag, "TimedOut")
    }).pipe(Effect.provide(layer)),
  )

  it.effect("an error whose body does not come is that error", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => halfBodyOf(429)
      const head = yield* Deferred.make<void>()
      const client = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(
          HttpClient.HttpClient,
          HttpClient.tap(() => Deferred.succeed(head, undefined)),
        ),
      ).pipe(Layer.provide(NodeHttpClient.layerUndici))
      const call = Effect.provide(
        Effect.flip(get),
        Neuroio.layer({ retries: 0, apiToken, iamUrl: server.url }).pipe(
          Layer.provide(Transport.layerHttpClient),
          Layer.provide(client),
        ),
      )
      const fiber = yield* Effect.forkChild(call)
      yield* Deferred.await(head)
      yield* TestClock.adjust("4 seconds")
      const error = yield* Fiber.join(fiber)
      if (error._tag !== "TooManyRequests") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.retryAfter && Duration.toSeconds(error.retryAfter), 9)
      yield* server.allClosed
    }).pipe(Effect.provide(RawServer.layer)),
  )

  it.effect("a connection that timed out is closed, and the next call works", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      yield* afterArrival(get, RawServer.silence, "4 seconds")
      yield* server.allClosed
      server.answer = () => RawServer.json(200, JSON.stringify(RawServer.token()))
      assert.strictEqual((yield* get).id, TokenId.make(1))
    }).pipe(Effect.provide(layer)),
  )
})

describe("an answer whose body is of no use", () => {
  const large = (status: number, contentType: string) =>
    RawServer.response(status, { "content-type": contentType, "content-length": 2 ** 30 }, "x".repeat(2 ** 20))

  it.effect.each([
    ["a success that is no JSON", large(200, "text/html")],
    ["a success that is too large", large(200, "application/json")],
    ["an error that is no JSON", large(404, "text/html")],
    ["an error that is too large", large(404, "application/json")],
    ["a redirect", large(302, "text/html")],
  ] as const)("%s does not hold on to its connection", ([, answer]) =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => answer
      yield* Effect.flip(get)
      yield* server.allClosed
    }).pipe(Effect.provide(layer)),
  )
})

const everywhere = services.flatMap(({ name, operations }) =>
  (["undici", "fetch"] as const).map((transport) => ({ name, operations, transport })),
)

describe.each(everywhere)("interrupting the fiber: $name over $transport (C6)", ({ operations, transport }) => {
  it.effect("closes the connection", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      for (const { call } of Object.values(operations)) {
        for (const answer of [RawServer.silence, halfBody]) {
          server.answer = () => answer
          const fiber = yield* Effect.forkChild(call)
          yield* server.received(server.requests.length + 1)
          yield* Fiber.interrupt(fiber)
          yield* server.allClosed
        }
      }
    }).pipe(Effect.provide(layerWith({}, transport))),
  )

  it.effect("while it waits ends the wait, and nothing more is sent", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => RawServer.json(429, "{}")
      for (const { call } of Object.values(operations)) {
        const before = server.requests.length
        const waits = yield* Deferred.make<void>()
        class AttemptSpan extends Tracer.NativeSpan {
          override end(endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
            super.end(endTime, exit)
            if (this.kind === "client") Deferred.doneUnsafe(waits, Exit.void)
          }
        }
        const tracer = Tracer.make({ span: (options) => new AttemptSpan(options) })
        const fiber = yield* Effect.forkChild(Effect.provideService(call, Tracer.Tracer, tracer))
        yield* Deferred.await(waits)
        yield* Fiber.interrupt(fiber)
        yield* TestClock.adjust("1 minute")
        assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
        assert.strictEqual(server.requests.length, before + 1)
      }
    }).pipe(Effect.provide(layerWith({ retries: 2 }, transport))),
  )
})

describe("without an answer", () => {
  it.effect.each(["end", "reset"] as const)("the connection breaks: %s", (ending) =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => ({ bytes: "HTTP/1.1 2", ending })
      const error = yield* Effect.flip(get)
      if (error._tag !== "ConnectionFailed") return assert.fail(`unexpected ${error._tag}`)
      assert.isTrue(error.sent)
      assert.strictEqual(error.origin, server.url)
      const outcome = yield* Effect.flip(create)
      if (outcome._tag !== "OutcomeUnknown") return assert.fail(`unexpected ${outcome._tag}`)
      assert.strictEqual(outcome.reason._tag, "ConnectionFailed")
      assert.strictEqual(server.requests.length, 2)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("an answer that is not HTTP", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => ({ bytes: "SSH-2.0-OpenSSH_9.2\r\n", ending: "end" })
      assert.strictEqual((yield* Effect.flip(get))._tag, "ConnectionFailed")
    }).pipe(Effect.provide(layer)),
  )

  it.effect("a refused connection: nothing was sent, a create included", () =>
    Effect.gen(function* () {
      const iamUrl = `http://127.0.0.1:${yield* freePort}`
      const layer = Neuroio.layer({ retries: 0, apiToken, iamUrl }).pipe(Layer.provide(NodeTransport.layer()))
      for (const call of [get, create]) {
        const error = yield* Effect.provide(Effect.flip<unknown, ErrorOf<typeof call>, Tokens>(call), layer)
        if (error._tag !== "ConnectionFailed") return assert.fail(`unexpected ${error._tag}`)
        assert.isFalse(error.sent)
        assert.strictEqual(error.code, "ECONNREFUSED")
        assert.include(error.message, `could not connect to ${iamUrl} (ECONNREFUSED). Nothing was sent.`)
      }
    }),
  )

  it.effect("a name that does not resolve: nothing was sent", () =>
    Effect.gen(function* () {
      // Behind a proxy it would be the proxy that does not find the name.
      yield* Effect.acquireRelease(
        Effect.sync(() => vi.stubEnv("NO_PROXY", "*").stubEnv("no_proxy", "*")),
        () => Effect.sync(() => vi.unstubAllEnvs()),
      )
      const error = yield* Effect.flip(create).pipe(
        Effect.provide(
          Neuroio.layer({ retries: 0, apiToken, iamUrl: "https://neuroio.invalid" }).pipe(
            Layer.provide(NodeTransport.layer()),
          ),
        ),
      )
      if (error._tag !== "ConnectionFailed") return assert.fail(`unexpected ${error._tag}`)
      assert.isFalse(error.sent)
      assert.include(["ENOTFOUND", "EAI_AGAIN"], error.code)
    }),
  )
})

type ErrorOf<T> = T extends Effect.Effect<infer _A, infer E, infer _R> ? E : never
