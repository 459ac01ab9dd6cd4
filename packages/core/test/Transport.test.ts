/** Services over a transport: the requests that it is given, and the outcomes of its responses. */
import { ApiTokens, Neuroio, StreamTokens, Tokens, Transport, Umaaas } from "@effect-tokens/core"
import { assert, describe, it } from "@effect/vitest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import * as Tracer from "effect/Tracer"
import { apiToken, umaaasCredential } from "./support/client.ts"
import * as RawServer from "@effect-tokens/test-support/RawServer"

const origin = "https://example.com"
const url = `${origin}/base`

const layerOf = (send: Transport.Send, isSameOrigin = false) =>
  Layer.succeed(Transport.Transport, { send, baseUrl: undefined, isSameOrigin: () => isSameOrigin })

/** A transport that answers within its call. */
const answering = (status: number, body: string) => {
  const requests: Array<Transport.Request> = []
  const send: Transport.Send = (request, { onComplete, onHeaders }) => {
    requests.push(request)
    const wanted = onHeaders(status, (name) => (name === "content-type" ? "application/json" : undefined))
    if (wanted) onComplete(Exit.succeed(new TextEncoder().encode(body)))
    return Effect.die("there is nothing to cancel")
  }
  return { requests, send }
}

describe("services over a transport", () => {
  const calls = Effect.gen(function* () {
    yield* Effect.flatMap(Tokens, (tokens) => tokens.list({ limit: 3 }))
    yield* Effect.flatMap(StreamTokens, (tokens) => tokens.list())
    yield* Effect.flip(Effect.flatMap(ApiTokens, (tokens) => tokens.list()))
  })

  it.effect.each([
    [
      "with",
      "Token credential-0123456789",
      Layer.merge(Neuroio.layer({ apiToken, iamUrl: url, apiUrl: url }), Umaaas.layer({ ...umaaasCredential, url })),
    ],
    ["without", undefined, Layer.merge(Neuroio.layer({ iamUrl: url, apiUrl: url }), Umaaas.layer({ url }))],
  ] as const)("%s a credential", ([, authorization, layer]) =>
    Effect.gen(function* () {
      const { requests, send } = answering(200, "[]")
      yield* Effect.provide(calls, Layer.provide(layer, layerOf(send, authorization === undefined)))
      assert.deepStrictEqual(
        requests.map(({ method, origin, path }) => `${method} ${origin}${path}`),
        [
          `GET ${url}/v1/tokens/?limit=3&offset=0`,
          `GET ${url}/v1/streams/tokens/?limit=20&offset=0`,
          `GET ${url}/tokens?limit=20`,
        ],
      )
      assert.deepStrictEqual(
        Object.entries(requests[0]?.headers ?? {}),
        Object.entries({ accept: "application/json", ...(authorization === undefined ? {} : { authorization }) }),
      )
      assert.strictEqual("authorization" in (requests[2]?.headers ?? {}), authorization !== undefined)
    }),
  )

  it.effect("a success without a body leaves nothing to cancel", () =>
    Effect.gen(function* () {
      const { requests, send } = answering(204, "")
      yield* Effect.flatMap(Tokens, (tokens) => tokens.deleteList({ permanent: null })).pipe(
        Effect.provide(Neuroio.layer({ apiToken }).pipe(Layer.provide(layerOf(send)))),
      )
      assert.strictEqual(requests.length, 1)
    }),
  )

  it.effect("options that cannot be right are refused", () =>
    Effect.gen(function* () {
      const { send } = answering(200, "[]")
      const neuroio = Neuroio.layer({ apiToken, iamUrl: "http://example.com" }).pipe(Layer.provide(layerOf(send)))
      assert.strictEqual((yield* Effect.flip(Layer.build(neuroio))).field, "iamUrl")
      const umaaas = Umaaas.layer({ ...umaaasCredential, clientId: "" }).pipe(Layer.provide(layerOf(send)))
      assert.strictEqual((yield* Effect.flip(Layer.build(umaaas))).field, "clientId")
    }),
  )

  it.effect.each([
    [true, "OutcomeUnknown"],
    [false, "ConnectionFailed"],
  ] as const)("what becomes of a create goes by whether it was sent, if the transport knows: %s", ([sent, tag]) =>
    Effect.gen(function* () {
      const send: Transport.Send = (_request, { onComplete }) => {
        onComplete(Exit.fail(new Transport.TransportError(sent, new Error("it failed"))))
        return Effect.succeed(true)
      }
      const error = yield* Effect.flatMap(Tokens, (tokens) => tokens.create()).pipe(
        Effect.provide(Neuroio.layer({ apiToken, retries: 0 }).pipe(Layer.provide(layerOf(send)))),
        Effect.flip,
      )
      assert.strictEqual(error._tag, tag)
    }),
  )

  it.effect.each([
    [true, "OutcomeUnknown"],
    [false, "ConnectionFailed"],
  ] as const)("so it is when its time is over: %s", ([sent, tag]) =>
    Effect.gen(function* () {
      const send: Transport.Send = () => Effect.succeed(sent)
      const call = Effect.flatMap(Tokens, (tokens) => tokens.create()).pipe(
        Effect.provide(Neuroio.layer({ apiToken, retries: 0 }).pipe(Layer.provide(layerOf(send)))),
        Effect.flip,
      )
      const fiber = yield* Effect.forkChild(call, { startImmediately: true })
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, tag)
    }),
  )

  it.effect("a tracer that throws is a defect of the call alone", () =>
    Effect.gen(function* () {
      class Throwing extends Tracer.NativeSpan {
        override attribute(name: string, value: unknown): void {
          if (name === "http.response.status_code") throw new Error("no more room")
          super.attribute(name, value)
        }
      }
      const send: Transport.Send = (_request, { onComplete, onHeaders }) => {
        setImmediate(() => {
          if (onHeaders(200, () => "application/json")) onComplete(Exit.succeed(new TextEncoder().encode("[]")))
        })
        return Effect.succeed(true)
      }
      const exit = yield* Effect.flatMap(Tokens, (tokens) => tokens.list()).pipe(
        Effect.provide(Neuroio.layer({ apiToken, iamUrl: url, apiUrl: url }).pipe(Layer.provide(layerOf(send)))),
        Effect.withTracer(Tracer.make({ span: (options) => new Throwing(options) })),
        Effect.exit,
      )
      const cause = Exit.isFailure(exit) ? exit.cause : assert.fail("it succeeded")
      assert.isTrue(Cause.hasDies(cause))
      assert.deepStrictEqual(Cause.squash(cause), new Error("no more room"))
    }),
  )

  it.effect("call it within the span of the attempt", () =>
    Effect.gen(function* () {
      const parents: Array<string | undefined> = []
      const send: Transport.Send = (_request, { onHeaders }, _maxBodySize, context) => {
        const span = Context.getOrUndefined(context, Tracer.ParentSpan)
        parents.push(span?._tag === "Span" ? span.name : undefined)
        onHeaders(204, () => undefined)
        return Effect.succeed(true)
      }
      yield* Effect.flatMap(Tokens, (tokens) => tokens.deleteList({ permanent: true })).pipe(
        Effect.provide(Neuroio.layer({ apiToken, iamUrl: url, apiUrl: url }).pipe(Layer.provide(layerOf(send)))),
        Effect.withTracer(Tracer.make({ span: (options) => new Tracer.NativeSpan(options) })),
      )
      assert.deepStrictEqual(parents, ["DELETE /v1/tokens/"])
    }),
  )
})

describe("layerHttpClient", () => {
  const list = Effect.flatMap(Tokens, (tokens) => tokens.list())

  it.effect("sends what the user's own HttpClient adds", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => RawServer.json(200, "[]")
      const own = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(HttpClient.HttpClient, HttpClient.mapRequest(HttpClientRequest.setHeader("x-tenant", "7"))),
      )
      yield* Effect.provide(
        list,
        Neuroio.layer({ apiToken, iamUrl: server.url }).pipe(
          Layer.provide(Transport.layerHttpClient),
          Layer.provide(own),
          Layer.provide(NodeHttpClient.layerUndici),
        ),
      )
      assert.match(server.requests[0]?.text ?? "", /\r\nx-tenant: 7\r\n/)
      assert.match(server.requests[0]?.text ?? "", /\r\nauthorization: Token credential-0123456789\r\n/)
    }).pipe(Effect.provide(RawServer.layer)),
  )

  it.effect("sends over the HttpClient of each place, within one layer", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const clientNamed = (name: string) =>
        Layer.succeed(
          HttpClient.HttpClient,
          HttpClient.make((request) => {
            asked.push(`${name} ${new URL(request.url).pathname}`)
            return Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({ data: [], hasMore: false })))
          }),
        )
      const over = (name: string) => Layer.provide(Transport.layerHttpClient, clientNamed(name))
      yield* Effect.all([Effect.exit(list), Effect.flatMap(ApiTokens, (apiTokens) => apiTokens.list())]).pipe(
        Effect.provide(
          Layer.merge(
            Neuroio.layer({ apiToken }).pipe(Layer.provide(over("first"))),
            Umaaas.layer(umaaasCredential).pipe(Layer.provide(over("second"))),
          ),
        ),
      )
      assert.deepStrictEqual(asked, ["first /v1/tokens/", "second /umaaas/v1/tokens"])
    }),
  )

  it.effect("resolves no relative URL, and is of no origin", () =>
    Effect.gen(function* () {
      const never = Layer.succeed(
        HttpClient.HttpClient,
        HttpClient.make(() => Effect.never),
      )
      const transport = yield* Transport.Transport.pipe(
        Effect.provide(Transport.layerHttpClient.pipe(Layer.provide(never))),
      )
      assert.strictEqual(transport.baseUrl, undefined)
      assert.isFalse(transport.isSameOrigin(url))
    }),
  )
})
