/** What passes through the sandbox: the plan of what goes wrong with it, and the journal of what was called. */
import { type Plan, makePlanner, type Planner } from "./faultPlan.ts"
import { makeRecorder, type Recorder } from "./recorder.ts"

const journalCapacity = 1000

export interface Traffic {
  readonly journal: Recorder
  plan: Plan | undefined
  planner: Planner | undefined
}

export const makeTraffic = (): Traffic => ({
  journal: makeRecorder(journalCapacity),
  plan: undefined,
  planner: undefined,
})

/** A plan counts calls from when it was made. */
export const setPlan = (traffic: Traffic, plan: Plan | undefined): void => {
  traffic.plan = plan
  traffic.planner = plan && makePlanner(plan)
}
