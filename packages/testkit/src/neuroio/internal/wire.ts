/** The shapes of NeuroIO's requests and responses. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as NeuroioRules from "../NeuroioRules.ts"
import { shownIn } from "../../internal/journal/sanitize.ts"
import { DateTimeText, WholeText } from "../../internal/sandbox/request.ts"
import { requests, type Wire } from "../../internal/sandbox/wire.ts"

/** The collections of the two families. */
export const paths = { tokens: "/v1/tokens/", streamTokens: "/v1/streams/tokens/" } as const

/** A token as the vendor writes it. */
export const WireToken = Schema.Struct({
  id: Schema.Int,
  key: Schema.String,
  is_active: Schema.Boolean,
  created: DateTimeText,
  expires: Schema.NullOr(DateTimeText),
}).annotate({ identifier: "Token" })

type WireToken = typeof WireToken.Type

/** Booleans as Python, JavaScript and people write them in a query or a form. */
export const BooleanText = Schema.String.annotate({ expected: "true or false, once" })
  .check(Schema.isPattern(/^(?:true|false)$/i, { expected: "true or false" }))
  .pipe(
    Schema.decodeTo(
      Schema.Boolean,
      SchemaTransformation.transform({ decode: (text) => text.toLowerCase() === "true", encode: String }),
    ),
    Schema.annotateEncoded({ "x-schema": { type: "boolean" } }),
  )

/** The vendor's Python client sends `permanent=` for "no filter" when it lists. */
const FilterText = Schema.String.annotate({ expected: "true or false, once" })
  .check(Schema.isPattern(/^(?:true|false|)$/i, { expected: "true or false" }))
  .pipe(
    Schema.decodeTo(
      Schema.NullOr(Schema.Boolean),
      SchemaTransformation.transform({
        decode: (text) => (text === "" ? null : text.toLowerCase() === "true"),
        encode: (permanent) => (permanent === null ? "" : String(permanent)),
      }),
    ),
    Schema.annotateEncoded({ "x-schema": { type: "boolean" } }),
  )

export const ListQuery = Schema.Struct({
  permanent: Schema.optionalKey(FilterText),
  limit: Schema.optionalKey(
    WholeText.pipe(Schema.annotateEncoded({ "x-schema": { type: "integer", minimum: 1, default: 20 } })),
  ),
  offset: Schema.optionalKey(
    WholeText.pipe(Schema.annotateEncoded({ "x-schema": { type: "integer", minimum: 0, default: 0 } })),
  ),
})
export const DeleteListQuery = Schema.Struct({ permanent: Schema.optionalKey(BooleanText) })

/** With microseconds and an offset, as the vendor does. */
const wireTime = (millis: number): string => `${new Date(millis).toISOString().slice(0, -1)}000+00:00`

const wireToken = (token: NeuroioRules.StoredToken): WireToken => {
  const expires = NeuroioRules.expiresAt(token)
  return {
    id: token.id,
    key: token.key,
    is_active: token.isActive,
    created: wireTime(token.created),
    expires: expires === null ? null : wireTime(expires),
  }
}

const encoded = new WeakMap<NeuroioRules.StoredToken, string>()

/** A token as JSON. A stored token never changes, so that each is encoded once. */
export const encodeToken = (token: NeuroioRules.StoredToken): string => {
  const known = encoded.get(token)
  if (known !== undefined) return known
  const text = JSON.stringify(wireToken(token))
  encoded.set(token, text)
  return text
}

/** An owner with its credential. Keys of a sandbox open nothing else, and are there to be handed out. */
export const WireOwner = Schema.Struct({
  number: Schema.Int,
  kind: Schema.Literals(["account", "space", "manager"]),
  key: Schema.String.annotate({ description: "The owner's own credential: none of its tokens" }),
}).annotate({ identifier: "Owner" })

/** The payload that adds an owner. */
export const AddOwner = Schema.Struct({ kind: Schema.optionalKey(WireOwner.fields.kind) })

/** The credential in a header. */
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
  invalid: (problems) => NeuroioRules.invalid(...problems),
  errorBody: ({ fields = [], message, status }) => ({
    error_codes: [status],
    message,
    fields: fields.map(({ message, name }) => ({ name, message, error_code: status })),
  }),
  challenge: "Token",
  hint: "Paths end with a slash.",
  // A text that is no id may be a key.
  inputOf: (one, query) => {
    // A value of another form may be long, or a key.
    const shown = shownIn(query, filters, (text) => (/^(?:true|false|-?\d{1,16})$/i.test(text) ? text : "<text>"))
    return one === undefined ? shown : { token: /^\d{1,15}$/.test(one) ? Number(one) : "<key>", ...shown }
  },
  errorOf: (body, status, input) => {
    const named = Option.match(readFields(body), { onNone: () => [], onSome: ({ fields }) => fields })
    const isCap = status === 400 && input["permanent"] === true && named.some(({ name }) => name === "permanent")
    return isCap ? "PermanentTokenLimitReached" : undefined
  },
}
