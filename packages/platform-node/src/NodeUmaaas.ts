/**
 * Lightspark UMAaaS over Node: `ApiTokens` over undici.
 *
 * Connections are pooled and kept alive, and closed with the scope of the layer. Proxies are honoured as by `NodeNeuroio`.
 *
 * @since 0.1.0
 */
import { type ApiError, type ApiTokens, Umaaas } from "@effect-tokens/core"
import type * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as HttpClient from "effect/http/HttpClient"
import * as undici from "./internal/undici.ts"

/**
 * The options of `Umaaas.layer`, and of the transport:
 *
 * - `extraCaCertificates`: certificate authorities to trust besides those that Node trusts, as PEM: one text or many,
 *   each with one certificate or many.
 *
 * @since 0.1.0
 */
export interface Options extends Umaaas.Options, undici.TransportOptions {}

/**
 * `ApiTokens`. Fails with `InvalidRequest`, which names the option, when an option cannot be right.
 *
 * @example
 * import { NodeUmaaas } from "@effect-tokens/platform-node"
 * import { Redacted } from "effect"
 *
 * const UmaaasLive = NodeUmaaas.layer({ clientId: "…", clientSecret: Redacted.make("…"), deadline: "10 seconds" })
 *
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<ApiTokens, ApiError.InvalidRequest> =>
  Layer.unwrap(
    Effect.map(undici.makeTransport("NodeUmaaas.layer", options, [options.url]), (transport) =>
      Umaaas.layerTransport(options, transport),
    ),
  )

/**
 * The transport of `layer` alone, for calls with many credentials over one pool of connections: `Umaaas.layer` for each.
 * `attemptTimeout` should be the one that those have: a connection may take three quarters of it.
 *
 * @since 0.1.0
 */
export const layerHttpClient = (
  options: Omit<Options, "clientId" | "clientSecret"> = {},
): Layer.Layer<HttpClient.HttpClient, ApiError.InvalidRequest> =>
  undici.layerHttpClient("NodeUmaaas.layerHttpClient", options, [options.url])

/**
 * `layer` with what the environment gives: `UMAAAS_CLIENT_ID`, `UMAAAS_CLIENT_SECRET`, and where it is set `UMAAAS_URL`.
 *
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<ApiTokens, ApiError.InvalidRequest | Config.ConfigError> = Layer.unwrap(
  Effect.map(Umaaas.config, layer),
)
