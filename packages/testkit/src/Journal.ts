/**
 * What calls were made of the services, by whom and with what outcome, for assertions in tests and for their messages.
 *
 * @since 0.1.0
 */
import { ApiError, ApiTokens, StreamTokens, type TokenKey, Tokens } from "@effect-tokens/core"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { pipe } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as CallLog from "./internal/journal/callLog.ts"
import type { ServiceOperation } from "./internal/operationNames.ts"
import type { Recorder, Wrapping } from "./internal/service.ts"
import { wrapNeuroio, wrapServices, wrapUmaaas } from "./internal/services.ts"
import { shownId } from "./internal/journal/sanitize.ts"
import { NeuroioControl, type Owner, type OwnerState } from "./neuroio/NeuroioControl.ts"
import { type Credential, UmaaasControl } from "./umaaas/UmaaasControl.ts"

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
 * - `input`: what it was given, by name; what was left out is left out. A token is its id, or `"<key>"`; a cursor is
 *   `"<cursor>"`.
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

const idsOf = (value: unknown): ReadonlyArray<number | string> => {
  if (Array.isArray(value)) return value.flatMap(idsOf)
  if (Predicate.hasProperty(value, "data")) return idsOf(value.data)
  if (!Predicate.hasProperty(value, "id")) return []
  if (Predicate.isString(value.id)) return [shownId(value.id)]
  return Predicate.isNumber(value.id) ? [value.id] : []
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

  const recorderFor =
    (caller: string): Recorder =>
    (operation, input, clock) => {
      const at = clock.currentTimeMillisUnsafe()
      const end = log.begin({ at, caller, operation, input })
      return (exit) => end({ at: clock.currentTimeMillisUnsafe(), outcome: outcomeOf(exit) })
    }

  /** Writes down the calls of a service as this caller's. */
  const writing = (caller: string): Wrapping => {
    const record = recorderFor(caller)
    return (service, operations) => service.recorded(operations, record)
  }

  return { journal, writing }
})

const make = Effect.fnUntraced(function* <S extends Tokens | StreamTokens | ApiTokens>({
  caller = "caller",
  capacity = 1000,
}: Options) {
  const { journal, writing } = yield* makeBook(capacity)
  return Context.add(wrapServices(yield* Effect.context<S>(), writing(caller)), Journal, journal)
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

/** NeuroIO's services and its control, if it is there, with the calls of each caller written down. */
const withNeuroio =
  (writing: (caller: string) => Wrapping) =>
  <S>(context: Context.Context<S>): Context.Context<S> =>
    Option.match(Context.getOption(context, NeuroioControl), {
      onNone: () => context,
      onSome: (control) => {
        const as = (caller: Owner | TokenKey) =>
          Layer.effectContext(
            Effect.gen(function* () {
              const name = Redacted.isRedacted(caller) ? holderOf(yield* control.state, caller) : nameOf(caller)
              return wrapNeuroio(yield* Effect.context<Tokens | StreamTokens>(), writing(name))
            }),
          ).pipe(Layer.provide(control.as(caller)))
        const services = wrapNeuroio(context, writing(nameOf(control.account)))
        return Context.merge(context, services).pipe(Context.add(NeuroioControl, { ...control, as }))
      },
    })

/** The same for UMAaaS. */
const withUmaaas =
  (writing: (caller: string) => Wrapping) =>
  <S>(context: Context.Context<S>): Context.Context<S> =>
    Option.match(Context.getOption(context, UmaaasControl), {
      onNone: () => context,
      onSome: (control) => {
        const as = (credential: Credential) =>
          Layer.effectContext(
            Effect.gen(function* () {
              const holder = (yield* control.tokens).find(({ clientId }) => clientId === credential.clientId)
              return wrapUmaaas(yield* Effect.context<ApiTokens>(), writing(holder?.id ?? "unknown credential"))
            }),
          ).pipe(Layer.provide(control.as(credential)))
        const services = wrapUmaaas(context, writing(control.rootToken.id))
        return Context.merge(context, services).pipe(Context.add(UmaaasControl, { ...control, as }))
      },
    })

/**
 * The services that are there as they are, with every call written down. Fails with `InvalidRequest` when `capacity` is
 * no whole number of at least 1.
 *
 * It is around all services that are there. Its type speaks of `Tokens` and `StreamTokens` unless it is told which:
 * `Journal.layer<ApiTokens>()`.
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
export function layer<S extends Tokens | StreamTokens | ApiTokens = Tokens | StreamTokens>(options?: {
  readonly capacity?: undefined
  readonly caller?: string | undefined
}): Layer.Layer<Journal | S, never, S>
export function layer<S extends Tokens | StreamTokens | ApiTokens = Tokens | StreamTokens>(
  options: Options,
): Layer.Layer<Journal | S, ApiError.InvalidRequest, S>
export function layer<S extends Tokens | StreamTokens | ApiTokens = Tokens | StreamTokens>(
  options: Options = {},
): Layer.Layer<Journal | S, ApiError.InvalidRequest, S> {
  return Layer.effectContext(make<S>(options))
}

/**
 * One journal for all callers of the platforms that are there: the services as they are, and as whoever
 * `NeuroioControl.as` and `UmaaasControl.as` make them. Entries call them `account 1`, `space 2`, `token 5 of space 2`,
 * the id of the API token whose `clientId` they give, or `unknown credential`.
 *
 * Its type speaks of NeuroIO unless it is told which: `Journal.layerPlatform<ApiTokens | UmaaasControl>()`.
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
export const layerPlatform = <
  S extends Tokens | StreamTokens | ApiTokens | NeuroioControl | UmaaasControl = Tokens | StreamTokens | NeuroioControl,
>(
  options: Pick<Options, "capacity"> = {},
): Layer.Layer<Journal | S, ApiError.InvalidRequest, S> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const { journal, writing } = yield* makeBook(options.capacity ?? 1000)
      const found = yield* Effect.context<S>()
      return pipe(
        Context.pick(Tokens, StreamTokens, ApiTokens, NeuroioControl, UmaaasControl)(found),
        withNeuroio(writing),
        withUmaaas(writing),
        Context.add(Journal, journal),
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

/** A text from a server may have lines of its own. */
const toOneLine = (text: string): string =>
  text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ")

const rowOf = (entry: Entry): ReadonlyArray<string> =>
  [
    String(entry.index),
    DateTime.formatIso(entry.at),
    `${entry.began}–${entry.ended ?? ""}`,
    entry.caller,
    `${entry.operation}(${Object.entries(entry.input)
      .map(([name, value]) => `${name}: ${value}`)
      .join(", ")})`,
    describeOutcome(entry),
  ].map(toOneLine)

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
      .trimEnd(),
  )
  const mark = dropped === 0 ? [] : [`… ${dropped} earlier ${dropped === 1 ? "call is" : "calls are"} not kept`]
  return [...mark, ...lines].join("\n")
}
