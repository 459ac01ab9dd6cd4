/** What can be done on a stage besides calling, whichever platform it is. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Duration from "effect/Duration"
import type { Capability } from "../../Laws.ts"
import type { HistoryRecorder } from "./historyRecorder.ts"

/** The time of a world that stands still but for `advance`. Both in milliseconds. */
export interface ClockCapability {
  readonly now: Effect.Effect<number>
  readonly advance: (millis: number) => Effect.Effect<void>
}

/** What a platform lets laws do with its time. */
export interface PlatformTime {
  readonly now: Effect.Effect<DateTime.Utc>
  readonly freeze: Effect.Effect<void>
  readonly advance: (duration: Duration.Input) => Effect.Effect<void>
}

/** Steps of the clock are part of the story. */
export const clockCapability = (
  time: Pick<PlatformTime, "now" | "advance">,
  recorder: Pick<HistoryRecorder<never>, "advanced">,
): ClockCapability => ({
  now: Effect.map(time.now, DateTime.toEpochMillis),
  advance: (millis) => Effect.tap(time.advance(millis), () => Effect.sync(() => recorder.advanced(millis))),
})

const reasons: ReadonlyArray<readonly [Capability, string]> = [
  ["clock", "the platform's time cannot be moved"],
  ["otherOwner", "no owner can be added"],
  ["credential", "no call can be made as the holder of a token"],
  ["concurrency", "calls cannot be made at the same time"],
  ["destructive", "it would delete tokens that it did not make"],
]

/** Why each need that is not met cannot be. */
export const missingCapabilities = (
  met: Readonly<Partial<Record<Capability, boolean>>>,
): Readonly<Partial<Record<Capability, string>>> => Object.fromEntries(reasons.filter(([need]) => met[need] !== true))
