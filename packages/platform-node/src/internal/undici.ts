/** The transports of this package: undici's connections, and what is said in every request. */
import { type ApiError, Transport, version } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import type { TransportOptions } from "./dispatcher.ts"
import { transportOver } from "./exchange.ts"

export type { TransportOptions } from "./dispatcher.ts"

/**
 * undici is a hundred modules: they are loaded when a layer is built, not when this package is imported. By a module of
 * our own, since bundlers give a CommonJS module that is imported at run time another shape.
 */
const loadDispatcher = (layer: string, options: TransportOptions, urls: ReadonlyArray<string | undefined>) =>
  Effect.flatMap(
    Effect.promise(() => import("./dispatcher.ts")),
    ({ makeDispatcher }) => makeDispatcher(layer, options, urls),
  )

/** What no call of this package's services needs. */
const loadNodeHttpClient = Effect.promise(() => import("@effect/platform-node/NodeHttpClient"))

const standardHeaders = {
  // undici hands on a body as it is: without this a server may compress it (RFC 9110).
  "accept-encoding": "identity",
  "user-agent": `effect-tokens/${version} (node)`,
}

/** `urls` are where it goes. Connections are kept alive, shared by all calls, and closed with the scope. */
export const makeTransport = (layer: string, options: TransportOptions, urls: ReadonlyArray<string | undefined>) =>
  Effect.map(loadDispatcher(layer, options, urls), (dispatcher) => transportOver(dispatcher, standardHeaders))

/** Effect's own client over the same kind of dispatcher, with the transport attached to it. */
export const layerHttpClient = (
  layer: string,
  options: TransportOptions,
  urls: ReadonlyArray<string | undefined>,
): Layer.Layer<HttpClient.HttpClient, ApiError.InvalidRequest> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.gen(function* () {
      const dispatcher = yield* loadDispatcher(layer, options, urls)
      const { Dispatcher, makeUndici } = yield* loadNodeHttpClient
      const httpClient = yield* Effect.provideService(makeUndici, Dispatcher, dispatcher)
      return Transport.attach(
        HttpClient.mapRequest(httpClient, HttpClientRequest.setHeaders(standardHeaders)),
        transportOver(dispatcher, standardHeaders),
      )
    }),
  )
