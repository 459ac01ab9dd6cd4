/** The operations of NeuroIO, as the vendor's page gives them (`spec/neuroio.md`, Wire). */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as ApiError from "../ApiError.ts"
import { Token, TokenId, type TokenRef } from "../Token.ts"
import { type DetailOfRefusal, type ErrorBodyReader, textIn } from "./answer.ts"
import { noContent, operation } from "./operation.ts"
import { Timestamp } from "./timestamp.ts"

/** A token as it is on the wire. Fields that are not named here are ignored. */
const TokenFromWire = Schema.Struct({
  id: TokenId,
  key: Schema.RedactedFromValue(Schema.NonEmptyString, { disallowEncode: true }),
  isActive: Schema.Boolean,
  created: Timestamp,
  expires: Schema.NullOr(Timestamp),
}).pipe(Schema.encodeKeys({ isActive: "is_active" }), Schema.decodeTo(Token))

const notFound = { 404: ApiError.NotFound } as const
const conflict = { 409: ApiError.Conflict } as const
const unprocessable = { 422: ApiError.UnprocessableEntity } as const

interface Family {
  readonly service: string
  readonly host: "iam" | "api"
  readonly collection: string
}

/** The six operations of one family: tokens and stream tokens differ in where they are, not in what they do. */
const tokenOperations = ({ collection, host, service }: Family) => ({
  create: operation<{ readonly permanent: boolean }>()({
    name: `${service}.create`,
    method: "POST",
    host,
    path: collection,
    safety: "create",
    body: { permanent: "permanent" },
    success: { status: 201, schema: TokenFromWire },
    errors: { ...conflict, ...unprocessable },
    fieldRefusals: [
      {
        status: 400,
        field: "permanent",
        when: (input) => input.permanent,
        error: ApiError.PermanentTokenLimitReached,
      },
    ],
  }),
  list: operation<{ readonly limit: number; readonly offset: number; readonly permanent: boolean | null }>()({
    name: `${service}.list`,
    method: "GET",
    host,
    path: collection,
    safety: "read",
    query: { limit: "limit", offset: "offset", permanent: "permanent" },
    success: { status: 200, schema: Schema.Array(TokenFromWire) },
    errors: unprocessable,
  }),
  get: operation<{ readonly token: TokenRef }>()({
    name: `${service}.get`,
    method: "GET",
    host,
    path: `${collection}{token}/`,
    safety: "read",
    success: { status: 200, schema: TokenFromWire },
    errors: notFound,
  }),
  update: operation<{ readonly token: TokenRef; readonly isActive: boolean }>()({
    name: `${service}.update`,
    method: "PATCH",
    host,
    path: `${collection}{token}/`,
    safety: "idempotent",
    body: { isActive: "is_active" },
    success: { status: 200, schema: TokenFromWire },
    errors: { ...notFound, ...conflict, ...unprocessable },
  }),
  delete: operation<{ readonly token: TokenRef }>()({
    name: `${service}.delete`,
    method: "DELETE",
    host,
    path: `${collection}{token}/`,
    safety: "idempotent",
    doneWhenAbsent: true,
    success: noContent,
    errors: { ...notFound, ...conflict },
  }),
  deleteList: operation<{ readonly permanent: boolean | null }>()({
    name: `${service}.deleteList`,
    method: "DELETE",
    host,
    path: collection,
    safety: "idempotent",
    query: { permanent: "permanent" },
    success: noContent,
    errors: { ...conflict, ...unprocessable },
  }),
})

export const families = {
  Tokens: tokenOperations({ service: "Tokens", host: "iam", collection: "/v1/tokens/" }),
  StreamTokens: tokenOperations({ service: "StreamTokens", host: "api", collection: "/v1/streams/tokens/" }),
} as const

/** Each part is read for itself: a server that gets one of them wrong has still said the others. */
const decodeCodes = Schema.decodeUnknownOption(Schema.Struct({ error_codes: Schema.Array(Schema.Finite) }))
const decodeFields = Schema.decodeUnknownOption(
  Schema.Struct({
    fields: Schema.Array(
      Schema.Struct({
        name: Schema.String,
        message: Schema.String,
        error_code: Schema.optionalKey(Schema.NullOr(Schema.Finite)),
      }),
    ),
  }),
)

/** More codes or fields than any request has: what goes on beyond that is noise, and may be meant as such. */
const mostDetails = 20

export const readErrorBody: ErrorBodyReader = (body, mask) => ({
  serverMessage: textIn(body, "message", mask),
  codes: Option.match(decodeCodes(body), {
    onNone: () => [],
    onSome: ({ error_codes }) => error_codes.slice(0, mostDetails),
  }),
  fields: Option.match(decodeFields(body), {
    onNone: () => [],
    onSome: ({ fields }) =>
      fields
        .slice(0, mostDetails)
        .map(
          ({ error_code, message, name }) =>
            new ApiError.FieldError({ name: mask(name), message: mask(message), code: error_code ?? undefined }),
        ),
  }),
})

/** As `readErrorBody` would have read it. */
export const detailOfRefusal: DetailOfRefusal = ({ fields = [], message, status }) => ({
  serverMessage: message,
  codes: [status],
  fields: fields.map((field) => new ApiError.FieldError({ ...field, code: status })),
})

export const authorization = (apiToken: Redacted.Redacted): Redacted.Redacted =>
  Redacted.make(`Token ${Redacted.value(apiToken)}`)
