/** The documentation of NeuroIO's requests and responses, as groups of an `HttpApi`. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { controlPath } from "../../internal/sandbox/controlApi.ts"
import type * as NeuroioRules from "../NeuroioRules.ts"
import { AddOwner, BooleanText, DeleteListQuery, ListQuery, paths, WireOwner, WireToken } from "./wire.ts"

/** The error of a status. */
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
  500: makeWireError(500),
}

const CreateBody = Schema.Struct({ permanent: Schema.optionalKey(Schema.Boolean) })
const CreateForm = Schema.Struct({ permanent: Schema.optionalKey(BooleanText) }).pipe(HttpApiSchema.asFormUrlEncoded())
const UpdateBody = Schema.Struct({ is_active: Schema.Boolean })
const UpdateForm = Schema.Struct({ is_active: BooleanText }).pipe(HttpApiSchema.asFormUrlEncoded())

/** Either header carries `Token <key>`: the vendor's clients differ in which they send. */
class Authentication extends HttpApiMiddleware.Service<Authentication>()("@effect-tokens/testkit/Authentication", {
  error: wireErrors[401],
  security: {
    authorization: HttpApiSecurity.http({ scheme: "Token" }),
    token: HttpApiSecurity.apiKey({ in: "header", key: "token" }),
  },
}) {}

const params = { token: Schema.String.annotate({ description: "The token's id or its key" }) }

/** The two families differ in their paths. */
const family = <const Name extends NeuroioRules.Family>(name: Name, collection: `/${string}/`, title: string) => {
  const one = `${collection}:token/` as const
  // A manager has tokens, but no stream tokens (N15).
  const errorsOf = (...statuses: ReadonlyArray<keyof typeof wireErrors>) =>
    [...(name === "streamTokens" ? [403 as const] : []), ...statuses, 500 as const].map((status) => wireErrors[status])
  return HttpApiGroup.make(name)
    .add(
      HttpApiEndpoint.post("create", collection, {
        payload: [CreateBody, CreateForm],
        success: WireToken.pipe(HttpApiSchema.status(201)),
        error: errorsOf(400, 413, 415),
      }).annotate(OpenApi.Summary, "Create a token, temporary unless `permanent` is true"),
      HttpApiEndpoint.get("list", collection, {
        query: ListQuery,
        success: Schema.Array(WireToken),
        error: errorsOf(400),
      }).annotate(OpenApi.Summary, "List tokens in the order of creation"),
      HttpApiEndpoint.delete("deleteList", collection, {
        query: DeleteListQuery,
        success: HttpApiSchema.NoContent,
        error: errorsOf(400),
      }).annotate(OpenApi.Summary, "Delete the permanent tokens, the temporary ones, or, without a filter, all"),
      HttpApiEndpoint.get("get", one, { params, success: WireToken, error: errorsOf(404) }).annotate(
        OpenApi.Summary,
        "Get one token",
      ),
      HttpApiEndpoint.patch("update", one, {
        params,
        payload: [UpdateBody, UpdateForm],
        success: WireToken,
        error: errorsOf(400, 404, 413, 415),
      }).annotate(OpenApi.Summary, "Activate or deactivate a token"),
      HttpApiEndpoint.put("replace", one, {
        params,
        payload: [UpdateBody, UpdateForm],
        success: WireToken,
        error: errorsOf(400, 404, 413, 415),
      }).annotate(OpenApi.Summary, "Activate or deactivate a token, as the vendor's JavaScript client does it"),
      HttpApiEndpoint.delete("delete", one, {
        params,
        success: HttpApiSchema.NoContent,
        error: errorsOf(404),
      }).annotate(OpenApi.Summary, "Delete one token"),
    )
    .middleware(Authentication)
    .annotateMerge(OpenApi.annotations({ title }))
}

export const groups = [
  family("tokens", paths.tokens, "Tokens"),
  family("streamTokens", paths.streamTokens, "Stream tokens"),
] as const

export const controlEndpoints = [
  HttpApiEndpoint.get("spaces", `${controlPath}/spaces`, { success: Schema.Array(WireOwner) }).annotate(
    OpenApi.Summary,
    "List the owners with their credentials, the account first",
  ),
  HttpApiEndpoint.post("addSpace", `${controlPath}/spaces`, {
    payload: AddOwner,
    success: WireOwner.pipe(HttpApiSchema.status(201)),
    error: wireErrors[400],
  }).annotate(OpenApi.Summary, "Add an owner without tokens, a space unless `kind` says otherwise"),
] as const
