/** The routes of NeuroIO, as groups of an `HttpApi`: what the vendor's clients send, and what they get. */
import * as Context from "effect/Context"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import type * as NeuroioRules from "../NeuroioRules.ts"
import { WholeText } from "../../internal/sandbox/queryText.ts"

/** A token as the vendor writes it. */
export const WireToken = Schema.Struct({
  id: Schema.Int,
  key: Schema.String,
  is_active: Schema.Boolean,
  created: Schema.String,
  expires: Schema.NullOr(Schema.String),
}).annotate({ identifier: "Token" })

export type WireToken = typeof WireToken.Type

/** An error as the vendor writes it. */
export interface WireError {
  readonly error_codes: readonly [number]
  readonly message: string
  readonly fields: ReadonlyArray<{ readonly name: string; readonly message: string; readonly error_code: number }>
}

/** The code in the body tells the statuses apart: an error is encoded by the first schema that it fits. */
const makeWireError = (status: number) =>
  Schema.Struct({
    error_codes: Schema.Tuple([Schema.Literal(status)]),
    message: Schema.String,
    fields: Schema.Array(Schema.Struct({ name: Schema.String, message: Schema.String, error_code: Schema.Int })),
  }).pipe(Schema.annotate({ identifier: `Error${status}` }), HttpApiSchema.status(status))

export const wireErrors = {
  400: makeWireError(400),
  401: makeWireError(401),
  403: makeWireError(403),
  404: makeWireError(404),
  413: makeWireError(413),
  415: makeWireError(415),
}

const refusals = (...statuses: ReadonlyArray<keyof typeof wireErrors>) => statuses.map((status) => wireErrors[status])

/** Booleans as Python, JavaScript and people write them in a query or a form. */
export const BooleanText = Schema.String.annotate({ expected: "true or false, once" })
  .check(Schema.isPattern(/^(?:true|false)$/i, { expected: "true or false" }))
  .pipe(
    Schema.decodeTo(
      Schema.Boolean,
      SchemaTransformation.transform({ decode: (text) => text.toLowerCase() === "true", encode: String }),
    ),
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
  )

export const ListQuery = Schema.Struct({
  permanent: Schema.optionalKey(FilterText),
  limit: Schema.optionalKey(WholeText),
  offset: Schema.optionalKey(WholeText),
})
export const DeleteListQuery = Schema.Struct({ permanent: Schema.optionalKey(BooleanText) })

const CreateBody = Schema.Struct({ permanent: Schema.optionalKey(Schema.Boolean) })
const CreateForm = Schema.Struct({ permanent: Schema.optionalKey(BooleanText) }).pipe(HttpApiSchema.asFormUrlEncoded())
const UpdateBody = Schema.Struct({ is_active: Schema.Boolean })
const UpdateForm = Schema.Struct({ is_active: BooleanText }).pipe(HttpApiSchema.asFormUrlEncoded())

/** Who calls: found out before anything else is looked at. */
export class CurrentCaller extends Context.Service<CurrentCaller, NeuroioRules.Caller>()(
  "@effect-tokens/testkit/CurrentCaller",
) {}

/** Either header carries `Token <key>`: the vendor's clients differ in which they send. */
export class Authentication extends HttpApiMiddleware.Service<Authentication, { provides: CurrentCaller }>()(
  "@effect-tokens/testkit/Authentication",
  {
    error: wireErrors[401],
    security: {
      authorization: HttpApiSecurity.http({ scheme: "Token" }),
      token: HttpApiSecurity.apiKey({ in: "header", key: "token" }),
    },
  },
) {}

/** What Effect finds wrong with a request is said in the vendor's shape. */
export class VendorErrors extends HttpApiMiddleware.Service<VendorErrors>()("@effect-tokens/testkit/VendorErrors") {}

const params = { token: Schema.String.annotate({ description: "The token's id or its key" }) }

/** The two families differ in where they are. */
const family = <const Name extends NeuroioRules.Family>(name: Name, collection: `/${string}/`, title: string) => {
  const one = `${collection}:token/` as const
  return HttpApiGroup.make(name)
    .add(
      HttpApiEndpoint.post("create", collection, {
        payload: [CreateBody, CreateForm],
        success: WireToken.pipe(HttpApiSchema.status(201)),
        error: refusals(400, 403, 413, 415),
      }).annotate(OpenApi.Summary, "Create a token, temporary unless `permanent` is true"),
      HttpApiEndpoint.get("list", collection, {
        query: ListQuery,
        success: Schema.Array(WireToken),
        error: refusals(400, 403),
      }).annotate(OpenApi.Summary, "List tokens in the order of creation"),
      HttpApiEndpoint.delete("deleteList", collection, {
        query: DeleteListQuery,
        success: HttpApiSchema.NoContent,
        error: refusals(400, 403),
      }).annotate(OpenApi.Summary, "Delete the permanent tokens, the temporary ones, or, without a filter, all"),
      HttpApiEndpoint.get("get", one, { params, success: WireToken, error: refusals(403, 404) }).annotate(
        OpenApi.Summary,
        "Get one token",
      ),
      HttpApiEndpoint.patch("update", one, {
        params,
        payload: [UpdateBody, UpdateForm],
        success: WireToken,
        error: refusals(400, 403, 404, 413, 415),
      }).annotate(OpenApi.Summary, "Activate or deactivate a token"),
      HttpApiEndpoint.put("replace", one, {
        params,
        payload: [UpdateBody, UpdateForm],
        success: WireToken,
        error: refusals(400, 403, 404, 413, 415),
      }).annotate(OpenApi.Summary, "Activate or deactivate a token, as the vendor's JavaScript client does it"),
      HttpApiEndpoint.delete("delete", one, {
        params,
        success: HttpApiSchema.NoContent,
        error: refusals(403, 404),
      }).annotate(OpenApi.Summary, "Delete one token"),
    )
    .middleware(VendorErrors)
    .middleware(Authentication)
    .annotateMerge(OpenApi.annotations({ title }))
}

export const paths = { tokens: "/v1/tokens/", streamTokens: "/v1/streams/tokens/" } as const

export const tokensGroup = family("tokens", paths.tokens, "Tokens")
export const streamTokensGroup = family("streamTokens", paths.streamTokens, "Stream tokens")
