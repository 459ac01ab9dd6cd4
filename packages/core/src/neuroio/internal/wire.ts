/** A token of NeuroIO as it is on the wire (`docs/rules/neuroio.md`, Wire), and what it becomes. */
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Token, type TokenId } from "../Token.ts"
import { NonEmptyText, instance, type Reader, readList } from "../../internal/reader.ts"
import { readTime, Timestamp, utc } from "../../internal/timestamp.ts"

const isTokenId = (id: unknown): id is TokenId => Number.isSafeInteger(id) && Number(id) > 0

/** JSON has numbers of any size. JavaScript rounds these, so that they would be the id of another token. */
const isRounded = (id: number) => Number.isInteger(id) && !Number.isSafeInteger(id)

const WireTokenId = Schema.Number.check(
  Schema.makeFilter((id) => !isRounded(id), {
    expected: `an id of at most ${Number.MAX_SAFE_INTEGER}, since JavaScript rounds greater numbers`,
  }),
  Schema.makeFilter((id) => isTokenId(id), { expected: "an id: a whole number above 0" }),
)

/** The vendor's types say that it is always text. */
const Expiry = Schema.String.check(
  Schema.makeFilter((text) => text === "" || !Number.isNaN(readTime(text)), {
    expected: "an RFC 3339 time with an offset, or nothing for a permanent token",
  }),
)

/** Fields that are not named here are ignored. */
const WireToken = Schema.Struct({
  id: WireTokenId,
  key: NonEmptyText,
  is_active: Schema.Boolean,
  created: Timestamp,
  expires: Schema.optionalKey(Schema.NullOr(Expiry)),
})

const read = (json: unknown): Token | undefined => {
  if (!Predicate.isObject(json)) return undefined
  const { created, expires, id, is_active: isActive, key } = json
  if (!isTokenId(id) || typeof key !== "string" || key === "" || typeof isActive !== "boolean") return undefined
  const createdAt = readTime(created)
  const expiresAt = Predicate.isNullish(expires) || expires === "" ? null : readTime(expires)
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
