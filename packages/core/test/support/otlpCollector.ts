/** A server on a real socket that takes what an OTLP exporter sends, as JSON or as protobuf, and reads it. */
import { listen } from "@effect-tokens/test-support/FreePort"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Http from "node:http"

export interface Export {
  readonly signal: "traces" | "metrics" | "logs"
  readonly contentType: string
  readonly bytes: Buffer
}

type Attributes = Readonly<Record<string, unknown>>

export interface Span {
  readonly name: string
  /** As OTLP counts: 1 is internal, 3 is client. */
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly attributes: Attributes
  /** As OTLP counts: 0 is unset, 1 is ok, 2 is error. */
  readonly status: number
  readonly statusMessage: string | undefined
}

interface Point {
  readonly attributes: Attributes
  /** Of a counter the sum, of a histogram how many values it has counted. */
  readonly value: number
  /** Of a histogram. */
  readonly sum?: number | undefined
  readonly boundaries?: ReadonlyArray<number> | undefined
}

export interface Metric {
  readonly name: string
  readonly unit: string
  readonly isMonotonic: boolean
  readonly points: ReadonlyArray<Point>
}

// JSON

const AnyValue = Schema.Struct({
  stringValue: Schema.optionalKey(Schema.String),
  boolValue: Schema.optionalKey(Schema.Boolean),
  intValue: Schema.optionalKey(Schema.Union([Schema.Number, Schema.NumberFromString])),
  doubleValue: Schema.optionalKey(Schema.Number),
})
const KeyValues = Schema.Array(Schema.Struct({ key: Schema.String, value: AnyValue }))
const attributesOf = (pairs: typeof KeyValues.Type): Attributes =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]))

const TracesJson = Schema.fromJsonString(
  Schema.Struct({
    resourceSpans: Schema.Array(
      Schema.Struct({
        scopeSpans: Schema.Array(
          Schema.Struct({
            spans: Schema.Array(
              Schema.Struct({
                name: Schema.String,
                kind: Schema.Number,
                traceId: Schema.String,
                spanId: Schema.String,
                parentSpanId: Schema.optionalKey(Schema.String),
                attributes: KeyValues,
                status: Schema.Struct({ code: Schema.Number, message: Schema.optionalKey(Schema.String) }),
              }),
            ),
          }),
        ),
      }),
    ),
  }),
)

const MetricsJson = Schema.fromJsonString(
  Schema.Struct({
    resourceMetrics: Schema.Array(
      Schema.Struct({
        scopeMetrics: Schema.Array(
          Schema.Struct({
            metrics: Schema.Array(
              Schema.Struct({
                name: Schema.String,
                unit: Schema.String,
                sum: Schema.optionalKey(
                  Schema.Struct({
                    isMonotonic: Schema.Boolean,
                    dataPoints: Schema.Array(Schema.Struct({ attributes: KeyValues, asDouble: Schema.Number })),
                  }),
                ),
                histogram: Schema.optionalKey(
                  Schema.Struct({
                    dataPoints: Schema.Array(
                      Schema.Struct({
                        attributes: KeyValues,
                        count: Schema.Number,
                        sum: Schema.Number,
                        explicitBounds: Schema.Array(Schema.Number),
                      }),
                    ),
                  }),
                ),
              }),
            ),
          }),
        ),
      }),
    ),
  }),
)

const spansOfJson = (text: string): ReadonlyArray<Span> =>
  Schema.decodeUnknownSync(TracesJson)(text)
    .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
    .map(({ attributes, kind, name, parentSpanId, spanId, status, traceId }) => ({
      name,
      kind,
      traceId,
      spanId,
      parentSpanId,
      attributes: attributesOf(attributes),
      status: status.code,
      statusMessage: status.message,
    }))

const metricsOfJson = (text: string): ReadonlyArray<Metric> =>
  Schema.decodeUnknownSync(MetricsJson)(text)
    .resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap(({ metrics }) => metrics)
    .map(({ histogram, name, sum, unit }) => ({
      name,
      unit,
      isMonotonic: sum?.isMonotonic ?? false,
      points: [
        ...(sum?.dataPoints ?? []).map(({ asDouble, attributes }) => ({
          attributes: attributesOf(attributes),
          value: asDouble,
        })),
        ...(histogram?.dataPoints ?? []).map(({ attributes, count, explicitBounds, sum }) => ({
          attributes: attributesOf(attributes),
          value: count,
          sum,
          boundaries: explicitBounds,
        })),
      ],
    }))

// Protobuf, by the numbers that `opentelemetry/proto` gives the fields. Each of a message's fields is a number and either
// a varint or bytes.

interface Field {
  readonly number: number
  readonly value: bigint | Buffer
}

const fieldsOf = (bytes: Buffer): ReadonlyArray<Field> => {
  const fields: Array<Field> = []
  let at = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const take = (length: number) => bytes.subarray(at, (at += length))
  while (at < bytes.length) {
    const tag = Number(varint())
    const wireType = tag & 7
    const value = wireType === 0 ? varint() : wireType === 2 ? take(Number(varint())) : take(wireType === 1 ? 8 : 4)
    fields.push({ number: tag >> 3, value })
  }
  return fields
}

const all = (message: Buffer, ...path: ReadonlyArray<number>): ReadonlyArray<Buffer> => {
  const [number, ...rest] = path
  const found = fieldsOf(message).flatMap((field) =>
    field.number === number && typeof field.value !== "bigint" ? [field.value] : [],
  )
  return rest.length === 0 ? found : found.flatMap((inner) => all(inner, ...rest))
}
const text = (message: Buffer, number: number) => all(message, number)[0]?.toString("utf8")
const hex = (message: Buffer, number: number) => all(message, number)[0]?.toString("hex")
const double = (message: Buffer, number: number) => all(message, number)[0]?.readDoubleLE() ?? 0
const integer = (message: Buffer, number: number) =>
  Number(fieldsOf(message).find((field) => field.number === number)?.value ?? 0)

const anyValue = (message: Buffer): unknown => {
  const [field] = fieldsOf(message)
  switch (field?.number) {
    case 1:
      return text(message, 1)
    case 2:
      return integer(message, 2) === 1
    case 3:
      return integer(message, 3)
    default:
      return double(message, 4)
  }
}

const attributesOfProtobuf = (message: Buffer, number: number): Attributes =>
  Object.fromEntries(all(message, number).map((pair) => [text(pair, 1), all(pair, 2).map(anyValue)[0]]))

const spansOfProtobuf = (bytes: Buffer): ReadonlyArray<Span> =>
  all(bytes, 1, 2, 2).map((span) => {
    const [status = Buffer.alloc(0)] = all(span, 15)
    return {
      name: text(span, 5) ?? "",
      kind: integer(span, 6),
      traceId: hex(span, 1) ?? "",
      spanId: hex(span, 2) ?? "",
      parentSpanId: hex(span, 4),
      attributes: attributesOfProtobuf(span, 9),
      status: integer(status, 3),
      statusMessage: text(status, 2),
    }
  })

const metricsOfProtobuf = (bytes: Buffer): ReadonlyArray<Metric> =>
  all(bytes, 1, 2, 2).map((metric) => ({
    name: text(metric, 1) ?? "",
    unit: text(metric, 3) ?? "",
    isMonotonic: all(metric, 7).some((sum) => integer(sum, 3) === 1),
    points: [
      ...all(metric, 7, 1).map((point) => ({ attributes: attributesOfProtobuf(point, 7), value: double(point, 4) })),
      ...all(metric, 9, 1).map((point) => {
        const boundaries = Buffer.concat(all(point, 7))
        return {
          attributes: attributesOfProtobuf(point, 9),
          value: Number(all(point, 4)[0]?.readBigUInt64LE() ?? 0),
          sum: double(point, 5),
          boundaries: Array.from({ length: boundaries.length / 8 }, (_, i) => boundaries.readDoubleLE(i * 8)),
        }
      }),
    ],
  }))

const isJson = ({ contentType }: Export) => contentType === "application/json"

export class OtlpCollector extends Context.Service<
  OtlpCollector,
  {
    readonly url: string
    readonly exports: Array<Export>
    /** All spans that came so far, in the order in which they ended. */
    readonly spans: () => ReadonlyArray<Span>
    /** The metrics as they came last: each export holds all of them. */
    readonly metrics: () => ReadonlyArray<Metric>
  }
>()("test/OtlpCollector") {}

const signals: Readonly<Record<string, Export["signal"]>> = {
  "/v1/traces": "traces",
  "/v1/metrics": "metrics",
  "/v1/logs": "logs",
}

export const layer: Layer.Layer<OtlpCollector> = Layer.effect(
  OtlpCollector,
  Effect.gen(function* () {
    const exports: Array<Export> = []
    const server = Http.createServer((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const signal = signals[request.url ?? ""]
        const contentType = request.headers["content-type"] ?? ""
        if (signal !== undefined) exports.push({ signal, contentType, bytes: Buffer.concat(chunks) })
        response.writeHead(signal === undefined ? 404 : 200, { "content-type": contentType }).end()
      })
    })
    const port = yield* listen(server)
    const of = (signal: Export["signal"]) => exports.filter((sent) => sent.signal === signal)
    return {
      url: `http://127.0.0.1:${port}`,
      exports,
      spans: () =>
        of("traces").flatMap((sent) =>
          isJson(sent) ? spansOfJson(sent.bytes.toString("utf8")) : spansOfProtobuf(sent.bytes),
        ),
      metrics: () =>
        of("metrics")
          .slice(-1)
          .flatMap((sent) =>
            isJson(sent) ? metricsOfJson(sent.bytes.toString("utf8")) : metricsOfProtobuf(sent.bytes),
          ),
    }
  }),
)
