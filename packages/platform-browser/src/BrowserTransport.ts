/**
 * The transport of pages and workers: requests over `fetch`.
 *
 * A base URL may be a path of the page's own origin, such as `/neuroio`. The credential may be absent there, when the
 * server of that origin adds it. A script on the page, or its developer tools, can read a key that the page has: give it a
 * temporary token, which ends after 24 hours, or none.
 *
 * `FetchHttpClient.Fetch` and `FetchHttpClient.RequestInit` are honoured where they are provided to the layer; redirects
 * are refused all the same (C8).
 *
 * A browser may send a request twice, a create as well, when a connection that it had kept breaks before the response
 * begins. A page can neither see nor prevent that (C4).
 *
 * @since 0.1.0
 */
import { type ApiError, Transport } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { makeSend } from "./internal/fetchTransport.ts"
import { baseUrl, isOwnOrigin } from "./internal/page.ts"

/**
 * The options of `layer`.
 *
 * @since 0.1.0
 */
export interface Options {
  /**
   * Which requests carry the user's cookies: `"omit"` (none, the default), `"same-origin"` (those to the page's own origin,
   * for a backend that knows its users by a cookie) or `"include"` (all).
   */
  readonly credentials?: RequestCredentials | undefined
}

/**
 * `Transport` over `fetch`. Fails with `InvalidOptions`, which names the option, when one cannot be right.
 *
 * @example
 * import { Neuroio } from "@effect-tokens/core"
 * import { BrowserTransport } from "@effect-tokens/platform-browser"
 * import { Layer } from "effect"
 *
 * const NeuroioLive = Neuroio.layer({ iamUrl: "/neuroio", apiUrl: "/neuroio" }).pipe(
 *   Layer.provide(BrowserTransport.layer({ credentials: "same-origin" })),
 * )
 *
 * @since 0.1.0
 */
export const layer = ({ credentials = "omit" }: Options = {}): Layer.Layer<
  Transport.Transport,
  ApiError.InvalidOptions
> =>
  Layer.effect(
    Transport.Transport,
    Effect.map(makeSend(credentials), (send) => ({
      send: Transport.withoutInstrumentation(send),
      baseUrl: baseUrl(),
      isSameOrigin: isOwnOrigin,
    })),
  )
