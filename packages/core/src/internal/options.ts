/** Checks the options of a layer: what is wrong is said when the layer is built, before anything is sent. */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as Redacted from "effect/Redacted"
import * as ApiError from "../ApiError.ts"
import type { Limits } from "../Limits.ts"
import { type CallLimits, defaultLimits, readLimits } from "./limits.ts"
import { readRedacted } from "./readRedacted.ts"

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

const isCredentialText = (value: unknown): value is string =>
  Predicate.isString(value) && value !== "" && value.isWellFormed() && !/\p{Cc}/u.test(value)

export interface OptionChecks {
  /** `standard` is what it is unless given. */
  readonly baseUrl: (
    field: string,
    value: string | undefined,
    standard: string,
    allowInsecure: boolean,
  ) => Effect.Effect<string, ApiError.InvalidRequest>
  readonly flag: (field: string, value: boolean | undefined) => Effect.Effect<boolean, ApiError.InvalidRequest>
  readonly limits: (given: Limits) => Effect.Effect<CallLimits, ApiError.InvalidRequest>
  readonly headerSecret: (
    field: string,
    value: Redacted.Redacted,
  ) => Effect.Effect<Redacted.Redacted, ApiError.InvalidRequest>
  readonly basicId: (field: string, value: string) => Effect.Effect<string, ApiError.InvalidRequest>
  readonly basicSecret: (
    field: string,
    value: Redacted.Redacted,
  ) => Effect.Effect<Redacted.Redacted, ApiError.InvalidRequest>
}

export const checksFor = (layer: string): OptionChecks => {
  const refuse = (field: string, problem: string) =>
    Effect.fail(new ApiError.InvalidRequest({ operation: layer, field, problem }))

  return {
    baseUrl: (field, value, standard, allowInsecure) => {
      const url = URL.parse(value ?? standard)
      if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
        return refuse(field, `must be a URL such as ${standard}`)
      }
      if (url.username !== "" || url.password !== "") {
        return refuse(field, "must not hold a user name or a password")
      }
      // A bare `?` or `#` leaves the query or the fragment empty, and still cuts off what is appended.
      if (/[?#]/.test(url.href)) return refuse(field, "must not have a query or a fragment")
      if (url.protocol === "http:" && !loopback.test(url.hostname) && !allowInsecure) {
        return refuse(
          field,
          "must start with https:, since http: would send secrets in the clear (allowInsecure permits it)",
        )
      }
      return Effect.succeed(url.href.replace(/\/+$/, ""))
    },

    flag: (field, value = false) =>
      Predicate.isBoolean(value) ? Effect.succeed(value) : refuse(field, "must be true or false"),

    limits: (given) => Effect.fromResult(readLimits(layer, given, defaultLimits)),

    headerSecret: (field, value) => {
      const secret = readRedacted(value)
      return Predicate.isString(secret) && /^[\x21-\x7e]+$/.test(secret)
        ? Effect.succeed(value)
        : refuse(field, "must be Redacted text of printable ASCII without spaces, since it goes into a header")
    },

    // In HTTP Basic a colon ends the id (RFC 7617), and neither part may hold control characters.
    basicId: (field, value: unknown) =>
      isCredentialText(value) && !value.includes(":")
        ? Effect.succeed(value)
        : refuse(field, "must be text without colons and control characters, and not empty"),

    basicSecret: (field, value) =>
      isCredentialText(readRedacted(value))
        ? Effect.succeed(value)
        : refuse(field, "must be Redacted text without control characters, and not empty"),
  }
}
