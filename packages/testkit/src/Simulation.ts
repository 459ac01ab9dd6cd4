/**
 * The simulation of a vendor: a state that changes by calls, and a time of its own.
 *
 * The control services of the vendors control one each. In a sandbox all vendors have one time, and go back together.
 *
 * @since 0.1.0
 */
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"

/**
 * Control of a simulation.
 *
 * @since 0.1.0
 */
export interface Control {
  /** The simulated time. It is that of `Clock`, unless one of the next three changed it. */
  readonly now: Effect.Effect<DateTime.Utc>
  /** Moves the simulated time on, to 30 December 9999 at the most. A duration below zero counts as zero. */
  readonly advance: (duration: Duration.Input) => Effect.Effect<void>
  /** Stops the simulated time. Only `advance` moves it then. */
  readonly freeze: Effect.Effect<void>
  /** Lets the simulated time go on from where it stands. */
  readonly unfreeze: Effect.Effect<void>
  /**
   * Keeps the state, and goes back to it by `restore`, each in constant time. The time is not part of it, and what was given
   * since (ids, keys, numbers of owners) is not given again (N3, U2).
   */
  readonly snapshot: Effect.Effect<{ readonly restore: Effect.Effect<void> }>
  /**
   * Goes back to the beginning, its time included. Credentials of owners that were added are not given
   * again: a late call for the old state does not touch the new one.
   */
  readonly reset: Effect.Effect<void>
}
