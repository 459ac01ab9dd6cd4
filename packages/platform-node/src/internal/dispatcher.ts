/** Connections of undici, as the options and the environment say. */
import { ApiError } from "@effect-tokens/core"
import * as Undici from "@effect/platform-node/Undici"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { X509Certificate } from "node:crypto"
import * as Tls from "node:tls"

/**
 * What the Node transport adds to the options of a platform.
 *
 * - `attemptTimeout`, `deadline`: the platform's own, which the time for a connection follows.
 * - `extraCaCertificates`: certificate authorities to trust besides those that Node trusts, as PEM. Node's own setting
 *   for the whole process, `NODE_EXTRA_CA_CERTS`, is honoured as well.
 */
export interface TransportOptions {
  readonly attemptTimeout?: Duration.Input | undefined
  readonly deadline?: Duration.Input | undefined
  readonly extraCaCertificates?: string | ReadonlyArray<string> | undefined
}

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

/** Three quarters of the shortest limit, 10 seconds at the most. In milliseconds. A limit that is none is core's to refuse. */
const connectTimeout = (limits: ReadonlyArray<Duration.Input>): number => {
  const millis = limits.flatMap((limit) => Option.toArray(Option.map(Duration.fromInput(limit), Duration.toMillis)))
  return Math.min(10_000, ...millis.filter((limit) => limit > 0).map((limit) => limit * 0.75))
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

/** What stays on this machine must: a proxy elsewhere would get the credential in the clear (C9). */
const loopback = ["localhost", "127.0.0.1", "[::1]"]

const withLoopback = (noProxy: string, urls: ReadonlyArray<string | undefined>): string => {
  const hosts = urls.map((url) => URL.parse(url ?? "")?.hostname ?? "").filter((host) => host.startsWith("127."))
  return noProxy.trim() === "*" ? "*" : [noProxy, ...loopback, ...hosts].join(",")
}

/** `urls` are where it goes. Closed with the scope. */
export const makeDispatcher = (layer: string, options: TransportOptions, urls: ReadonlyArray<string | undefined>) => {
  const refusal = (field: string, problem: string) => new ApiError.InvalidRequest({ operation: layer, field, problem })

  return Effect.gen(function* () {
    const given: unknown = options.extraCaCertificates ?? []
    const extra: ReadonlyArray<unknown> = Array.isArray(given) ? given : [given]
    if (!extra.every(isPem)) {
      return yield* refusal("extraCaCertificates", "must be certificates as PEM, such as the contents of a .pem file")
    }
    const tls = extra.length === 0 ? {} : { ca: [...Tls.getCACertificates("default"), ...extra] }

    const limits = [options.attemptTimeout ?? "4 seconds", options.deadline ?? "30 seconds"]
    // A connection that does not come must fail before the attempt times out: then it is certain that nothing was sent.
    const connector = Undici.buildConnector({ ...tls, allowH2: false, timeout: connectTimeout(limits) })

    const connect: Undici.buildConnector.connector = (target, callback) =>
      connector(target, (...outcome) => callback(...markConnecting(outcome)))
    // HTTP/1.1 alone is what the client is proven on.
    const standard = { allowH2: false, connect }

    return yield* Effect.acquireRelease(
      Effect.try({
        // The proxy's agent asks for each request whether it goes through a proxy, which takes longer than the answer is
        // worth where there is none.
        try: () =>
          proxyVariables.some((name) => process.env[name])
            ? new Undici.EnvHttpProxyAgent({
                ...standard,
                noProxy: withLoopback(process.env["no_proxy"] ?? process.env["NO_PROXY"] ?? "", urls),
                requestTls: tls,
                proxyTls: tls,
              })
            : new Undici.Agent(standard),
        catch: () => refusal("HTTP_PROXY or HTTPS_PROXY", "must be a URL such as http://proxy.example:3128"),
      }),
      (dispatcher) => Effect.promise(() => dispatcher.destroy()),
    )
  })
}
