/** C12: spans and metrics of calls, as they arrive at an OpenTelemetry collector. */
import {
  ApiTokens,
  Neuroio,
  StreamTokens,
  TokenId,
  type TokenOperations,
  Tokens,
  Transport,
  Umaaas,
} from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import { freePort } from "@effect-tokens/test-support/FreePort"
import { good, services } from "@effect-tokens/test-support/ServiceUnderTest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import { Otlp, OtlpExporter, PrometheusMetrics } from "effect/observability"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import { vi } from "vitest"
import { apiToken, layer as layerClient, layerWith, umaaasCredential } from "./support/client.ts"
import * as HurriedClock from "./support/hurriedClock.ts"
import * as OtlpCollector from "./support/otlpCollector.ts"

const id = TokenId.make(7)
const ok = RawServer.json(200, JSON.stringify(RawServer.token()))
const made = RawServer.json(201, JSON.stringify(RawServer.token()))
const status = (status: number, headers: Readonly<Record<string, string>> = {}) =>
  RawServer.response(status, { "content-length": 0, ...headers })

/** Everything that one test needs, and nothing that another one has counted. */
const observed =
  (format: "layerJson" | "layerProtobuf") =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) => {
    const exporter = Layer.unwrap(
      Effect.map(OtlpCollector.OtlpCollector, ({ url }) =>
        Otlp[format]({ baseUrl: url, resource: { serviceName: "test" } }),
      ),
    ).pipe(Layer.provide(NodeHttpClient.layerUndici), Layer.provideMerge(OtlpCollector.layer))
    return effect.pipe(
      Effect.provide(layerWith({ retries: 2 })),
      Effect.provide(exporter),
      Effect.provideService(Metric.MetricRegistry, new Map()),
    )
  }

/** What has arrived at the collector once all of it has been sent. */
const collected = Effect.gen(function* () {
  yield* Effect.flatMap(OtlpExporter.Flusher, ({ flush }) => flush)
  const { metrics, spans } = yield* OtlpCollector.OtlpCollector
  return { spans: spans(), metrics: metrics() }
})

const answers = (...answers: ReadonlyArray<RawServer.Answer>) =>
  Effect.map(RawServer.RawServer, (server) => {
    server.answer = (_, index) => answers[index] ?? RawServer.silence
    return server
  })

/** Answered at once, a retry waits all the same: this clock lets that pass. */
const hurried = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => Effect.provideService(effect, Clock.Clock, HurriedClock.make().clock))

const spanNamed = (spans: ReadonlyArray<OtlpCollector.Span>, name: string) => {
  const found = spans.filter((span) => span.name === name)
  const [span = assert.fail(`no span ${name} in ${spans.map((span) => span.name).join(", ")}`)] = found
  assert.lengthOf(found, 1)
  return span
}

type Counted = readonly [operation: unknown, outcome: unknown, value: number]

const pointsOf = (metrics: ReadonlyArray<OtlpCollector.Metric>, name: string): ReadonlyArray<Counted> =>
  (metrics.find((metric) => metric.name === name) ?? assert.fail(`no metric ${name}`)).points
    .map(({ attributes, value }) => [attributes["operation"], attributes["outcome"], value] as const)
    .toSorted()

const statusCode = { unset: 0, ok: 1, error: 2 }
const kind = { internal: 1, client: 3 }

for (const format of ["layerJson", "layerProtobuf"] as const) {
  const withCollector = observed(format)

  describe(`spans through ${format}`, () => {
    for (const { name, operations, stream } of services) {
      const [, template] = operations.get.request.split(" ")

      it.effect(`${name}: a call is a span under the caller's own, with its attempt under it`, () =>
        Effect.gen(function* () {
          const server = yield* answers(good(operations.get))
          yield* operations.get.call.pipe(Effect.withSpan("the caller's own"))
          const { metrics, spans } = yield* collected

          assert.lengthOf(spans, 3)
          const own = spanNamed(spans, "the caller's own")
          const call = spanNamed(spans, `${name}.get`)
          const attempt = spanNamed(spans, operations.get.request)
          assert.deepStrictEqual([call.parentSpanId, attempt.parentSpanId], [own.spanId, call.spanId])
          assert.deepStrictEqual([call.traceId, attempt.traceId], [own.traceId, own.traceId])
          assert.deepStrictEqual([call.kind, attempt.kind], [kind.internal, kind.client])
          assert.deepStrictEqual([call.status, attempt.status], [statusCode.ok, statusCode.ok])
          assert.deepStrictEqual(call.attributes, {})
          assert.deepStrictEqual(attempt.attributes, {
            "http.request.method": "GET",
            "server.address": "127.0.0.1",
            "server.port": Number(new URL(server.url).port),
            "url.template": template,
            "effect_tokens.attempt": 1,
            "effect_tokens.waited_ms": 0,
            "http.response.status_code": 200,
          })
          assert.deepStrictEqual(pointsOf(metrics, "effect_tokens.calls"), [[`${name}.get`, "success", 1]])
          // Whose trace it is, is none of the platform's business.
          assert.notMatch(
            server.requests.map(({ text }) => text).join(),
            /^(?:traceparent|tracestate|(?:x-)?b3.*|baggage):/im,
          )
        }).pipe(withCollector),
      )

      it.effect(`${name}: every operation has its name`, () =>
        Effect.gen(function* () {
          const all = Object.entries(operations)
          yield* answers(...all.map(([, operation]) => good(operation)), good(operations.list))
          for (const [, { call }] of all) yield* call
          yield* stream
          const { spans } = yield* collected
          assert.deepStrictEqual(
            spans.map((span) => span.name),
            [
              ...all.flatMap(([operation, { request }]) => [request, `${name}.${operation}`]),
              // A stream is a list for each of its pages.
              operations.list.request,
              `${name}.list`,
            ],
          )
        }).pipe(withCollector),
      )
    }

    it.effect("a call that is sent again has a span for each attempt", () =>
      Effect.gen(function* () {
        yield* answers(status(503), status(429, { "retry-after": "1" }), ok)
        yield* Effect.flatMap(Tokens, (tokens) => hurried(tokens.get(id)))
        const { spans } = yield* collected
        const call = spanNamed(spans, "Tokens.get")
        const attempts = spans.filter((span) => span.kind === kind.client)
        assert.isTrue(attempts.every((attempt) => attempt.parentSpanId === call.spanId))
        const shown = attempts.map(({ attributes, status }) => [
          attributes["effect_tokens.attempt"],
          attributes["http.request.resend_count"],
          attributes["http.response.status_code"],
          attributes["error.type"],
          status,
        ])
        assert.deepStrictEqual(shown, [
          [1, undefined, 503, "ServiceUnavailable", statusCode.error],
          [2, 1, 429, "TooManyRequests", statusCode.error],
          [3, 2, 200, undefined, statusCode.ok],
        ])
        const waits = attempts.map(({ attributes }) => Number(attributes["effect_tokens.waited_ms"]))
        assert.strictEqual(waits[0], 0)
        assert.isAtMost(waits[1] ?? 0, 200)
        assert.isAtLeast(waits[2] ?? 0, 1000)
        assert.deepStrictEqual([call.status, call.attributes], [statusCode.ok, {}])
      }).pipe(withCollector),
    )

    it.effect("an error has its tag and its message", () =>
      Effect.gen(function* () {
        yield* answers(RawServer.json(404, '{"message":"No token"}'))
        yield* Effect.flatMap(Tokens, (tokens) => Effect.exit(tokens.get(id)))
        const { spans } = yield* collected
        for (const span of spans) {
          assert.strictEqual(span.status, statusCode.error)
          assert.strictEqual(span.attributes["error.type"], "NotFound")
          assert.include(span.statusMessage ?? "", "404 Not Found")
        }
        assert.strictEqual(spanNamed(spans, "GET /v1/tokens/{token}/").attributes["http.response.status_code"], 404)
      }).pipe(withCollector),
    )

    it.effect("a create that nobody knows the outcome of: the attempt says why, the call what that means", () =>
      Effect.gen(function* () {
        yield* answers({ bytes: "HTTP/1.1 200", ending: "reset" })
        yield* Effect.flatMap(StreamTokens, (tokens) => Effect.exit(tokens.create()))
        const { spans } = yield* collected
        const attempt = spanNamed(spans, "POST /v1/streams/tokens/")
        assert.strictEqual(attempt.attributes["error.type"], "ConnectionFailed")
        assert.notProperty(attempt.attributes, "http.response.status_code")
        assert.strictEqual(spanNamed(spans, "StreamTokens.create").attributes["error.type"], "OutcomeUnknown")
      }).pipe(withCollector),
    )

    it.effect("a delete that was done at the first attempt: the second one fails, the call does not", () =>
      Effect.gen(function* () {
        yield* answers({ bytes: "HTTP/1.1 20", ending: "reset" }, status(404))
        yield* Effect.flatMap(Tokens, (tokens) => hurried(tokens.delete(id)))
        const { metrics, spans } = yield* collected
        assert.deepStrictEqual(
          spans.map(({ attributes, name, status }) => [name, attributes["error.type"], status]),
          [
            ["DELETE /v1/tokens/{token}/", "ConnectionFailed", statusCode.error],
            ["DELETE /v1/tokens/{token}/", "NotFound", statusCode.error],
            ["Tokens.delete", undefined, statusCode.ok],
          ],
        )
        assert.deepStrictEqual(pointsOf(metrics, "effect_tokens.calls"), [["Tokens.delete", "success", 1]])
      }).pipe(withCollector),
    )

    it.effect("a connection that is refused, three times", () =>
      Effect.gen(function* () {
        const url = `http://127.0.0.1:${yield* freePort}`
        yield* Effect.flatMap(Tokens, (tokens) => hurried(Effect.exit(tokens.create()))).pipe(
          Effect.provide(Neuroio.layer({ apiToken, iamUrl: url }).pipe(Layer.provide(NodeTransport.layer()))),
        )
        const { metrics, spans } = yield* collected
        assert.strictEqual(spanNamed(spans, "Tokens.create").attributes["error.type"], "ConnectionFailed")
        assert.lengthOf(
          spans.filter(({ attributes }) => attributes["error.type"] === "ConnectionFailed"),
          4,
        )
        assert.deepStrictEqual(pointsOf(metrics, "effect_tokens.attempts"), [["Tokens.create", "ConnectionFailed", 3]])
      }).pipe(withCollector),
    )

    it.effect("whoever interrupts a call wants no answer: that is no error", () =>
      Effect.gen(function* () {
        const server = yield* answers(RawServer.silence)
        const tokens = yield* Tokens
        const fiber = yield* Effect.forkChild(tokens.get(id))
        yield* server.received(1)
        yield* Fiber.interrupt(fiber)
        const { metrics, spans } = yield* collected
        assert.lengthOf(spans, 2)
        for (const span of spans) {
          assert.strictEqual(span.status, statusCode.unset)
          assert.notProperty(span.attributes, "error.type")
          assert.isTrue(span.attributes["effect.fiber.interrupted"])
        }
        assert.deepStrictEqual(pointsOf(metrics, "effect_tokens.calls"), [["Tokens.get", "interrupted", 1]])
        assert.deepStrictEqual(pointsOf(metrics, "effect_tokens.attempts"), [["Tokens.get", "interrupted", 1]])
      }).pipe(withCollector),
    )

    it.effect("a transport with a bug", () =>
      Effect.gen(function* () {
        const broken = HttpClient.make(() => Effect.die(new Error("a bug of the transport")))
        yield* Effect.flatMap(Tokens, (tokens) => Effect.exit(tokens.get(id))).pipe(
          Effect.provide(
            Neuroio.layer({ apiToken }).pipe(
              Layer.provide(Transport.layerHttpClient),
              Layer.provide(Layer.succeed(HttpClient.HttpClient, broken)),
            ),
          ),
        )
        const { metrics, spans } = yield* collected
        assert.deepStrictEqual(
          spans.map(({ attributes, status }) => [attributes["error.type"], status]),
          [
            ["defect", statusCode.error],
            ["defect", statusCode.error],
          ],
        )
        assert.deepStrictEqual(pointsOf(metrics, "effect_tokens.calls"), [["Tokens.get", "defect", 1]])
      }).pipe(withCollector),
    )
  })

  describe(`metrics through ${format}`, () => {
    it.effect("count calls and attempts by operation and outcome, and how long calls take", () =>
      Effect.gen(function* () {
        yield* answers(ok, status(503), ok, status(404), status(503), status(503), status(503), made, status(500))
        const tokens = yield* Tokens
        const streamTokens = yield* StreamTokens
        const call = <A, E>(effect: Effect.Effect<A, E>) => hurried(Effect.exit(effect))
        yield* call(tokens.get(id))
        yield* call(tokens.get(id))
        yield* call(tokens.get(id))
        yield* call(streamTokens.delete(id))
        yield* call(tokens.create())
        yield* call(tokens.create())
        // Refused before anything was sent: there was no call.
        assert.isTrue(Exit.isFailure(yield* call(tokens.get(Redacted.make("..")))))
        const { metrics } = yield* collected

        const calls: ReadonlyArray<Counted> = [
          ["StreamTokens.delete", "ServiceUnavailable", 1],
          ["Tokens.create", "OutcomeUnknown", 1],
          ["Tokens.create", "success", 1],
          ["Tokens.get", "NotFound", 1],
          ["Tokens.get", "success", 2],
        ]
        assert.deepStrictEqual(pointsOf(metrics, "effect_tokens.calls"), calls)
        assert.deepStrictEqual(pointsOf(metrics, "effect_tokens.call.duration"), calls)
        assert.deepStrictEqual(pointsOf(metrics, "effect_tokens.attempts"), [
          ["StreamTokens.delete", "ServiceUnavailable", 3],
          ["Tokens.create", "InternalServerError", 1],
          ["Tokens.create", "success", 1],
          ["Tokens.get", "NotFound", 1],
          ["Tokens.get", "ServiceUnavailable", 1],
          ["Tokens.get", "success", 2],
        ])
        const named = (name: string) => metrics.find((metric) => metric.name === name)
        assert.deepStrictEqual(metrics.map(({ isMonotonic, name, unit }) => [name, unit, isMonotonic]).toSorted(), [
          ["effect_tokens.attempts", "1", true],
          ["effect_tokens.call.duration", "s", false],
          ["effect_tokens.calls", "1", true],
        ])
        // Every series has the same labels: an exporter makes one metric of them.
        const labels = (name: string) => [
          ...new Set(named(name)?.points.map(({ attributes }) => Object.keys(attributes).toSorted().join())),
        ]
        assert.deepStrictEqual(labels("effect_tokens.calls"), ["operation,outcome"])
        assert.deepStrictEqual(labels("effect_tokens.call.duration"), ["operation,outcome,unit"])
      }).pipe(withCollector),
    )

    it.effect("the time of a call is in seconds, waits included", () =>
      Effect.gen(function* () {
        yield* answers(status(503, { "retry-after": "2" }), ok)
        yield* Effect.flatMap(Tokens, (tokens) => hurried(tokens.get(id)))
        const { metrics } = yield* collected
        const duration = metrics.find(({ name }) => name === "effect_tokens.call.duration")
        const [point] = duration?.points ?? []
        assert.isAtLeast(point?.sum ?? 0, 2)
        assert.isBelow(point?.sum ?? 0, 2.5)
        assert.includeMembers([...(point?.boundaries ?? [])], [0.005, 1, 30])
      }).pipe(withCollector),
    )
  })
}

describe("metrics for Prometheus", () => {
  it.effect("have names and labels that it takes", () =>
    Effect.gen(function* () {
      yield* answers(ok)
      yield* Effect.flatMap(Tokens, (tokens) => tokens.get(id))
      const text = yield* PrometheusMetrics.format()
      assert.include(text, 'effect_tokens_calls{operation="Tokens.get",outcome="success"} 1\n')
      assert.include(text, 'effect_tokens_attempts{operation="Tokens.get",outcome="success"} 1\n')
      assert.include(text, 'effect_tokens_call_duration_count{operation="Tokens.get",outcome="success"} 1\n')
      assert.include(text, 'effect_tokens_call_duration_bucket{operation="Tokens.get",outcome="success",le="30"} 1\n')
    }).pipe(Effect.provide(layerClient), Effect.provideService(Metric.MetricRegistry, new Map())),
  )
})

const makeRecorder = () => {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    },
  })
  return { spans, tracer }
}

describe("where a request goes", () => {
  it.effect.each([
    ["https://iam.neuroio.com", "iam.neuroio.com", 443],
    ["https://iam.neuroio.com:8443", "iam.neuroio.com", 8443],
    ["http://localhost", "localhost", 80],
    ["http://[::1]:8080", "::1", 8080],
  ] as const)("%s", ([iamUrl, address, port]) =>
    Effect.gen(function* () {
      const { spans, tracer } = makeRecorder()
      const never = Layer.succeed(
        HttpClient.HttpClient,
        HttpClient.make(() => Effect.interrupt),
      )
      yield* Effect.flatMap(Tokens, (tokens) => Effect.exit(tokens.list())).pipe(
        Effect.provide(
          Neuroio.layer({ apiToken, iamUrl }).pipe(Layer.provide(Transport.layerHttpClient), Layer.provide(never)),
        ),
        Effect.withTracer(tracer),
      )
      const attempt = spans.find((span) => span.kind === "client")
      assert.strictEqual(attempt?.attributes.get("server.address"), address)
      assert.strictEqual(attempt?.attributes.get("server.port"), port)
    }),
  )
})

it.effect("the path of the base URL, which may be private, is in no span", () =>
  Effect.gen(function* () {
    const { spans, tracer } = makeRecorder()
    const never = Layer.succeed(
      HttpClient.HttpClient,
      HttpClient.make(() => Effect.interrupt),
    )
    const url = "https://gateway.example.com/key-of-a-tenant/umaaas/v1"
    yield* Effect.flatMap(ApiTokens, (apiTokens) => Effect.exit(apiTokens.list())).pipe(
      Effect.provide(
        Umaaas.layer({ ...umaaasCredential, url }).pipe(Layer.provide(Transport.layerHttpClient), Layer.provide(never)),
      ),
      Effect.withTracer(tracer),
    )
    const attempt = spans.find((span) => span.kind === "client")
    assert.strictEqual(attempt?.name, "GET /tokens")
    assert.strictEqual(attempt?.attributes.get("url.template"), "/tokens")
    assert.strictEqual(attempt?.attributes.get("server.address"), "gateway.example.com")
  }),
)

describe("where nobody looks", () => {
  const call = Effect.flatMap(Tokens, (tokens: TokenOperations.TokenOperations) => tokens.get(id))

  it.effect("without a tracer no span is made", () =>
    Effect.gen(function* () {
      yield* answers(ok)
      const made = vi.spyOn(Tracer.nativeTracer, "span")
      yield* Effect.addFinalizer(() => Effect.sync(() => made.mockRestore()))
      yield* call
      assert.strictEqual(made.mock.calls.length, 0)
    }).pipe(Effect.provide(layerClient)),
  )

  it.effect("where tracing is disabled no span is made, and the metrics count all the same", () =>
    Effect.gen(function* () {
      yield* answers(ok)
      const { spans, tracer } = makeRecorder()
      yield* call.pipe(Effect.withTracerEnabled(false), Effect.withTracer(tracer))
      assert.isEmpty(spans)
      assert.include(
        yield* PrometheusMetrics.format(),
        'effect_tokens_calls{operation="Tokens.get",outcome="success"} 1',
      )
    }).pipe(Effect.provide(layerClient), Effect.provideService(Metric.MetricRegistry, new Map())),
  )

  it.effect("spans that are not sampled have no sampled children", () =>
    Effect.gen(function* () {
      yield* answers(ok)
      const { spans, tracer } = makeRecorder()
      yield* call.pipe(Effect.withSpan("mine", { sampled: false }), Effect.withTracer(tracer))
      assert.deepStrictEqual(
        spans.map((span) => [span.name, span.sampled, Option.isSome(span.parent)]),
        [
          ["mine", false, false],
          ["Tokens.get", false, true],
          ["GET /v1/tokens/{token}/", false, true],
        ],
      )
    }).pipe(Effect.provide(layerClient)),
  )
})
