/** API tokens of UMAaaS as they are on the wire (`docs/rules/umaaas.md`, Wire), and what they become. */
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { ApiToken, ApiTokenId, ApiTokenPage, CreatedApiToken } from "../ApiToken.ts"
import { NonEmptyText, instance, type Reader, readList } from "../../internal/reader.ts"
import { readTime, Timestamp, utc } from "../../internal/timestamp.ts"

/** A field that a server may leave out, or write `null` for. */
const orAbsent = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** Fields that are not named here are ignored. */
const fields = {
  id: ApiTokenId,
  name: Schema.String,
  permissions: Schema.Array(Schema.String),
  clientId: NonEmptyText,
  createdAt: Timestamp,
  updatedAt: Timestamp,
}

const WireApiToken = Schema.Struct({ ...fields, clientSecret: orAbsent(NonEmptyText) })

const isText = (value: unknown): value is string => typeof value === "string" && value !== ""

const WirePage = Schema.Struct({
  data: Schema.Array(WireApiToken),
  hasMore: Schema.Boolean,
  nextCursor: orAbsent(Schema.String),
  totalCount: orAbsent(Schema.Int),
}).check(
  Schema.makeFilter(({ hasMore, nextCursor }) =>
    !hasMore || isText(nextCursor) ? undefined : { path: ["nextCursor"], issue: "expected one, since hasMore is true" },
  ),
)

const CreatedWireApiToken = Schema.Struct({ ...fields, clientSecret: NonEmptyText })

const isId = (value: unknown): value is ApiTokenId => isText(value)

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null

const isTextOrAbsent = (value: unknown): value is string | null | undefined => isAbsent(value) || isText(value)

const isCountOrAbsent = (value: unknown): value is number | null | undefined =>
  isAbsent(value) || Number.isSafeInteger(value)

const readText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

const read = (json: unknown): ApiToken | undefined => {
  if (!Predicate.isObject(json)) return undefined
  const { clientId, clientSecret, id, name } = json
  const permissions = readList(json["permissions"], readText)
  const createdAt = readTime(json["createdAt"])
  const updatedAt = readTime(json["updatedAt"])
  if (!isId(id) || typeof name !== "string" || permissions === undefined || !isText(clientId)) return undefined
  if (!isTextOrAbsent(clientSecret) || Number.isNaN(createdAt) || Number.isNaN(updatedAt)) return undefined
  return instance(ApiToken, {
    id,
    name,
    permissions,
    clientId,
    clientSecret: isAbsent(clientSecret) ? undefined : Redacted.make(clientSecret),
    createdAt: utc(createdAt),
    updatedAt: utc(updatedAt),
  })
}

/** Without its secret, a new token is of no use to anybody. */
const readCreated = (json: unknown): CreatedApiToken | undefined => {
  const token = read(json)
  if (token?.clientSecret === undefined) return undefined
  return instance(CreatedApiToken, { ...token, clientSecret: token.clientSecret })
}

const readPage = (json: unknown): ApiTokenPage | undefined => {
  if (!Predicate.isObject(json)) return undefined
  const { hasMore, nextCursor, totalCount } = json
  const data = readList(json["data"], read)
  if (data === undefined || typeof hasMore !== "boolean") return undefined
  if (!(isAbsent(nextCursor) || typeof nextCursor === "string") || !isCountOrAbsent(totalCount)) return undefined
  if (hasMore && !isText(nextCursor)) return undefined
  return instance(ApiTokenPage, {
    data,
    hasMore,
    nextCursor: isText(nextCursor) ? nextCursor : undefined,
    totalCount: totalCount ?? undefined,
  })
}

export const apiToken: Reader<ApiToken> = { schema: WireApiToken, read }

export const created: Reader<CreatedApiToken> = { schema: CreatedWireApiToken, read: readCreated }

export const page: Reader<ApiTokenPage> = { schema: WirePage, read: readPage }
