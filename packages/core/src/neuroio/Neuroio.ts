/**
 * NeuroIO over HTTP: `Tokens` and `StreamTokens` over a `Transport`.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as ApiError from "../ApiError.ts"
import * as Client from "../internal/client.ts"
import { checksFor, type OptionChecks } from "../internal/options.ts"
import type { Limits } from "../Limits.ts"
import { Transport } from "../Transport.ts"
import { authorization, families, readErrorBody } from "./internal/operations.ts"
import { StreamTokens } from "./StreamTokens.ts"
import * as TokenOperations from "./TokenOperations.ts"
import { Tokens } from "./Tokens.ts"

/**
 * The options of `layer`.
 *
 * @since 0.1.0
 */
export interface Options extends Limits {
  /**
   * The key of the token to call with, which decides whose tokens are managed (N13): printable ASCII without spaces. It may
   * be absent only where both URLs are of the transport's own origin, whose server then adds it.
   */
  readonly apiToken?: Redacted.Redacted | undefined
  /**
   * The base URL of tokens. Defaults to `https://iam.neuroio.com`. Must be `https:`, except on this machine (C9), without
   * user name, query and fragment. In a page it may be a path, such as `/neuroio`.
   */
  readonly iamUrl?: string | undefined
  /** The base URL of stream tokens, with the rules of `iamUrl`. Defaults to `https://api.neuroio.com`. */
  readonly apiUrl?: string | undefined
  /** Permits `http:` to other machines, which sends the credential in the clear (C9). Defaults to `false`. */
  readonly allowInsecure?: boolean | undefined
}

const makeCredential = (checks: OptionChecks, { apiToken }: Options, hosts: Client.VendorConfig["hosts"]) =>
  apiToken === undefined
    ? checks.noCredential(
        "apiToken",
        hosts,
        "iamUrl and apiUrl must be of this page's own origin, such as /neuroio, whose server adds it",
      )
    : Effect.map(checks.headerSecret("apiToken", apiToken), (secret) => ({
        authorization: authorization(secret),
        secrets: [secret],
      }))

const make = Effect.fnUntraced(function* (options: Options) {
  const transport = yield* Transport
  const checks = checksFor("Neuroio.layer", transport)
  const allowInsecure = yield* checks.flag("allowInsecure", options.allowInsecure)
  const hosts = {
    iam: yield* checks.baseUrl("iamUrl", options.iamUrl, "https://iam.neuroio.com", allowInsecure),
    api: yield* checks.baseUrl("apiUrl", options.apiUrl, "https://api.neuroio.com", allowInsecure),
  }
  const credential = yield* makeCredential(checks, options, hosts)
  const limits = yield* checks.limits(options)
  const run = Client.make({ hosts, credential, readErrorBody, limits }, transport.send)

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

/**
 * `Tokens` and `StreamTokens`. Fails with `InvalidOptions`, which names the option, when an option cannot be right.
 *
 * @example
 * import { Neuroio } from "@effect-tokens/core"
 * import { NodeTransport } from "@effect-tokens/platform-node"
 * import { Layer, Redacted } from "effect"
 *
 * const NeuroioLive = Neuroio.layer({ apiToken: Redacted.make("…"), deadline: "10 seconds" }).pipe(
 *   Layer.provide(NodeTransport.layer()),
 * )
 *
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<Tokens | StreamTokens, ApiError.InvalidOptions, Transport> =>
  Layer.effectContext(make(options))

const environment = /* @__PURE__ */ (() => ({
  apiToken: Config.Redacted("NEUROIO_API_TOKEN"),
  iamUrl: Config.withDefault(Config.String("NEUROIO_IAM_URL"), undefined),
  apiUrl: Config.withDefault(Config.String("NEUROIO_API_URL"), undefined),
}))()

/**
 * The options that the environment gives: `NEUROIO_API_TOKEN`, and where they are set `NEUROIO_IAM_URL` and
 * `NEUROIO_API_URL`.
 *
 * @since 0.1.0
 */
export const config: Config.Config<Options> = /* @__PURE__ */ (() => Config.all(environment))()

/**
 * `layer` with options from configuration. Options that are left out come from the environment, as `config` says. A whole
 * `Config` of options stands alone.
 *
 * @example
 * import { Neuroio } from "@effect-tokens/core"
 * import { NodeTransport } from "@effect-tokens/platform-node"
 * import { Config, Layer } from "effect"
 *
 * const NeuroioLive = Neuroio.layerConfig({ deadline: Config.succeed("10 seconds") }).pipe(
 *   Layer.provide(NodeTransport.layer()),
 * )
 *
 * @since 0.1.0
 */
export const layerConfig = (
  options: Config.Wrap<Options> = {},
): Layer.Layer<Tokens | StreamTokens, ApiError.InvalidOptions | Config.ConfigError, Transport> =>
  Layer.unwrap(Effect.map(Config.unwrap(Config.isConfig(options) ? options : { ...environment, ...options }), layer))
