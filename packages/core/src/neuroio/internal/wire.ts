/** A token of NeuroIO as it is on the wire (`docs/rules/neuroio.md`, Wire), and what it becomes. */
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Token, TokenId } from "../Token.ts"
import { NonEmptyText, instance, type Reader, readList } from "../../internal/reader.ts"
import { readTime, Timestamp, utc } from "../../internal/timestamp.ts"

/** Fields that are not named here are ignored. */
const WireToken = Schema.Struct({
  id: TokenId,
  key: NonEmptyText,
  is_active: Schema.Boolean,
  created: Timestamp,
  expires: Schema.NullOr(Timestamp),
})

const isTokenId = (id: unknown): id is TokenId => Number.isSafeInteger(id) && Number(id) > 0

const read = (json: unknown): Token | undefined => {
  if (!Predicate.isObject(json)) return undefined
  const { created, expires, id, is_active: isActive, key } = json
  if (!isTokenId(id) || typeof key !== "string" || key === "" || typeof isActive !== "boolean") return undefined
  const createdAt = readTime(created)
  const expiresAt = expires === null ? null : readTime(expires)
  if (Number.isNaN(createdAt) || Number.isNaN(expiresAt)) return undefined
  return instance(Token, {
    id,
    key: Redacted.make(key),
    isActive,
    created: utc(createdAt),
    expires: expiresAt === null ? null : utc(expiresAt),
  })
}

export const token: Reader<Token> = { schema: WireToken, read }

export const tokens: Reader<ReadonlyArray<Token>> = {
  schema: Schema.Array(WireToken),
  read: (json) => readList(json, read),
}
