/**
 * The sandbox: NeuroIO's routes on a platform in memory, in the vendor's own shapes. `effect-tokens sandbox` serves it
 * over HTTP.
 *
 * Both of NeuroIO's hosts are served from one address: their paths differ. `/openapi.json` describes the routes, and
 * `/docs` is a page to try them on.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Etag from "effect/http/Etag"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import type * as HttpPlatform from "effect/http/HttpPlatform"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as UrlParams from "effect/http/UrlParams"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiScalar from "effect/http-api/HttpApiScalar"
import * as Layer from "effect/Layer"
import type * as Path from "effect/Path"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as Stream from "effect/Stream"
import { Authentication, BooleanText, CurrentCaller, NeuroioApi, paths, VendorErrors } from "./internal/neuroioApi.ts"
import { type Rejection, rejection, rejectionResponse, wireError, wireToken } from "./internal/wire.ts"
import { perform, type World } from "./internal/world.ts"
import * as NeuroioPlatform from "./NeuroioPlatform.ts"

/**
 * The credentials that a fresh sandbox takes: the account's own and the manager's own. They are not tokens of theirs, so
 * they are not listed, do not count, never expire, and survive every deletion.
 *
 * @since 0.1.0
 */
export class Credentials extends Context.Service<
  Credentials,
  { readonly neuroio: { readonly account: Redacted.Redacted; readonly manager: Redacted.Redacted } }
>()("@effect-tokens/testkit/Sandbox/Credentials") {}

class CurrentWorld extends Context.Service<CurrentWorld, World>()("@effect-tokens/testkit/Sandbox/CurrentWorld") {}

/**
 * `seed`: a whole number; ids and keys follow from it, the credentials among them. 0 unless given.
 *
 * @since 0.1.0
 */
export interface Options {
  readonly seed?: number | undefined
}

const layerWorld = (options: Options): Layer.Layer<CurrentWorld | Credentials> =>
  Layer.effectContext(
    Effect.sync(() => {
      const [account, withAccount] = NeuroioPlatform.addOwner(NeuroioPlatform.make(options.seed ?? 0), "account")
      const [manager, state] = NeuroioPlatform.addOwner(withAccount, "manager")
      const key = (owner: number) => Redacted.make(NeuroioPlatform.ownerKey(state, owner))
      return Context.make(CurrentWorld, { state }).pipe(
        Context.add(Credentials, { neuroio: { account: key(account), manager: key(manager) } }),
      )
    }),
  )

// --- bodies ---

/** In bytes. No request of a token client comes near it. */
const maxBodySize = 64 * 1024

const tooLarge = rejection(413, "The body is larger than 64 KiB.")
const unreadable = rejection(400, "The body cannot be read.")

/** Counted while it arrives: a body need not say how large it is. */
const readText = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
  if (Number(request.headers["content-length"] ?? 0) > maxBodySize) return yield* Effect.fail(tooLarge)
  const encoding = request.headers["content-encoding"] ?? "identity"
  if (encoding !== "identity") return yield* Effect.fail(rejection(415, "The body must not be compressed."))
  const chunks: Array<Uint8Array> = []
  let size = 0
  yield* request.stream.pipe(
    Stream.mapError(() => unreadable),
    Stream.runForEach((chunk) => {
      size += chunk.byteLength
      chunks.push(chunk)
      return size > maxBodySize ? Effect.fail(tooLarge) : Effect.void
    }),
  )
  const decoder = new TextDecoder("utf-8", { fatal: true })
  return yield* Effect.try({
    try: () => chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode(),
    catch: () => rejection(400, "The body is not valid UTF-8."),
  })
})

/** The fields of a body, as JSON or as a form. No body at all is no fields. */
const readFields = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const [mediaType = ""] = (request.headers["content-type"] ?? "application/json").split(";")
  switch (mediaType.trim().toLowerCase()) {
    case "application/x-www-form-urlencoded": {
      const text = yield* readText(request)
      return { form: true, fields: UrlParams.toRecord(UrlParams.fromInput(new URLSearchParams(text))) }
    }
    case "application/json": {
      const text = yield* readText(request)
      if (text === "") return { form: false, fields: {} }
      const body = yield* Effect.try({
        try: (): unknown => JSON.parse(text),
        catch: () => rejection(400, "The body is not valid JSON."),
      })
      if (!Predicate.isObject(body)) return yield* Effect.fail(rejection(400, "The body must be a JSON object."))
      return { form: false, fields: body }
    }
    default:
      return yield* Effect.fail(
        rejection(415, "The body must be application/json or application/x-www-form-urlencoded."),
      )
  }
})

const decodeText = Schema.decodeUnknownResult(BooleanText)

/** A boolean field of a body: a JSON boolean, or its text in a form. */
const readBoolean = Effect.fnUntraced(function* (name: string) {
  const { fields, form } = yield* readFields
  const value: unknown = Predicate.hasProperty(fields, name) ? fields[name] : undefined
  if (value === undefined) return undefined
  const boolean = form ? Result.getOrUndefined(decodeText(value)) : value
  if (Predicate.isBoolean(boolean)) return boolean
  return yield* Effect.fail(NeuroioPlatform.invalid({ name, message: "Must be a valid boolean." }))
})

// --- routes ---

const answer = <A, R>(
  effect: Effect.Effect<A, Rejection, R>,
): Effect.Effect<A | HttpServerResponse.HttpServerResponse, never, R> =>
  Effect.catch(effect, (rejection) => Effect.succeed(rejectionResponse(rejection)))

const layerFamily = (family: NeuroioPlatform.Family) =>
  HttpApiBuilder.group(
    NeuroioApi,
    family,
    Effect.fnUntraced(function* (handlers) {
      const world = yield* CurrentWorld

      const call = <Input, Output>(
        transition: NeuroioPlatform.Transition<Input, Output>,
        input: Input,
      ): Effect.Effect<Output, Rejection, CurrentCaller> =>
        Effect.flatMap(CurrentCaller, (caller) => perform(world, transition, caller, { ...input, family }))

      const update = (token: string) =>
        answer(
          Effect.gen(function* () {
            const isActive = yield* readBoolean("is_active")
            if (isActive === undefined) {
              const problem = NeuroioPlatform.invalid({ name: "is_active", message: "This field is required." })
              return yield* Effect.fail(problem)
            }
            return wireToken(yield* call(NeuroioPlatform.update, { token: NeuroioPlatform.readRef(token), isActive }))
          }),
        )

      return handlers
        .handleRaw("create", () =>
          answer(
            Effect.gen(function* () {
              const permanent = (yield* readBoolean("permanent")) ?? false
              return wireToken(yield* call(NeuroioPlatform.create, { permanent }))
            }),
          ),
        )
        .handle("list", ({ query }) =>
          answer(
            Effect.map(
              call(NeuroioPlatform.list, {
                permanent: query.permanent ?? null,
                limit: query.limit ?? 20,
                offset: query.offset ?? 0,
              }),
              (tokens) => tokens.map(wireToken),
            ),
          ),
        )
        .handle("deleteList", ({ query }) =>
          answer(Effect.asVoid(call(NeuroioPlatform.deleteList, { permanent: query.permanent ?? null }))),
        )
        .handle("get", ({ params }) =>
          answer(Effect.map(call(NeuroioPlatform.get, { token: NeuroioPlatform.readRef(params.token) }), wireToken)),
        )
        .handleRaw("update", ({ params }) => update(params.token))
        .handleRaw("replace", ({ params }) => update(params.token))
        .handle("delete", ({ params }) =>
          answer(Effect.asVoid(call(NeuroioPlatform.delete, { token: NeuroioPlatform.readRef(params.token) }))),
        )
    }),
  )

// --- who calls ---

const layerAuthentication = Layer.effect(
  Authentication,
  Effect.gen(function* () {
    const world = yield* CurrentWorld

    const enter = Effect.fnUntraced(function* <E, R>(
      route: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
      key: string | undefined,
      group: string,
    ) {
      const now = yield* Clock.currentTimeMillis
      const caller = { _tag: "Credential", key } as const
      const family = group === "streamTokens" ? "streamTokens" : "tokens"
      const refusal = NeuroioPlatform.refusalOf(world.state, now, caller, family)
      if (refusal === undefined) return yield* Effect.provideService(route, CurrentCaller, caller)
      // Only an unknown credential lets the other header have its turn.
      return refusal.status === 401 ? yield* Effect.fail(wireError(refusal)) : rejectionResponse(refusal)
    })

    return {
      authorization: (route, { credential, group }) => enter(route, Redacted.value(credential), group.identifier),
      token: (route, { credential, group }) =>
        enter(route, /^Token +(\S+)$/i.exec(Redacted.value(credential))?.[1], group.identifier),
    }
  }),
)

// --- errors that no route answers ---

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/** A query that does not decode, in the vendor's words. */
const layerVendorErrors = HttpApiMiddleware.layerSchemaErrorTransform(VendorErrors, (error) =>
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
  const methods = [...known, pages].find(([path]) => path.test(pathOf(url)))?.[1]
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
const layerCatchAll = HttpRouter.middleware(
  (route) =>
    HttpServerRequest.HttpServerRequest.pipe(
      Effect.flatMap((request) =>
        isWellFormed(pathOf(request.url))
          ? Effect.provideService(route, HttpServerRequest.HttpServerRequest, withPlainSemicolons(request))
          : Effect.succeed(rejectionResponse(rejection(400, "The path is not well-formed."))),
      ),
      Effect.map(withChallenge),
      Effect.catchCause((cause) => (Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause) : answerFailure(cause))),
    ),
  { global: true },
)

/**
 * An error in the vendor's shape, for a server that must answer what no route gets to see: a request that is not HTTP.
 *
 * @since 0.1.0
 */
export const errorBody = (status: number, message: string): string =>
  JSON.stringify(wireError(rejection(status, message)))

/**
 * How the router must be set up to take the vendor's paths and no others: the trailing slash counts, and a key may be as
 * long as a request line.
 *
 * @since 0.1.0
 */
export const routerConfig = {
  caseSensitive: true,
  ignoreDuplicateSlashes: false,
  ignoreTrailingSlash: false,
  maxParamLength: 16_384,
} as const

/**
 * All routes of the sandbox, on a platform of their own. Serve them with `routerConfig`.
 *
 * @since 0.1.0
 */
export const layerRoutes = (
  options: Options = {},
): Layer.Layer<
  Credentials,
  never,
  HttpRouter.HttpRouter | HttpPlatform.HttpPlatform | Etag.Generator | FileSystem.FileSystem | Path.Path
> =>
  Layer.mergeAll(
    HttpApiBuilder.layer(NeuroioApi, { openapiPath: "/openapi.json" }),
    HttpApiScalar.layer(NeuroioApi, { path: "/docs", scalar: { withDefaultFonts: false } }),
    layerCatchAll,
  ).pipe(
    Layer.provide([layerFamily("tokens"), layerFamily("streamTokens")]),
    Layer.provide([layerAuthentication, layerVendorErrors]),
    Layer.provideMerge(layerWorld(options)),
  )

/**
 * The sandbox as a transport, without a socket: an `HttpClient` whose requests the routes answer, whatever host they name,
 * on a platform of its own. Time is the caller's `Clock`.
 *
 * @example
 * import { Neuroio } from "@effect-tokens/core"
 * import { Sandbox } from "@effect-tokens/testkit"
 * import { Effect, Layer } from "effect"
 *
 * const NeuroioInProcess = Layer.unwrap(
 *   Effect.map(Sandbox.Credentials, ({ neuroio }) => Neuroio.layer({ apiToken: neuroio.account })),
 * ).pipe(Layer.provide(Sandbox.layerHttpClient()))
 *
 * @since 0.1.0
 */
export const layerHttpClient = (options: Options = {}): Layer.Layer<HttpClient.HttpClient | Credentials> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.gen(function* () {
      const router = yield* HttpRouter.HttpRouter
      const route = Effect.orDie(router.asHttpEffect())
      return HttpClient.make((request, _url, signal) =>
        Effect.gen(function* () {
          const webRequest = yield* Effect.orDie(HttpClientRequest.toWeb(request, { signal }))
          const response = yield* route.pipe(
            Effect.provideService(HttpServerRequest.HttpServerRequest, HttpServerRequest.fromWeb(webRequest)),
            Effect.scoped,
          )
          return HttpClientResponse.fromWeb(request, HttpServerResponse.toWeb(response))
        }),
      )
    }),
  ).pipe(
    Layer.provideMerge(layerRoutes(options)),
    Layer.provide([HttpRouter.layer, HttpServer.layerServices]),
    Layer.provide(Layer.succeed(HttpRouter.RouterConfig, routerConfig)),
  )
