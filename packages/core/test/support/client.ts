/** The services over real sockets, to the raw server. */
import { type Limits, Neuroio, Transport, Umaaas } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

export const apiToken = Redacted.make("credential-0123456789")

export const umaaasCredential = { clientId: "client-1", clientSecret: Redacted.make("secret-0123456789") }

/** Below the origin, as at the vendor. */
const umaaasPath = "/umaaas/v1"

const servicesAt = (url: string, limits: Limits.Limits) =>
  Layer.merge(
    Neuroio.layer({ apiToken, iamUrl: url, apiUrl: url, ...limits }),
    Umaaas.layer({ ...umaaasCredential, url: url + umaaasPath, ...limits }),
  )

/** All services, at one server, by transport. */
export const transports = {
  undici: (url: string, limits: Limits.Limits = {}) => Layer.provide(servicesAt(url, limits), NodeTransport.layer()),
  fetch: (url: string, limits: Limits.Limits = {}) =>
    servicesAt(url, limits).pipe(Layer.provide(Transport.layerHttpClient), Layer.provide(FetchHttpClient.layer)),
}

export type TransportName = keyof typeof transports

/** One attempt for each call, unless a test is about more. */
export const layerWith = (limits: Limits.Limits = {}, transport: TransportName = "undici") =>
  Layer.unwrap(
    Effect.map(RawServer.RawServer, ({ url }) => transports[transport](url, { retries: 0, ...limits })),
  ).pipe(Layer.provideMerge(RawServer.layer))

export const layer = layerWith()
