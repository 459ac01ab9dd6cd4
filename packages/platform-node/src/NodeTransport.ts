/**
 * The transport of Node: requests over undici, HTTP/1.1.
 *
 * Connections are pooled, kept alive, shared by all calls, and closed with the scope of the layer.
 *
 * `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are honoured, in upper or lower case; without `HTTPS_PROXY`, `HTTP_PROXY`
 * serves `https:` as well. A proxy has an `http:` or `https:` URL, with user and password if it asks for them. SOCKS is not
 * supported. Commas or spaces separate the entries of `NO_PROXY`. An entry is a domain with its subdomains
 * (`example.com`), the subdomains alone (`*.example.com`), an address, a subnet (`10.0.0.0/8`), a pattern (`10.*`), or `*`
 * for all hosts. It may end with a port. Requests to this machine (`localhost`, `127.…`, `[::1]`) go through no proxy, which would get the credential
 * in the clear (C9).
 *
 * @since 0.1.0
 */
import { type ApiError, Transport, version } from "@effect-tokens/core"
import type * as Duration from "effect/Duration"
import { constFalse } from "effect/Function"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/**
 * The options of `layer`.
 *
 * @since 0.1.0
 */
export interface Options {
  /**
   * The longest time to make a connection, with the tunnel of its proxy and its TLS. Above zero. Defaults to 3 seconds. The
   * limits of the call hold as well. Whichever limit ends it, nothing was sent, and a `create` is retried.
   */
  readonly connectTimeout?: Duration.Input | undefined
  /**
   * Certificate authorities to trust besides those that Node trusts, as PEM: one text or many, each with one certificate or
   * many. Defaults to none. `NODE_EXTRA_CA_CERTS`, Node's setting for the whole process, is honoured as well.
   */
  readonly extraCaCertificates?: string | ReadonlyArray<string> | undefined
}

/**
 * undici is a hundred modules: they are loaded when a layer is built, not when this package is imported. A module of this
 * package imports them, since bundlers give a CommonJS module that is imported at run time another shape.
 */
const loadExchange = Effect.promise(() => import("./internal/exchange.ts"))

const standardHeaders = {
  // undici does not decompress a body, and a server may compress it unless it is told not to (RFC 9110).
  "accept-encoding": "identity",
  "user-agent": `effect-tokens/${version} (node)`,
}

/**
 * `Transport` over undici. Fails with `InvalidOptions`, which names the option or the variable, when one cannot be right.
 *
 * For calls with many credentials over one pool of connections, provide it once, around all layers that need it.
 *
 * @example
 * import { Neuroio, Umaaas } from "@effect-tokens/core"
 * import { NodeTransport } from "@effect-tokens/platform-node"
 * import { Layer } from "effect"
 *
 * const Live = Layer.merge(Neuroio.layerConfig(), Umaaas.layerConfig()).pipe(Layer.provide(NodeTransport.layer()))
 *
 * @since 0.1.0
 */
export const layer = ({ connectTimeout = "3 seconds", extraCaCertificates = [] }: Options = {}): Layer.Layer<
  Transport.Transport,
  ApiError.InvalidOptions
> =>
  Layer.effect(
    Transport.Transport,
    Effect.gen(function* () {
      const { makeSend } = yield* loadExchange
      const send = Transport.withoutInstrumentation(
        yield* makeSend(connectTimeout, extraCaCertificates, standardHeaders),
      )
      return { send, baseUrl: undefined, isSameOrigin: constFalse }
    }),
  )
