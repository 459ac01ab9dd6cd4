/**
 * NeuroIO in a browser: `Tokens` and `StreamTokens` over `fetch`, for pages and workers.
 *
 * Whoever can run a script on the page, or open its developer tools, has the key that it calls with. Give it a temporary
 * token, which ends after 24 hours, or none at all: a backend of the page's own origin can add the credential.
 *
 * A browser may send a request again by itself, a create as well, when a connection that it had kept breaks before the
 * answer begins. No page can see that, or keep it from doing so (C4).
 *
 * @since 0.1.0
 */
import { ApiError, Neuroio, type StreamTokens, type Tokens } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as FetchClient from "./internal/fetchClient.ts"
import * as FetchTransport from "./internal/fetchTransport.ts"
import { isOfOthers, resolveUrl } from "./internal/page.ts"

/**
 * The options of `Neuroio.layer`, with these differences:
 *
 * - `apiToken`: may be left out where `iamUrl` and `apiUrl` are of the page's own origin, whose server then adds it.
 * - `iamUrl`, `apiUrl`: may be paths of the page's own origin, such as `/neuroio`.
 * - `credentials`: whether cookies go along: `"omit"` unless given, `"same-origin"` for a backend that knows its users by a
 *   cookie.
 *
 * @since 0.1.0
 */
export interface Options extends Omit<Neuroio.Options, "apiToken">, FetchTransport.TransportOptions {
  readonly apiToken?: Redacted.Redacted | undefined
}

const make = Effect.fnUntraced(function* ({ apiToken, ...options }: Options) {
  const transport = yield* FetchTransport.make("BrowserNeuroio.layer", options)
  const iamUrl = resolveUrl(options.iamUrl)
  const apiUrl = resolveUrl(options.apiUrl)
  if (apiToken !== undefined) return Neuroio.layerTransport({ ...options, apiToken, iamUrl, apiUrl }, transport)
  if (isOfOthers(iamUrl) || isOfOthers(apiUrl)) {
    return yield* new ApiError.InvalidRequest({
      operation: "BrowserNeuroio.layer",
      field: "apiToken",
      problem:
        "must be given, or iamUrl and apiUrl must be of this page's own origin, such as /neuroio, whose server adds it",
    })
  }
  return Neuroio.layerTransportWithoutCredential({ ...options, iamUrl, apiUrl }, transport)
})

/**
 * `Tokens` and `StreamTokens`. Fails with `InvalidRequest`, which names the option, when an option cannot be right.
 *
 * @example
 * import { BrowserNeuroio } from "@effect-tokens/platform-browser"
 *
 * const NeuroioLive = BrowserNeuroio.layer({ iamUrl: "/neuroio", apiUrl: "/neuroio", credentials: "same-origin" })
 *
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<Tokens | StreamTokens, ApiError.InvalidRequest> =>
  Layer.unwrap(make(options))

/**
 * The transport of `layer` alone, for calls with many credentials: `Neuroio.layer` for each.
 *
 * @since 0.1.0
 */
export const layerHttpClient = (
  options: Pick<Options, "credentials"> = {},
): Layer.Layer<HttpClient.HttpClient, ApiError.InvalidRequest> =>
  FetchClient.layerHttpClient("BrowserNeuroio.layerHttpClient", options)
