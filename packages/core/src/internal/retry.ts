/** Decides whether a call is retried, and how long it waits before (C3, C4). */
import * as Duration from "effect/Duration"
import { isTransient } from "../ApiError.ts"
import type { Idempotency } from "./operation.ts"
import type { CallFailure } from "./outcome.ts"

/** In milliseconds. */
const firstBackoff = 200
const longestBackoff = 5000

/** Whether the request changed nothing: it was never sent, or was answered 429. */
const changedNothing = (failure: CallFailure): boolean =>
  failure._tag === "TooManyRequests" || (failure._tag === "ConnectionFailed" && !failure.sent)

/** A call that is past its deadline is over. A create is retried only if it certainly changed nothing. */
export const isRetryable = (idempotency: Idempotency, failure: CallFailure): boolean =>
  isTransient(failure) &&
  !(failure._tag === "TimedOut" && failure.limit === "deadline") &&
  (idempotency !== "non-idempotent" || changedNothing(failure))

/**
 * The time to wait after an attempt, in milliseconds. Attempts are counted from 1. `random` is from 0 to 1.
 *
 * The random part is added to the time that the server asks for: it asks all clients for the same time, and they must not
 * all return at once.
 */
export const backoffDelay = (attempt: number, failure: CallFailure, random: number): number => {
  const backoff = random * Math.min(longestBackoff, firstBackoff * 2 ** (attempt - 1))
  const asked = "retryAfter" in failure && failure.retryAfter !== undefined ? Duration.toMillis(failure.retryAfter) : 0
  // Timers cut off fractions of a millisecond. Rounded up, the wait is never shorter than the server asks for.
  return Math.ceil(asked + backoff)
}
