/** One vendor in a sandbox. */
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
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

/** The part of a control that is for the sandbox as a whole: its vendors have one time, and go back together. */
export interface WholeControl {
  readonly now: Effect.Effect<DateTime.Utc>
  readonly advance: (duration: Duration.Input) => Effect.Effect<void>
  readonly freeze: Effect.Effect<void>
  readonly unfreeze: Effect.Effect<void>
  readonly snapshot: Effect.Effect<{ readonly restore: Effect.Effect<void> }>
  readonly reset: Effect.Effect<void>
}

/** Keeps and resets state by a control of it. */
export const keeping = ({
  reset,
  snapshot,
}: Pick<WholeControl, "snapshot" | "reset">): Pick<Vendor, "snapshot" | "reset"> => ({
  snapshot: () => {
    const { restore } = Effect.runSync(snapshot)
    return () => Effect.runSync(restore)
  },
  reset: () => Effect.runSync(reset),
})
