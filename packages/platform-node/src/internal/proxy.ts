/** Finds the proxy of an origin by the variables of the environment. */
import * as Effect from "effect/Effect"
import * as Net from "node:net"

export interface Proxy {
  /** The URL without user and password. */
  readonly url: URL
  /** The variable that names it. */
  readonly variable: string
  /** The headers with user and password, if it has them. */
  readonly headers: Readonly<Record<string, string>>
}

/** Finds the first variable that is set, if only to empty text. */
const firstSet = (...names: ReadonlyArray<string>): readonly [name: string, value: string] => {
  for (const name of names) {
    const value = process.env[name]
    if (value !== undefined) return [name, value]
  }
  return ["", ""]
}

/** Fails with the name of a variable that holds no URL of a proxy. The value may hold a password. */
const read = (...names: ReadonlyArray<string>): Effect.Effect<Proxy | undefined, string> => {
  const [variable, value] = firstSet(...names)
  if (value === "") return Effect.undefined
  const url = URL.parse(value)
  if (url?.protocol !== "http:" && url?.protocol !== "https:") return Effect.fail(variable)
  const { host, password, protocol, username } = url
  return Effect.try({
    try: () => {
      const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
      const headers = username === "" ? {} : { "proxy-authorization": `Basic ${Buffer.from(user).toString("base64")}` }
      return { url: new URL(`${protocol}//${host}`), variable, headers }
    },
    catch: () => variable,
  })
}

/** `host` is in lower case, without brackets and without a dot at its end. */
type Matches = (host: string) => boolean

const familyOf = (address: string) => (Net.isIPv6(address) ? "ipv6" : "ipv4")

const inSubnet = (address: string, prefix: number): Matches => {
  const subnet = new Net.BlockList()
  subnet.addSubnet(address, prefix, familyOf(address))
  return (host) => Net.isIP(host) !== 0 && subnet.check(host, familyOf(host))
}

const matching = (pattern: string): Matches => {
  const [, address = "", prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(pattern) ?? []
  const longest = Net.isIPv6(address) ? 128 : 32
  const length = Number(prefix ?? longest)
  if (Net.isIP(address) !== 0 && length <= longest) return inSubnet(address, length)
  if (pattern.includes("*")) {
    const parts = pattern.split("*").map((part) => part.replaceAll(/[^a-z0-9-]/g, String.raw`\$&`))
    const whole = new RegExp(`^${parts.join(".*")}$`)
    return (host) => whole.test(host)
  }
  const domain = pattern.replace(/^\./, "")
  return (host) => host === domain || host.endsWith(`.${domain}`)
}

const bare = (host: string) => host.toLowerCase().replaceAll(/[[\]]|(?<=.)\.$/g, "")

/** An IPv6 address with a port has brackets. */
const withPort = /^(\[.+\]|[^:]+):(\d+)$/

export const portOf = ({ port, protocol }: URL): string => port || (protocol === "https:" ? "443" : "80")

const parse = (entry: string): ((url: URL) => boolean) => {
  const [, host = entry, port] = withPort.exec(entry) ?? []
  const matches = matching(bare(host))
  return (url) => matches(bare(url.hostname)) && (port === undefined || port === portOf(url))
}

/** A proxy on another machine would get the credential for this machine in the clear (C9). */
const loopback = ["localhost", "127.0.0.0/8", "::1"]

/**
 * Reads the variables, and makes a function that finds the proxy of a URL. Fails with the name of the variable that holds no
 * URL of a proxy.
 */
export const readProxies = Effect.gen(function* () {
  const http = yield* read("http_proxy", "HTTP_PROXY")
  const https = (yield* read("https_proxy", "HTTPS_PROXY")) ?? http
  const [, noProxy] = firstSet("no_proxy", "NO_PROXY")
  const exceptions = [...loopback, ...noProxy.split(/[,\s]+/)].filter((entry) => entry !== "").map(parse)
  return (url: URL): Proxy | undefined =>
    exceptions.some((isException) => isException(url)) ? undefined : url.protocol === "https:" ? https : http
})
