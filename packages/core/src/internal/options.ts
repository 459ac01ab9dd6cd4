/** Checks the options of a layer when it is built, before anything is sent. */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as ApiError from "../ApiError.ts"
import type { Limits } from "../Limits.ts"
import type { Transport } from "../Transport.ts"
import { readRedacted } from "./input.ts"
import { type CallLimits, defaultLimits, readLimits } from "./limits.ts"

type Checked<A> = Effect.Effect<A, ApiError.InvalidOptions>

export interface OptionChecks {
  /** Takes an absolute URL, or one that is relative to the transport's. Defaults to `fallback`. */
  readonly baseUrl: (
    field: string,
    value: string | undefined,
    fallback: string,
    allowInsecure: boolean,
  ) => Checked<string>
  readonly flag: (field: string, value: boolean | undefined) => Checked<boolean>
  readonly limits: (given: Limits) => Checked<CallLimits>
  readonly headerSecret: (field: string, value: Redacted.Redacted) => Checked<Redacted.Redacted>
  /** Refuses the absence of a credential, unless the server of the transport's own origin adds it to each host. */
  readonly noCredential: (field: string, hosts: Readonly<Record<string, string>>, page: string) => Checked<undefined>
  /** Fails with the rule that the option breaks. */
  readonly refuse: (field: string, problem: string) => Checked<never>
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** A path. Other text is not relative: a host whose `https://` was forgotten would be taken for a path. */
const isRelative = /^\.{0,2}\//

export const checksFor = (layer: string, { baseUrl, isSameOrigin }: Transport["Service"]): OptionChecks => {
  const refuse = (field: string, problem: string) => Effect.fail(new ApiError.InvalidOptions({ layer, field, problem }))

  return {
    refuse,

    baseUrl: (field, given, fallback, allowInsecure) => {
      const value = given ?? fallback
      const url = URL.parse(value, isRelative.test(value) ? baseUrl : undefined)
      if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
        return refuse(field, `must be a URL such as ${fallback}`)
      }
      if (url.username !== "" || url.password !== "") {
        return refuse(field, "must not hold a user name or a password")
      }
      // A bare `?` or `#` leaves the query or the fragment empty, and still cuts off the path that is appended.
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

    limits: (given) =>
      Effect.fromResult(
        Result.mapError(
          readLimits(given, defaultLimits),
          ({ field, problem }) => new ApiError.InvalidOptions({ layer, field, problem }),
        ),
      ),

    headerSecret: (field, value) => {
      const secret = readRedacted(value)
      return Predicate.isString(secret) && /^[\x21-\x7e]+$/.test(secret)
        ? Effect.succeed(value)
        : refuse(field, "must be Redacted text of printable ASCII without spaces, since it goes into a header")
    },

    noCredential: (field, hosts, page) => {
      if (Object.values(hosts).every(isSameOrigin)) return Effect.succeed(undefined)
      return refuse(field, baseUrl === undefined ? "must be given" : `must be given, or ${page}`)
    },
  }
}
