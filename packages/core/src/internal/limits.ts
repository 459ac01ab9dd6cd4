/** Checks limits and completes them. A layer's options and a region's override go through this alike. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { Limits } from "../Limits.ts"

/** Times are in milliseconds. */
export interface CallLimits {
  readonly attemptTimeout: number
  readonly deadline: number
  readonly retries: number
}

/** A limit that cannot be right, and the rule that it breaks. */
interface LimitProblem {
  readonly field: keyof Limits
  readonly problem: string
}

export const defaultLimits: CallLimits = { attemptTimeout: 4000, deadline: 30_000, retries: 2 }

const millis = (given: Duration.Input | undefined, fallback: number): number | undefined => {
  if (given === undefined) return fallback
  const limit = Option.map(Duration.fromInput(given), Duration.toMillis)
  return Option.getOrUndefined(Option.filter(limit, (millis) => millis > 0))
}

const count = (given: number | undefined, fallback: number): number | undefined => {
  if (given === undefined) return fallback
  return Number.isSafeInteger(given) && given >= 0 ? given : undefined
}

const refuse = (field: keyof Limits, problem: string) => Result.fail({ field, problem })

/** Takes from `fallback` the limits that are left out. */
export const readLimits = (given: Limits, fallback: CallLimits): Result.Result<CallLimits, LimitProblem> => {
  // Most regions of code set no limits.
  if (given.attemptTimeout === undefined && given.deadline === undefined && given.retries === undefined) {
    return Result.succeed(fallback)
  }
  const noDuration = 'must be a duration above zero, such as "4 seconds" or a number of milliseconds'

  const attemptTimeout = millis(given.attemptTimeout, fallback.attemptTimeout)
  if (attemptTimeout === undefined) return refuse("attemptTimeout", noDuration)
  const deadline = millis(given.deadline, fallback.deadline)
  if (deadline === undefined) return refuse("deadline", noDuration)
  const retries = count(given.retries, fallback.retries)
  if (retries === undefined) {
    return refuse("retries", "must be a whole number of 0 or more: how often a call may be sent again")
  }
  return Result.succeed({ attemptTimeout, deadline, retries })
}
