/** The operations of UMAaaS, as the vendor's page gives them (`spec/umaaas.md`, Wire). */
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as ApiError from "../ApiError.ts"
import { ApiToken, ApiTokenId, ApiTokenPage, type KnownPermission, Permission } from "../ApiToken.ts"
import type { DetailOfRefusal, ErrorBodyReader } from "./answer.ts"
import { noContent, ofAnyCall, operation } from "./operation.ts"
import { Timestamp } from "./timestamp.ts"

const Secret = Schema.RedactedFromValue(Schema.NonEmptyString, { disallowEncode: true })

const absent = Effect.succeed(undefined)

const described = {
  id: ApiTokenId,
  name: Schema.String,
  permissions: Schema.Array(Permission),
  clientId: Schema.NonEmptyString,
  createdAt: Timestamp,
  updatedAt: Timestamp,
}

/** A token as it is on the wire. Fields that are not named here are ignored. */
const ApiTokenFromWire = Schema.Struct({
  ...described,
  clientSecret: Schema.UndefinedOr(Secret).pipe(Schema.withDecodingDefaultType(absent)),
}).pipe(Schema.decodeTo(ApiToken))

/** Without its secret, a new token is of no use to anybody. */
const CreatedFromWire = Schema.Struct({ ...described, clientSecret: Secret }).pipe(Schema.decodeTo(ApiToken))

const PageFromWire = Schema.Struct({
  data: Schema.Array(ApiTokenFromWire),
  hasMore: Schema.Boolean,
  nextCursor: Schema.UndefinedOr(Schema.NonEmptyString).pipe(Schema.withDecodingDefaultType(absent)),
  totalCount: Schema.UndefinedOr(Schema.Int).pipe(Schema.withDecodingDefaultType(absent)),
}).pipe(
  Schema.check(
    Schema.makeFilter(({ hasMore, nextCursor }) => !hasMore || nextCursor !== undefined, {
      expected: "a nextCursor where hasMore is true",
    }),
  ),
  Schema.decodeTo(ApiTokenPage),
)

const notFound = { 404: ApiError.NotFound } as const

/** What a page is asked for. What is not set is not sent. */
export interface ListInput {
  readonly name: string | undefined
  readonly createdAfter: DateTime.Utc | undefined
  readonly createdBefore: DateTime.Utc | undefined
  readonly updatedAfter: DateTime.Utc | undefined
  readonly updatedBefore: DateTime.Utc | undefined
  readonly limit: number
  readonly cursor: string | undefined
}

export const operations = {
  create: operation<{ readonly name: string; readonly permissions: ReadonlyArray<KnownPermission> }>()({
    name: "ApiTokens.create",
    method: "POST",
    host: "umaaas",
    path: "/tokens",
    safety: "create",
    secretShownOnce: true,
    body: { name: "name", permissions: "permissions" },
    success: { status: 201, schema: CreatedFromWire },
    errors: ofAnyCall,
  }),
  list: operation<ListInput>()({
    name: "ApiTokens.list",
    method: "GET",
    host: "umaaas",
    path: "/tokens",
    safety: "read",
    query: {
      name: "name",
      createdAfter: "createdAfter",
      createdBefore: "createdBefore",
      updatedAfter: "updatedAfter",
      updatedBefore: "updatedBefore",
      limit: "limit",
      cursor: "cursor",
    },
    success: { status: 200, schema: PageFromWire },
    errors: ofAnyCall,
  }),
  get: operation<{ readonly id: ApiTokenId }>()({
    name: "ApiTokens.get",
    method: "GET",
    host: "umaaas",
    path: "/tokens/{id}",
    safety: "read",
    success: { status: 200, schema: ApiTokenFromWire },
    errors: { ...ofAnyCall, ...notFound },
  }),
  delete: operation<{ readonly id: ApiTokenId }>()({
    name: "ApiTokens.delete",
    method: "DELETE",
    host: "umaaas",
    path: "/tokens/{id}",
    safety: "idempotent",
    doneWhenAbsent: true,
    success: noContent,
    errors: { ...ofAnyCall, ...notFound },
  }),
} as const

const decodeMessage = Schema.decodeUnknownOption(Schema.Struct({ message: Schema.NonEmptyString }))
const decodeCode = Schema.decodeUnknownOption(Schema.Struct({ code: Schema.NonEmptyString }))
const decodeDetails = Schema.decodeUnknownOption(Schema.Struct({ details: Schema.Record(Schema.String, Schema.Json) }))

/** More than a person reads, and than any answer should have: what goes on beyond that is noise. */
const mostEntries = 20
const mostLevels = 4

const isList = (value: Schema.Json): value is ReadonlyArray<Schema.Json> => Array.isArray(value)

/** The same, with all texts masked, names of fields included. */
const maskedJson = (value: Schema.Json, mask: (text: string) => string, level: number): Schema.Json => {
  if (typeof value === "string") return mask(value)
  if (typeof value !== "object" || value === null) return value
  if (level >= mostLevels) return "…"
  if (isList(value)) return value.slice(0, mostEntries).map((item) => maskedJson(item, mask, level + 1))
  return maskedRecord(value, mask, level)
}

const maskedRecord = (
  value: { readonly [name: string]: Schema.Json },
  mask: (text: string) => string,
  level = 0,
): { readonly [name: string]: Schema.Json } =>
  Object.fromEntries(
    Object.entries(value)
      .slice(0, mostEntries)
      .map(([name, item]) => [mask(name), maskedJson(item, mask, level + 1)] as const),
  )

export const readErrorBody: ErrorBodyReader = (body, mask) => ({
  serverMessage: Option.getOrUndefined(Option.map(decodeMessage(body), ({ message }) => mask(message))),
  codes: [],
  fields: [],
  code: Option.getOrUndefined(Option.map(decodeCode(body), ({ code }) => mask(code))),
  details: Option.getOrUndefined(Option.map(decodeDetails(body), ({ details }) => maskedRecord(details, mask))),
})

/** As `readErrorBody` would have read it. */
export const detailOfRefusal: DetailOfRefusal = ({ code, message }) => ({
  serverMessage: message,
  codes: [],
  fields: [],
  code,
})

/** HTTP Basic (RFC 7617): the text in UTF-8, as base64. */
export const authorization = (clientId: string, clientSecret: Redacted.Redacted): Redacted.Redacted => {
  const bytes = new TextEncoder().encode(`${clientId}:${Redacted.value(clientSecret)}`)
  return Redacted.make(`Basic ${btoa(String.fromCharCode(...bytes))}`)
}
