/** What passes through the sandbox: the plan of what goes wrong with it, and the journal of what was called. */
import { makeSwitch, none, type Switch } from "../faults/faultPlan.ts"
import { makeCallLog, type CallLog } from "../journal/callLog.ts"

const journalCapacity = 1000

export interface Traffic {
  readonly journal: CallLog
  readonly faults: Switch
  /** Nothing goes wrong any more, and nothing was called. */
  readonly clear: () => void
}

export const makeTraffic = (): Traffic => {
  const journal = makeCallLog(journalCapacity)
  const faults = makeSwitch(none)
  const clear = () => {
    faults.set(none)
    journal.clear()
  }
  return { journal, faults, clear }
}
