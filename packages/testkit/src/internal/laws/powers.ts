/** What can be done on a stage besides calling, whichever platform it is. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Duration from "effect/Duration"
import type { Need } from "../../Laws.ts"
import type { StoryRecorder } from "./storyRecorder.ts"

/** The time of a world that stands still but for `advance`. Both in milliseconds. */
export interface ClockPower {
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
export const clockPower = (
  time: Pick<PlatformTime, "now" | "advance">,
  recorder: Pick<StoryRecorder<never>, "advanced">,
): ClockPower => ({
  now: Effect.map(time.now, DateTime.toEpochMillis),
  advance: (millis) => Effect.tap(time.advance(millis), () => Effect.sync(() => recorder.advanced(millis))),
})

const reasons: ReadonlyArray<readonly [Need, string]> = [
  ["clock", "the platform's time cannot be moved"],
  ["otherOwner", "no owner can be added"],
  ["credential", "no call can be made as the holder of a token"],
  ["concurrency", "calls cannot be made at the same time"],
  ["destructive", "it would delete tokens that it did not make"],
]

/** Why each need that is not met cannot be. */
export const lacksOf = (met: Readonly<Partial<Record<Need, boolean>>>): Readonly<Partial<Record<Need, string>>> =>
  Object.fromEntries(reasons.filter(([need]) => met[need] !== true))
