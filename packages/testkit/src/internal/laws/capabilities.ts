/** Capabilities that laws may use besides the services under test, and reasons for those that are missing. */
import type * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Capability, Failure } from "../../Laws.ts"
import type { History } from "./history.ts"

/** The time of a subject, in milliseconds. It stands still but for `advance`. */
export interface ClockCapability {
  readonly now: Effect.Effect<number>
  readonly advance: (millis: number) => Effect.Effect<void>
}

/** The vendor's time, as laws control it. */
interface VendorClock {
  /** Reads the time. */
  readonly now: Effect.Effect<DateTime.Utc>
  /** Stops the time. It then moves by `advance` alone. */
  readonly freeze: Effect.Effect<void>
  /** Moves the time on. */
  readonly advance: (duration: Duration.Input) => Effect.Effect<void>
}

/** Capabilities that every vendor may have. */
export interface CommonCapabilities<Services, Credential> {
  /** Deletes everything that a run has left. It runs before each run. Without it, nothing is reset. */
  readonly reset?: Effect.Effect<void>
  /** Stops, moves and reads the vendor's time. Without it, laws about time are skipped. */
  readonly clock?: VendorClock
  /** Makes the services that act as the holder of a credential. Without it, laws about credentials are skipped. */
  readonly as?: (credential: Credential) => Layer.Layer<Services, Failure>
  /** Whether calls can be made at the same time. Defaults to `true`. */
  readonly concurrency?: boolean
}

/** All capabilities. Owners have a kind, and a credential each. */
export interface AllCapabilities<Services, Credential, Kind> extends CommonCapabilities<Services, Credential> {
  readonly addOwner?: (kind: Kind | "account") => Effect.Effect<Credential, Failure>
  readonly destructive?: boolean
}

/** The capabilities of the services under test. `target` identifies their state: runs on one target take turns. */
export interface Found<Capabilities> {
  readonly capabilities: Capabilities
  readonly target: object
}

/** Takes the capabilities from their own service, or else from the vendor's control, or else `none`. */
export const findCapabilities = Effect.fnUntraced(function* <
  Id,
  Capabilities extends object,
  ControlId,
  Control extends object,
  ServiceId,
  Service extends object,
>(
  given: Context.Key<Id, Capabilities>,
  control: Context.Key<ControlId, Control>,
  fromControl: (control: Control) => Capabilities,
  service: Context.Key<ServiceId, Service>,
  none: Capabilities,
): Effect.fn.Return<Found<Capabilities>, never, ServiceId> {
  const found = yield* Effect.serviceOption(given)
  if (Option.isSome(found)) return { capabilities: found.value, target: found.value }
  const controlled = yield* Effect.serviceOption(control)
  if (Option.isNone(controlled)) return { capabilities: none, target: yield* service }
  return { capabilities: fromControl(controlled.value), target: controlled.value }
})

/** Records each step of the clock in the story. */
export const clockCapability = (
  clock: Pick<VendorClock, "now" | "advance">,
  history: Pick<History, "advanced">,
): ClockCapability => ({
  now: Effect.map(clock.now, DateTime.toEpochMillis),
  advance: (millis) => Effect.tap(clock.advance(millis), () => Effect.sync(() => history.advanced(millis))),
})

const reasons: ReadonlyArray<readonly [Capability, string]> = [
  ["clock", "the platform's time cannot be moved"],
  ["otherOwner", "no owner can be added"],
  ["credential", "no call can be made as the holder of a token"],
  ["concurrency", "calls cannot be made at the same time"],
  ["destructive", "it would delete tokens that it did not make"],
]

/** The reason for each capability that is not met. */
export const missingCapabilities = (
  met: Readonly<Record<Capability, boolean>>,
): Readonly<Partial<Record<Capability, string>>> => Object.fromEntries(reasons.filter(([need]) => !met[need]))
