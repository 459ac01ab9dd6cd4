/** Makes connections, with or without a proxy. They can be aborted at any moment. */
import * as Undici from "@effect/platform-node/Undici"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Http from "node:http"
import * as Net from "node:net"
import * as Tls from "node:tls"
import { type Proxy, portOf } from "./proxy.ts"

/** The end of a connection: an origin, or the proxy that forwards requests to an origin without TLS. */
export interface Destination {
  readonly url: URL
  /** The proxy on the way, if there is one. It opens a tunnel to an origin other than itself. */
  readonly proxy: Proxy | undefined
}

/**
 * Makes one connection. The clock of `context` limits the time. The returned function aborts the connection; `callback` is
 * then not called.
 */
export type Connect = (
  destination: Destination,
  context: Context.Context<never>,
  callback: Undici.buildConnector.Callback,
) => () => void

/** Adds words to an error under the name that core reads. */
const withHint = (error: Error, hint: string): Error => Object.assign(error, { "@effect-tokens/hint": hint })

const wantsPassword = 407

/** Makes the error of a proxy that answers the request itself. The words of the proxy are left out: they may hold anything. */
export const refusalOf = ({ url, variable }: Proxy, status: number): Error => {
  const answer = [status, Http.STATUS_CODES[status]].join(" ").trimEnd()
  const advice =
    status === wantsPassword
      ? `put its user and password into ${variable}: ${url.protocol}//user:password@${url.host}`
      : "if the host can be reached without it, name it in NO_PROXY"
  return withHint(new Error("The proxy refused."), `the proxy ${url.host} answered ${answer} (${advice})`)
}

const addressOf = (url: URL) => ({ host: url.hostname.replaceAll(/[[\]]/g, ""), port: Number(portOf(url)) })

/** `timeout` limits a connection with its tunnel and its TLS, in milliseconds. */
export const makeConnect = (tls: Tls.ConnectionOptions, timeout: number): Connect => {
  /** The last session by address: a handshake that resumes it is shorter. */
  const sessions = new Map<string, Buffer>()

  const openTls = ({ host, port }: ReturnType<typeof addressOf>, tunnel: Tls.ConnectionOptions) => {
    const key = `${host}:${port}`
    const session = sessions.get(key)
    return Tls.connect({
      ...tls,
      ...tunnel,
      host,
      port,
      // TLS asks for names only.
      servername: Net.isIP(host) === 0 ? host : "",
      // The client is tested with HTTP/1.1 alone.
      ALPNProtocols: ["http/1.1"],
      ...(session && { session }),
    }).on("session", (session) => sessions.set(key, session))
  }

  const open = (url: URL, tunnel: Tls.ConnectionOptions = {}): Net.Socket => {
    const address = addressOf(url)
    const socket = url.protocol === "https:" ? openTls(address, tunnel) : Net.connect(address)
    return socket.setNoDelay(true).setKeepAlive(true, 60_000)
  }

  return ({ proxy, url }, context, callback) => {
    const sockets: Array<Net.Socket> = []
    let isOver = false

    const end = () => {
      isOver = true
      timer.interruptUnsafe()
    }
    const abort = () => {
      end()
      for (const socket of sockets) socket.destroy()
    }
    const fail = (error: Error) => {
      if (isOver) return
      abort()
      callback(error, null)
    }
    const failOnTheWay = (error: Error) =>
      fail(
        proxy === undefined
          ? error
          : withHint(error, `the way leads through the proxy ${proxy.url.host} (${proxy.variable})`),
      )

    const timer = Effect.runForkWith(context)(Effect.sleep(timeout))
    timer.addObserver((exit) => {
      if (Exit.isSuccess(exit)) failOnTheWay(new Undici.errors.ConnectTimeoutError("The connection took too long."))
    })

    const watch = (socket: Net.Socket) => {
      sockets.push(socket)
      return socket.on("error", failOnTheWay)
    }
    const finish = (tunnel?: Tls.ConnectionOptions) => {
      const socket = watch(open(url, tunnel))
      socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => {
        end()
        callback(null, socket)
      })
    }

    if (proxy === undefined || proxy.url === url) finish()
    else {
      const authority = `${url.hostname}:${portOf(url)}`
      const request = Http.request({
        method: "CONNECT",
        path: authority,
        headers: { host: authority, "proxy-connection": "keep-alive", ...proxy.headers },
        createConnection: () => watch(open(proxy.url)),
      })
      request.on("error", failOnTheWay)
      request.once("connect", ({ statusCode = 0 }, socket, head) => {
        if (isOver) return
        if (statusCode < 200 || statusCode > 299) return fail(refusalOf(proxy, statusCode))
        socket.unshift(head)
        finish({ socket })
      })
      request.end()
    }
    return abort
  }
}
