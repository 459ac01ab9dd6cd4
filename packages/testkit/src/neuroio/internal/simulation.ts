/** The simulation of NeuroIO. */
import {
  makeSimulation,
  type Perform,
  performWith,
  type SimulatedClock,
  type Simulation,
} from "../../internal/simulation.ts"
import * as NeuroioRules from "../NeuroioRules.ts"

/** `NeuroioRules`, or wrong ones for a test of the laws. */
export type Transitions = Pick<
  typeof NeuroioRules,
  "create" | "list" | "get" | "update" | "delete" | "deleteList" | "refusalOf"
>

export type NeuroioSimulation = Simulation<NeuroioRules.State, Transitions>

export const makeNeuroioSimulation = (
  state: NeuroioRules.State,
  rules: Transitions = NeuroioRules,
  time?: SimulatedClock,
): NeuroioSimulation =>
  makeSimulation(
    state,
    rules,
    (former, { nextId, nextOwner }) => ({ ...former, nextId, nextOwner }),
    (first, { nextOwner }) => ({ ...first, nextOwner }),
    time,
  )

export type PerformNeuroio = Perform<
  NeuroioRules.State,
  Transitions,
  NeuroioRules.Caller,
  NeuroioRules.ErrorResponse,
  { readonly family: NeuroioRules.Family }
>

/** N18. */
export const performNeuroio: PerformNeuroio = performWith(NeuroioRules.isErrorResponse)
