/** Connections that are being made: they end with the call (C6), and whatever ends them, nothing was sent (C4). */
import { type ApiError, Limits, Neuroio, Tokens } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { freePort } from "@effect-tokens/test-support/FreePort"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import { elsewhere } from "./support/certificates.ts"
import { withEnvironment } from "./support/environment.ts"
import { platform } from "./support/servers.ts"

const create = Effect.flatMap(Tokens, (tokens) => tokens.create())

/** Only a proxy knows this name. */
const iamUrl = "https://platform.test"

const layerAt = (iamUrl: string, options: Partial<Neuroio.Options> = {}, transport: NodeTransport.Options = {}) =>
  Layer.provide(
    Neuroio.layer({ apiToken: Redacted.make("credential"), iamUrl, ...options }),
    NodeTransport.layer(transport),
  )

/** A server, or a proxy, on a raw socket. */
const raw = (answer: RawServer.Answer, tls?: { readonly cert: string; readonly key: string }) =>
  Effect.tap(RawServer.make(tls), (server) =>
    Effect.sync(() => {
      server.answer = () => answer
    }),
  )

/** Waits a second at most, by the real clock. */
const soon = (what: Effect.Effect<void>): Effect.Effect<void, string> =>
  Effect.raceFirst(
    what,
    Effect.callback<never, string>((resume) => {
      const timer = setTimeout(() => resume(Effect.fail("it did not happen within a second")), 1000)
      return Effect.sync(() => clearTimeout(timer))
    }),
  )

const established = "HTTP/1.1 200 Connection established\r\n\r\n"

const withTls = (url: string) => url.replace("http:", "https:")

/** Each way on which a connection may come to a stop. */
const ways = {
  "a proxy that never answers CONNECT": Effect.gen(function* () {
    const other = yield* raw(RawServer.silence)
    yield* withEnvironment({ HTTPS_PROXY: other.url })
    return { other, layer: layerAt(iamUrl, { retries: 0 }) }
  }),
  "a proxy whose TLS never comes": Effect.gen(function* () {
    const other = yield* raw(RawServer.silence)
    yield* withEnvironment({ HTTPS_PROXY: withTls(other.url) })
    return { other, layer: layerAt(iamUrl, { retries: 0 }) }
  }),
  "a tunnel whose TLS never comes": Effect.gen(function* () {
    const other = yield* raw({ bytes: established, ending: "stall" })
    yield* withEnvironment({ HTTPS_PROXY: other.url })
    return { other, layer: layerAt(iamUrl, { retries: 0 }) }
  }),
  "a server whose TLS never comes": Effect.gen(function* () {
    const other = yield* raw(RawServer.silence)
    yield* withEnvironment({})
    return { other, layer: layerAt(withTls(other.url), { retries: 0 }) }
  }),
}

describe.each(Object.entries(ways))("%s", (_, way) => {
  it.effect("100 calls that are interrupted leave no connection", () =>
    Effect.gen(function* () {
      const { layer, other } = yield* way
      yield* Effect.gen(function* () {
        const fibers = yield* Effect.replicateEffect(Effect.forkChild(create), 100)
        yield* other.accepted(100)
        yield* Fiber.interruptAll(fibers)
        yield* soon(other.allClosed)
      }).pipe(Effect.provide(layer))
    }),
  )

  it.effect("100 calls that time out leave no connection", () =>
    Effect.gen(function* () {
      const { layer, other } = yield* way
      yield* Effect.gen(function* () {
        const fibers = yield* Effect.replicateEffect(Effect.forkChild(Effect.exit(create)), 100)
        yield* other.accepted(100)
        yield* TestClock.adjust("4 seconds")
        for (const exit of yield* Fiber.joinAll(fibers)) assert.isTrue(Exit.isFailure(exit))
        yield* soon(other.allClosed)
      }).pipe(Effect.provide(layer))
    }),
  )

  it.effect("a call fails as the scope of the layer closes, and leaves no connection", () =>
    Effect.gen(function* () {
      const { layer, other } = yield* way
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(layer, scope)
      const fiber = yield* Effect.forkChild(Effect.flip(Effect.provide(create, context)))
      yield* other.accepted(1)
      yield* Scope.close(scope, Exit.void)
      yield* soon(other.allClosed)
      yield* neverSent(yield* Fiber.join(fiber))
    }),
  )

  it.effect("a connection that does not come within its limit: nothing was sent", () =>
    Effect.gen(function* () {
      const { layer, other } = yield* way
      const fiber = yield* Effect.forkChild(Effect.flip(Effect.provide(create, layer)))
      yield* other.accepted(1)
      yield* TestClock.adjust("2999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      const error = yield* neverSent(yield* Fiber.join(fiber))
      assert.strictEqual(error.code, "UND_ERR_CONNECT_TIMEOUT")
    }),
  )
})

const neverSent = (error: ApiError.CreateError | ApiError.InvalidOptions) => {
  if (error._tag !== "ConnectionFailed") return assert.fail(`unexpected ${error._tag}: ${error.message}`)
  assert.isFalse(error.sent)
  return Effect.succeed(error)
}

describe("an attempt that ends before the connection is there", () => {
  it.effect.each(Object.values(ways))("has sent nothing", (way) =>
    Effect.gen(function* () {
      const { layer, other } = yield* way
      for (const [i, limit] of (["attemptTimeout", "deadline"] as const).entries()) {
        const call = Limits.override(create, { [limit]: "1 second" })
        const fiber = yield* Effect.forkChild(Effect.flip(Effect.provide(call, layer)))
        yield* other.accepted(i + 1)
        yield* TestClock.adjust("1 second")
        const { message } = yield* neverSent(yield* Fiber.join(fiber))
        assert.match(message, new RegExp(`: it took longer than 1s \\(${limit}\\)\\. Nothing was sent\\.$`))
        yield* soon(other.allClosed)
      }
    }),
  )

  it.effect("is followed by another, of a create as well", () =>
    Effect.gen(function* () {
      const server = yield* raw(RawServer.silence)
      yield* withEnvironment({})
      const layer = layerAt(withTls(server.url), { attemptTimeout: "1 second" })
      const fiber = yield* Effect.forkChild(Effect.flip(Effect.provide(create, layer)))
      for (let attempt = 1; attempt <= 3; attempt++) {
        yield* server.accepted(attempt)
        yield* TestClock.adjust("2 seconds")
      }
      yield* neverSent(yield* Fiber.join(fiber))
      yield* soon(server.allClosed)
    }),
  )
})

const plainHttp = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"

describe("a create through a proxy is sent again when it never left", () => {
  const rows: Record<string, RawServer.Answer> = {
    "the proxy resets": { bytes: "", ending: "reset" },
    "the proxy closes": { bytes: "", ending: "end" },
    "the proxy answers garbage": { bytes: "SSH-2.0-OpenSSH_9.2\r\n", ending: "end" },
    "the proxy stops in the middle of its answer": { bytes: established.slice(0, 20), ending: "end" },
    "the proxy sends headers without end": { bytes: "HTTP/1.1 200 OK\r\nx-more: ", endless: "x".repeat(10_000) },
    "the proxy refuses": RawServer.response(502, { "content-length": 0 }),
    "the tunnel resets": { bytes: established, ending: "reset" },
    "the tunnel closes": { bytes: established, ending: "end" },
    "the tunnel speaks plain HTTP": { bytes: established + plainHttp },
  }

  it.effect.each(Object.entries(rows))("%s", ([, answer]) =>
    Effect.gen(function* () {
      const proxy = yield* raw(answer)
      yield* withEnvironment({ HTTPS_PROXY: proxy.url })
      const fiber = yield* Effect.forkChild(Effect.flip(Effect.provide(create, layerAt(iamUrl))))
      for (let attempt = 1; attempt <= 3; attempt++) {
        yield* proxy.received(attempt)
        yield* soon(proxy.allClosed)
        yield* TestClock.adjust("1 seconds")
      }
      const error = yield* neverSent(yield* Fiber.join(fiber))
      assert.include(error.message, `the proxy ${new URL(proxy.url).host}`)
      assert.strictEqual(proxy.connections(), 3)
    }),
  )

  it.effect("the proxy has a certificate of another name", () =>
    Effect.gen(function* () {
      const proxy = yield* raw(RawServer.silence, elsewhere)
      yield* withEnvironment({ HTTPS_PROXY: proxy.url })
      const layer = layerAt(iamUrl, { retries: 0 }, { extraCaCertificates: elsewhere.cert })
      const error = yield* Effect.flip(Effect.provide(create, layer))
      const { code } = yield* neverSent(error)
      assert.strictEqual(code, "ERR_TLS_CERT_ALTNAME_INVALID")
      assert.deepStrictEqual(proxy.requests, [])
      yield* soon(proxy.allClosed)
    }),
  )

  it.effect("nobody listens there", () =>
    Effect.gen(function* () {
      yield* withEnvironment({ HTTPS_PROXY: `http://127.0.0.1:${yield* freePort}` })
      const error = yield* Effect.flip(Effect.provide(create, layerAt(iamUrl, { retries: 0 })))
      const { code } = yield* neverSent(error)
      assert.strictEqual(code, "ECONNREFUSED")
    }),
  )
})

describe("a service that is used after the scope of its layer", () => {
  it.effect.each([true, false])("has sent nothing, with a connection before: %s", (isUsedBefore) =>
    Effect.gen(function* () {
      const body = JSON.stringify({ id: 1, key: "k", is_active: true, created: "2021-05-28T10:37:51Z", expires: null })
      const server = yield* platform({ body })
      yield* withEnvironment({})
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(layerAt(server.url, { retries: 0 }), scope)
      if (isUsedBefore) yield* Effect.exit(Effect.provide(create, context))
      yield* Scope.close(scope, Exit.void)
      yield* neverSent(yield* Effect.flip(Effect.provide(create, context)))
      assert.strictEqual(server.seen.length, isUsedBefore ? 1 : 0)
    }),
  )
})

describe("a proxy that answers itself", () => {
  const answering = (status: number) => raw(RawServer.response(status, { "content-length": 0, connection: "close" }))

  it.effect.each([
    ["HTTPS_PROXY", "https://platform.test"],
    ["HTTP_PROXY", "https://platform.test"],
    ["HTTP_PROXY", "http://platform.test"],
    ["http_proxy", "http://platform.test"],
  ] as const)("407, by %s to %s: the error says what to do", ([variable, iamUrl]) =>
    Effect.gen(function* () {
      const proxy = yield* answering(407)
      yield* withEnvironment({ [variable]: proxy.url.replace("http://", "http://canary:canary@") })
      const { host } = new URL(proxy.url)
      const layer = layerAt(iamUrl, { retries: 0, allowInsecure: true })
      const error = yield* neverSent(yield* Effect.flip(Effect.provide(create, layer)))
      assert.strictEqual(
        error.message,
        `Tokens.create could not connect to ${iamUrl}: the proxy ${host} answered 407 Proxy ` +
          `Authentication Required (put its user and password into ${variable}: ` +
          `http://user:password@${host}). Nothing was sent.`,
      )
      assert.include(proxy.requests[0]?.text, `proxy-authorization: Basic ${btoa("canary:canary")}\r\n`)
      yield* soon(proxy.allClosed)
    }),
  )

  it.effect.each([403, 502, 504, 302, 101])("%i to CONNECT: the error says so", (status) =>
    Effect.gen(function* () {
      const proxy = yield* answering(status)
      yield* withEnvironment({ HTTPS_PROXY: proxy.url })
      const error = yield* neverSent(yield* Effect.flip(Effect.provide(create, layerAt(iamUrl, { retries: 0 }))))
      assert.include(error.message, `the proxy ${new URL(proxy.url).host} answered ${status}`)
      assert.include(error.message, "name it in NO_PROXY")
    }),
  )

  it.effect("any other status to a request without TLS is the platform's, as far as anybody can tell", () =>
    Effect.gen(function* () {
      const proxy = yield* answering(403)
      yield* withEnvironment({ HTTP_PROXY: proxy.url })
      const layer = layerAt("http://platform.test", { retries: 0, allowInsecure: true })
      assert.strictEqual((yield* Effect.flip(Effect.provide(create, layer)))._tag, "Forbidden")
    }),
  )
})
