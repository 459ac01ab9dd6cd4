/** HTTP Basic (RFC 7617): a client id and a secret as a credential. */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type * as ApiError from "../../ApiError.ts"
import { readRedacted } from "../../internal/input.ts"
import type { OptionChecks } from "../../internal/options.ts"

/** Neither part may hold control characters. */
const isCredentialText = (value: unknown): value is string =>
  Predicate.isString(value) && value !== "" && value.isWellFormed() && !/\p{Cc}/u.test(value)

/** A colon ends the id. */
export const checkClientId = (
  { refuse }: OptionChecks,
  field: string,
  value: unknown,
): Effect.Effect<string, ApiError.InvalidOptions> =>
  isCredentialText(value) && !value.includes(":")
    ? Effect.succeed(value)
    : refuse(field, "must be text without colons and control characters, and not empty")

export const checkClientSecret = (
  { refuse }: OptionChecks,
  field: string,
  value: Redacted.Redacted,
): Effect.Effect<Redacted.Redacted, ApiError.InvalidOptions> =>
  isCredentialText(readRedacted(value))
    ? Effect.succeed(value)
    : refuse(field, "must be Redacted text without control characters, and not empty")

/** What is sent: id and secret in UTF-8, as base64. */
export const basicCredential = (clientId: string, clientSecret: Redacted.Redacted): Redacted.Redacted => {
  const bytes = new TextEncoder().encode(`${clientId}:${Redacted.value(clientSecret)}`)
  return Redacted.make(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")))
}

export const authorization = (credential: Redacted.Redacted): Redacted.Redacted =>
  Redacted.make(`Basic ${Redacted.value(credential)}`)
