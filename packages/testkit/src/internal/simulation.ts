/** Platforms that change as they are called, and have a time of their own. */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** A time beside that of `Clock`. */
export interface SimulatedClock {
  /** How far it is ahead of `Clock`, in milliseconds. */
  ahead: number
  /** Where it stands still, in milliseconds since 1970. */
  frozenAt: number | undefined
}

/** Whatever lives in a time: worlds that share one grow old together. */
export interface HasClock {
  readonly time: SimulatedClock
}

export interface Simulation<State> extends HasClock {
  state: State
}

const beginning: SimulatedClock = { ahead: 0, frozenAt: undefined }

export const makeClock = (): SimulatedClock => ({ ...beginning })

/** Back to the time of `Clock`. */
export const rewind = ({ time }: HasClock): void => void Object.assign(time, beginning)

/** The time in the world, in milliseconds since 1970. */
export const nowIn = ({ time }: HasClock, clock: Clock.Clock): number =>
  time.frozenAt ?? clock.currentTimeMillisUnsafe() + time.ahead

export const isFrozen = ({ time }: HasClock): boolean => time.frozenAt !== undefined

/** In milliseconds since 1970: what expires a day later is still in a year of four digits. */
const endOfTime = Date.UTC(9999, 11, 30)

/** Time does not go back, and not on for ever. */
export const advance = (world: HasClock, clock: Clock.Clock, millis: number): void => {
  const step = Math.max(0, Math.min(millis, endOfTime - nowIn(world, clock)))
  const { time } = world
  if (time.frozenAt === undefined) time.ahead += step
  else time.frozenAt += step
}

/** From now on only `advance` moves its time. */
export const freeze = (world: HasClock, clock: Clock.Clock): void => {
  world.time.frozenAt = nowIn(world, clock)
}

/** Goes on from where it stands. */
export const unfreeze = (world: HasClock, clock: Clock.Clock): void => {
  world.time.ahead = nowIn(world, clock) - clock.currentTimeMillisUnsafe()
  world.time.frozenAt = undefined
}

/** Does one call. Nothing suspends between reading the state and writing it: calls take effect one after another. */
export const perform = <State, Output, Refusal>(
  world: Simulation<State>,
  transition: (state: State, now: number) => readonly [Output | Refusal, State],
  isRefusal: (answer: Output | Refusal) => answer is Refusal,
): Effect.Effect<Output, Refusal> =>
  Effect.clockWith((clock) => {
    const [answer, next] = transition(world.state, nowIn(world, clock))
    world.state = next
    return isRefusal(answer) ? Effect.fail(answer) : Effect.succeed(answer)
  })
