/** Errors that the page shows. */
import * as Cause from "effect/Cause"

export interface Failure {
  readonly _tag: string
  readonly message: string
  readonly hint?: string | undefined
}

/** A mistake of this page. The message of the defect itself is not shown: it might hold a key. */
export class Defect extends Error {
  readonly _tag = "Defect"
}

/** Finds the error to show. Undefined when the effect was interrupted. */
export const failureOf = <E extends Failure>(cause: Cause.Cause<E>): E | Defect | undefined => {
  if (Cause.hasInterruptsOnly(cause)) return undefined
  return (
    cause.reasons.find(Cause.isFailReason)?.error ??
    new Defect("The console itself failed. Reloading the page may help.")
  )
}
