/**
 * Lightspark UMAaaS over HTTP: layers that need an `HttpClient`. `@effect-tokens/platform-node` has layers that bring
 * their own.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as ApiError from "../ApiError.ts"
import * as ApiTokenOperations from "./ApiTokenOperations.ts"
import { ApiTokens } from "./ApiTokens.ts"
import { authorization, basicCredential, checkClientId, checkClientSecret } from "./internal/basicAuthentication.ts"
import * as Client from "../internal/client.ts"
import * as HttpClientTransport from "../internal/httpClientTransport.ts"
import { checksFor, type OptionChecks } from "../internal/options.ts"
import { operations, readErrorBody } from "./internal/operations.ts"
import type { Limits } from "../Limits.ts"
import type { Send } from "../Transport.ts"

/**
 * - `clientId`, `clientSecret`: the credential of the API token to call with. What may be done follows from its
 *   permissions (U10).
 * - `url`: where the platform is. `https://api.lightspark.com/umaaas/v1` unless given.
 * - `allowInsecure`: permits `http:` to other hosts than this machine. The credential then goes in the clear (C9).
 * - `attemptTimeout`, `deadline`, `retries`: the limits of every call, as `Limits` says. `Limits.override` sets others for a
 *   region of code.
 *
 * @since 0.1.0
 */
export interface Options extends Limits {
  readonly clientId: string
  readonly clientSecret: Redacted.Redacted
  readonly url?: string | undefined
  readonly allowInsecure?: boolean | undefined
}

const make = Effect.fnUntraced(function* (
  checks: OptionChecks,
  options: Omit<Options, "clientId" | "clientSecret">,
  transport: Send,
  credential?: Client.Credential,
) {
  const allowInsecure = yield* checks.flag("allowInsecure", options.allowInsecure)
  const platform = {
    hosts: {
      umaaas: yield* checks.baseUrl("url", options.url, "https://api.lightspark.com/umaaas/v1", allowInsecure),
    },
    credential,
    readErrorBody,
    limits: yield* checks.limits(options),
  }
  const run = Client.make(platform, transport)
  return ApiTokenOperations.make("ApiTokens", {
    create: run(operations.create),
    list: run(operations.list),
    get: run(operations.get),
    delete: run(operations.delete),
  })
})

const makeWithCredential = Effect.fnUntraced(function* (options: Options, transport: Send) {
  const checks = checksFor("Umaaas.layer")
  const clientId = yield* checkClientId(checks, "clientId", options.clientId)
  const clientSecret = yield* checkClientSecret(checks, "clientSecret", options.clientSecret)
  const credential = basicCredential(clientId, clientSecret)
  return yield* make(checks, options, transport, {
    authorization: authorization(credential),
    secrets: [clientSecret, credential],
  })
})

const makeWithoutCredential = (options: Omit<Options, "clientId" | "clientSecret">, transport: Send) =>
  make(checksFor("Umaaas.layerWithoutCredential"), options, transport)

/**
 * `ApiTokens` over whatever `HttpClient` is there. Fails with `InvalidRequest`, which names the option, when an option
 * cannot be right.
 *
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<ApiTokens, ApiError.InvalidRequest, HttpClient.HttpClient> =>
  Layer.effect(
    ApiTokens,
    Effect.flatMap(HttpClientTransport.current, (transport) => makeWithCredential(options, transport)),
  )

/**
 * `layer` where something on the way adds the credential, such as a backend of the page's own origin or a gateway: no
 * header `Authorization` is sent.
 *
 * @since 0.1.0
 */
export const layerWithoutCredential = (
  options: Omit<Options, "clientId" | "clientSecret">,
): Layer.Layer<ApiTokens, ApiError.InvalidRequest, HttpClient.HttpClient> =>
  Layer.effect(
    ApiTokens,
    Effect.flatMap(HttpClientTransport.current, (transport) => makeWithoutCredential(options, transport)),
  )

/**
 * `layer` over a transport, without an `HttpClient`: for the package of a platform.
 *
 * @since 0.1.0
 */
export const layerTransport = (options: Options, transport: Send): Layer.Layer<ApiTokens, ApiError.InvalidRequest> =>
  Layer.effect(ApiTokens, makeWithCredential(options, transport))

/**
 * `layerWithoutCredential` over a transport, as `layerTransport`.
 *
 * @since 0.1.0
 */
export const layerTransportWithoutCredential = (
  options: Omit<Options, "clientId" | "clientSecret">,
  transport: Send,
): Layer.Layer<ApiTokens, ApiError.InvalidRequest> => Layer.effect(ApiTokens, makeWithoutCredential(options, transport))

/**
 * The options that the environment gives: `UMAAAS_CLIENT_ID`, `UMAAAS_CLIENT_SECRET`, and where it is set `UMAAAS_URL`. To
 * add options that it does not give, map it.
 *
 * @since 0.1.0
 */
export const config: Config.Config<Options> = /* @__PURE__ */ (() =>
  Config.all({
    clientId: Config.String("UMAAAS_CLIENT_ID"),
    clientSecret: Config.Redacted("UMAAAS_CLIENT_SECRET"),
    url: Config.withDefault(Config.String("UMAAAS_URL"), undefined),
  }))()

/**
 * `layer` with the options that the environment gives.
 *
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<ApiTokens, ApiError.InvalidRequest | Config.ConfigError, HttpClient.HttpClient> =
  /* @__PURE__ */ (() => Layer.unwrap(Effect.map(config, layer)))()
