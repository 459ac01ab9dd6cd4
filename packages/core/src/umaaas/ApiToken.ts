/**
 * What a UMAaaS API token is, and how to point at one.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The text that the platform gives a token, such as `Token:019542f5-b3e7-1d02-0000-000000000001`. Ids are never reused
 * (U2).
 *
 * @example
 * import { ApiTokenId } from "@effect-tokens/core"
 *
 * const id = ApiTokenId.make("Token:019542f5-b3e7-1d02-0000-000000000001")
 *
 * @since 0.1.0
 */
export const ApiTokenId = Schema.NonEmptyString.pipe(Schema.brand("ApiTokenId"))

/** @since 0.1.0 */
export type ApiTokenId = typeof ApiTokenId.Type

/**
 * What a token may be given to do:
 *
 * - `VIEW`: see all data.
 * - `TRANSACT`: send payments.
 * - `MANAGE`: manage configuration, API tokens and users.
 *
 * @since 0.1.0
 */
export const KnownPermission = Schema.Literals(["VIEW", "TRANSACT", "MANAGE"])

/** @since 0.1.0 */
export type KnownPermission = typeof KnownPermission.Type

/**
 * What a token may do. The platform may know more permissions than this package: they stay as it writes them.
 *
 * @since 0.1.0
 */
export const Permission = Schema.String.pipe(
  // Any text. An editor proposes the known permissions.
  Schema.refine((_text): _text is KnownPermission | (string & {}) => true),
)

/** @since 0.1.0 */
export type Permission = typeof Permission.Type

/** To encode it is refused, to JSON and otherwise. */
const ClientSecret = Schema.RedactedFromValue(Schema.String, { disallowEncode: true })

/**
 * A UMAaaS API token.
 *
 * - `clientId`, `clientSecret`: what a caller sends as its credential. The secret is in the answer to `create` and nowhere
 *   else, ever after (U1): elsewhere it is `undefined`. To encode it is refused, and `TokenKey` shows how to store one on
 *   purpose.
 * - `createdAt`, `updatedAt`: to the millisecond.
 *
 * @since 0.1.0
 */
export class ApiToken extends Schema.Class<ApiToken>("@effect-tokens/core/ApiToken")({
  id: ApiTokenId,
  name: Schema.String,
  permissions: Schema.Array(Permission),
  clientId: Schema.String,
  clientSecret: Schema.UndefinedOr(ClientSecret),
  createdAt: Schema.DateTimeUtc,
  updatedAt: Schema.DateTimeUtc,
}) {}

/**
 * A token with its secret: the answer to `create`, and no other, has it (U1).
 *
 * @example
 * import { ApiTokens, Umaaas } from "@effect-tokens/core"
 * import { Effect, Layer } from "effect"
 *
 * // `ApiTokens` as a new token that may look at things.
 * const Viewer = Layer.unwrap(
 *   Effect.gen(function* () {
 *     const apiTokens = yield* ApiTokens
 *     const { clientId, clientSecret } = yield* apiTokens.create({ name: "viewer", permissions: ["VIEW"] })
 *     return Umaaas.layer({ clientId, clientSecret })
 *   }),
 * )
 *
 * @since 0.1.0
 */
export class CreatedApiToken extends ApiToken.extend<CreatedApiToken>("@effect-tokens/core/CreatedApiToken")({
  clientSecret: ClientSecret,
}) {}

/**
 * A page of API tokens.
 *
 * - `data`: its tokens.
 * - `hasMore`: whether there is a further page, from `nextCursor` on.
 * - `totalCount`: how many match the filters in all, where the platform says so.
 *
 * @since 0.1.0
 */
export class ApiTokenPage extends Schema.Class<ApiTokenPage>("@effect-tokens/core/ApiTokenPage")({
  data: Schema.Array(ApiToken),
  hasMore: Schema.Boolean,
  nextCursor: Schema.UndefinedOr(Schema.String),
  totalCount: Schema.UndefinedOr(Schema.Int),
}) {}
