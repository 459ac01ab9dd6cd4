/** Platforms that change as they are called, and have a time of their own. */
import type * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
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

/** The clock that the simulated time is reckoned from. */
export type Now = Pick<Clock.Clock, "currentTimeMillisUnsafe">

export interface Simulation<State> extends HasClock {
  state: State
}

const beginning: SimulatedClock = { ahead: 0, frozenAt: undefined }

export const makeClock = (): SimulatedClock => ({ ...beginning })

/** Back to the time of `Clock`. */
export const rewind = ({ time }: HasClock): void => void Object.assign(time, beginning)

/** The time in the world, in milliseconds since 1970. */
export const nowIn = ({ time }: HasClock, clock: Now): number =>
  time.frozenAt ?? clock.currentTimeMillisUnsafe() + time.ahead

export const isFrozen = ({ time }: HasClock): boolean => time.frozenAt !== undefined

/** In milliseconds since 1970: what expires a day later is still in a year of four digits. */
const endOfTime = Date.UTC(9999, 11, 30)

/** Time does not go back, and not on for ever. */
export const advance = (world: HasClock, clock: Now, millis: number): void => {
  const step = Math.max(0, Math.min(millis, endOfTime - nowIn(world, clock)))
  const { time } = world
  if (time.frozenAt === undefined) time.ahead += step
  else time.frozenAt += step
}

/** From now on only `advance` moves its time. */
export const freeze = (world: HasClock, clock: Now): void => {
  world.time.frozenAt = nowIn(world, clock)
}

/** Goes on from where it stands. */
export const unfreeze = (world: HasClock, clock: Now): void => {
  world.time.ahead = nowIn(world, clock) - clock.currentTimeMillisUnsafe()
  world.time.frozenAt = undefined
}

/** The part of a control that reads and moves the time. */
export const timeControl = (world: HasClock) => ({
  now: Effect.clockWith((clock) => Effect.succeed(DateTime.makeUnsafe(nowIn(world, clock)))),
  advance: (duration: Duration.Input) =>
    Effect.clockWith((clock) =>
      Effect.sync(() => advance(world, clock, Duration.toMillis(Duration.fromInputUnsafe(duration)))),
    ),
  freeze: Effect.clockWith((clock) => Effect.sync(() => freeze(world, clock))),
  unfreeze: Effect.clockWith((clock) => Effect.sync(() => unfreeze(world, clock))),
})

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
