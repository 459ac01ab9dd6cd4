/** Reads the outcome of a call for the journal. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import type { End } from "./callLog.ts"
import { shownId } from "./sanitize.ts"

const idsOf = (value: unknown): ReadonlyArray<number | string> => {
  if (Array.isArray(value)) return value.flatMap(idsOf)
  if (Predicate.hasProperty(value, "data")) return idsOf(value.data)
  if (!Predicate.hasProperty(value, "id")) return []
  if (Predicate.isString(value.id)) return [shownId(value.id)]
  return Predicate.isNumber(value.id) ? [value.id] : []
}

export const outcomeOf = (exit: Exit.Exit<unknown, unknown>): End["outcome"] => {
  if (Exit.isSuccess(exit)) return { _tag: "Success", tokens: idsOf(exit.value) }
  if (Cause.hasInterruptsOnly(exit.cause)) return { _tag: "Interrupted" }
  const error = Result.getOrUndefined(Cause.findError(exit.cause))
  // The text of a defect is not known: it might hold a key.
  if (!Predicate.hasProperty(error, "_tag")) return { _tag: "Failure", error: "Defect", message: "The call died." }
  const status = Predicate.hasProperty(error, "status") && Predicate.isNumber(error.status) ? error.status : undefined
  return {
    _tag: "Failure",
    error: String(error._tag),
    ...(status === undefined ? {} : { status }),
    message: Predicate.hasProperty(error, "message") ? String(error.message) : "",
  }
}
