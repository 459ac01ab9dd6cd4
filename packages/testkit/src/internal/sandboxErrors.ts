/** What is answered where no route answers, in the vendor's shape. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as SchemaIssue from "effect/SchemaIssue"
import * as NeuroioPlatform from "../NeuroioPlatform.ts"
import { controlPath } from "./controlApi.ts"
import { paths, VendorErrors } from "./neuroioApi.ts"
import { unreadable } from "./requestBody.ts"
import { asCall } from "./sandboxCalls.ts"
import { CurrentSandbox } from "./sandboxState.ts"
import { rejection, rejectionResponse } from "./wire.ts"

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/** A query that does not decode, in the vendor's words. */
export const layerVendorErrors = HttpApiMiddleware.layerSchemaErrorTransform(VendorErrors, (error) =>
  Effect.succeed(
    rejectionResponse(
      NeuroioPlatform.invalid(
        ...formatIssue(error.cause.issue).issues.map(({ message, path }) => ({
          name: (path ?? []).map((segment) => String(typeof segment === "object" ? segment.key : segment)).join("."),
          message,
        })),
      ),
    ),
  ),
)

/** Methods of the routes, for `Allow`. */
const known: ReadonlyArray<readonly [path: RegExp, methods: string]> = Object.values(paths).flatMap((collection) => [
  [new RegExp(`^${collection}$`), "GET, HEAD, POST, DELETE"],
  [new RegExp(`^${collection}[^/]+/$`), "GET, HEAD, PATCH, PUT, DELETE"],
])

const control: ReadonlyArray<readonly [path: RegExp, methods: string]> = [
  [new RegExp(`^${controlPath}/clock$`), "GET, HEAD, PATCH"],
  [new RegExp(`^${controlPath}/spaces$`), "GET, HEAD, POST"],
  [new RegExp(`^${controlPath}/faults$`), "GET, HEAD, PUT, DELETE"],
  [new RegExp(`^${controlPath}/journal$`), "GET, HEAD, DELETE"],
  [new RegExp(`^${controlPath}/(?:reset|snapshots|snapshots/[^/]+/restore)$`), "POST"],
]

const pages: readonly [path: RegExp, methods: string] = [/^\/(?:docs|openapi\.json)$/, "GET, HEAD"]

const pathOf = (url: string): string => url.split("?", 1)[0] ?? ""

const isWellFormed = (path: string): boolean => {
  try {
    decodeURI(path)
    return !path.includes("#")
  } catch {
    return false
  }
}

const noRoute = (url: string): HttpServerResponse.HttpServerResponse => {
  const methods = [...known, ...control, pages].find(([path]) => path.test(pathOf(url)))?.[1]
  return methods === undefined
    ? rejectionResponse(rejection(404, "There is nothing at this path. Paths end with a slash."))
    : rejectionResponse(rejection(405, "This method is not allowed here."), { allow: methods })
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
const withChallenge = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse =>
  response.status === 401 ? HttpServerResponse.setHeader(response, "www-authenticate", "Token") : response

/** What Effect itself refuses a body for, it says as text. */
const inVendorShape = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse =>
  response.status === 415 && response.headers["content-type"]?.startsWith("application/json") !== true
    ? rejectionResponse(rejection(415, "The body must be application/json."))
    : response

/** What a failure outside a route, or a defect in one, is answered with. */
const answerFailure = (cause: Cause.Cause<unknown>) => {
  const failure: unknown = Cause.squash(cause)
  if (HttpServerError.isHttpServerError(failure)) {
    if (failure.reason._tag === "RouteNotFound") return Effect.succeed(noRoute(failure.request.url))
    if (failure.reason._tag === "RequestParseError") return Effect.succeed(rejectionResponse(unreadable))
  }
  return Effect.as(
    Effect.logError("The sandbox failed", cause),
    rejectionResponse(rejection(500, "The sandbox failed. Its log says how.")),
  )
}

/** Whatever goes wrong outside a route, or in one, is answered in the vendor's shape, and never with a stack trace. */
export const layerCatchAll = HttpRouter.middleware(
  Effect.map(
    CurrentSandbox,
    (sandbox) => (route) =>
      HttpServerRequest.HttpServerRequest.pipe(
        Effect.flatMap((request) => {
          if (!isWellFormed(pathOf(request.url))) {
            return Effect.succeed(rejectionResponse(rejection(400, "The path is not well-formed.")))
          }
          const plain = withPlainSemicolons(request)
          return asCall(Effect.provideService(route, HttpServerRequest.HttpServerRequest, plain), plain, sandbox)
        }),
        Effect.map((response) => withChallenge(inVendorShape(response))),
        Effect.catchCause((cause) => (Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause) : answerFailure(cause))),
      ),
  ),
  { global: true },
)
