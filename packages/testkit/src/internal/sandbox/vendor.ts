/** One vendor in a sandbox. */
import type { ControlRoute } from "./controlApi.ts"
import type { Call, Performed } from "./operation.ts"
import type { Headers } from "./request.ts"

export interface Vendor {
  /** Performs calls, by the names of their operations. `now` is the simulated time, in milliseconds since 1970. */
  readonly operations: ReadonlyMap<string, (now: number, call: Call) => Performed>
  /** The caller for the journal, without a secret. */
  readonly callerOf: (headers: Headers) => string
  /** The requests that control this vendor alone. */
  readonly routes: ReadonlyArray<ControlRoute>
  /** Keeps the state. The function that it gives goes back to it. */
  readonly snapshot: () => () => void
  readonly reset: () => void
}
