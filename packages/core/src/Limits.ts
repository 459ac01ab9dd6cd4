/**
 * How long a call may take and how often it may be sent: as options of a layer, and for a region of code.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"

/**
 * The limits of a call.
 *
 * Before a retry a call waits for a random time of up to 0.2 seconds, then 0.4, 0.8 and so on, and never over 5 seconds.
 * It first waits for the time that the server asks for (`Retry-After`). A wait that would not end before the deadline is
 * not begun: the call fails at once with the error that it would have retried.
 *
 * A request that has no connection when its time is over is `ConnectionFailed` where the transport knows that nothing was
 * sent, as that of `NodeTransport` does. Otherwise it is `TimedOut`, and a `create` then `OutcomeUnknown`.
 *
 * @since 0.1.0
 */
export interface Limits {
  /** The longest time for one request, with the body of its response. Above zero. Defaults to 4 seconds (C5). */
  readonly attemptTimeout?: Duration.Input | undefined
  /** The longest time for a call, with its waits and retries. Above zero. Defaults to 30 seconds (C5). */
  readonly deadline?: Duration.Input | undefined
  /**
   * How often a call may be sent again: a whole number, 0 or more. Defaults to 2; with 0 a call is sent once (C3). A `create`
   * is sent again only when it cannot have taken effect: no connection, or 429 (C4).
   */
  readonly retries?: number | undefined
}

/**
 * The limits that a region of code has set. What it leaves out, or leaves `undefined`, is as the layer has it. One that
 * cannot be right makes the calls there fail with `InvalidRequest`, which names it, and nothing is sent.
 *
 * `override` sets it for an effect. For a stream, whose calls are its pages, set it as any reference:
 *
 * @example
 * import { Limits, Tokens } from "@effect-tokens/core"
 * import { Stream } from "effect"
 *
 * const all = Stream.unwrap(Tokens.useSync((tokens) => tokens.stream())).pipe(
 *   Stream.provideService(Limits.CurrentLimits, { retries: 5 }),
 * )
 *
 * @since 0.1.0
 */
export const CurrentLimits: Context.Reference<Limits> = Context.Reference<Limits>(
  "@effect-tokens/core/Limits/CurrentLimits",
  { defaultValue: () => ({}) },
)

const merge = (outer: Limits, inner: Limits): Limits => ({
  attemptTimeout: inner.attemptTimeout === undefined ? outer.attemptTimeout : inner.attemptTimeout,
  deadline: inner.deadline === undefined ? outer.deadline : inner.deadline,
  retries: inner.retries === undefined ? outer.retries : inner.retries,
})

/**
 * Sets limits for all calls that an effect makes. Within a region that has set some already, the others stay.
 *
 * @example
 * import { Limits, Tokens } from "@effect-tokens/core"
 * import { Effect } from "effect"
 *
 * // A health check would rather know soon than be right at last.
 * const isUp = Effect.flatMap(Tokens, (tokens) => tokens.list({ limit: 1 })).pipe(
 *   Limits.override({ retries: 0, deadline: "500 millis" }),
 *   Effect.isSuccess,
 * )
 *
 * @since 0.1.0
 */
export const override: {
  (limits: Limits): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, limits: Limits): Effect.Effect<A, E, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, limits: Limits): Effect.Effect<A, E, R> =>
  Effect.updateService(self, CurrentLimits, (outer) => merge(outer, limits)),
)
