/** The transport of the layers that need an `HttpClient`. */
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Option from "effect/Option"
import { makeHttpClient, type Send } from "../Transport.ts"
import { transports } from "./attachedTransports.ts"

/** Takes the transport that is attached to the `HttpClient`, unless options for `fetch` are set, which it ignores. */
export const current: Effect.Effect<Send, never, HttpClient.HttpClient> = /* @__PURE__ */ (() =>
  Effect.gen(function* () {
    const httpClient = yield* HttpClient.HttpClient
    const hasFetchOptions = Option.isSome(yield* Effect.serviceOption(FetchHttpClient.RequestInit))
    const attached = hasFetchOptions ? undefined : transports.get(httpClient)
    return attached ?? (yield* makeHttpClient).send
  }))()
