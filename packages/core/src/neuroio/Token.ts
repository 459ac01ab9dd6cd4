/**
 * What a NeuroIO token is, and how to point at one.
 *
 * Tokens and stream tokens have one shape; which of the two a token is follows from the service that gave it.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import { dual } from "effect/Function"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/**
 * The number that the platform gives a token. Ids rise in the order of creation and are never reused (N3).
 *
 * @example
 * import { TokenId } from "@effect-tokens/core"
 *
 * const id = TokenId.make(42)
 *
 * @since 0.1.0
 */
export const TokenId = Schema.Int.check(
  Schema.makeFilter((id) => id > 0, { expected: "an id: a whole number above 0" }),
).pipe(Schema.brand("TokenId"))

/** @since 0.1.0 */
export type TokenId = typeof TokenId.Type

/**
 * The secret of a token: what a caller sends as its credential. It is `Redacted`, so that it shows in no log, no span
 * and no JSON. `Redacted.value(token.key)` hands it out. To encode it is refused, in a `Token` as well, whether to JSON
 * (`Schema.toCodecJson`, `Schema.fromJsonString`) or otherwise. To store a token on purpose, say so in a schema:
 *
 * @example
 * import { Token } from "@effect-tokens/core"
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 *
 * // Holds the key in the clear: keep the text where secrets are kept.
 * const StoredToken = Schema.Struct({ ...Token.fields, key: Schema.RedactedFromValue(Schema.String) }).pipe(
 *   Schema.toCodecJson,
 *   Schema.fromJsonString,
 * )
 *
 * const store = (token: Token) => Schema.encodeEffect(StoredToken)(token)
 * const load = (text: string) =>
 *   Effect.map(Schema.decodeEffect(StoredToken)(text), (fields) => new Token(fields))
 *
 * @since 0.1.0
 */
export const TokenKey = Schema.RedactedFromValue(Schema.String, { disallowEncode: true })

/** @since 0.1.0 */
export type TokenKey = Redacted.Redacted

/**
 * Points at one token, by its id or by its key. Both reach the same token (N9).
 *
 * @since 0.1.0
 */
export type TokenRef = TokenId | TokenKey

/**
 * A NeuroIO token or stream token.
 *
 * - `isActive`: an inactive token does not authenticate, and becomes active again by `update`.
 * - `created`, `expires`: to the millisecond; the platform's microseconds are cut off.
 * - `expires`: 24 hours after `created` for a temporary token, `null` for a permanent one (N2).
 *
 * @since 0.1.0
 */
export class Token extends Schema.Class<Token>("@effect-tokens/core/Token")({
  id: TokenId,
  key: TokenKey,
  isActive: Schema.Boolean,
  created: Schema.DateTimeUtc,
  expires: Schema.NullOr(Schema.DateTimeUtc),
}) {
  /**
   * Whether the token never expires.
   *
   * @since 0.1.0
   */
  static readonly isPermanent = (token: Token): boolean => token.expires === null

  /**
   * Whether the token authenticates at that moment: it is active and has not expired. At `expires` itself it has (N13).
   *
   * @since 0.1.0
   */
  static readonly isValidAt: {
    (now: DateTime.Utc): (token: Token) => boolean
    (token: Token, now: DateTime.Utc): boolean
  } = dual(
    2,
    (token: Token, now: DateTime.Utc): boolean =>
      token.isActive && (token.expires === null || DateTime.isLessThan(now, token.expires)),
  )
}
