/** The services over real sockets, to the raw server. */
import { type Limits, Neuroio, Umaaas } from "@effect-tokens/core"
import { NodeNeuroio, NodeUmaaas } from "@effect-tokens/platform-node"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

export const apiToken = Redacted.make("credential-0123456789")

export const umaaasCredential = { clientId: "client-1", clientSecret: Redacted.make("secret-0123456789") }

/** Below the origin, as at the vendor. */
const umaaasPath = "/umaaas/v1"

const neuroioAt = (url: string, limits: Limits.Limits) => ({ apiToken, iamUrl: url, apiUrl: url, ...limits })

const umaaasAt = (url: string, limits: Limits.Limits) => ({ ...umaaasCredential, url: url + umaaasPath, ...limits })

/** All services, at one server. */
export const transports = {
  undici: (url: string, limits: Limits.Limits = {}) =>
    Layer.merge(NodeNeuroio.layer(neuroioAt(url, limits)), NodeUmaaas.layer(umaaasAt(url, limits))),
  fetch: (url: string, limits: Limits.Limits = {}) =>
    Layer.merge(Neuroio.layer(neuroioAt(url, limits)), Umaaas.layer(umaaasAt(url, limits))).pipe(
      Layer.provide(FetchHttpClient.layer),
    ),
}

export type Transport = keyof typeof transports

/** One attempt for each call, unless a test is about more. */
export const layerWith = (limits: Limits.Limits = {}, transport: Transport = "undici") =>
  Layer.unwrap(
    Effect.map(RawServer.RawServer, ({ url }) => transports[transport](url, { retries: 0, ...limits })),
  ).pipe(Layer.provideMerge(RawServer.layer))

export const layer = layerWith()
