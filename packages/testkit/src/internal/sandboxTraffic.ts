/** What passes through the sandbox: the plan of what goes wrong with it, and the journal of what was called. */
import { makeSwitch, none, type Switch } from "./faultPlan.ts"
import { makeRecorder, type Recorder } from "./recorder.ts"

const journalCapacity = 1000

export interface Traffic {
  readonly journal: Recorder
  readonly faults: Switch
}

export const makeTraffic = (): Traffic => ({ journal: makeRecorder(journalCapacity), faults: makeSwitch(none) })
