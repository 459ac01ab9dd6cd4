/** NeuroIO as a world. */
import type * as Effect from "effect/Effect"
import * as NeuroioRules from "../NeuroioRules.ts"
import { makeClock, perform, type Simulation } from "../../internal/simulation.ts"

/** What a platform does: `NeuroioRules`, unless a test of the laws wants one that is wrong. */
export type Transitions = Pick<
  typeof NeuroioRules,
  "create" | "list" | "get" | "update" | "delete" | "deleteList" | "refusalOf"
>

export interface NeuroioSimulation extends Simulation<NeuroioRules.State> {
  readonly rules: Transitions
}

export const makeNeuroioSimulation = (
  state: NeuroioRules.State,
  rules: Transitions = NeuroioRules,
  time = makeClock(),
): NeuroioSimulation => ({ time, rules, state })

/** Does one call. */
export type PerformNeuroio = <Input, Output>(
  world: NeuroioSimulation,
  transition: NeuroioRules.Transition<Input, Output>,
  caller: NeuroioRules.Caller,
  input: Input & { readonly family: NeuroioRules.Family },
) => Effect.Effect<Output, NeuroioRules.ErrorResponse>

/** As it should be: at one go (N18). */
export const performNeuroio: PerformNeuroio = <Input, Output>(
  world: NeuroioSimulation,
  transition: NeuroioRules.Transition<Input, Output>,
  caller: NeuroioRules.Caller,
  input: Input & { readonly family: NeuroioRules.Family },
) =>
  perform<NeuroioRules.State, Output, NeuroioRules.ErrorResponse>(
    world,
    (state, now) => transition(state, now, caller, input),
    NeuroioRules.isErrorResponse,
  )
