/** A platform that changes as it is called, and has a time of its own. */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as NeuroioPlatform from "../NeuroioPlatform.ts"

/** What a platform does: `NeuroioPlatform`, unless a test of the laws wants one that is wrong. */
export type Rules = Pick<
  typeof NeuroioPlatform,
  "create" | "list" | "get" | "update" | "delete" | "deleteList" | "refusalOf"
>

export interface World {
  readonly rules: Rules
  state: NeuroioPlatform.State
  /** How far its time is ahead of `Clock`, in milliseconds. */
  ahead: number
  /** Where its time stands still, in milliseconds since 1970. */
  frozenAt: number | undefined
}

export const makeWorld = (state: NeuroioPlatform.State, rules: Rules = NeuroioPlatform): World => ({
  rules,
  state,
  ahead: 0,
  frozenAt: undefined,
})

/** The time in the world, in milliseconds since 1970. */
export const nowIn = (world: World, clock: Clock.Clock): number =>
  world.frozenAt ?? clock.currentTimeMillisUnsafe() + world.ahead

/** In milliseconds since 1970: what expires a day later is still in a year of four digits. */
const endOfTime = Date.UTC(9999, 11, 30)

/** Time does not go back, and not on for ever. */
export const advance = (world: World, clock: Clock.Clock, millis: number): void => {
  const now = nowIn(world, clock)
  const step = Math.max(0, Math.min(millis, endOfTime - now))
  if (world.frozenAt === undefined) world.ahead += step
  else world.frozenAt += step
}

/** From now on only `advance` moves its time. */
export const freeze = (world: World, clock: Clock.Clock): void => {
  world.frozenAt = nowIn(world, clock)
}

/** Goes on from where it stands. */
export const unfreeze = (world: World, clock: Clock.Clock): void => {
  world.ahead = nowIn(world, clock) - clock.currentTimeMillisUnsafe()
  world.frozenAt = undefined
}

/** Does one call. */
export type Perform = <Input, Output>(
  world: World,
  transition: NeuroioPlatform.Transition<Input, Output>,
  caller: NeuroioPlatform.Caller,
  input: Input & { readonly family: NeuroioPlatform.Family },
) => Effect.Effect<Output, NeuroioPlatform.Refusal>

/** Nothing suspends between reading the state and writing it: calls take effect one after another (N18). */
export const perform: Perform = (world, transition, caller, input) =>
  Effect.clockWith((clock) => {
    const [answer, next] = transition(world.state, nowIn(world, clock), caller, input)
    world.state = next
    return NeuroioPlatform.isRefusal(answer) ? Effect.fail(answer) : Effect.succeed(answer)
  })
