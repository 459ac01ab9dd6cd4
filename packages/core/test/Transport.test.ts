/** Services on a transport alone: what it is given, and what is made of what it gives. */
import { ApiTokens, Neuroio, StreamTokens, Tokens, Transport, Umaaas } from "@effect-tokens/core"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Tracer from "effect/Tracer"
import { apiToken, umaaasCredential } from "./support/client.ts"

const origin = "https://example.com"
const url = `${origin}/base`

/** Answers at once, within the call of it. */
const answering = (status: number, body: string) => {
  const requests: Array<Transport.Request> = []
  const transport: Transport.Send = (request, { onComplete, onHeaders }) => {
    requests.push(request)
    const wanted = onHeaders(status, (name) => (name === "content-type" ? "application/json" : undefined))
    if (wanted) onComplete(Exit.succeed(new TextEncoder().encode(body)))
    return Effect.die("there is nothing to give up")
  }
  return { requests, transport }
}

describe("services on a transport alone", () => {
  const calls = Effect.gen(function* () {
    yield* Effect.flatMap(Tokens, (tokens) => tokens.list({ limit: 3 }))
    yield* Effect.flatMap(StreamTokens, (tokens) => tokens.list())
    yield* Effect.flip(Effect.flatMap(ApiTokens, (tokens) => tokens.list()))
  })

  it.effect.each([
    [
      "with",
      "Token credential-0123456789",
      (transport: Transport.Send) =>
        Layer.merge(
          Neuroio.layerTransport({ apiToken, iamUrl: url, apiUrl: url }, transport),
          Umaaas.layerTransport({ ...umaaasCredential, url }, transport),
        ),
    ],
    [
      "without",
      undefined,
      (transport: Transport.Send) =>
        Layer.merge(
          Neuroio.layerTransportWithoutCredential({ iamUrl: url, apiUrl: url }, transport),
          Umaaas.layerTransportWithoutCredential({ url }, transport),
        ),
    ],
  ] as const)("%s a credential", ([, authorization, layerOn]) =>
    Effect.gen(function* () {
      const { requests, transport } = answering(200, "[]")
      yield* Effect.provide(calls, layerOn(transport))
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

  it.effect("a success without a body leaves nothing to give up", () =>
    Effect.gen(function* () {
      const { requests, transport } = answering(204, "")
      yield* Effect.flatMap(Tokens, (tokens) => tokens.deleteList({ permanent: null })).pipe(
        Effect.provide(Neuroio.layerTransport({ apiToken }, transport)),
      )
      assert.strictEqual(requests.length, 1)
    }),
  )

  it.effect("options that cannot be right are refused", () =>
    Effect.gen(function* () {
      const { transport } = answering(200, "[]")
      const neuroio = Neuroio.layerTransport({ apiToken, iamUrl: "http://example.com" }, transport)
      assert.strictEqual((yield* Effect.flip(Layer.build(neuroio))).field, "iamUrl")
      const umaaas = Umaaas.layerTransport({ ...umaaasCredential, clientId: "" }, transport)
      assert.strictEqual((yield* Effect.flip(Layer.build(umaaas))).field, "clientId")
    }),
  )

  it.effect.each([
    [true, "OutcomeUnknown"],
    [false, "ConnectionFailed"],
  ] as const)("what becomes of a create goes by whether it was sent, if the transport knows: %s", ([sent, tag]) =>
    Effect.gen(function* () {
      const transport: Transport.Send = (_request, { onComplete }) => {
        onComplete(Exit.fail(new Transport.TransportError(sent, new Error("it failed"))))
        return Effect.void
      }
      const error = yield* Effect.flatMap(Tokens, (tokens) => tokens.create()).pipe(
        Effect.provide(Neuroio.layerTransport({ apiToken, retries: 0 }, transport)),
        Effect.flip,
      )
      assert.strictEqual(error._tag, tag)
    }),
  )

  it.effect("a tracer that throws is a defect of the call, and nobody else's", () =>
    Effect.gen(function* () {
      class Throwing extends Tracer.NativeSpan {
        override attribute(name: string, value: unknown): void {
          if (name === "http.response.status_code") throw new Error("no more room")
          super.attribute(name, value)
        }
      }
      const transport: Transport.Send = (_request, { onComplete, onHeaders }) => {
        setImmediate(() => {
          if (onHeaders(200, () => "application/json")) onComplete(Exit.succeed(new TextEncoder().encode("[]")))
        })
        return Effect.void
      }
      const exit = yield* Effect.flatMap(Tokens, (tokens) => tokens.list()).pipe(
        Effect.provide(Neuroio.layerTransport({ apiToken, iamUrl: url, apiUrl: url }, transport)),
        Effect.withTracer(Tracer.make({ span: (options) => new Throwing(options) })),
        Effect.exit,
      )
      const cause = Exit.isFailure(exit) ? exit.cause : assert.fail("it succeeded")
      assert.isTrue(Cause.hasDies(cause))
      assert.deepStrictEqual(Cause.squash(cause), new Error("no more room"))
    }),
  )

  it.effect("is called within the span of the attempt", () =>
    Effect.gen(function* () {
      const parents: Array<string | undefined> = []
      const transport: Transport.Send = (_request, { onHeaders }, _maxBodySize, context) => {
        const span = Context.getOrUndefined(context, Tracer.ParentSpan)
        parents.push(span?._tag === "Span" ? span.name : undefined)
        onHeaders(204, () => undefined)
        return Effect.void
      }
      yield* Effect.flatMap(Tokens, (tokens) => tokens.deleteList({ permanent: true })).pipe(
        Effect.provide(Neuroio.layerTransport({ apiToken, iamUrl: url, apiUrl: url }, transport)),
        Effect.withTracer(Tracer.make({ span: (options) => new Tracer.NativeSpan(options) })),
      )
      assert.deepStrictEqual(parents, ["DELETE /v1/tokens/"])
    }),
  )
})
