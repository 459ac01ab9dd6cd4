/** The simulation of UMAaaS. */
import {
  makeSimulation,
  type Perform,
  performWith,
  type SimulatedClock,
  type Simulation,
} from "../../internal/simulation.ts"
import * as UmaaasRules from "../UmaaasRules.ts"

/** `UmaaasRules`, or wrong ones for a test of the laws. */
export type Transitions = Pick<typeof UmaaasRules, "create" | "list" | "get" | "delete" | "refusalOf">

export type UmaaasSimulation = Simulation<UmaaasRules.State, Transitions>

/** Ids are not given again (U2). */
const carryOver = (former: UmaaasRules.State, { nextNumber }: UmaaasRules.State): UmaaasRules.State => ({
  ...former,
  nextNumber,
})

export const makeUmaaasSimulation = (
  state: UmaaasRules.State,
  rules: Transitions = UmaaasRules,
  time?: SimulatedClock,
): UmaaasSimulation => makeSimulation(state, rules, carryOver, carryOver, time)

export type PerformUmaaas = Perform<UmaaasRules.State, Transitions, UmaaasRules.Caller, UmaaasRules.ErrorResponse>

/** U12. */
export const performUmaaas: PerformUmaaas = performWith(UmaaasRules.isErrorResponse)
