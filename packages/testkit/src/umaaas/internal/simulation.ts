/** UMAaaS as a world. */
import type * as Effect from "effect/Effect"
import * as UmaaasRules from "../UmaaasRules.ts"
import { makeClock, perform, type Simulation } from "../../internal/simulation.ts"

/** What a platform does: `UmaaasRules`, unless a test of the laws wants one that is wrong. */
export type Transitions = Pick<typeof UmaaasRules, "create" | "list" | "get" | "delete" | "refusalOf">

export interface UmaaasSimulation extends Simulation<UmaaasRules.State> {
  readonly rules: Transitions
}

export const makeUmaaasSimulation = (
  state: UmaaasRules.State,
  rules: Transitions = UmaaasRules,
  time = makeClock(),
): UmaaasSimulation => ({ time, rules, state })

/** Does one call. */
export type PerformUmaaas = <Input, Output>(
  world: UmaaasSimulation,
  transition: UmaaasRules.Transition<Input, Output>,
  caller: UmaaasRules.Caller,
  input: Input,
) => Effect.Effect<Output, UmaaasRules.ErrorResponse>

/** As it should be: at one go (U12). */
export const performUmaaas: PerformUmaaas = <Input, Output>(
  world: UmaaasSimulation,
  transition: UmaaasRules.Transition<Input, Output>,
  caller: UmaaasRules.Caller,
  input: Input,
) =>
  perform<UmaaasRules.State, Output, UmaaasRules.ErrorResponse>(
    world,
    (state, now) => transition(state, now, caller, input),
    UmaaasRules.isErrorResponse,
  )
