/** What the page can say of anything that goes wrong. */
import * as Cause from "effect/Cause"

export interface Failure {
  readonly _tag: string
  readonly message: string
  readonly hint?: string | undefined
}

/** A defect is a mistake of this page. What it says is nobody's promise: it might hold a key. */
export class Defect extends Error {
  readonly _tag = "Defect"
}

/** Nothing where the effect was interrupted: then nobody waits for it. */
export const failureOf = <E extends Failure>(cause: Cause.Cause<E>): E | Defect | undefined => {
  if (Cause.hasInterruptsOnly(cause)) return undefined
  return (
    cause.reasons.find(Cause.isFailReason)?.error ??
    new Defect("The console itself failed. Reloading the page may help.")
  )
}
