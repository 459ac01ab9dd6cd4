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
import type * as ApiError from "./ApiError.ts"
import * as ApiTokenOperations from "./ApiTokenOperations.ts"
import { ApiTokens } from "./ApiTokens.ts"
import * as Client from "./internal/client.ts"
import { checksFor, type OptionChecks } from "./internal/options.ts"
import { authorization, basicCredential, operations, readErrorBody } from "./internal/umaaasOperations.ts"
import type { Limits } from "./Limits.ts"

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
  credential?: Client.Credential,
) {
  const allowInsecure = yield* checks.flag("allowInsecure", options.allowInsecure)
  const run = yield* Client.make({
    hosts: {
      umaaas: yield* checks.baseUrl("url", options.url, "https://api.lightspark.com/umaaas/v1", allowInsecure),
    },
    credential,
    readErrorBody,
    limits: yield* checks.limits(options),
  })
  return ApiTokenOperations.make("ApiTokens", {
    create: run(operations.create),
    list: run(operations.list),
    get: run(operations.get),
    delete: run(operations.delete),
  })
})

const makeWithCredential = Effect.fnUntraced(function* (options: Options) {
  const checks = checksFor("Umaaas.layer")
  const clientId = yield* checks.basicId("clientId", options.clientId)
  const clientSecret = yield* checks.basicSecret("clientSecret", options.clientSecret)
  const credential = basicCredential(clientId, clientSecret)
  return yield* make(checks, options, {
    authorization: authorization(credential),
    secrets: [clientSecret, credential],
  })
})

/**
 * `ApiTokens` over whatever `HttpClient` is there. Fails with `InvalidRequest`, which names the option, when an option
 * cannot be right.
 *
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<ApiTokens, ApiError.InvalidRequest, HttpClient.HttpClient> =>
  Layer.effect(ApiTokens, makeWithCredential(options))

/**
 * `layer` where something on the way adds the credential, such as a backend of the page's own origin or a gateway: no
 * header `Authorization` is sent.
 *
 * @since 0.1.0
 */
export const layerWithoutCredential = (
  options: Omit<Options, "clientId" | "clientSecret">,
): Layer.Layer<ApiTokens, ApiError.InvalidRequest, HttpClient.HttpClient> =>
  Layer.effect(ApiTokens, make(checksFor("Umaaas.layerWithoutCredential"), options))

/**
 * The options that the environment gives: `UMAAAS_CLIENT_ID`, `UMAAAS_CLIENT_SECRET`, and where it is set `UMAAAS_URL`. To
 * add options that it does not give, map it.
 *
 * @since 0.1.0
 */
export const config: Config.Config<Options> = Config.all({
  clientId: Config.String("UMAAAS_CLIENT_ID"),
  clientSecret: Config.Redacted("UMAAAS_CLIENT_SECRET"),
  url: Config.withDefault(Config.String("UMAAAS_URL"), undefined),
})

/**
 * `layer` with the options that the environment gives.
 *
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<ApiTokens, ApiError.InvalidRequest | Config.ConfigError, HttpClient.HttpClient> =
  Layer.unwrap(Effect.map(config, layer))
