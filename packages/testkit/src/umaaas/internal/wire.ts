/** The shapes of UMAaaS's requests and responses. */
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as UmaaasRules from "../UmaaasRules.ts"
import { shownId, shownIn, shownText } from "../../internal/journal/sanitize.ts"
import { DateTimeText, WholeText } from "../../internal/sandbox/request.ts"
import { codeOf } from "./services.ts"
import { requests, type Wire } from "../../internal/sandbox/wire.ts"

/** The path under which the sandbox has UMAaaS. */
export const umaaasPath = "/umaaas/v1"

export const Permission = Schema.Literals(["VIEW", "TRANSACT", "MANAGE"])

const described = {
  id: Schema.String,
  name: Schema.String,
  permissions: Schema.Array(Permission),
  clientId: Schema.String,
}

const times = { createdAt: DateTimeText, updatedAt: DateTimeText }

/** A token as the vendor writes it. */
export const WireApiToken = Schema.Struct({ ...described, ...times }).annotate({ identifier: "ApiToken" })

export type WireApiToken = typeof WireApiToken.Type

/** The only answer with a secret (U1). */
export const WireCreatedApiToken = Schema.Struct({ ...described, clientSecret: Schema.String, ...times }).annotate({
  identifier: "CreatedApiToken",
})

export type WireCreatedApiToken = typeof WireCreatedApiToken.Type

/** The tokens of the sandbox, for its control. */
export const WireUmaaas = Schema.Struct({
  first: WireCreatedApiToken.annotate({ description: "The token that is there from the beginning, with its secret" }),
  tokens: Schema.Array(WireApiToken).annotate({ description: "All that are there now, in the order of creation" }),
}).annotate({ identifier: "Umaaas" })

const timePattern =
  /^(\d{4}-\d{2}-(\d{2}))[Tt]((?:[01]\d|2[0-3]):[0-5]\d):([0-5]\d|60)(?:\.(\d+))?(?:[Zz]|([+-](?:[01]\d|2[0-3])):?([0-5]\d))?$/

/** A leap second ends a month in UTC (RFC 3339, section 5.7). */
const beginsMonth = (millis: number): boolean => /-01T00:00:00/.test(new Date(millis).toISOString())

/**
 * Reads a time (U4), in milliseconds since 1970 with fractions. JavaScript reads one without an offset in the time zone
 * of the machine, and 30 February as a day of March. A leap second is the one after it, as on clocks that have none.
 */
const readTime = (text: string): number | undefined => {
  const [, day, ofMonth, minute, second, fraction = "0", hours = "+00", minutes = "00"] = timePattern.exec(text) ?? []
  if (day === undefined || new Date(`${day}T00:00:00Z`).getUTCDate() !== Number(ofMonth)) return undefined
  const whole = Date.parse(`${day}T${minute}:00${hours}:${minutes}`) + Number(second) * 1000
  if (second === "60" && !beginsMonth(whole)) return undefined
  return whole + Number(`0.${fraction}`) * 1000
}

const expectedTime = "an RFC 3339 time, such as 2026-01-31T12:00:00Z"

/** Milliseconds since 1970. */
const time = (description: string) =>
  Schema.optionalKey(
    Schema.String.annotate({ description: `${description}: ${expectedTime}`, format: "date-time" })
      .check(Schema.makeFilter((text) => readTime(text) !== undefined, { expected: expectedTime }))
      .pipe(
        Schema.decodeTo(
          Schema.Number,
          SchemaTransformation.transform({
            decode: (text) => readTime(text) ?? Number.NaN,
            encode: (millis) => new Date(millis).toISOString(),
          }),
        ),
      ),
  )

const text = (description: string) => Schema.optionalKey(Schema.String.annotate({ description }))

export const ListQuery = Schema.Struct({
  name: text("Only tokens with exactly this name"),
  createdAfter: time("Only tokens created then or later"),
  createdBefore: time("Only tokens created then or before"),
  updatedAfter: time("Only tokens updated then or later"),
  updatedBefore: time("Only tokens updated then or before"),
  limit: Schema.optionalKey(
    WholeText.pipe(
      Schema.annotateEncoded({
        "x-schema": { description: "How many at most", type: "integer", minimum: 1, maximum: 100, default: 20 },
      }),
    ),
  ),
  cursor: text("The nextCursor of the page before"),
})

export const wireApiToken = (token: UmaaasRules.StoredApiToken): WireApiToken => {
  const { clientId, id, name, permissions } = token
  const createdAt = new Date(token.createdAt).toISOString()
  return { id, name, permissions, clientId, createdAt, updatedAt: createdAt }
}

/** In the vendor's order. */
export const wireCreatedApiToken = (token: UmaaasRules.StoredApiToken): WireCreatedApiToken => {
  const { createdAt, updatedAt, ...rest } = wireApiToken(token)
  return { ...rest, clientSecret: token.clientSecret, createdAt, updatedAt }
}

/** The credential of the header. */
export const readCaller = (authorization: string): UmaaasRules.Caller => {
  const [, encoded] = /^Basic +(\S+)$/i.exec(authorization) ?? []
  const decoded = encoded === undefined ? undefined : Result.getOrUndefined(Base64.decodeString(encoded))
  const [, clientId, clientSecret] = /^([^:]*):(.*)$/s.exec(decoded ?? "") ?? []
  return clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret }
}

const timeFilters = ["createdAfter", "createdBefore", "updatedAfter", "updatedBefore"]

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

export const umaaasWire: Wire = {
  root: umaaasPath,
  // The path of the vendor itself depends on the deployment.
  requests: [
    requests(
      umaaasPath,
      "/tokens(?:/([^/]+))?",
      {
        toAll: { GET: "ApiTokens.list", POST: "ApiTokens.create" },
        toOne: { GET: "ApiTokens.get", DELETE: "ApiTokens.delete" },
      },
      // An empty id is one that no token has.
      "/tokens(?:/([^/]*))?",
    ),
  ],
  invalid: (problems) => UmaaasRules.invalid(problems.map(({ message, name }) => `${name}: ${message}`).join("; ")),
  errorBody: ({ code, message, status }) => ({ status, code: code ?? codeOf(status), message }),
  challenge: "Basic",
  hint: "Paths do not end with a slash.",
  inputOf: (one, query) => ({
    ...(one === undefined ? {} : { id: shownId(decoded(one)) }),
    ...shownIn(query, ["name"], shownText),
    // A value of another form may be long, or a secret.
    ...shownIn(query, timeFilters, (text) =>
      /^[\d-]{10}[Tt][\d:.]{8,20}[\d:zZ+ -]{0,6}$/.test(text) ? text : "<text>",
    ),
    ...shownIn(query, ["limit"], (text) => (/^-?\d{1,16}$/.test(text) ? text : "<text>")),
    ...shownIn(query, ["cursor"], () => "<cursor>"),
  }),
  errorOf: () => undefined,
}
