/** A clock for calls over real sockets: waits pass at once, and no time limit runs out unless it is told to. */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** Waits between attempts are shorter, time limits are longer. In milliseconds. */
const shortestLimit = 3000

export interface HurriedClock {
  readonly clock: Clock.Clock
  /** Whether time limits run out as soon as they begin: nothing else ends a call that no one ever answers. */
  limitsRunOut: boolean
}

export const make = (): HurriedClock => {
  let now = Date.UTC(2030, 0, 1)
  const nanos = () => BigInt(Math.round(now * 1e6))
  const pass = (millis: number) =>
    Effect.sync(() => {
      now += millis
    })
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => now,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) => {
      const millis = Duration.toMillis(duration)
      return millis < shortestLimit || hurried.limitsRunOut ? pass(millis) : Effect.never
    },
  }
  const hurried: HurriedClock = { clock, limitsRunOut: false }
  return hurried
}
