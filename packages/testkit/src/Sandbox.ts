/**
 * The sandbox: the routes of NeuroIO and of Lightspark UMAaaS on platforms in memory, in the vendors' own shapes.
 * `effect-tokens sandbox` serves it over HTTP.
 *
 * All are served from one address: both of NeuroIO's hosts, whose paths differ, and UMAaaS at `/umaaas/v1`.
 * `/openapi.json` describes the routes, and `/docs` is a page to try them on.
 *
 * It has one time, and is kept, restored and reset as a whole, through whichever control that is asked for.
 *
 * @since 0.1.0
 */
import { type ApiTokens, Neuroio, type StreamTokens, type Tokens, Transport } from "@effect-tokens/core"
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
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiScalar from "effect/http-api/HttpApiScalar"
import * as Layer from "effect/Layer"
import type * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import { controlOf } from "./neuroio/internal/control.ts"
import { layerControlRoutes } from "./internal/sandbox/controlRoutes.ts"
import { type DirectAnswer, type DirectRequest, makeDirectEntrance } from "./internal/sandbox/directEntrance.ts"
import { layerAuthentication, layerFamily } from "./neuroio/internal/routes.ts"
import { wireAt } from "./internal/sandbox/vendors.ts"
import { makeRemoteControl, umaaasClient } from "./internal/sandbox/remoteControl.ts"
import { SandboxApi } from "./internal/sandbox/api.ts"
import { layerCatchAll, layerVendorErrors } from "./internal/sandbox/errors.ts"
import { CurrentSandbox, layerSandbox } from "./internal/sandbox/state.ts"
import { layerApiTokens, layerBasicAuthentication } from "./umaaas/internal/routes.ts"
import { errorResponse } from "./internal/sandbox/wire.ts"
import { NeuroioControl } from "./neuroio/NeuroioControl.ts"
import { UmaaasControl } from "./umaaas/UmaaasControl.ts"

/**
 * The credentials that a fresh sandbox takes.
 *
 * - `neuroio`: the account's own and the manager's own. They are not tokens of theirs, so they are not listed, do not
 *   count, never expire, and survive every deletion.
 * - `umaaas`: that of the first API token, which has all permissions. It is a token like any other, and can be deleted.
 *
 * @since 0.1.0
 */
export class Credentials extends Context.Service<
  Credentials,
  {
    readonly neuroio: { readonly account: Redacted.Redacted; readonly manager: Redacted.Redacted }
    readonly umaaas: { readonly clientId: string; readonly clientSecret: Redacted.Redacted }
  }
>()("@effect-tokens/testkit/Sandbox/Credentials") {}

export type {
  /**
   * What a server is to send: a body, if there is one, is `application/json`.
   *
   * @since 0.1.0
   */
  DirectAnswer,
  /**
   * A request, all of it. `url` is its target as it stands on the wire, the names of `headers` are in lower case, and
   * `body` is empty where it has none.
   *
   * @since 0.1.0
   */
  DirectRequest,
} from "./internal/sandbox/directEntrance.ts"

/**
 * A way in beside the routes, for a server that wants to answer fast: it answers at once the calls of the platforms that
 * succeed, to the byte as the routes would, and does and notes the same. Whatever is out of the ordinary it does not
 * answer, and then has done nothing: that request is for the routes, which answer whatever comes.
 *
 * @since 0.1.0
 */
export class DirectEntrance extends Context.Service<
  DirectEntrance,
  { readonly answer: (request: DirectRequest) => DirectAnswer | undefined }
>()("@effect-tokens/testkit/Sandbox/DirectEntrance") {}

/**
 * `seed`: a whole number; ids and keys follow from it, the credentials among them. 0 unless given.
 *
 * @since 0.1.0
 */
export interface Options {
  readonly seed?: number | undefined
}

const layerWithEntrance = (options: Options): Layer.Layer<CurrentSandbox | Credentials | DirectEntrance> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const sandbox = yield* CurrentSandbox
      const { neuroio, umaaas } = sandbox
      const clock = yield* Clock.Clock
      return Context.make(Credentials, {
        neuroio: { account: neuroio.account.key, manager: neuroio.manager.key },
        umaaas: { clientId: umaaas.first.clientId, clientSecret: Redacted.make(umaaas.first.clientSecret) },
      }).pipe(Context.add(DirectEntrance, { answer: makeDirectEntrance(sandbox, clock) }))
    }),
  ).pipe(Layer.provideMerge(layerSandbox(options.seed ?? 0)))

/**
 * An error in the shape of the vendor whose path it is, for a server that must answer what no route gets to see. What
 * has no path, such as a request that is not HTTP, is answered as NeuroIO would.
 *
 * @since 0.1.0
 */
export const errorBody = (status: number, message: string, path = "/"): string =>
  JSON.stringify(wireAt(path).errorBody(errorResponse(status, message)))

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

const layerApi = Layer.mergeAll(
  HttpApiBuilder.layer(SandboxApi, { openapiPath: "/openapi.json" }),
  HttpApiScalar.layer(SandboxApi, { path: "/docs", scalar: { withDefaultFonts: false } }),
  layerCatchAll,
).pipe(
  Layer.provide([layerFamily("tokens"), layerFamily("streamTokens"), layerApiTokens, layerControlRoutes]),
  Layer.provide([layerAuthentication, layerBasicAuthentication, layerVendorErrors]),
)

/**
 * All routes of the sandbox, on platforms of their own, and the direct entrance to those. Serve them with `routerConfig`.
 *
 * @since 0.1.0
 */
export const layerRoutes = (
  options: Options = {},
): Layer.Layer<
  Credentials | DirectEntrance,
  never,
  HttpRouter.HttpRouter | HttpPlatform.HttpPlatform | Etag.Generator | FileSystem.FileSystem | Path.Path
> => layerApi.pipe(Layer.provideMerge(layerWithEntrance(options)))

const layerTransport = Layer.effect(
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
)

/** Whoever the services are to act as, they are the whole client, over the transport. */
const layerControl = Layer.effectContext(
  Effect.gen(function* () {
    const transport = Layer.provide(
      Transport.layerHttpClient,
      Layer.succeed(HttpClient.HttpClient, yield* HttpClient.HttpClient),
    )
    const { control, neuroio, umaaas } = yield* CurrentSandbox
    const asOwner: NeuroioControl["Service"]["as"] = (caller) =>
      Neuroio.layer({ apiToken: Redacted.isRedacted(caller) ? caller : caller.key }).pipe(
        Layer.provide(transport),
        Layer.orDie,
      )
    return Context.make(NeuroioControl, {
      ...controlOf(neuroio.world, neuroio.account, asOwner),
      ...control,
    }).pipe(
      Context.add(UmaaasControl, {
        ...umaaas.control,
        ...control,
        as: umaaasClient(transport),
      }),
    )
  }),
)

/** As the account and as the first API token. */
const layerServices = Layer.unwrap(
  Effect.gen(function* () {
    const neuroio = yield* NeuroioControl
    const umaaas = yield* UmaaasControl
    return Layer.merge(neuroio.as(neuroio.account), umaaas.as(umaaas.rootToken))
  }),
)

/**
 * The sandbox as a transport, without a socket: an `HttpClient` whose requests the routes answer, whatever host they name,
 * on platforms of its own. Time is the caller's `Clock`. Its controls act as others through the whole client.
 *
 * @example
 * import { Neuroio, Transport } from "@effect-tokens/core"
 * import { Sandbox } from "@effect-tokens/testkit"
 * import { Effect, Layer } from "effect"
 *
 * const NeuroioInProcess = Layer.unwrap(
 *   Effect.map(Sandbox.Credentials, ({ neuroio }) => Neuroio.layer({ apiToken: neuroio.account })),
 * ).pipe(Layer.provide(Transport.layerHttpClient), Layer.provide(Sandbox.layerHttpClient()))
 *
 * @since 0.1.0
 */
export const layerHttpClient = (
  options: Options = {},
): Layer.Layer<HttpClient.HttpClient | Credentials | NeuroioControl | UmaaasControl> =>
  layerControl.pipe(
    Layer.provideMerge(layerTransport),
    Layer.provide(layerApi),
    Layer.provideMerge(layerWithEntrance(options)),
    Layer.provide([HttpRouter.layer, HttpServer.layerServices]),
    Layer.provide(Layer.succeed(HttpRouter.RouterConfig, routerConfig)),
  )

/**
 * The whole client over `layerHttpClient`: `Tokens` and `StreamTokens` as the sandbox's account's, `ApiTokens` as its
 * first API token's, and all that the transport brings.
 *
 * @since 0.1.0
 */
export const layer = (
  options: Options = {},
): Layer.Layer<
  Tokens | StreamTokens | ApiTokens | HttpClient.HttpClient | Credentials | NeuroioControl | UmaaasControl
> => layerServices.pipe(Layer.provideMerge(layerHttpClient(options)))

/**
 * A sandbox that is served elsewhere: `Tokens` and `StreamTokens` as its account's, `ApiTokens` as its first API token's,
 * and `NeuroioControl` and `UmaaasControl`, which reach the rest of it through its own routes. `url` is what `effect-tokens sandbox` says that it listens on. A control that
 * gets no answer is a defect.
 *
 * @example
 * import { NodeTransport } from "@effect-tokens/platform-node"
 * import { Sandbox } from "@effect-tokens/testkit"
 * import { Layer } from "effect"
 *
 * const layer = Sandbox.layerRemote({ url: "http://127.0.0.1:8787" }).pipe(Layer.provide(NodeTransport.layer()))
 *
 * @since 0.1.0
 */
export const layerRemote = (options: {
  readonly url: string
}): Layer.Layer<Tokens | StreamTokens | ApiTokens | NeuroioControl | UmaaasControl, never, Transport.Transport> =>
  layerServices.pipe(Layer.provideMerge(Layer.effectContext(makeRemoteControl(options.url))))
