import * as Redacted from "effect/Redacted"

/** What a `Redacted` holds, if it is one and has not been wiped. */
export const readRedacted = (value: unknown): unknown => {
  if (!Redacted.isRedacted(value)) return undefined
  try {
    return Redacted.value(value)
  } catch {
    return undefined
  }
}
