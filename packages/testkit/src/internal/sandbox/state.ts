/** The state of a sandbox: all vendors at one time, the faults that are planned, and the journal. */
import type * as Effect from "effect/Effect"
import { makeSwitch, none, type Switch } from "../faults/faultPlan.ts"
import { type CallLog, makeCallLog } from "../journal/callLog.ts"
import { controlOf, type HasClock, makeClock } from "../simulation.ts"
import type { ControlRoute } from "./controlApi.ts"
import { type Control, makeControlRoutes } from "./controlRoutes.ts"
import type * as Simulation from "../../Simulation.ts"
import type { Vendor } from "./vendor.ts"
import { makeVendors, type Vendors } from "./vendors.ts"

/** The number of calls that the journal keeps. */
const journalCapacity = 1000

/** A page beside what the vendors have. */
export interface Page {
  readonly contentType: string
  readonly body: string
}

export interface Sandbox extends HasClock {
  readonly vendors: Vendors
  readonly faults: Switch
  readonly journal: CallLog
  /** The vendors by the names of their operations. */
  readonly vendorOf: ReadonlyMap<string, Vendor>
  readonly routes: ReadonlyArray<ControlRoute>
  /** The pages by their paths. They are made once one is asked for. */
  readonly pages: ReadonlyMap<string, Effect.Effect<Page>>
  readonly control: Simulation.Control
}

/** Makes a sandbox. `now` is in milliseconds since 1970. Ids, keys and credentials follow from the seed. */
export const makeSandbox = (seed: number, now: number, pages: Sandbox["pages"] = new Map()): Sandbox => {
  const time = makeClock()
  const vendors = makeVendors(seed, now, time)
  const all: ReadonlyArray<Vendor> = Object.values(vendors)
  const faults = makeSwitch(none)
  const journal = makeCallLog(journalCapacity)
  const control: Control = {
    time,
    faults,
    journal,
    snapshot: () => {
      const restores = all.map(({ snapshot }) => snapshot())
      return () => {
        for (const restore of restores) restore()
      }
    },
    reset: () => {
      for (const { reset } of all) reset()
      faults.set(none)
      journal.clear()
    },
  }
  return {
    time,
    vendors,
    faults,
    journal,
    vendorOf: new Map(all.flatMap((vendor) => Array.from(vendor.operations.keys(), (name) => [name, vendor]))),
    routes: [...makeControlRoutes(control), ...all.flatMap(({ routes }) => routes)],
    pages,
    control: controlOf(control),
  }
}
