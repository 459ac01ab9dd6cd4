/** C7: brings what a call comes to into every place where a program may show it, and searches all of it for secrets. */
import { ApiToken, ApiTokenPage, Token } from "@effect-tokens/core"
import { Journal } from "@effect-tokens/testkit"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import { Otlp, OtlpExporter, PrometheusMetrics } from "effect/observability"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import * as NodeConsole from "node:console"
import { Writable } from "node:stream"
import { inspect } from "node:util"
import { serialize } from "node:v8"
import * as OtlpCollector from "./otlpCollector.ts"

const head = "canary"
const tail = "yranac"

/** All of them begin and end alike: half a secret is one too. Between are characters that other forms write otherwise. */
export const secrets = {
  credential: `${head}-credential/+=?&<>"'%41-${tail}`,
  keyAskedFor: `${head}/key?of=one#token %2F/${tail}`,
  keyAnswered: `${head}-key"\\that\tthe/server?made-${tail}`,
  otherInput: `${head}-of-the-wrong-type-${tail}`,
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64")

/** What base64 makes of a text after so many other bytes: without the digits that the neighbours have a part in. */
const base64After = (before: number, text: string): string => {
  const whole = base64(Buffer.concat([Buffer.alloc(before), Buffer.from(text)])).replace(/=+$/, "")
  return whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + Buffer.byteLength(text)) * 8) / 6))
}

const hex = (text: string) => Buffer.from(text).toString("hex")
const eachByte = (text: string, prefix: string) => hex(text).replaceAll(/../g, (byte) => prefix + byte)
const eachUnit = (text: string, prefix: string) =>
  Array.from(text, (unit) => prefix + unit.charCodeAt(0).toString(16).padStart(4, "0")).join("")
const lowerEscapes = (text: string) => text.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())
const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16()

/** Every form that a text may be written in. */
export const formsOf = (text: string): Readonly<Record<string, string | Uint8Array>> => ({
  "as it is": text,
  "in upper case": text.toUpperCase(),
  "percent-encoded": encodeURIComponent(text),
  "percent-encoded in lower case": lowerEscapes(encodeURIComponent(text)),
  "percent-encoded twice": encodeURIComponent(encodeURIComponent(text)),
  "percent-encoded twice in lower case": lowerEscapes(encodeURIComponent(lowerEscapes(encodeURIComponent(text)))),
  "every byte percent-encoded": eachByte(text, "%").toUpperCase(),
  "every byte percent-encoded in lower case": eachByte(text, "%"),
  "every byte percent-encoded twice": eachByte(text, "%25").toUpperCase(),
  "as a form": new URLSearchParams({ text }).toString().slice("text=".length),
  "in JSON": JSON.stringify(text).slice(1, -1),
  "in JSON, every character escaped": eachUnit(text, "\\u"),
  "every byte escaped": eachByte(text, "\\x"),
  hex: hex(text),
  "hex in upper case": hex(text).toUpperCase(),
  "bytes in hex": eachByte(text, " ").trim(),
  "bytes in decimal": Buffer.from(text).join(","),
  "bytes in decimal over lines": Buffer.from(text).join(",\n  "),
  "in HTML by numbers": Array.from(text, (character) => `&#${character.codePointAt(0)};`).join(""),
  "in HTML by hexadecimal numbers": Array.from(
    text,
    (character) => `&#x${character.codePointAt(0)?.toString(16)};`,
  ).join(""),
  "with what nobody sees in between": [...text].join("\u200B"),
  ...Object.fromEntries(
    [0, 1, 2].flatMap((before) => {
      const digits = base64After(before, text)
      return [
        [`base64 after ${before}`, digits],
        [`base64url after ${before}`, digits.replaceAll("+", "-").replaceAll("/", "_")],
      ]
    }),
  ),
  "UTF-16 LE": Buffer.from(text, "utf16le"),
  "UTF-16 BE": utf16be(text),
})

/**
 * A form of a whole secret holds the same form of both its ends, so that these find more than the whole would. Many forms
 * of an end are alike: it has no characters that they write otherwise. Each is looked for once.
 */
const traces = [head, tail].flatMap((end) => {
  const forms = Object.entries(formsOf(end)).map(([form, trace]) => ({ form, bytes: Buffer.from(trace) }))
  return forms.filter(({ bytes }, i) => forms.findIndex((other) => other.bytes.equals(bytes)) === i)
})

interface Finding {
  readonly place: string
  /** What went on when it came there. */
  readonly during: string
  readonly form: string
  readonly excerpt: string
}

const whole = {
  depth: Number.POSITIVE_INFINITY,
  maxArrayLength: Number.POSITIVE_INFINITY,
  maxStringLength: Number.POSITIVE_INFINITY,
  showHidden: true,
  getters: true,
}

/** Ways of showing a value that need nothing but the value. */
const renderings: Readonly<Record<string, (value: unknown) => string | Uint8Array>> = {
  "String()": String,
  "JSON.stringify": (value) => JSON.stringify(value) ?? "",
  "util.inspect": (value) => inspect(value, whole),
  structuredClone: (value) => inspect(structuredClone(value), whole),
  "v8.serialize": serialize,
  "error.stack": (value) =>
    value instanceof Error ? [value.name, value.message, value.stack, inspect(value.cause)].join("\n") : "",
}

const consoleTo = (write: (chunk: string) => void): Console.Console => {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      write(String(chunk))
      done()
    },
  })
  return new NodeConsole.Console({ stdout: stream, stderr: stream, inspectOptions: whole })
}

const tracerTo = (write: (event: string) => void): Tracer.Tracer =>
  Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      span.event = (name, _startTime, attributes) => write(inspect([name, attributes], whole))
      return span
    },
  })

const loggers: Readonly<Record<string, Logger.Logger<unknown, unknown>>> = {
  "the default logger": Logger.defaultLogger,
  "the pretty logger": Logger.consolePretty(),
  "the pretty logger of terminals": Logger.consolePrettyTty({ colors: true }),
  "the pretty logger of browsers": Logger.consolePrettyBrowser({ colors: true }),
  "the logfmt logger": Logger.consoleLogFmt,
  "the structured logger": Logger.consoleStructured,
  "the JSON logger": Logger.consoleJson,
  "the simple logger": Logger.withConsoleError(Logger.formatSimple),
}

const encoders = [Token, Schema.Array(Token), ApiToken, ApiTokenPage, Schema.Array(ApiToken)].map((schema) =>
  Schema.encodeUnknownResult(Schema.toCodecJson(schema)),
)

/** Where something is shown besides that. */
const otherPlaces = [
  "console.log",
  "the tracer's logger",
  "Cause.pretty",
  "Cause.prettyErrors",
  "Schema.encode",
  "OTLP traces",
  "OTLP metrics",
  "OTLP logs",
  "Metric.dump",
  "Metric.snapshot",
  "Prometheus",
  "the journal",
]

export const places: ReadonlyArray<string> = [...Object.keys(renderings), ...Object.keys(loggers), ...otherPlaces]

interface SecretWatch {
  /** Brings something to every place that shows values. */
  readonly show: (during: string, value: unknown) => Effect.Effect<void>
  /** The same for all that there is to see of an outcome. */
  readonly showExit: (during: string, exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>
  readonly search: (place: string, during: string, output: string | Uint8Array) => void
  readonly findings: ReadonlyArray<Finding>
  readonly assertClean: () => void
  /** How many bytes were searched, by place: a place that nothing came to was not watched. */
  readonly searched: ReadonlyMap<string, number>
}

export const make = (): SecretWatch => {
  const findings: Array<Finding> = []
  const searched = new Map<string, number>()

  const search = (place: string, during: string, output: string | Uint8Array) => {
    const bytes = Buffer.from(output)
    searched.set(place, (searched.get(place) ?? 0) + bytes.length)
    for (const trace of traces) {
      const at = bytes.indexOf(trace.bytes)
      if (at === -1) continue
      const excerpt = bytes.subarray(Math.max(0, at - 60), at + 100).toString("latin1")
      findings.push({ place, during, form: trace.form, excerpt })
    }
  }

  // A console costs more to make than to use.
  let now = ""
  const consoles = new Map<string, Console.Console>()
  const consoleOf = (place: string, during: string): Console.Console => {
    now = during
    const console = consoles.get(place) ?? consoleTo((chunk) => search(place, now, chunk))
    consoles.set(place, console)
    return console
  }

  const render = (during: string, value: unknown) => {
    consoleOf("console.log", during).log(value, "%s %o", value)
    for (const [place, rendering] of Object.entries(renderings)) {
      // Not everything can be cloned. What is said then is shown as well.
      const output = Result.try({ try: () => rendering(value), catch: inspect })
      search(place, during, Result.merge(output))
    }
    for (const encode of encoders) {
      const encoded = encode(value)
      search(
        "Schema.encode",
        during,
        Result.isSuccess(encoded) ? JSON.stringify(encoded.success) : String(encoded.failure),
      )
    }
  }

  const log = (value: unknown) =>
    Effect.logError("it came to", value).pipe(Effect.annotateLogs({ value }), Effect.withLogSpan("call"))

  const show = (during: string, value: unknown) =>
    Effect.gen(function* () {
      render(during, value)
      for (const [place, logger] of Object.entries(loggers)) {
        yield* log(value).pipe(
          Effect.provideService(Logger.CurrentLoggers, new Set([logger])),
          Effect.provideService(Console.Console, consoleOf(place, during)),
        )
      }
      yield* log(value).pipe(
        Effect.provideService(Logger.CurrentLoggers, new Set([Logger.tracerLogger])),
        Effect.withSpan("watched"),
        Effect.withTracer(tracerTo((event) => search("the tracer's logger", during, event))),
      )
      // To the exporter.
      yield* log(value).pipe(Effect.withSpan("watched", { attributes: { value } }))
    })

  const showExit = (during: string, exit: Exit.Exit<unknown, unknown>) =>
    Effect.gen(function* () {
      if (Exit.isSuccess(exit)) return yield* show(during, exit.value)
      search("Cause.pretty", during, Cause.pretty(exit.cause))
      render(during, exit)
      render(during, Cause.squash(exit.cause))
      for (const error of Cause.prettyErrors(exit.cause, { includeCauseInStack: true })) {
        search("Cause.prettyErrors", during, inspect(error))
      }
      yield* show(during, exit.cause)
      // As the span of whoever called would show it.
      yield* Effect.ignoreCause(Effect.withSpan(Effect.failCause(exit.cause), "failed"))
    })

  const assertClean = () => assert.deepStrictEqual(findings.slice(0, 5), [])

  return { show, showExit, search, findings, assertClean, searched }
}

export const formats = ["layerJson", "layerProtobuf"] as const

/** Runs something with a real exporter to a real collector, and then searches what it exported, and its metrics. */
export const watching = <A, E, R>(
  watch: SecretWatch,
  format: (typeof formats)[number],
  effect: Effect.Effect<A, E, R>,
) =>
  Effect.gen(function* () {
    const { exports, url } = yield* OtlpCollector.OtlpCollector
    const exporter = Otlp[format]({
      baseUrl: url,
      resource: { serviceName: "test" },
      loggerMergeWithExisting: false,
    }).pipe(Layer.provide(NodeHttpClient.layerUndici))
    const exported = Effect.gen(function* () {
      const result = yield* effect
      watch.search("Metric.dump", "", yield* Metric.dump)
      watch.search("Metric.snapshot", "", inspect(yield* Metric.snapshot, whole))
      watch.search("Prometheus", "", yield* PrometheusMetrics.format())
      yield* Effect.flatMap(OtlpExporter.Flusher, ({ flush }) => flush)
      return result
    })
    const result = yield* Effect.provide(exported, exporter)
    for (const { bytes, signal } of exports) watch.search(`OTLP ${signal}`, format, bytes)
    return result
  }).pipe(Effect.provide(OtlpCollector.layer), Effect.provideService(Metric.MetricRegistry, new Map()))

export const searchJournal = (watch: SecretWatch, journal: Journal.Journal["Service"]) =>
  Effect.gen(function* () {
    const snapshot = yield* journal.snapshot
    const json = yield* Schema.encodeEffect(Journal.Snapshot)(snapshot)
    for (const output of [JSON.stringify(json), Journal.format(snapshot), inspect(snapshot, whole)]) {
      watch.search("the journal", "", output)
    }
  })
