/** When a call is sent again, and how long it waits before that (C3, C4). */
import * as Duration from "effect/Duration"
import { isTransient } from "../ApiError.ts"
import type { Idempotency } from "./operation.ts"
import type { CallFailure } from "./outcome.ts"

/** In milliseconds. */
const firstBackoff = 200
const longestBackoff = 5000

/** Whether the request certainly changed nothing: it never left, or was turned away before anything was done. */
const changedNothing = (failure: CallFailure): boolean =>
  failure._tag === "TooManyRequests" || (failure._tag === "ConnectionFailed" && !failure.sent)

/** A call that is past its deadline is over. A create is retried only if it certainly changed nothing. */
export const isRetryable = (idempotency: Idempotency, failure: CallFailure): boolean =>
  isTransient(failure) &&
  !(failure._tag === "TimedOut" && failure.limit === "deadline") &&
  (idempotency !== "non-idempotent" || changedNothing(failure))

/**
 * How long to wait after the attempt with this number, counted from 1. In milliseconds. `random` is from 0 to 1.
 *
 * The random part comes on top of what the server asks for: it asks all clients alike, and they must not come back all
 * at once.
 */
export const backoffDelay = (attempt: number, failure: CallFailure, random: number): number => {
  const backoff = random * Math.min(longestBackoff, firstBackoff * 2 ** (attempt - 1))
  const asked = "retryAfter" in failure && failure.retryAfter !== undefined ? Duration.toMillis(failure.retryAfter) : 0
  // Timers take whole milliseconds and cut the rest off: rounded up, the wait is never shorter than what was asked for.
  return Math.ceil(asked + backoff)
}
