/** Makes connections of undici by the options and the environment. */
import { ApiError } from "@effect-tokens/core"
import * as Undici from "@effect/platform-node/Undici"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { X509Certificate } from "node:crypto"
import * as Tls from "node:tls"

const certificate = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g
const begin = /-----BEGIN CERTIFICATE-----/g

/** A bundle may hold many. TLS itself passes over what it cannot read, and then trusts less than was meant. */
const isPem = (pem: unknown): pem is string => {
  if (!Predicate.isString(pem)) return false
  const found = pem.match(certificate) ?? []
  // One that is cut short has a beginning and no end; without any there is no beginning to count.
  if (found.length !== pem.match(begin)?.length) return false
  try {
    return found.every((one) => new X509Certificate(one).raw.length > 0)
  } catch {
    return false
  }
}

type Connected = Parameters<Undici.buildConnector.Callback>

/**
 * Marks what fails before the connection is there, its TLS included, as Node marks what fails in `connect`. Nothing can
 * have been sent then.
 */
const markConnecting = (outcome: Connected): Connected => {
  const [error] = outcome
  if (error !== null) Object.assign(error, { syscall: "connect" })
  return outcome
}

/** Where undici's agent for proxies looks for one. */
const proxyVariables = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"]

/** A proxy on another machine would get the credential for this machine in the clear (C9). */
const loopback = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::|$)/

type Dispatch = Pick<Undici.Dispatcher, "dispatch" | "destroy">

/** Sends requests to this machine past the proxies of the environment. */
const makeProxied = (options: Undici.EnvHttpProxyAgent.Options): Dispatch => {
  const proxied = new Undici.EnvHttpProxyAgent(options)
  const direct = new Undici.Agent(options)
  return {
    dispatch: (request, handler) =>
      (loopback.test(String(request.origin)) ? direct : proxied).dispatch(request, handler),
    destroy: async () => {
      await Promise.all([proxied.destroy(), direct.destroy()])
    },
  }
}

const refuse = (field: string, problem: string) =>
  new ApiError.InvalidOptions({ layer: "NodeTransport.layer", field, problem })

/** Makes a pool of connections that is closed with the scope. */
export const makeDispatcher = Effect.fnUntraced(function* (
  connectTimeout: Duration.Input,
  extraCaCertificates: string | ReadonlyArray<string>,
) {
  const timeout = Option.getOrUndefined(Option.map(Duration.fromInput(connectTimeout), Duration.toMillis))
  if (timeout === undefined || !(timeout > 0)) {
    return yield* refuse(
      "connectTimeout",
      'must be a duration above zero, such as "3 seconds" or a number of milliseconds',
    )
  }
  const given: unknown = extraCaCertificates
  const extra: ReadonlyArray<unknown> = Array.isArray(given) ? given : [given]
  if (!extra.every(isPem)) {
    return yield* refuse("extraCaCertificates", "must be certificates as PEM, such as the contents of a .pem file")
  }
  const tls = extra.length === 0 ? {} : { ca: [...Tls.getCACertificates("default"), ...extra] }

  const connector = Undici.buildConnector({ ...tls, allowH2: false, timeout })
  const connect: Undici.buildConnector.connector = (target, callback) =>
    connector(target, (...outcome) => callback(...markConnecting(outcome)))
  // The client is tested with HTTP/1.1 alone.
  const standard = { allowH2: false, connect }

  const noProxy = process.env["no_proxy"] ?? process.env["NO_PROXY"] ?? ""

  return yield* Effect.acquireRelease(
    Effect.try({
      // The agent for proxies asks for each request whether it goes through one. That costs time, also without a proxy.
      try: (): Dispatch =>
        proxyVariables.some((name) => process.env[name])
          ? makeProxied({ ...standard, noProxy, requestTls: tls, proxyTls: tls })
          : new Undici.Agent(standard),
      catch: () => refuse("HTTP_PROXY or HTTPS_PROXY", "must be a URL such as http://proxy.example:3128"),
    }),
    (dispatcher) => Effect.promise(() => dispatcher.destroy()),
  )
})
