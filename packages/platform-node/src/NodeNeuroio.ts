/**
 * NeuroIO over Node: `Tokens` and `StreamTokens` over undici.
 *
 * Connections are pooled and kept alive, and closed with the scope of the layer. `HTTP_PROXY`, `HTTPS_PROXY` and
 * `NO_PROXY` are honoured, in upper or lower case; without `HTTPS_PROXY`, `HTTP_PROXY` serves `https:` as well. What goes
 * to this machine itself goes through no proxy.
 *
 * @since 0.1.0
 */
import { type ApiError, Neuroio, type StreamTokens, type Tokens } from "@effect-tokens/core"
import type * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as HttpClient from "effect/http/HttpClient"
import * as undici from "./internal/undici.ts"

/**
 * The options of `Neuroio.layer`, and of the transport:
 *
 * - `extraCaCertificates`: certificate authorities to trust besides those that Node trusts, as PEM: one text or many,
 *   each with one certificate or many.
 *
 * @since 0.1.0
 */
export interface Options extends Neuroio.Options, undici.TransportOptions {}

/**
 * `Tokens` and `StreamTokens`. Fails with `InvalidRequest`, which names the option, when an option cannot be right.
 *
 * @example
 * import { NodeNeuroio } from "@effect-tokens/platform-node"
 * import { Redacted } from "effect"
 *
 * const NeuroioLive = NodeNeuroio.layer({ apiToken: Redacted.make("…"), deadline: "10 seconds" })
 *
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<Tokens | StreamTokens, ApiError.InvalidRequest> =>
  Layer.unwrap(
    Effect.map(undici.makeTransport("NodeNeuroio.layer", options, [options.iamUrl, options.apiUrl]), (transport) =>
      Neuroio.layerTransport(options, transport),
    ),
  )

/**
 * The transport of `layer` alone, for calls with many credentials over one pool of connections: `Neuroio.layer` for each.
 * `attemptTimeout` should be the one that those have: a connection may take three quarters of it.
 *
 * @example
 * import { Neuroio, type TokenKey } from "@effect-tokens/core"
 * import { NodeNeuroio } from "@effect-tokens/platform-node"
 * import { Layer } from "effect"
 *
 * const transport = NodeNeuroio.layerHttpClient()
 * const neuroioAs = (apiToken: TokenKey) => Neuroio.layer({ apiToken }).pipe(Layer.provide(transport))
 *
 * @since 0.1.0
 */
export const layerHttpClient = (
  options: Omit<Options, "apiToken"> = {},
): Layer.Layer<HttpClient.HttpClient, ApiError.InvalidRequest> =>
  undici.layerHttpClient("NodeNeuroio.layerHttpClient", options, [options.iamUrl, options.apiUrl])

/**
 * `layer` with what the environment gives: `NEUROIO_API_TOKEN`, and where they are set `NEUROIO_IAM_URL` and
 * `NEUROIO_API_URL`.
 *
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<Tokens | StreamTokens, ApiError.InvalidRequest | Config.ConfigError> =
  Layer.unwrap(Effect.map(Neuroio.config, layer))
