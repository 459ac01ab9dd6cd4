/** Controls the sandbox as a whole: its time, its state, what goes wrong with its calls, and the journal of them. */
import * as Result from "effect/Result"
import { none, type Switch } from "../faults/faultPlan.ts"
import type { CallLog } from "../journal/callLog.ts"
import { advance, freeze, type HasClock, isFrozen, type Now, nowIn, unfreeze } from "../simulation.ts"
import {
  ClockChange,
  ClockState,
  type ControlRoute,
  Journal,
  noPayload,
  payload,
  route,
  ServedPlan,
  WireSnapshot,
} from "./controlApi.ts"
import { errorResponse } from "./request.ts"

/** The number of snapshots that are kept. */
const maxSnapshots = 100

/** The parts of a sandbox that its routes control. */
export interface Control extends HasClock {
  readonly faults: Switch
  readonly journal: CallLog
  readonly snapshot: () => () => void
  readonly reset: () => void
}

/** Makes the routes of one sandbox. */
export const makeControlRoutes = (control: Control): ReadonlyArray<ControlRoute> => {
  const { faults, journal } = control
  const snapshots = new Map<number, () => void>()
  let taken = 0

  const clock = (now: Now) =>
    Result.succeed({ now: new Date(nowIn(control, now)).toISOString(), frozen: isFrozen(control) })

  return [
    route("GET", "/clock", { read: noPayload, status: 200, success: ClockState }, (_, now) => clock(now)),
    route("PATCH", "/clock", { status: 200, read: payload(ClockChange), success: ClockState }, (change, now) => {
      if (change.frozen === true) freeze(control, now)
      if (change.advance !== undefined) advance(control, now, change.advance)
      if (change.frozen === false) unfreeze(control, now)
      return clock(now)
    }),
    route("POST", "/snapshots", { read: noPayload, status: 201, success: WireSnapshot }, () => {
      const id = ++taken
      snapshots.set(id, control.snapshot())
      snapshots.delete(id - maxSnapshots)
      return Result.succeed({ id })
    }),
    route("POST", "/snapshots/:id/restore", { read: noPayload, status: 204 }, (_, _now, id) => {
      const restore = snapshots.get(Number(id))
      return restore === undefined
        ? Result.fail(errorResponse(404, "This snapshot is not kept, or never was."))
        : Result.succeed(restore())
    }),
    route("GET", "/faults", { read: noPayload, status: 200, success: ServedPlan }, () => Result.succeed(faults.plan())),
    route("PUT", "/faults", { status: 204, read: payload(ServedPlan) }, (plan) => Result.succeed(faults.set(plan))),
    route("DELETE", "/faults", { read: noPayload, status: 204 }, () => Result.succeed(faults.set(none))),
    route("GET", "/journal", { read: noPayload, status: 200, success: Journal }, () =>
      Result.succeed(journal.snapshot()),
    ),
    route("DELETE", "/journal", { read: noPayload, status: 204 }, () => Result.succeed(journal.clear())),
    route("POST", "/reset", { read: noPayload, status: 204 }, () => {
      control.reset()
      snapshots.clear()
      return Result.void
    }),
  ]
}
