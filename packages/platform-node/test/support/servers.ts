/** Real servers on real sockets: one that answers like the platform, and a proxy in front of it. */
import { listen } from "@effect-tokens/test-support/FreePort"
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import * as Https from "node:https"
import * as Net from "node:net"

/** Answers whatever is read with one body, an empty list unless given, and counts connections. */
export const platform = Effect.fnUntraced(function* ({
  body = "[]",
  tls,
}: { readonly body?: string; readonly tls?: Https.ServerOptions } = {}) {
  const seen: Array<{ readonly path: string; readonly headers: Http.IncomingHttpHeaders }> = []
  const open = new Set<Net.Socket>()
  let connections = 0
  const closed: Array<() => void> = []
  const answer: Http.RequestListener = (request, response) => {
    seen.push({ path: request.url ?? "", headers: request.headers })
    request.resume()
    if (request.method === "DELETE") response.writeHead(204).end()
    else response.writeHead(200, { "content-type": "application/json" }).end(body)
  }
  const server = tls === undefined ? Http.createServer(answer) : Https.createServer(tls, answer)
  server.on(tls === undefined ? "connection" : "secureConnection", (socket: Net.Socket) => {
    connections += 1
    open.add(socket)
    socket.on("error", () => {})
    socket.on("close", () => {
      open.delete(socket)
      for (const notify of closed) notify()
    })
  })
  const port = yield* listen(server)
  return {
    port,
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    seen,
    connections: () => connections,
    open: () => open.size,
    allClosed: Effect.callback<void>((resume) => {
      const check = () => {
        if (open.size === 0) resume(Effect.void)
      }
      closed.push(check)
      check()
    }),
  }
})

/**
 * Forwards plain requests, tunnels the others, and keeps what it was asked for. Every name leads to this machine. With
 * `refusal` it refuses all of them.
 */
export const proxy = Effect.fnUntraced(function* ({
  refusal,
  tls,
}: { readonly refusal?: number; readonly tls?: Https.ServerOptions } = {}) {
  const asked: Array<string> = []
  const forward: Http.RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const { headers, method } = request
    const { pathname, port, search } = new URL(request.url ?? "")
    const target = { host: "127.0.0.1", port, path: pathname + search, method, headers }
    const onward = Http.request(target, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  }
  const server = tls === undefined ? Http.createServer(forward) : Https.createServer(tls, forward)
  server.on("connect", (request: Http.IncomingMessage, socket: Net.Socket) => {
    asked.push(`CONNECT ${request.url}`)
    if (refusal !== undefined) return socket.end(`HTTP/1.1 ${refusal} No\r\ncontent-length: 0\r\n\r\n`)
    const [, port] = (request.url ?? "").split(":")
    const onward = Net.connect(Number(port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
      onward.pipe(socket)
      socket.pipe(onward)
    })
    onward.on("error", () => socket.destroy())
    return socket.on("error", () => onward.destroy())
  })
  const port = yield* listen(server)
  return { url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`, asked }
})
