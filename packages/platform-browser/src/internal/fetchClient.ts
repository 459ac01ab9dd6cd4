/** An `HttpClient` over the browser's `fetch`, which says what it can of why there is no answer. */
import { type ApiError, Transport } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { makeTransport, standardFor, type TransportOptions } from "./fetchTransport.ts"
import { markHint } from "./hint.ts"

const hinted = ({ reason }: HttpClientError.HttpClientError): Effect.Effect<void> =>
  Effect.sync(() => {
    if (reason._tag === "TransportError") markHint(reason.cause, reason.request.url)
  })

/** `layer` is who refuses an option that cannot be right. */
export const layerHttpClient = (
  layer: string,
  options: TransportOptions,
): Layer.Layer<HttpClient.HttpClient, ApiError.InvalidRequest> => {
  const make = Effect.gen(function* () {
    const standard = yield* standardFor(layer, options)
    const around = yield* Effect.context<never>()
    const httpClient = HttpClient.transform(yield* HttpClient.HttpClient, (send) =>
      Effect.serviceOption(FetchHttpClient.RequestInit).pipe(
        Effect.flatMap((given) =>
          Effect.provideService(send, FetchHttpClient.RequestInit, {
            ...standard,
            ...Option.getOrUndefined(given),
          }),
        ),
        Effect.tapError(hinted),
      ),
    )
    return Transport.attach(httpClient, makeTransport(standard, around))
  })
  return Layer.effect(HttpClient.HttpClient, make).pipe(Layer.provide(FetchHttpClient.layer))
}
