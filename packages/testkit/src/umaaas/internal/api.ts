/** The routes of UMAaaS, as a group of an `HttpApi`: what the vendor's page says that is sent, and what comes back. */
import * as Context from "effect/Context"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import type * as UmaaasRules from "../UmaaasRules.ts"
import { WholeText } from "../../internal/sandbox/queryText.ts"
import { readTime } from "../../internal/sandbox/rfc3339.ts"

const Permission = Schema.Literals(["VIEW", "TRANSACT", "MANAGE"])

const described = {
  id: Schema.String,
  name: Schema.String,
  permissions: Schema.Array(Permission),
  clientId: Schema.String,
}

const times = { createdAt: Schema.String, updatedAt: Schema.String }

/** A token as the vendor writes it. */
export const WireApiToken = Schema.Struct({ ...described, ...times }).annotate({ identifier: "ApiToken" })

export type WireApiToken = typeof WireApiToken.Type

/** The only answer with a secret (U1). */
export const WireCreatedApiToken = Schema.Struct({ ...described, clientSecret: Schema.String, ...times }).annotate({
  identifier: "CreatedApiToken",
})

export type WireCreatedApiToken = typeof WireCreatedApiToken.Type

const WirePage = Schema.Struct({
  data: Schema.Array(WireApiToken),
  hasMore: Schema.Boolean,
  nextCursor: Schema.optionalKey(Schema.String),
  totalCount: Schema.Int,
}).annotate({ identifier: "ApiTokenPage" })

/** An error as the vendor writes it. */
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
}

const refusals = (...statuses: ReadonlyArray<keyof typeof wireErrors>) => statuses.map((status) => wireErrors[status])

const expectedTime = "an RFC 3339 time with an offset, such as 2026-01-31T12:00:00Z"

/** Milliseconds since 1970. */
const time = (description: string) =>
  Schema.optionalKey(
    Schema.String.annotate({ description: `${description}: ${expectedTime}`, format: "date-time" })
      .check(Schema.makeFilter((text) => readTime(text) !== undefined, { expected: expectedTime }))
      .pipe(
        Schema.decodeTo(
          Schema.Number,
          SchemaTransformation.transform({
            decode: (text) => readTime(text) ?? Number.NaN,
            encode: (millis) => new Date(millis).toISOString(),
          }),
        ),
      ),
  )

const CreateBody = Schema.Struct({
  name: Schema.NonEmptyString,
  permissions: Schema.Array(Permission).check(Schema.isMinLength(1)),
})

/** Who calls: found out before anything else is looked at. */
export class CurrentApiCaller extends Context.Service<CurrentApiCaller, UmaaasRules.Caller>()(
  "@effect-tokens/testkit/CurrentApiCaller",
) {}

/** HTTP Basic: the client id, and the secret. */
export class BasicAuthentication extends HttpApiMiddleware.Service<
  BasicAuthentication,
  { provides: CurrentApiCaller }
>()("@effect-tokens/testkit/BasicAuthentication", {
  error: wireErrors[401],
  security: { clientCredential: HttpApiSecurity.basic },
}) {}

/** What Effect finds wrong with a request is said in the vendor's shape. */
export class UmaaasErrors extends HttpApiMiddleware.Service<UmaaasErrors>()("@effect-tokens/testkit/UmaaasErrors") {}

const text = (description: string) => Schema.optionalKey(Schema.String.annotate({ description }))

export const ListQuery = Schema.Struct({
  name: text("Only tokens with exactly this name"),
  createdAfter: time("Only tokens created then or later"),
  createdBefore: time("Only tokens created then or before"),
  updatedAfter: time("Only tokens updated then or later"),
  updatedBefore: time("Only tokens updated then or before"),
  limit: Schema.optionalKey(
    WholeText.pipe(Schema.annotateEncoded({ description: "How many at most: 1 to 100, 20 unless given" })),
  ),
  cursor: text("The nextCursor of the page before"),
})

/** Where the sandbox has the platform. */
export const umaaasPath = "/umaaas/v1"

const apiTokensPath = `${umaaasPath}/tokens` as const

const one = `${apiTokensPath}/:tokenId` as const

const params = { tokenId: Schema.String }

export const apiTokensGroup = HttpApiGroup.make("apiTokens")
  .add(
    HttpApiEndpoint.post("create", apiTokensPath, {
      payload: CreateBody,
      success: WireCreatedApiToken.pipe(HttpApiSchema.status(201)),
      error: refusals(400, 403, 413, 415),
    }).annotate(OpenApi.Summary, "Create an API token; its secret is in this answer and nowhere else. Needs MANAGE"),
    HttpApiEndpoint.get("list", apiTokensPath, {
      query: ListQuery,
      success: WirePage,
      error: refusals(400, 403),
    }).annotate(OpenApi.Summary, "List API tokens in the order of creation, a page at a time. Needs VIEW or MANAGE"),
    HttpApiEndpoint.get("get", one, { params, success: WireApiToken, error: refusals(403, 404) }).annotate(
      OpenApi.Summary,
      "Get one API token. Needs VIEW or MANAGE",
    ),
    HttpApiEndpoint.delete("delete", one, {
      params,
      success: HttpApiSchema.NoContent,
      error: refusals(400, 403, 404),
    }).annotate(OpenApi.Summary, "Delete one API token. Needs MANAGE"),
  )
  .middleware(UmaaasErrors)
  .middleware(BasicAuthentication)
  .annotateMerge(OpenApi.annotations({ title: "UMAaaS API tokens" }))
