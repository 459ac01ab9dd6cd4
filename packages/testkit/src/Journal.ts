/**
 * A journal of calls: the operation, the caller and the outcome of each, for assertions in tests and for their messages.
 *
 * @since 0.1.0
 */
import { ApiError } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as CallLog from "./internal/journal/callLog.ts"
import { formatCalls } from "./internal/journal/format.ts"
import { outcomeOf } from "./internal/journal/outcome.ts"
import { mapLayer, sanitizeInput } from "./internal/service.ts"
import { type ServiceOperation, wrapCallers, type Wrapping, wrapServices } from "./internal/services.ts"

/**
 * An operation that a caller of the services can call, such as `"Tokens.create"`.
 *
 * @since 0.1.0
 */
export type Operation = ServiceOperation

/**
 * One call, as plain data without a secret. The schema takes it to JSON.
 *
 * - `index`: its position among all calls that were ever made, counted from 1.
 * - `at`: when it was made.
 * - `caller`: who made it.
 * - `input`: its input by name, without options that were left out. A token is its id, or `"<key>"`; a cursor is
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
 * A snapshot of a journal: the entries in the order of the calls, and the number of earlier ones that were `dropped`.
 *
 * @since 0.1.0
 */
export const Snapshot = CallLog.Snapshot

/** @since 0.1.0 */
export type Snapshot = CallLog.Snapshot

/**
 * A journal of calls.
 *
 * @since 0.1.0
 */
export class Journal extends Context.Service<
  Journal,
  {
    /** The calls that are kept, in the order in which they were made. */
    readonly entries: Effect.Effect<ReadonlyArray<Entry>>
    /** The calls of one operation that are kept. */
    readonly calls: (operation: Operation) => Effect.Effect<ReadonlyArray<Entry>>
    /** The number of earlier calls that are not kept any more: there were more than `capacity`. */
    readonly dropped: Effect.Effect<number>
    /** Entries and `dropped` at one moment, for `format`. */
    readonly snapshot: Effect.Effect<Snapshot>
    /** Forgets all calls. `index`, `began` and `ended` go on from where they are. */
    readonly clear: Effect.Effect<void>
  }
>()("@effect-tokens/testkit/Journal") {}

/** @since 0.1.0 */
export interface Options {
  /** The number of calls that are kept. When there are more, the earliest go. A whole number above 0. Defaults to 1000. */
  readonly capacity?: number | undefined
  /** The name that entries give the caller of these services. Defaults to `"caller"`. */
  readonly caller?: string | undefined
}

/** Makes a journal for what a layer gives. */
const recording = <S>(
  operation: string,
  capacity: number,
  wrap: (context: Context.Context<S>, recordAs: (caller: string) => Wrapping) => Context.Context<S>,
) => {
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    const problem = "must be a whole number of at least 1"
    throw new ApiError.InvalidRequest({ operation, field: "capacity", problem })
  }
  return (context: Context.Context<S>): Context.Context<S | Journal> => {
    const log = CallLog.makeCallLog(capacity)
    const recordAs =
      (caller: string): Wrapping =>
      (service, operations) =>
        service.observe(operations, ({ input, operation }, clock) => {
          const at = clock.currentTimeMillisUnsafe()
          const end = log.begin({ at, caller, operation, input: sanitizeInput(service, input) })
          return (exit) => end({ at: clock.currentTimeMillisUnsafe(), outcome: outcomeOf(exit) })
        })
    const snapshot = Effect.sync(log.snapshot)
    const entries = Effect.map(snapshot, ({ entries }) => entries)
    return Context.add(wrap(context, recordAs), Journal, {
      entries,
      calls: (operation) => Effect.map(entries, (all) => all.filter((entry) => entry.operation === operation)),
      dropped: Effect.map(snapshot, ({ dropped }) => dropped),
      snapshot,
      clear: Effect.sync(log.clear),
    })
  }
}

/**
 * Records the calls of all services that a layer gives, and gives the journal beside them. A wrong `capacity` throws
 * `ApiError.InvalidRequest`, which names it.
 *
 * @example
 * import { Tokens } from "@effect-tokens/core"
 * import { Journal, NeuroioMemory } from "@effect-tokens/testkit"
 * import { assert, it } from "@effect/vitest"
 * import { Effect } from "effect"
 *
 * it.effect("asks once", () =>
 *   Effect.gen(function* () {
 *     const tokens = yield* Tokens
 *     const journal = yield* Journal.Journal
 *     yield* tokens.create()
 *     assert.lengthOf(yield* journal.calls("Tokens.create"), 1, Journal.format(yield* journal.snapshot))
 *   }).pipe(Effect.provide(NeuroioMemory.layer.pipe(Journal.record()))),
 * )
 *
 * @since 0.1.0
 */
export const record =
  ({ caller = "caller", capacity = 1000 }: Options = {}) =>
  <S, E, R>(layer: Layer.Layer<S, E, R>): Layer.Layer<S | Journal, E, R> =>
    mapLayer(
      layer,
      recording<S>("Journal.record", capacity, (context, recordAs) => wrapServices(context, recordAs(caller))),
    )

/**
 * Records the calls of all callers of the vendors whose control a layer gives, in one journal: of the services as they
 * are, and of those that `NeuroioControl.as` and `UmaaasControl.as` give. Entries call them `account 1`, `space 2`,
 * `token 5 of space 2`, the id of the API token whose `clientId` they give, or `unknown credential`.
 *
 * @example
 * import { Journal, NeuroioMemory } from "@effect-tokens/testkit"
 *
 * const layer = NeuroioMemory.layer.pipe(Journal.recordCallers())
 *
 * @since 0.1.0
 */
export const recordCallers =
  ({ capacity = 1000 }: Pick<Options, "capacity"> = {}) =>
  <S, E, R>(layer: Layer.Layer<S, E, R>): Layer.Layer<S | Journal, E, R> =>
    mapLayer(layer, recording<S>("Journal.recordCallers", capacity, wrapCallers))

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
export const format: (calls: Snapshot | ReadonlyArray<Entry>) => string = formatCalls
