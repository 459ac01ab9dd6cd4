/**
 * The sandbox: NeuroIO's routes on a platform in memory, in the vendor's own shapes. `effect-tokens sandbox` serves it
 * over HTTP.
 *
 * Both of NeuroIO's hosts are served from one address: their paths differ. `/openapi.json` describes the routes, and
 * `/docs` is a page to try them on.
 *
 * @since 0.1.0
 */
import { Neuroio, type StreamTokens, type Tokens } from "@effect-tokens/core"
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
import { controlOf } from "./internal/control.ts"
import { layerControlRoutes } from "./internal/controlRoutes.ts"
import { makeRemoteControl } from "./internal/remoteControl.ts"
import { SandboxApi } from "./internal/sandboxApi.ts"
import { layerCatchAll, layerVendorErrors } from "./internal/sandboxErrors.ts"
import { layerAuthentication, layerFamily } from "./internal/sandboxRoutes.ts"
import { CurrentSandbox, layerSandbox } from "./internal/sandboxState.ts"
import { rejection, wireError } from "./internal/wire.ts"
import { NeuroioControl } from "./NeuroioControl.ts"

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

/**
 * `seed`: a whole number; ids and keys follow from it, the credentials among them. 0 unless given.
 *
 * @since 0.1.0
 */
export interface Options {
  readonly seed?: number | undefined
}

const layerWithCredentials = (options: Options): Layer.Layer<CurrentSandbox | Credentials> =>
  Layer.effect(
    Credentials,
    Effect.map(CurrentSandbox, ({ account, manager }) => ({
      neuroio: { account: account.key, manager: manager.key },
    })),
  ).pipe(Layer.provideMerge(layerSandbox(options.seed ?? 0)))

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

const layerApi = Layer.mergeAll(
  HttpApiBuilder.layer(SandboxApi, { openapiPath: "/openapi.json" }),
  HttpApiScalar.layer(SandboxApi, { path: "/docs", scalar: { withDefaultFonts: false } }),
  layerCatchAll,
).pipe(
  Layer.provide([layerFamily("tokens"), layerFamily("streamTokens"), layerControlRoutes]),
  Layer.provide([layerAuthentication, layerVendorErrors]),
)

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
> => layerApi.pipe(Layer.provideMerge(layerWithCredentials(options)))

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
const layerControl = Layer.effect(
  NeuroioControl,
  Effect.gen(function* () {
    const httpClient = Layer.succeed(HttpClient.HttpClient, yield* HttpClient.HttpClient)
    const { account, world } = yield* CurrentSandbox
    return controlOf(world, account, (caller) =>
      Neuroio.layer({ apiToken: Redacted.isRedacted(caller) ? caller : caller.key }).pipe(
        Layer.provide(httpClient),
        Layer.orDie,
      ),
    )
  }),
)

/**
 * The sandbox as a transport, without a socket: an `HttpClient` whose requests the routes answer, whatever host they name,
 * on a platform of its own. Time is the caller's `Clock`. Its `NeuroioControl` acts as others through the whole client.
 *
 * @example
 * import { Neuroio, type StreamTokens, type Tokens } from "@effect-tokens/core"
 * import { Sandbox } from "@effect-tokens/testkit"
 * import { Effect, Layer } from "effect"
 *
 * const NeuroioInProcess = Layer.unwrap(
 *   Effect.map(Sandbox.Credentials, ({ neuroio }) => Neuroio.layer({ apiToken: neuroio.account })),
 * ).pipe(Layer.provide(Sandbox.layerHttpClient()))
 *
 * @since 0.1.0
 */
export const layerHttpClient = (
  options: Options = {},
): Layer.Layer<HttpClient.HttpClient | Credentials | NeuroioControl> =>
  layerControl.pipe(
    Layer.provideMerge(layerTransport),
    Layer.provide(layerApi),
    Layer.provideMerge(layerWithCredentials(options)),
    Layer.provide([HttpRouter.layer, HttpServer.layerServices]),
    Layer.provide(Layer.succeed(HttpRouter.RouterConfig, routerConfig)),
  )

/**
 * The whole client over `layerHttpClient`: `Tokens` and `StreamTokens` as the sandbox's account's, and all that the
 * transport brings.
 *
 * @since 0.1.0
 */
export const layer = (
  options: Options = {},
): Layer.Layer<Tokens | StreamTokens | HttpClient.HttpClient | Credentials | NeuroioControl> =>
  Layer.unwrap(Effect.map(NeuroioControl, (control) => control.as(control.account))).pipe(
    Layer.provideMerge(layerHttpClient(options)),
  )

/**
 * A sandbox that is served elsewhere: `Tokens` and `StreamTokens` as its account's, and `NeuroioControl`, which reaches
 * the rest of it through its own routes. `url` is what `effect-tokens sandbox` says that it listens on. A control that
 * gets no answer is a defect.
 *
 * @example
 * import { Sandbox } from "@effect-tokens/testkit"
 * import { Layer } from "effect"
 * import { FetchHttpClient } from "effect/http"
 *
 * const layer = Sandbox.layerRemote({ url: "http://127.0.0.1:8787" }).pipe(Layer.provide(FetchHttpClient.layer))
 *
 * @since 0.1.0
 */
export const layerRemote = (options: {
  readonly url: string
}): Layer.Layer<Tokens | StreamTokens | NeuroioControl, never, HttpClient.HttpClient> =>
  Layer.unwrap(Effect.map(NeuroioControl, (control) => control.as(control.account))).pipe(
    Layer.provideMerge(Layer.effect(NeuroioControl, makeRemoteControl(options.url))),
  )
