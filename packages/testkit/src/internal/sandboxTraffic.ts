/** What passes through the sandbox: the plan of what goes wrong with it, and the journal of what was called. */
import { makeSwitch, none, type Switch } from "./faultPlan.ts"
import { makeCallLog, type CallLog } from "./callLog.ts"

const journalCapacity = 1000

export interface Traffic {
  readonly journal: CallLog
  readonly faults: Switch
}

export const makeTraffic = (): Traffic => ({ journal: makeCallLog(journalCapacity), faults: makeSwitch(none) })
