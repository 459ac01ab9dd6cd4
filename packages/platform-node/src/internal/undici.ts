/** An `HttpClient` over undici with connections of its own. */
import { ApiError } from "@effect-tokens/core"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Undici from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import { X509Certificate } from "node:crypto"
import * as Tls from "node:tls"
import { version } from "./version.ts"

/**
 * What the Node transport adds to the options of a platform.
 *
 * - `extraCaCertificates`: certificate authorities to trust besides those that Node trusts, as PEM. Node's own setting
 *   for the whole process, `NODE_EXTRA_CA_CERTS`, is honoured as well.
 */
export interface TransportOptions {
  readonly extraCaCertificates?: string | ReadonlyArray<string> | undefined
}

const certificate = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

/** A bundle may hold many. TLS itself passes over what it cannot read, and then trusts less than was meant. */
const isPem = (pem: string): boolean => {
  const found = pem.match(certificate) ?? []
  try {
    return found.length > 0 && found.every((one) => new X509Certificate(one).raw.length > 0)
  } catch {
    return false
  }
}

const makeDispatcher = (layer: string, options: TransportOptions) => {
  const refusal = (field: string, problem: string) => new ApiError.InvalidRequest({ operation: layer, field, problem })

  return Effect.gen(function* () {
    const given = options.extraCaCertificates ?? []
    const extra: ReadonlyArray<string> = typeof given === "string" ? [given] : given
    if (!extra.every(isPem)) {
      return yield* refusal("extraCaCertificates", "must be certificates as PEM, such as the contents of a .pem file")
    }
    const tls = extra.length === 0 ? {} : { ca: [...Tls.getCACertificates("default"), ...extra] }

    return yield* Effect.acquireRelease(
      Effect.try({
        // Reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case.
        // HTTP/1.1 alone is what the client is proven on.
        try: () => new Undici.EnvHttpProxyAgent({ allowH2: false, connect: tls, requestTls: tls, proxyTls: tls }),
        catch: () => refusal("HTTP_PROXY or HTTPS_PROXY", "must be a URL such as http://proxy.example:3128"),
      }),
      (dispatcher) => Effect.promise(() => dispatcher.destroy()),
    )
  })
}

/** Connections are kept alive, shared by all calls, and closed with the scope of the layer. */
export const layerHttpClient = (
  layer: string,
  options: TransportOptions,
): Layer.Layer<HttpClient.HttpClient, ApiError.InvalidRequest> =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(
      NodeHttpClient.makeUndici,
      HttpClient.mapRequest(HttpClientRequest.setHeader("user-agent", `effect-tokens/${version} (node)`)),
    ),
  ).pipe(Layer.provide(Layer.effect(NodeHttpClient.Dispatcher, makeDispatcher(layer, options))))
