/**
 * NeuroIO over HTTP: layers that need an `HttpClient`. `@effect-tokens/platform-node` has layers that bring their own.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as ApiError from "../ApiError.ts"
import * as Client from "../internal/client.ts"
import * as HttpClientTransport from "../internal/httpClientTransport.ts"
import { authorization, families, readErrorBody } from "./internal/operations.ts"
import { checksFor, type OptionChecks } from "../internal/options.ts"
import type { Limits } from "../Limits.ts"
import { StreamTokens } from "./StreamTokens.ts"
import * as TokenOperations from "./TokenOperations.ts"
import { Tokens } from "./Tokens.ts"
import type { Send } from "../Transport.ts"

/**
 * - `apiToken`: the key of the token to call with. Whose tokens are managed follows from it.
 * - `iamUrl`, `apiUrl`: where tokens and stream tokens are managed. `https://iam.neuroio.com` and
 *   `https://api.neuroio.com` unless given.
 * - `allowInsecure`: permits `http:` to other hosts than this machine. The credential then goes in the clear (C9).
 * - `attemptTimeout`, `deadline`, `retries`: the limits of every call, as `Limits` says. `Limits.override` sets others for a
 *   region of code.
 *
 * @since 0.1.0
 */
export interface Options extends Limits {
  readonly apiToken: Redacted.Redacted
  readonly iamUrl?: string | undefined
  readonly apiUrl?: string | undefined
  readonly allowInsecure?: boolean | undefined
}

const make = Effect.fnUntraced(function* (
  checks: OptionChecks,
  options: Omit<Options, "apiToken">,
  transport: Send,
  credential?: Client.Credential,
) {
  const allowInsecure = yield* checks.flag("allowInsecure", options.allowInsecure)
  const platform = {
    hosts: {
      iam: yield* checks.baseUrl("iamUrl", options.iamUrl, "https://iam.neuroio.com", allowInsecure),
      api: yield* checks.baseUrl("apiUrl", options.apiUrl, "https://api.neuroio.com", allowInsecure),
    },
    credential,
    readErrorBody,
    limits: yield* checks.limits(options),
  }
  const run = Client.make(platform, transport)

  const service = (service: "Tokens" | "StreamTokens") => {
    const operations = families[service]
    return TokenOperations.make(service, {
      create: run(operations.create),
      list: run(operations.list),
      get: run(operations.get),
      update: run(operations.update),
      delete: run(operations.delete),
      deleteList: run(operations.deleteList),
    })
  }

  return Context.make(Tokens, service("Tokens")).pipe(Context.add(StreamTokens, service("StreamTokens")))
})

const makeWithCredential = Effect.fnUntraced(function* (options: Options, transport: Send) {
  const checks = checksFor("Neuroio.layer")
  const apiToken = yield* checks.headerSecret("apiToken", options.apiToken)
  return yield* make(checks, options, transport, { authorization: authorization(apiToken), secrets: [apiToken] })
})

const makeWithoutCredential = (options: Omit<Options, "apiToken">, transport: Send) =>
  make(checksFor("Neuroio.layerWithoutCredential"), options, transport)

/**
 * `Tokens` and `StreamTokens` over whatever `HttpClient` is there. Fails with `InvalidRequest`, which names the option,
 * when an option cannot be right.
 *
 * @since 0.1.0
 */
export const layer = (
  options: Options,
): Layer.Layer<Tokens | StreamTokens, ApiError.InvalidRequest, HttpClient.HttpClient> =>
  Layer.effectContext(
    Effect.flatMap(HttpClientTransport.current, (transport) => makeWithCredential(options, transport)),
  )

/**
 * `layer` where something on the way adds the credential, such as a backend of the page's own origin or a gateway: no
 * header `Authorization` is sent.
 *
 * @since 0.1.0
 */
export const layerWithoutCredential = (
  options: Omit<Options, "apiToken">,
): Layer.Layer<Tokens | StreamTokens, ApiError.InvalidRequest, HttpClient.HttpClient> =>
  Layer.effectContext(
    Effect.flatMap(HttpClientTransport.current, (transport) => makeWithoutCredential(options, transport)),
  )

/**
 * `layer` over a transport, without an `HttpClient`: for the package of a platform.
 *
 * @since 0.1.0
 */
export const layerTransport = (
  options: Options,
  transport: Send,
): Layer.Layer<Tokens | StreamTokens, ApiError.InvalidRequest> =>
  Layer.effectContext(makeWithCredential(options, transport))

/**
 * `layerWithoutCredential` over a transport, as `layerTransport`.
 *
 * @since 0.1.0
 */
export const layerTransportWithoutCredential = (
  options: Omit<Options, "apiToken">,
  transport: Send,
): Layer.Layer<Tokens | StreamTokens, ApiError.InvalidRequest> =>
  Layer.effectContext(makeWithoutCredential(options, transport))

/**
 * The options that the environment gives: `NEUROIO_API_TOKEN`, and where they are set `NEUROIO_IAM_URL` and
 * `NEUROIO_API_URL`. To add options that it does not give, map it.
 *
 * @since 0.1.0
 */
export const config: Config.Config<Options> = /* @__PURE__ */ (() =>
  Config.all({
    apiToken: Config.Redacted("NEUROIO_API_TOKEN"),
    iamUrl: Config.withDefault(Config.String("NEUROIO_IAM_URL"), undefined),
    apiUrl: Config.withDefault(Config.String("NEUROIO_API_URL"), undefined),
  }))()

/**
 * `layer` with the options that the environment gives.
 *
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<
  Tokens | StreamTokens,
  ApiError.InvalidRequest | Config.ConfigError,
  HttpClient.HttpClient
> = /* @__PURE__ */ (() => Layer.unwrap(Effect.map(config, layer)))()
