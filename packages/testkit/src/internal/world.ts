/** A platform that changes as it is called, and has a time of its own. */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** The time of a world, beside that of `Clock`. */
export interface Time {
  /** How far it is ahead of `Clock`, in milliseconds. */
  ahead: number
  /** Where it stands still, in milliseconds since 1970. */
  frozenAt: number | undefined
}

export interface World<State> extends Time {
  state: State
}

export const beginning: Time = { ahead: 0, frozenAt: undefined }

/** The time in the world, in milliseconds since 1970. */
export const nowIn = (time: Time, clock: Clock.Clock): number =>
  time.frozenAt ?? clock.currentTimeMillisUnsafe() + time.ahead

/** In milliseconds since 1970: what expires a day later is still in a year of four digits. */
const endOfTime = Date.UTC(9999, 11, 30)

/** Time does not go back, and not on for ever. */
export const advance = (time: Time, clock: Clock.Clock, millis: number): void => {
  const now = nowIn(time, clock)
  const step = Math.max(0, Math.min(millis, endOfTime - now))
  if (time.frozenAt === undefined) time.ahead += step
  else time.frozenAt += step
}

/** From now on only `advance` moves its time. */
export const freeze = (time: Time, clock: Clock.Clock): void => {
  time.frozenAt = nowIn(time, clock)
}

/** Goes on from where it stands. */
export const unfreeze = (time: Time, clock: Clock.Clock): void => {
  time.ahead = nowIn(time, clock) - clock.currentTimeMillisUnsafe()
  time.frozenAt = undefined
}

/** Does one call. Nothing suspends between reading the state and writing it: calls take effect one after another. */
export const perform = <State, Output, Refusal>(
  world: World<State>,
  transition: (state: State, now: number) => readonly [Output | Refusal, State],
  isRefusal: (answer: Output | Refusal) => answer is Refusal,
): Effect.Effect<Output, Refusal> =>
  Effect.clockWith((clock) => {
    const [answer, next] = transition(world.state, nowIn(world, clock))
    world.state = next
    return isRefusal(answer) ? Effect.fail(answer) : Effect.succeed(answer)
  })
