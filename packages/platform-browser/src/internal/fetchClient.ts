/** An `HttpClient` over the browser's `fetch`, which says what it can of why there is no answer. */
import { ApiError } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { isOwnOrigin, ownOrigin } from "./page.ts"

/**
 * What the browser's transport adds to the options of a platform.
 *
 * - `credentials`: whether cookies, and whatever else the browser knows of its user, go along: `"omit"` unless given,
 *   `"same-origin"` for a backend of the page's own origin that knows its users by a cookie.
 */
export interface TransportOptions {
  readonly credentials?: RequestCredentials | undefined
}

const modes: ReadonlyArray<unknown> = ["omit", "same-origin", "include"] satisfies ReadonlyArray<RequestCredentials>

/** Browsers tell a program nothing of why a request failed, lest it learn of networks that are not its own. */
const hintFor = (url: string): string | undefined => {
  if (globalThis.navigator?.onLine === false) return "the browser is offline"
  if (isOwnOrigin(url)) return undefined
  const reasons = ["the server cannot be reached", "it does not allow this page's origin (CORS)"]
  if (ownOrigin()?.startsWith("https:") === true && url.startsWith("http:")) {
    reasons.push("the browser keeps a page of https: from calling http:")
  }
  return reasons.join(", or ")
}

/**
 * The client reads the mark and makes it the `hint` of `ConnectionFailed`.
 *
 * That nothing was sent is not said, even of a browser that calls itself offline: it may have been online in between, or
 * be wrong, and a create must not be done twice (C4).
 */
const markHint = ({ reason }: HttpClientError.HttpClientError): void => {
  if (reason._tag !== "TransportError" || !Predicate.isObject(reason.cause)) return
  if (!Object.isExtensible(reason.cause)) return
  const hint = hintFor(reason.request.url)
  if (hint !== undefined) Object.assign(reason.cause, { "@effect-tokens/hint": hint })
}

/** `layer` is who refuses an option that cannot be right. */
export const layerHttpClient = (
  layer: string,
  { credentials = "omit" }: TransportOptions,
): Layer.Layer<HttpClient.HttpClient, ApiError.InvalidRequest> => {
  // An answer may hold keys: no cache keeps it. Why a redirect is not an error of `fetch` is said where the client
  // refuses it.
  const standard: RequestInit = { cache: "no-store", credentials, redirect: "manual" }
  const make = Effect.gen(function* () {
    if (!modes.includes(credentials)) {
      const problem = 'must be "omit", "same-origin" or "include"'
      return yield* new ApiError.InvalidRequest({ operation: layer, field: "credentials", problem })
    }
    return HttpClient.transform(yield* HttpClient.HttpClient, (send) =>
      Effect.serviceOption(FetchHttpClient.RequestInit).pipe(
        Effect.flatMap((given) =>
          Effect.provideService(send, FetchHttpClient.RequestInit, {
            ...standard,
            ...Option.getOrUndefined(given),
          }),
        ),
        Effect.tapError((error) => Effect.sync(() => markHint(error))),
      ),
    )
  })
  return Layer.effect(HttpClient.HttpClient, make).pipe(Layer.provide(FetchHttpClient.layer))
}
