/** What is answered where no route answers, in the shape of the vendor whose path it is. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as NeuroioRules from "../../neuroio/NeuroioRules.ts"
import * as UmaaasRules from "../../umaaas/UmaaasRules.ts"
import { controlPath } from "./controlApi.ts"
import { VendorErrors } from "../../neuroio/internal/api.ts"
import { neuroioWire } from "../../neuroio/internal/wire.ts"
import { methodsAt, wireAt } from "./vendors.ts"
import { unreadable } from "./requestBody.ts"
import { isWellFormed, pathOf } from "./requestTarget.ts"
import { asCall } from "./calls.ts"
import { CurrentSandbox } from "./state.ts"
import { UmaaasErrors } from "../../umaaas/internal/api.ts"
import { umaaasWire } from "../../umaaas/internal/wire.ts"
import { toResponse, errorResponse, type Wire } from "./wire.ts"

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/** What does not decode, and why. */
const fieldsOf = ({ issue }: Schema.SchemaError): ReadonlyArray<{ readonly name: string; readonly message: string }> =>
  formatIssue(issue).issues.map(({ message, path }) => ({
    name: (path ?? []).map((segment) => String(typeof segment === "object" ? segment.key : segment)).join("."),
    message,
  }))

/** A query that does not decode, in the vendors' words. */
export const layerVendorErrors = Layer.merge(
  HttpApiMiddleware.layerSchemaErrorTransform(VendorErrors, ({ cause }) =>
    Effect.succeed(toResponse(neuroioWire, NeuroioRules.invalid(...fieldsOf(cause)))),
  ),
  HttpApiMiddleware.layerSchemaErrorTransform(UmaaasErrors, ({ cause }) =>
    Effect.succeed(
      toResponse(
        umaaasWire,
        UmaaasRules.invalid(
          fieldsOf(cause)
            .map(({ message, name }) => `${name}: ${message}`)
            .join("; "),
        ),
      ),
    ),
  ),
)

/** Methods of the routes that are no platform's, for `Allow`. */
const control: ReadonlyArray<readonly [path: RegExp, methods: string]> = [
  [new RegExp(`^${controlPath}/clock$`), "GET, HEAD, PATCH"],
  [new RegExp(`^${controlPath}/spaces$`), "GET, HEAD, POST"],
  [new RegExp(`^${controlPath}/umaaas$`), "GET, HEAD"],
  [new RegExp(`^${controlPath}/faults$`), "GET, HEAD, PUT, DELETE"],
  [new RegExp(`^${controlPath}/journal$`), "GET, HEAD, DELETE"],
  [new RegExp(`^${controlPath}/(?:reset|snapshots|snapshots/[^/]+/restore)$`), "POST"],
]

const pages: readonly [path: RegExp, methods: string] = [/^\/(?:docs|openapi\.json)$/, "GET, HEAD"]

const noRoute = (wire: Wire, url: string): HttpServerResponse.HttpServerResponse => {
  const path = pathOf(url)
  const methods = methodsAt(wire, path) ?? [...control, pages].find(([pattern]) => pattern.test(path))?.[1]
  return methods === undefined
    ? toResponse(wire, { status: 404, code: "NOT_FOUND", message: `There is nothing at this path. ${wire.hint}` })
    : toResponse(wire, errorResponse(405, "This method is not allowed here."), { allow: methods })
}

/**
 * The router ends a path at `;` as at `?`, and would take `DELETE /v1/tokens/;abc/` for a deletion of all. To the vendor
 * it is a character of a key.
 */
const withPlainSemicolons = (request: HttpServerRequest.HttpServerRequest): HttpServerRequest.HttpServerRequest => {
  const path = pathOf(request.url)
  return path.includes(";")
    ? request.modify({ url: path.replaceAll(";", "%3B") + request.url.slice(path.length) })
    : request
}

/** RFC 9110 wants a challenge with every 401. */
const withChallenge = (
  wire: Wire,
  response: HttpServerResponse.HttpServerResponse,
): HttpServerResponse.HttpServerResponse =>
  response.status === 401 ? HttpServerResponse.setHeader(response, "www-authenticate", wire.challenge) : response

/** What Effect itself refuses a body for, it says as text. */
const inVendorShape = (
  wire: Wire,
  response: HttpServerResponse.HttpServerResponse,
): HttpServerResponse.HttpServerResponse =>
  response.status === 415 && response.headers["content-type"]?.startsWith("application/json") !== true
    ? toResponse(wire, errorResponse(415, "The body must be application/json."))
    : response

/** What a failure outside a route, or a defect in one, is answered with. */
const answerFailure = (wire: Wire, cause: Cause.Cause<unknown>) => {
  const failure: unknown = Cause.squash(cause)
  if (HttpServerError.isHttpServerError(failure)) {
    if (failure.reason._tag === "RouteNotFound") return Effect.succeed(noRoute(wire, failure.request.url))
    if (failure.reason._tag === "RequestParseError") return Effect.succeed(toResponse(wire, unreadable))
  }
  return Effect.as(
    Effect.logError("The sandbox failed", cause),
    toResponse(wire, errorResponse(500, "The sandbox failed. Its log says how.")),
  )
}

/** Whatever goes wrong outside a route, or in one, is answered in the vendor's shape, and never with a stack trace. */
export const layerCatchAll = HttpRouter.middleware(
  Effect.map(
    CurrentSandbox,
    (sandbox) => (route) =>
      Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
        const wire = wireAt(pathOf(request.url))
        const plain = withPlainSemicolons(request)
        const answer = isWellFormed(pathOf(request.url))
          ? asCall(Effect.provideService(route, HttpServerRequest.HttpServerRequest, plain), plain, sandbox)
          : Effect.succeed(toResponse(wire, errorResponse(400, "The path is not well-formed.")))
        return answer.pipe(
          Effect.map((response) => withChallenge(wire, inVendorShape(wire, response))),
          Effect.catchCause((cause) =>
            Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause) : answerFailure(wire, cause),
          ),
        )
      }),
  ),
  { global: true },
)
