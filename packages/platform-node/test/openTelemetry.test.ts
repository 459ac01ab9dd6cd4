/** OpenTelemetry's own instrumentation of undici and `fetch` sees no key of a call (C7). */
import { Neuroio, StreamTokens, Tokens, Transport } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import { listen } from "@effect-tokens/test-support/FreePort"
import { assert, describe, it } from "@effect/vitest"
import { context, propagation, trace } from "@opentelemetry/api"
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici"
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createServer, type IncomingHttpHeaders } from "node:http"

const key = "Aq7secretKeyOfSomebody"

const instrumented = Effect.acquireRelease(
  Effect.sync(() => {
    const exporter = new InMemorySpanExporter()
    const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
    provider.register()
    const instrumentation = new UndiciInstrumentation()
    instrumentation.setTracerProvider(provider)
    instrumentation.enable()
    return { exporter, instrumentation }
  }),
  ({ instrumentation }) =>
    Effect.sync(() => {
      instrumentation.disable()
      context.disable()
      propagation.disable()
      trace.disable()
    }),
)

const server = Effect.gen(function* () {
  const requests: Array<IncomingHttpHeaders> = []
  const server = createServer((request, response) => {
    requests.push(request.headers)
    response.writeHead(404, { "content-type": "application/json" }).end("{}")
  })
  const url = `http://127.0.0.1:${yield* listen(server)}`
  return { url, requests }
})

const callWithKey = (url: string, transport: Layer.Layer<Transport.Transport, unknown>) =>
  Effect.gen(function* () {
    const tokens = yield* Tokens
    const streamTokens = yield* StreamTokens
    // More calls at once than a pool has connections: some requests are made when a connection gets free.
    yield* Effect.forEach(
      Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? tokens : streamTokens)),
      ({ get }) => Effect.flip(get(Redacted.make(key))),
      { concurrency: "unbounded", discard: true },
    )
  }).pipe(
    Effect.provide(
      Neuroio.layer({ apiToken: Redacted.make("credential"), iamUrl: url, apiUrl: url }).pipe(Layer.provide(transport)),
    ),
  )

describe("with the instrumentation of undici and `fetch` on", () => {
  it.live("a call over undici has no span of it, and the server gets no trace", () =>
    Effect.gen(function* () {
      const { exporter } = yield* instrumented
      const { requests, url } = yield* server

      yield* callWithKey(url, NodeTransport.layer())
      assert.isEmpty(exporter.getFinishedSpans())
      assert.lengthOf(requests, 100)
      assert.isEmpty(requests.filter((headers) => headers["traceparent"] !== undefined))
    }),
  )

  it.live("`fetch` of the program's own is seen as before", () =>
    Effect.gen(function* () {
      const { exporter } = yield* instrumented
      const { requests, url } = yield* server

      yield* Effect.promise(() => fetch(`${url}/path`))
      assert.strictEqual(exporter.getFinishedSpans()[0]?.attributes["url.full"], `${url}/path`)
      assert.isDefined(requests[0]?.["traceparent"])
    }),
  )

  it.live("an `HttpClient` of the user's keeps its tracing, with the URL in it", () =>
    Effect.gen(function* () {
      const { exporter } = yield* instrumented
      const { url } = yield* server

      yield* callWithKey(url, Transport.layerHttpClient.pipe(Layer.provide(FetchHttpClient.layer)))
      assert.include(String(exporter.getFinishedSpans()[0]?.attributes["url.full"]), key)
    }),
  )

  it.live("the hook of the documentation hides it there", () =>
    Effect.gen(function* () {
      const { exporter, instrumentation } = yield* instrumented
      const { url } = yield* server
      const hidden = new Set([url])
      instrumentation.setConfig({ ignoreRequestHook: ({ origin }) => hidden.has(origin) })

      yield* callWithKey(url, Transport.layerHttpClient.pipe(Layer.provide(FetchHttpClient.layer)))
      assert.isEmpty(exporter.getFinishedSpans())
    }),
  )
})
