/** How NeuroIO looks from outside. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as NeuroioRules from "../NeuroioRules.ts"
import { paths, type WireError, type WireToken } from "./api.ts"
import { shownIn } from "../../internal/journal/sanitize.ts"
import { type ErrorResponse, requests, type Wire } from "../../internal/sandbox/wire.ts"

/** With microseconds and an offset, as the vendor does. */
const wireTime = (millis: number): string => `${new Date(millis).toISOString().slice(0, -1)}000+00:00`

/** What is kept of a token never changes: how it looks is worked out once. */
const once = <A extends object, B>(work: (a: A) => B): ((a: A) => B) => {
  const done = new WeakMap<A, B>()
  return (a) => {
    const known = done.get(a)
    if (known !== undefined) return known
    const b = work(a)
    done.set(a, b)
    return b
  }
}

export const wireToken = once((token: NeuroioRules.StoredToken): WireToken => {
  const expires = NeuroioRules.expiresAt(token)
  return {
    id: token.id,
    key: token.key,
    is_active: token.isActive,
    created: wireTime(token.created),
    expires: expires === null ? null : wireTime(expires),
  }
})

export const textOf: (token: WireToken) => string = once(JSON.stringify)

export const wireError = ({ fields = [], message, status }: ErrorResponse): WireError => ({
  error_codes: [status],
  message,
  fields: fields.map((field) => ({ ...field, error_code: status })),
})

/** The credential of either header. */
export const keyIn = (header: string): string | undefined => /^Token +(\S+)$/i.exec(header)?.[1]

const readFields = Schema.decodeUnknownOption(
  Schema.Struct({ fields: Schema.Array(Schema.Struct({ name: Schema.String })) }),
)

const filters = ["permanent", "limit", "offset"]

/** The vendor's JavaScript client updates with `PUT`. */
const requestsOf = (service: "Tokens" | "StreamTokens", collection: string) =>
  requests("", `${collection}(?:([^/]+)/)?`, {
    toAll: { GET: `${service}.list`, POST: `${service}.create`, DELETE: `${service}.deleteList` },
    toOne: {
      GET: `${service}.get`,
      PATCH: `${service}.update`,
      PUT: `${service}.update`,
      DELETE: `${service}.delete`,
    },
  })

export const neuroioWire: Wire = {
  root: "",
  requests: [requestsOf("Tokens", paths.tokens), requestsOf("StreamTokens", paths.streamTokens)],
  errorBody: (rejection) => ({ ...wireError(rejection) }),
  challenge: "Token",
  hint: "Paths end with a slash.",
  callerOf: ({ neuroio }, headers) => {
    const header = headers["authorization"] ?? headers["token"]
    if (header === undefined) return "no credential"
    const whose = NeuroioRules.identify(neuroio.world.state, header.replace(/^Token +/i, ""))
    if (whose === undefined) return "unknown credential"
    const owner = `${whose.kind} ${whose.owner}`
    return whose.id === 0 ? owner : `token ${whose.id} of ${owner}`
  },
  // What is no id may be a key.
  inputOf: (one, query) => {
    // Whatever else somebody puts there may be long, or a key.
    const shown = shownIn(query, filters, (text) => (/^(?:true|false|-?\d{1,16})$/i.test(text) ? text : "<text>"))
    return one === undefined ? shown : { token: /^\d{1,15}$/.test(one) ? Number(one) : "<key>", ...shown }
  },
  errorOf: (body, status, input) => {
    const named = Option.match(readFields(body), { onNone: () => [], onSome: ({ fields }) => fields })
    const isCap = status === 400 && input["permanent"] === true && named.some(({ name }) => name === "permanent")
    return isCap ? "PermanentTokenLimitReached" : undefined
  },
}
