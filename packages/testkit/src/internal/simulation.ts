/** A simulation: a state that changes by calls, the rules that change it, and a time. */
import type * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Control } from "../Simulation.ts"

/** A time beside that of `Clock`. */
export interface SimulatedClock {
  /** How far it is ahead of `Clock`, in milliseconds. */
  ahead: number
  /** Where it stands still, in milliseconds since 1970. */
  frozenAt: number | undefined
}

/** Simulations that share a time grow old together. */
export interface HasClock {
  readonly time: SimulatedClock
}

/** The clock that the simulated time is reckoned from. */
export type Now = Pick<Clock.Clock, "currentTimeMillisUnsafe">

export interface Simulation<State, Rules = unknown> extends HasClock {
  state: State
  readonly rules: Rules
  /** Keeps the state. The function that it gives goes back to it. */
  readonly snapshot: () => () => void
  /** Goes back to the beginning. */
  readonly reset: () => void
}

const beginning: SimulatedClock = { ahead: 0, frozenAt: undefined }

export const makeClock = (): SimulatedClock => ({ ...beginning })

/**
 * Makes a simulation that begins with this state. `restored` and `begun` give the state after a restore and a reset: they
 * take into a former state what must not come back, such as the ids that were given since.
 */
export const makeSimulation = <State, Rules>(
  first: State,
  rules: Rules,
  restored: (former: State, current: State) => State,
  begun: (first: State, current: State) => State,
  time = makeClock(),
): Simulation<State, Rules> => {
  const simulation: Simulation<State, Rules> = {
    time,
    rules,
    state: first,
    snapshot: () => {
      const { state } = simulation
      return () => {
        simulation.state = restored(state, simulation.state)
      }
    },
    reset: () => {
      simulation.state = begun(first, simulation.state)
      Object.assign(time, beginning)
    },
  }
  return simulation
}

/** The simulated time, in milliseconds since 1970. */
export const nowIn = ({ time }: HasClock, clock: Now): number =>
  time.frozenAt ?? clock.currentTimeMillisUnsafe() + time.ahead

export const isFrozen = ({ time }: HasClock): boolean => time.frozenAt !== undefined

/** In milliseconds since 1970: what expires a day later is still in a year of four digits. */
const endOfTime = Date.UTC(9999, 11, 30)

/** Time does not go back, and not on for ever. */
export const advance = (simulation: HasClock, clock: Now, millis: number): void => {
  const step = Math.max(0, Math.min(millis, endOfTime - nowIn(simulation, clock)))
  const { time } = simulation
  if (time.frozenAt === undefined) time.ahead += step
  else time.frozenAt += step
}

/** From now on only `advance` moves its time. */
export const freeze = (simulation: HasClock, clock: Now): void => {
  simulation.time.frozenAt = nowIn(simulation, clock)
}

/** Goes on from where it stands. */
export const unfreeze = (simulation: HasClock, clock: Now): void => {
  simulation.time.ahead = nowIn(simulation, clock) - clock.currentTimeMillisUnsafe()
  simulation.time.frozenAt = undefined
}

/** The part of a control that reads and moves the time. */
const timeControl = (simulation: HasClock) => ({
  now: Effect.clockWith((clock) => Effect.succeed(DateTime.makeUnsafe(nowIn(simulation, clock)))),
  advance: (duration: Duration.Input) =>
    Effect.clockWith((clock) =>
      Effect.sync(() => advance(simulation, clock, Duration.toMillis(Duration.fromInputUnsafe(duration)))),
    ),
  freeze: Effect.clockWith((clock) => Effect.sync(() => freeze(simulation, clock))),
  unfreeze: Effect.clockWith((clock) => Effect.sync(() => unfreeze(simulation, clock))),
})

/** The control of a simulation. */
export const controlOf = (simulation: HasClock & Pick<Simulation<unknown>, "snapshot" | "reset">): Control => ({
  ...timeControl(simulation),
  snapshot: Effect.sync(() => ({ restore: Effect.sync(simulation.snapshot()) })),
  reset: Effect.sync(simulation.reset),
})

/** Performs one call. `Common` is a part of all inputs. */
export type Perform<State, Rules, Caller, Refusal, Common = unknown> = <Input, Output>(
  simulation: Simulation<State, Rules>,
  transition: (state: State, now: number, caller: Caller, input: Input & Common) => readonly [Output | Refusal, State],
  caller: Caller,
  input: Input & Common,
) => Effect.Effect<Output, Refusal>

/** Performs a call at one go. Nothing suspends between reading the state and writing it: calls take effect one by one. */
export const performWith =
  <State, Rules, Caller, Refusal, Common>(
    isRefusal: <A>(answer: A | Refusal) => answer is Refusal,
  ): Perform<State, Rules, Caller, Refusal, Common> =>
  (simulation, transition, caller, input) =>
    Effect.clockWith((clock) => {
      const [answer, next] = transition(simulation.state, nowIn(simulation, clock), caller, input)
      simulation.state = next
      return isRefusal(answer) ? Effect.fail(answer) : Effect.succeed(answer)
    })
