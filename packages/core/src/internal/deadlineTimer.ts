/**
 * Limits of time for many attempts, with one timer for all that are under way. A timer of its own for each takes a fiber,
 * and almost every attempt is over long before its limit.
 */
import type * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"

interface Limit {
  /** In milliseconds of the clock's monotonic time. */
  readonly endsAt: number
  readonly expire: () => void
}

interface Watch {
  readonly limits: Set<Limit>
  /** Sleeps until `wakesAt`. There is one while there are limits: with none, nothing keeps a process alive. */
  sleeper: Fiber.Fiber<void> | undefined
  wakesAt: number
}

/** A clock that is not there any more has nothing to watch. */
const watches = new WeakMap<Clock.Clock, Watch>()

const watchOf = (clock: Clock.Clock): Watch => {
  let watch = watches.get(clock)
  if (watch === undefined) {
    watch = { limits: new Set(), sleeper: undefined, wakesAt: Number.POSITIVE_INFINITY }
    watches.set(clock, watch)
  }
  return watch
}

const nowOn = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6

const stop = (watch: Watch): void => {
  const { sleeper } = watch
  watch.sleeper = undefined
  watch.wakesAt = Number.POSITIVE_INFINITY
  sleeper?.interruptUnsafe()
}

const sleepUntil = (watch: Watch, clock: Clock.Clock, context: Context.Context<never>, wakesAt: number): void => {
  stop(watch)
  const sleeper = Effect.runForkWith(context)(clock.sleep(Duration.millis(wakesAt - nowOn(clock))))
  watch.sleeper = sleeper
  watch.wakesAt = wakesAt
  sleeper.addObserver((exit) => {
    if (watch.sleeper !== sleeper || Exit.isFailure(exit)) return
    watch.sleeper = undefined
    watch.wakesAt = Number.POSITIVE_INFINITY
    const now = nowOn(clock)
    for (const limit of watch.limits) {
      if (limit.endsAt > now) continue
      watch.limits.delete(limit)
      limit.expire()
    }
    const next = Math.min(...Array.from(watch.limits, ({ endsAt }) => endsAt))
    // What has expired may have begun something else meanwhile, which sleeps for all.
    if (next < watch.wakesAt) sleepUntil(watch, clock, context, next)
  })
}

/** Calls `expire` after so many milliseconds, unless what comes back is called before. */
export const startDeadlineTimer = (
  clock: Clock.Clock,
  context: Context.Context<never>,
  millis: number,
  expire: () => void,
): (() => void) => {
  const watch = watchOf(clock)
  const limit = { endsAt: nowOn(clock) + millis, expire }
  watch.limits.add(limit)
  if (limit.endsAt < watch.wakesAt) sleepUntil(watch, clock, context, limit.endsAt)
  return () => {
    if (watch.limits.delete(limit) && watch.limits.size === 0) stop(watch)
  }
}
