/** The documentation of UMAaaS's requests and responses, as a group of an `HttpApi`. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { controlPath } from "../../internal/sandbox/controlApi.ts"
import { ListQuery, Permission, umaaasPath, WireApiToken, WireCreatedApiToken, WireUmaaas } from "./wire.ts"

const WirePage = Schema.Struct({
  data: Schema.Array(WireApiToken),
  hasMore: Schema.Boolean,
  nextCursor: Schema.optionalKey(Schema.String),
  totalCount: Schema.optionalKey(Schema.Int),
}).annotate({ identifier: "ApiTokenPage" })

/** The error of a status. */
const makeWireError = (status: number) =>
  Schema.Struct({
    status: Schema.Literal(status),
    code: Schema.String,
    message: Schema.String,
    details: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json)),
  }).pipe(Schema.annotate({ identifier: `UmaaasError${status}` }), HttpApiSchema.status(status))

const wireErrors = {
  400: makeWireError(400),
  401: makeWireError(401),
  403: makeWireError(403),
  404: makeWireError(404),
  413: makeWireError(413),
  415: makeWireError(415),
  500: makeWireError(500),
}

const errors = (...statuses: ReadonlyArray<keyof typeof wireErrors>) =>
  [...statuses, 500 as const].map((status) => wireErrors[status])

const CreateBody = Schema.Struct({
  name: Schema.NonEmptyString,
  permissions: Schema.Array(Permission).check(Schema.isMinLength(1)),
})

/** HTTP Basic: the client id, and the secret. */
class BasicAuthentication extends HttpApiMiddleware.Service<BasicAuthentication>()(
  "@effect-tokens/testkit/BasicAuthentication",
  { error: wireErrors[401], security: { clientCredential: HttpApiSecurity.basic } },
) {}

const apiTokensPath = `${umaaasPath}/tokens` as const

const one = `${apiTokensPath}/:tokenId` as const

const params = { tokenId: Schema.String }

const apiTokensGroup = HttpApiGroup.make("apiTokens")
  .add(
    HttpApiEndpoint.post("create", apiTokensPath, {
      payload: CreateBody,
      success: WireCreatedApiToken.pipe(HttpApiSchema.status(201)),
      error: errors(400, 403, 413, 415),
    }).annotate(OpenApi.Summary, "Create an API token; its secret is in this answer and nowhere else. Needs MANAGE"),
    HttpApiEndpoint.get("list", apiTokensPath, {
      query: ListQuery,
      success: WirePage,
      error: errors(400, 403),
    }).annotate(OpenApi.Summary, "List API tokens in the order of creation, a page at a time. Needs VIEW or MANAGE"),
    HttpApiEndpoint.get("get", one, { params, success: WireApiToken, error: errors(403, 404) }).annotate(
      OpenApi.Summary,
      "Get one API token. Needs VIEW or MANAGE",
    ),
    HttpApiEndpoint.delete("delete", one, {
      params,
      success: HttpApiSchema.NoContent,
      error: errors(400, 403, 404),
    }).annotate(OpenApi.Summary, "Delete one API token. Needs MANAGE"),
  )
  .middleware(BasicAuthentication)
  .annotateMerge(OpenApi.annotations({ title: "UMAaaS API tokens" }))

export const groups = [apiTokensGroup] as const

export const controlEndpoints = [
  HttpApiEndpoint.get("umaaas", `${controlPath}/umaaas`, { success: WireUmaaas }).annotate(
    OpenApi.Summary,
    "Read the API token to begin with, and those that are there",
  ),
] as const
