/**
 * Lightspark UMAaaS in a browser: `ApiTokens` over `fetch`, for pages and workers.
 *
 * Whoever can run a script on the page, or open its developer tools, has the secret that it calls with, and an API token
 * ends only when it is deleted. Better give it none: a backend of the page's own origin can add the credential.
 *
 * A browser may send a request again by itself, a create as well, when a connection that it had kept breaks before the
 * answer begins. No page can see that, or keep it from doing so (C4).
 *
 * @since 0.1.0
 */
import { ApiError, type ApiTokens, Umaaas } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as FetchClient from "./internal/fetchClient.ts"
import * as FetchTransport from "./internal/fetchTransport.ts"
import { isOfOthers, resolveUrl } from "./internal/page.ts"

/**
 * The options of `Umaaas.layer`, with these differences:
 *
 * - `clientId`, `clientSecret`: may both be left out where `url` is of the page's own origin, whose server then adds them.
 * - `url`: may be a path of the page's own origin, such as `/umaaas`.
 * - `credentials`: whether cookies go along: `"omit"` unless given, `"same-origin"` for a backend that knows its users by a
 *   cookie.
 *
 * @since 0.1.0
 */
export interface Options extends Omit<Umaaas.Options, "clientId" | "clientSecret">, FetchTransport.TransportOptions {
  readonly clientId?: string | undefined
  readonly clientSecret?: Redacted.Redacted | undefined
}

const refuse = (field: string, problem: string) =>
  Effect.fail(new ApiError.InvalidRequest({ operation: "BrowserUmaaas.layer", field, problem }))

const make = Effect.fnUntraced(function* ({ clientId, clientSecret, ...options }: Options) {
  const transport = yield* FetchTransport.make("BrowserUmaaas.layer", options)
  const url = resolveUrl(options.url)
  if (clientId !== undefined && clientSecret !== undefined) {
    return Umaaas.layerTransport({ ...options, clientId, clientSecret, url }, transport)
  }
  if (clientId !== undefined) return yield* refuse("clientSecret", "must be given along with clientId")
  if (clientSecret !== undefined) return yield* refuse("clientId", "must be given along with clientSecret")
  if (isOfOthers(url)) {
    return yield* refuse(
      "clientId",
      "must be given along with clientSecret, or url must be of this page's own origin, such as /umaaas, whose server adds both",
    )
  }
  return Umaaas.layerTransportWithoutCredential({ ...options, url }, transport)
})

/**
 * `ApiTokens`. Fails with `InvalidRequest`, which names the option, when an option cannot be right.
 *
 * @example
 * import { BrowserUmaaas } from "@effect-tokens/platform-browser"
 *
 * const UmaaasLive = BrowserUmaaas.layer({ url: "/umaaas", credentials: "same-origin" })
 *
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<ApiTokens, ApiError.InvalidRequest> =>
  Layer.unwrap(make(options))

/**
 * The transport of `layer` alone, for calls with many credentials: `Umaaas.layer` for each.
 *
 * @since 0.1.0
 */
export const layerHttpClient = (
  options: Pick<Options, "credentials"> = {},
): Layer.Layer<HttpClient.HttpClient, ApiError.InvalidRequest> =>
  FetchClient.layerHttpClient("BrowserUmaaas.layerHttpClient", options)
