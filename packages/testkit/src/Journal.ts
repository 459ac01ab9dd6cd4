/**
 * What calls were made of the services, by whom and with what outcome, for assertions in tests and for their messages.
 *
 * @since 0.1.0
 */
import { ApiError, StreamTokens, type TokenKey, Tokens } from "@effect-tokens/core"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type Call, type CallInput, observe, type Observer } from "./internal/observe.ts"
import type { ServiceOperation } from "./internal/operationNames.ts"
import * as CallLog from "./internal/callLog.ts"
import { NeuroioControl, type Owner, type OwnerState } from "./NeuroioControl.ts"

/**
 * What a caller of the services can call, such as `"Tokens.create"`.
 *
 * @since 0.1.0
 */
export type Operation = ServiceOperation

/**
 * One call, as plain data without a secret. The schema takes it to JSON.
 *
 * - `index`: the how manieth call it is, from 1, of all that were ever made.
 * - `at`: when it was made.
 * - `caller`: who made it.
 * - `input`: what it was given, by name; what was left out is left out. A token is its id, or `"<key>"`.
 * - `outcome`: `Success` with the ids of the `tokens` that it gave, `Failure` with the `_tag` of its `error`, its `status`
 *   where it has one and its `message`, `Interrupted`, or still `Pending`. A stream that is taken from in part succeeds
 *   with what was taken.
 * - `began`, `ended`: the order in which calls began and ended, as moments counted from 1. A call that began before
 *   another one ended ran beside it. `ended` is `null` while it is pending.
 * - `millis`: how long it took, in milliseconds; `null` while it is pending.
 *
 * @since 0.1.0
 */
export const Entry = CallLog.Entry

/** @since 0.1.0 */
export type Entry = CallLog.Entry

/**
 * What a journal holds: the entries in the order of the calls, and how many earlier ones were `dropped`.
 *
 * @since 0.1.0
 */
export const Snapshot = CallLog.Snapshot

/** @since 0.1.0 */
export type Snapshot = CallLog.Snapshot

/**
 * A journal of calls.
 *
 * - `entries`: the calls that are kept, in the order in which they were made.
 * - `calls`: those of one operation.
 * - `dropped`: how many earlier ones are not kept any more, since there were more than the journal has room for.
 * - `snapshot`: both as they are at one moment, for `format`.
 * - `clear`: forgets them all. `index`, `began` and `ended` go on from where they are.
 *
 * @since 0.1.0
 */
export class Journal extends Context.Service<
  Journal,
  {
    readonly entries: Effect.Effect<ReadonlyArray<Entry>>
    readonly calls: (operation: Operation) => Effect.Effect<ReadonlyArray<Entry>>
    readonly dropped: Effect.Effect<number>
    readonly snapshot: Effect.Effect<Snapshot>
    readonly clear: Effect.Effect<void>
  }
>()("@effect-tokens/testkit/Journal") {}

/** Types are no guard: whatever is no plain value might be a secret in the wrong place. */
const plainOf = (value: unknown): string | number | boolean | null => {
  if (value === null || Predicate.isBoolean(value)) return value
  if (!Predicate.isNumber(value)) return `<${typeof value}>`
  return Number.isFinite(value) ? value : String(value)
}

const fields = ["permanent", "isActive", "limit", "offset", "pageSize"] as const

const inputOf = (input: CallInput): Entry["input"] => ({
  ...("token" in input ? { token: Predicate.isNumber(input.token) ? plainOf(input.token) : "<key>" } : {}),
  ...Object.fromEntries(
    fields.flatMap((field) => (input[field] === undefined ? [] : [[field, plainOf(input[field])] as const])),
  ),
})

const idsOf = (value: unknown): ReadonlyArray<number> => {
  if (Array.isArray(value)) return value.flatMap(idsOf)
  return Predicate.hasProperty(value, "id") && Predicate.isNumber(value.id) ? [value.id] : []
}

const outcomeOf = (exit: Exit.Exit<unknown, unknown>): CallLog.End["outcome"] => {
  if (Exit.isSuccess(exit)) return { _tag: "Success", tokens: idsOf(exit.value) }
  if (Cause.hasInterruptsOnly(exit.cause)) return { _tag: "Interrupted" }
  const error = Result.getOrUndefined(Cause.findError(exit.cause))
  // What a defect says is nobody's promise: it might hold a key.
  if (!Predicate.hasProperty(error, "_tag")) return { _tag: "Failure", error: "Defect", message: "The call died." }
  const status = Predicate.hasProperty(error, "status") && Predicate.isNumber(error.status) ? error.status : undefined
  return {
    _tag: "Failure",
    error: String(error._tag),
    ...(status === undefined ? {} : { status }),
    message: Predicate.hasProperty(error, "message") ? String(error.message) : "",
  }
}

/**
 * - `capacity`: how many calls are kept. When there are more, the earliest go. 1,000 unless given.
 * - `caller`: what entries call whoever uses these services. `"caller"` unless given.
 *
 * @since 0.1.0
 */
export interface Options {
  readonly capacity?: number | undefined
  readonly caller?: string | undefined
}

const makeBook = Effect.fnUntraced(function* (capacity: number) {
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    const problem = "must be a whole number of at least 1"
    return yield* new ApiError.InvalidRequest({ operation: "Journal.layer", field: "capacity", problem })
  }
  const log = CallLog.makeCallLog(capacity)
  const snapshot = Effect.sync(log.snapshot)
  const entries = Effect.map(snapshot, ({ entries }) => entries)
  const journal: Journal["Service"] = {
    entries,
    calls: (operation) => Effect.map(entries, (all) => all.filter((entry) => entry.operation === operation)),
    dropped: Effect.map(snapshot, ({ dropped }) => dropped),
    snapshot,
    clear: Effect.sync(log.clear),
  }

  const observerFor =
    (caller: string): Observer =>
    ({ input, method, service }: Call, clock) => {
      const at = clock.currentTimeMillisUnsafe()
      const end = log.begin({ at, caller, operation: `${service}.${method}`, input: inputOf(input) })
      return (exit) => end({ at: clock.currentTimeMillisUnsafe(), outcome: outcomeOf(exit) })
    }

  /** The same services, whose calls are written down as this caller's. */
  const write = (caller: string, services: Context.Context<Tokens | StreamTokens>) => {
    const observer = observerFor(caller)
    return Context.make(Tokens, observe("Tokens", Context.get(services, Tokens), observer)).pipe(
      Context.add(StreamTokens, observe("StreamTokens", Context.get(services, StreamTokens), observer)),
    )
  }

  return { journal, write }
})

const make = Effect.fnUntraced(function* ({ caller = "caller", capacity = 1000 }: Options) {
  const { journal, write } = yield* makeBook(capacity)
  return Context.add(write(caller, yield* Effect.context<Tokens | StreamTokens>()), Journal, journal)
})

/** What the state knows of a key is who holds it. */
const holderOf = (state: ReadonlyArray<OwnerState>, key: TokenKey): string => {
  const secret = Redacted.value(key)
  for (const { owner, tokens } of state) {
    if (Redacted.value(owner.key) === secret) return nameOf(owner)
    const token = tokens.find((token) => Redacted.value(token.key) === secret)
    if (token !== undefined) return `token ${token.id} of ${nameOf(owner)}`
  }
  return "unknown credential"
}

const nameOf = ({ kind, number }: Owner): string => `${kind} ${number}`

/**
 * `Tokens` and `StreamTokens` as they are, with every call written down. Fails with `InvalidRequest` when `capacity` is
 * no whole number of at least 1.
 *
 * @example
 * import { Tokens } from "@effect-tokens/core"
 * import { Journal, NeuroioMemory } from "@effect-tokens/testkit"
 * import { assert, it } from "@effect/vitest"
 * import { Effect, Layer } from "effect"
 *
 * it.effect("asks once", () =>
 *   Effect.gen(function* () {
 *     const tokens = yield* Tokens
 *     const journal = yield* Journal.Journal
 *     yield* tokens.create()
 *     assert.lengthOf(yield* journal.calls("Tokens.create"), 1, Journal.format(yield* journal.snapshot))
 *   }).pipe(Effect.provide(Journal.layer().pipe(Layer.provide(NeuroioMemory.layer)))),
 * )
 *
 * @since 0.1.0
 */
export function layer(options?: {
  readonly capacity?: undefined
  readonly caller?: string | undefined
}): Layer.Layer<Journal | Tokens | StreamTokens, never, Tokens | StreamTokens>
export function layer(
  options: Options,
): Layer.Layer<Journal | Tokens | StreamTokens, ApiError.InvalidRequest, Tokens | StreamTokens>
export function layer(
  options: Options = {},
): Layer.Layer<Journal | Tokens | StreamTokens, ApiError.InvalidRequest, Tokens | StreamTokens> {
  return Layer.effectContext(make(options))
}

/**
 * One journal for all callers of a platform: the services as they are, and as whoever `NeuroioControl.as` makes them.
 * Entries call them `account 1`, `space 2`, `token 5 of space 2`, or `unknown credential`.
 *
 * - `capacity`: how many calls are kept. When there are more, the earliest go. 1,000 unless given.
 *
 * @example
 * import { Journal, NeuroioMemory } from "@effect-tokens/testkit"
 * import { Layer } from "effect"
 *
 * const platform = Journal.layerPlatform().pipe(Layer.provide(NeuroioMemory.layer))
 *
 * @since 0.1.0
 */
export const layerPlatform = (
  options: Pick<Options, "capacity"> = {},
): Layer.Layer<
  Journal | Tokens | StreamTokens | NeuroioControl,
  ApiError.InvalidRequest,
  Tokens | StreamTokens | NeuroioControl
> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const { journal, write } = yield* makeBook(options.capacity ?? 1000)
      const control = yield* NeuroioControl
      const services = yield* Effect.context<Tokens | StreamTokens>()
      const as = (caller: Owner | TokenKey) =>
        Layer.effectContext(
          Effect.gen(function* () {
            const name = Redacted.isRedacted(caller) ? holderOf(yield* control.state, caller) : nameOf(caller)
            return write(name, yield* Effect.context<Tokens | StreamTokens>())
          }),
        ).pipe(Layer.provide(control.as(caller)))
      return write(nameOf(control.account), services).pipe(
        Context.add(Journal, journal),
        Context.add(NeuroioControl, { ...control, as }),
      )
    }),
  )

const describeOutcome = ({ millis, outcome }: Entry): string => {
  switch (outcome._tag) {
    case "Pending":
      return "pending"
    case "Success":
      return `${outcome.tokens.length === 0 ? "done" : `gave ${outcome.tokens.join(", ")}`} (${millis} ms)`
    case "Failure": {
      const status = outcome.status === undefined ? "" : ` ${outcome.status}`
      return `${outcome.error}${status} (${millis} ms): ${outcome.message}`
    }
    case "Interrupted":
      return `interrupted (${millis} ms)`
  }
}

const rowOf = (entry: Entry): ReadonlyArray<string> => [
  String(entry.index),
  DateTime.formatIso(entry.at),
  `${entry.began}–${entry.ended ?? ""}`,
  entry.caller,
  `${entry.operation}(${Object.entries(entry.input)
    .map(([name, value]) => `${name}: ${value}`)
    .join(", ")})`,
  describeOutcome(entry),
]

const header = ["#", "at", "order", "caller", "call", "outcome"]

/**
 * A table of calls for the message of a test, one a line, with their numbers. `order` is when each began and ended. With
 * a snapshot it says how many earlier calls are not kept.
 *
 * @example
 * import { Journal } from "@effect-tokens/testkit"
 * import { Console, Effect } from "effect"
 *
 * const show = Effect.flatMap(Journal.Journal, (journal) =>
 *   Effect.flatMap(journal.snapshot, (snapshot) => Console.log(Journal.format(snapshot))),
 * )
 *
 * @since 0.1.0
 */
export const format = (calls: Snapshot | ReadonlyArray<Entry>): string => {
  const { dropped, entries } = "dropped" in calls ? calls : { entries: calls, dropped: 0 }
  const rows = [header, ...entries.map(rowOf)]
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padStart(widths[0] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      // A text from a server may have lines of its own.
      .replaceAll(/\s*[\r\n]+\s*/g, " ")
      .trimEnd(),
  )
  const mark = dropped === 0 ? [] : [`… ${dropped} earlier ${dropped === 1 ? "call is" : "calls are"} not kept`]
  return [...mark, ...lines].join("\n")
}
