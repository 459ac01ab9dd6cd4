/**
 * Lightspark UMAaaS over HTTP: `ApiTokens` over a `Transport`.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as ApiError from "../ApiError.ts"
import * as Client from "../internal/client.ts"
import { checksFor, type OptionChecks } from "../internal/options.ts"
import type { Limits } from "../Limits.ts"
import { Transport } from "../Transport.ts"
import * as ApiTokenOperations from "./ApiTokenOperations.ts"
import { ApiTokens } from "./ApiTokens.ts"
import { authorization, basicCredential, checkClientId, checkClientSecret } from "./internal/basicAuthentication.ts"
import { operations, readErrorBody } from "./internal/operations.ts"

/**
 * The base URLs of the API, by the name and version that the vendor gives it. It retires old ones.
 *
 * @since 0.1.0
 */
export const urls = {
  /** UMAaaS v1, the default. */
  umaaasV1: "https://api.lightspark.com/umaaas/v1",
  /** UMAaaS of 15 May 2025. */
  umaaas20250515: "https://api.uma.money/umaaas/2025-05-15",
  /** Grid, the name of the same API today, of 13 October 2025. */
  grid20251013: "https://api.lightspark.com/grid/2025-10-13",
} as const

/**
 * The options of `layer`. `clientId` and `clientSecret` may both be absent only where `url` is of the transport's own
 * origin, whose server then adds them.
 *
 * @since 0.1.0
 */
export interface Options extends Limits {
  /**
   * The client id of the API token to call with, whose permissions decide what a call may do (U10): text without colons and
   * control characters.
   */
  readonly clientId?: string | undefined
  /** The secret of that API token: text without control characters. */
  readonly clientSecret?: Redacted.Redacted | undefined
  /**
   * The base URL of the API. Defaults to `urls.umaaasV1`. The vendor's newer APIs are at
   * `urls.umaaas20250515` and `urls.grid20251013`. Must be `https:`, except on this machine
   * (C9), without user name, query and fragment. In a page it may be a path, such as `/umaaas`.
   */
  readonly url?: string | undefined
  /** Permits `http:` to other machines, which sends the credential in the clear (C9). Defaults to `false`. */
  readonly allowInsecure?: boolean | undefined
}

const makeCredential = Effect.fnUntraced(function* (
  checks: OptionChecks,
  options: Options,
  hosts: Client.VendorConfig["hosts"],
) {
  if (options.clientId === undefined && options.clientSecret === undefined) {
    return yield* checks.noCredential(
      "clientId",
      hosts,
      "url must be of this page's own origin, such as /umaaas, whose server adds both",
    )
  }
  if (options.clientId === undefined) return yield* checks.refuse("clientId", "must be given along with clientSecret")
  if (options.clientSecret === undefined) {
    return yield* checks.refuse("clientSecret", "must be given along with clientId")
  }
  const clientId = yield* checkClientId(checks, "clientId", options.clientId)
  const clientSecret = yield* checkClientSecret(checks, "clientSecret", options.clientSecret)
  const credential = basicCredential(clientId, clientSecret)
  return { authorization: authorization(credential), secrets: [clientSecret, credential] }
})

const make = Effect.fnUntraced(function* (options: Options) {
  const transport = yield* Transport
  const checks = checksFor("Umaaas.layer", transport)
  const allowInsecure = yield* checks.flag("allowInsecure", options.allowInsecure)
  const hosts = {
    umaaas: yield* checks.baseUrl("url", options.url, urls.umaaasV1, allowInsecure),
  }
  const credential = yield* makeCredential(checks, options, hosts)
  const limits = yield* checks.limits(options)
  const run = Client.make({ hosts, credential, readErrorBody, limits }, transport.send)
  return ApiTokenOperations.make("ApiTokens", {
    create: run(operations.create),
    list: run(operations.list),
    get: run(operations.get),
    delete: run(operations.delete),
  })
})

/**
 * `ApiTokens`. Fails with `InvalidOptions`, which names the option, when an option cannot be right.
 *
 * @example
 * import { Umaaas } from "@effect-tokens/core"
 * import { NodeTransport } from "@effect-tokens/platform-node"
 * import { Layer, Redacted } from "effect"
 *
 * const UmaaasLive = Umaaas.layer({ clientId: "…", clientSecret: Redacted.make("…"), deadline: "10 seconds" }).pipe(
 *   Layer.provide(NodeTransport.layer()),
 * )
 *
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<ApiTokens, ApiError.InvalidOptions, Transport> =>
  Layer.effect(ApiTokens, make(options))

const environment = /* @__PURE__ */ (() => ({
  clientId: Config.String("UMAAAS_CLIENT_ID"),
  clientSecret: Config.Redacted("UMAAAS_CLIENT_SECRET"),
  url: Config.withDefault(Config.String("UMAAAS_URL"), undefined),
}))()

/**
 * The options that the environment gives: `UMAAAS_CLIENT_ID`, `UMAAAS_CLIENT_SECRET`, and where it is set `UMAAAS_URL`.
 *
 * @since 0.1.0
 */
export const config: Config.Config<Options> = /* @__PURE__ */ (() => Config.all(environment))()

/**
 * `layer` with options from configuration. Options that are left out come from the environment, as `config` says. A whole
 * `Config` of options stands alone.
 *
 * @example
 * import { Umaaas } from "@effect-tokens/core"
 * import { NodeTransport } from "@effect-tokens/platform-node"
 * import { Config, Layer } from "effect"
 *
 * const UmaaasLive = Umaaas.layerConfig({ deadline: Config.succeed("10 seconds") }).pipe(
 *   Layer.provide(NodeTransport.layer()),
 * )
 *
 * @since 0.1.0
 */
export const layerConfig = (
  options: Config.Wrap<Options> = {},
): Layer.Layer<ApiTokens, ApiError.InvalidOptions | Config.ConfigError, Transport> =>
  Layer.unwrap(Effect.map(Config.unwrap(Config.isConfig(options) ? options : { ...environment, ...options }), layer))
