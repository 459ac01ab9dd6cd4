/** C7 in a browser: nothing that a page may show holds a secret. */
import { Neuroio, Tokens } from "@effect-tokens/core"
import { BrowserTransport } from "@effect-tokens/platform-browser"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import { inject, onTestFinished, vi } from "vitest"

const secrets = { credential: "canary-credential", key: "canary/key?of=one" }

/** All texts that can be reached from a value: a console shows them when it is unfolded. */
const textsIn = (value: unknown, seen = new Set<unknown>()): ReadonlyArray<string> => {
  if (typeof value === "string") return [value]
  if (typeof value !== "object" || value === null || seen.has(value)) return []
  seen.add(value)
  const own = Reflect.ownKeys(value).flatMap((name) => textsIn(Reflect.get(value, name), seen).concat(String(name)))
  return value instanceof Map || value instanceof Set ? [...own, ...textsIn([...value], seen)] : own
}

const found = (shown: ReadonlyArray<unknown>) =>
  shown.flatMap((value) => textsIn(value)).filter((text) => /canary/i.test(text))

const watch = () => {
  const shown: Array<unknown> = []
  const methods = ["debug", "dir", "error", "group", "groupCollapsed", "info", "log", "trace", "warn"] as const
  for (const method of methods) {
    vi.spyOn(console, method).mockImplementation((...given: ReadonlyArray<unknown>) => {
      shown.push(given)
    })
  }
  const show = (event: ErrorEvent | PromiseRejectionEvent) =>
    shown.push("reason" in event ? event.reason : [event.message, event.error])
  addEventListener("error", show)
  addEventListener("unhandledrejection", show)
  onTestFinished(() => {
    vi.restoreAllMocks()
    removeEventListener("error", show)
    removeEventListener("unhandledrejection", show)
  })
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      shown.push(span)
      return span
    },
  })
  return { shown, tracer }
}

const loggers = new Set<Logger.Logger<unknown, unknown>>([
  Logger.defaultLogger,
  Logger.consolePrettyBrowser({ colors: true }),
  Logger.consoleStructured,
  Logger.consoleJson,
  Logger.tracerLogger,
])

const calls = Effect.map(Tokens, (tokens): ReadonlyArray<Effect.Effect<unknown, unknown>> => [
  tokens.list(),
  tokens.create(),
  tokens.get(Redacted.make(secrets.key)),
  tokens.update(Redacted.make(secrets.key), { isActive: true }),
  tokens.delete(Redacted.make(secrets.key)),
])

const parts = ["list", "echo", "busy", "redirect", "reset", "closed/list", "veiled/busy", "nowhere"]

describe("no secret is shown", () => {
  it.effect.each([
    ["another origin", inject("stageUrl")],
    ["the page's own origin", "/stage"],
  ] as const)("on %s", ([, origin]) =>
    Effect.gen(function* () {
      const { shown, tracer } = watch()
      for (const part of parts) {
        const url = `${origin}/${part}/${crypto.randomUUID()}`
        const apiToken = Redacted.make(secrets.credential)
        yield* Effect.gen(function* () {
          for (const call of yield* calls) {
            const exit = yield* Effect.exit(Effect.withSpan(call, "caller"))
            shown.push(exit, JSON.stringify(exit), String(exit))
            yield* Effect.logError("it came to", exit)
            if (Exit.isSuccess(exit)) continue
            shown.push(Cause.pretty(exit.cause), Cause.prettyErrors(exit.cause))
            // What pages do with an error, and what is searched here.
            // oxlint-disable-next-line no-console
            console.error(Cause.squash(exit.cause))
          }
        }).pipe(
          Effect.provide(
            Neuroio.layer({ apiToken, iamUrl: url, apiUrl: url, retries: 0 }).pipe(
              Layer.provide(BrowserTransport.layer()),
            ),
          ),
          Effect.withTracer(tracer),
          Effect.provideService(Logger.CurrentLoggers, loggers),
        )
      }
      assert.isAbove(textsIn(shown).length, 1000)
      assert.isNotEmpty(found([{ deep: [new Error("x", { cause: "a canary" })] }]), "the search finds nothing")
      assert.deepStrictEqual(found(shown), [])
    }),
  )
})
