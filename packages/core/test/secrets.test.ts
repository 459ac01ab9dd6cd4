/** C7: neither the credential nor a key gets out, on any way that a call can take. */
import { StreamTokens, type TokenOperations, Tokens } from "@effect-tokens/core"
import { NodeNeuroio } from "@effect-tokens/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import { Console } from "node:console"
import { Writable } from "node:stream"
import { inspect } from "node:util"
import * as RawServer from "./support/rawServer.ts"

/** With characters that change in a path, in a query, in JSON and in base64. */
const secrets = {
  credential: "canary-credential/+=?&<>\"'%41-yranac",
  keyAskedFor: "canary/key?of=one#token %2F/yranac",
  keyAnswered: "canary-key-that-the-server-made-yranac",
}

const base64 = (secret: string) => Buffer.from(secret).toString("base64")

const formsOf = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  encodeURIComponent(secret).replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
  JSON.stringify(secret).slice(1, -1),
  base64(secret),
  Buffer.from(secret).toString("base64url"),
]

/** Both ends of each secret in clear text, and the heads of their base64 forms: what no form of them can do without. */
const traces = ["canary", "yranac", ...Object.values(secrets).map((secret) => base64(secret).slice(0, 12))]

const token = RawServer.token({ key: secrets.keyAnswered })

/** A server can only repeat what it was sent. */
const echoOf = (asked: boolean) =>
  [...formsOf(secrets.credential), ...(asked ? formsOf(secrets.keyAskedFor) : [])].join(" | ")

/** Errors, with the secrets wherever a server could put them. */
const errors = (echo: string): Readonly<Record<string, (status: number) => RawServer.Answer>> => ({
  "an error that repeats everything": (status) =>
    RawServer.json(
      status,
      JSON.stringify({ message: echo, error_codes: [status], fields: [{ name: echo, message: echo }] }),
    ),
  "an error about the cap": (status) =>
    RawServer.json(status, JSON.stringify({ message: echo, fields: [{ name: "permanent", message: echo }] })),
  "an error in HTML": (status) =>
    RawServer.response(status, { "content-type": "text/html", "content-length": echo.length }, echo),
  "an error that is cut short": (status) => RawServer.json(status, `{"message": "${echo}`),
})

const others = (echo: string): Readonly<Record<string, RawServer.Answer>> => ({
  "a token": RawServer.json(200, JSON.stringify(token)),
  "a token that was made": RawServer.json(201, JSON.stringify(token)),
  "a list": RawServer.json(200, JSON.stringify([token])),
  nothing: RawServer.noContent,
  "a token with a field off its schema": RawServer.json(200, JSON.stringify({ ...token, is_active: echo })),
  "a token that was made, off its schema": RawServer.json(201, JSON.stringify({ ...token, expires: echo })),
  "a list off its schema": RawServer.json(200, JSON.stringify([{ ...token, created: echo }])),
  "a list of keys": RawServer.json(200, JSON.stringify([secrets.keyAnswered])),
  text: RawServer.json(200, echo),
  "a redirect": RawServer.response(302, { location: `/?${encodeURIComponent(echo)}`, "content-length": 0 }),
  "a broken connection": { bytes: "HTTP/1.1 200", ending: "reset" },
})

const statuses = [400, 401, 403, 404, 409, 418, 422, 429, 500, 501, 502, 503, 504]

type Call = (tokens: TokenOperations.TokenOperations) => Effect.Effect<unknown, unknown>

const key = Redacted.make(secrets.keyAskedFor)

const calls: Readonly<Record<string, Call>> = {
  create: (tokens) => tokens.create({ permanent: true }),
  list: (tokens) => tokens.list(),
  get: (tokens) => tokens.get(key),
  update: (tokens) => tokens.update(key, { isActive: false }),
  delete: (tokens) => tokens.delete(key),
  deleteList: (tokens) => tokens.deleteList({ permanent: null }),
}

/** All that a person or a program could see of an outcome. */
const everything = (exit: Exit.Exit<unknown, unknown>): string => {
  const texts: Array<string> = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      texts.push(String(chunk))
      done()
    },
  })
  const console = new Console({ stdout: sink, stderr: sink, inspectOptions: { depth: Number.POSITIVE_INFINITY } })
  const look = (value: unknown) => {
    console.log(value)
    texts.push(String(value), JSON.stringify(value) ?? "")
    texts.push(inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }))
    if (value instanceof Error) texts.push(value.message, value.stack ?? "", String(value.cause))
  }
  look(exit)
  if (Exit.isSuccess(exit)) look(exit.value)
  else {
    look(exit.cause)
    look(Cause.squash(exit.cause))
    texts.push(Cause.pretty(exit.cause))
    for (const error of Cause.prettyErrors(exit.cause)) look(error)
  }
  return texts.join("\n")
}

const logged = (value: unknown) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const keep = (format: Logger.Logger<unknown, unknown>) =>
      Logger.make((options) => {
        lines.push(inspect(format.log(options), { depth: Number.POSITIVE_INFINITY }))
      })
    const loggers = [Logger.formatJson, Logger.formatLogFmt, Logger.formatSimple, Logger.formatStructured].map(keep)
    yield* Effect.logError("it failed", value).pipe(
      Effect.annotateLogs({ value }),
      Effect.provide(Logger.layer(loggers)),
    )
    return lines.join("\n")
  })

const recordingTracer = () => {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span(options) {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    },
  })
  const text = () =>
    spans
      .map((span) =>
        inspect([span.name, [...span.attributes], span.events, span.links, span.status], {
          depth: Number.POSITIVE_INFINITY,
        }),
      )
      .join("\n")
  return { spans, tracer, text }
}

const assertClean = (text: string, where: string) => {
  for (const trace of traces) assert.isFalse(text.includes(trace), `${trace} is in ${where}:\n${text.slice(0, 2000)}`)
}

const layer = (url: string) =>
  NodeNeuroio.layer({ retries: 0, apiToken: Redacted.make(secrets.credential), iamUrl: url, apiUrl: url })

const families = [
  ["Tokens", Tokens],
  ["StreamTokens", StreamTokens],
] as const

describe("no secret leaves", () => {
  for (const [family, service] of families) {
    it.effect.each(Object.entries(calls).map(([operation, call]) => ({ operation, call })))(
      `${family}.$operation`,
      ({ call, operation }) =>
        Effect.gen(function* () {
          const server = yield* RawServer.RawServer
          const asked = ["get", "update", "delete"].includes(operation)
          const echo = echoOf(asked)
          const ways = [
            ...Object.entries(others(echo)),
            ...statuses.flatMap((status) =>
              Object.entries(errors(echo)).map(([way, answer]) => [`${status}: ${way}`, answer(status)] as const),
            ),
          ]
          const { spans, text, tracer } = recordingTracer()
          yield* Effect.gen(function* () {
            const tokens: TokenOperations.TokenOperations = yield* service
            assertClean(inspect(tokens, { depth: 10, showHidden: true }), "the service")
            for (const [way, answer] of ways) {
              server.answer = () => answer
              const exit = yield* Effect.exit(call(tokens).pipe(Effect.withTracer(tracer)))
              assertClean(everything(exit), `the outcome of ${way}`)
              assertClean(yield* logged(Exit.isSuccess(exit) ? exit.value : exit.cause), `the log of ${way}`)
            }
          }).pipe(Effect.provide(layer(server.url)))
          assertClean(text(), "the spans")
          const callSpans = spans.filter((span) => span.kind === "internal")
          const attemptSpans = spans.filter((span) => span.kind === "client")
          assert.strictEqual(callSpans.length, ways.length)
          assert.strictEqual(attemptSpans.length, ways.length)
          for (const span of callSpans) assert.strictEqual(span.name, `${family}.${operation}`)
          for (const span of attemptSpans) assert.match(span.name, /^[A-Z]+ \S*tokens\/(?:\{token\}\/)?$/)
          // The key that was asked for did go over the wire: the test would otherwise look for nothing.
          const sent = server.requests.map((request) => request.text).join("\n")
          assert.include(sent, secrets.credential)
          if (asked) assert.include(sent, encodeURIComponent(secrets.keyAskedFor))
        }).pipe(Effect.provide(RawServer.layer)),
    )
  }

  it.effect("what is masked says so, and the rest of the message stays", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => RawServer.json(404, JSON.stringify({ message: `No token ${secrets.keyAskedFor}, sorry` }))
      const error = yield* Effect.flip(Effect.flatMap(Tokens, (tokens) => tokens.get(key))).pipe(
        Effect.provide(layer(server.url)),
      )
      assert.strictEqual("serverMessage" in error && error.serverMessage, "No token <redacted>, sorry")
    }).pipe(Effect.provide(RawServer.layer)),
  )

  it.effect("a connection that is refused", () =>
    Effect.gen(function* () {
      const call = Effect.flatMap(Tokens, (tokens) => tokens.get(key))
      const exit = yield* Effect.exit(Effect.provide(call, layer("http://127.0.0.1:1")))
      assert.isTrue(Exit.isFailure(exit))
      assertClean(everything(exit), "the outcome")
    }),
  )
})
