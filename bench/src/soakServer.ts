/**
 * The NeuroIO server of the soak, in another process. It answers every operation, keeps no tokens, and misbehaves in
 * one request of ten. It counts requests, and reports the counts on demand.
 */
import * as Http from "node:http"
import type * as Net from "node:net"

/** The counts that the server reports. */
export interface Counts {
  readonly requests: number
  readonly faults: number
  readonly sockets: number
  /** Creates that took effect. */
  readonly created: number
  /** Creates that may have taken effect, by their answer: all except those refused with 429. */
  readonly perhapsCreated: number
  readonly byFault: Readonly<Record<string, number>>
}

const faultRate = 0.1
const overMebibyte = Buffer.alloc(1024 * 1024 + 1, " ")

/** Draws the same faults in the same order in each run. */
let state = 1
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}

interface Exchange {
  readonly socket: Net.Socket
  readonly response: Http.ServerResponse
  readonly status: number
  readonly body: string
}

const jsonType = { "content-type": "application/json" }

const error = (status: number, headers: Record<string, string> = {}) => ({
  perform: false,
  inflict: ({ response }: Exchange) =>
    response
      .writeHead(status, { ...jsonType, ...headers })
      .end(JSON.stringify({ error_codes: [status], message: "Planned.", fields: [] })),
})

interface Fault {
  /** True when the operation takes effect nevertheless. */
  readonly perform: boolean
  readonly inflict: (exchange: Exchange) => unknown
}

const cut = ({ body, response, socket, status }: Exchange) => {
  if (status === 204) return socket.destroy()
  response.writeHead(status, { ...jsonType, "content-length": body.length + 10 })
  return response.write(body, () => socket.destroy())
}

const faults: Readonly<Record<string, Fault>> = {
  reset: { perform: false, inflict: ({ socket }) => socket.resetAndDestroy() },
  "reset, done": { perform: true, inflict: ({ socket }) => socket.resetAndDestroy() },
  "half-closed": { perform: true, inflict: ({ socket }) => socket.end() },
  garbage: { perform: true, inflict: ({ socket }) => socket.end("\0\x01 what HTTP is not\r\n\r\n") },
  "cut body": { perform: true, inflict: cut },
  "no JSON": {
    perform: true,
    inflict: ({ response, status }) => response.writeHead(status, jsonType).end("<html>not today</html>"),
  },
  oversized: {
    perform: true,
    inflict: ({ response, status }) => response.writeHead(status, jsonType).end(overMebibyte),
  },
  500: error(500),
  502: error(502),
  "503, retry after 0": error(503, { "retry-after": "0" }),
  504: { ...error(504), perform: true },
  "429, retry after 0": error(429, { "retry-after": "0" }),
  429: error(429),
}

const names = Object.keys(faults)

/** Faults that cost the client a whole attempt: one fault of a hundred. */
const silenceRate = 0.01
const silence: Fault = { perform: true, inflict: () => {} }

const draw = (): readonly [string, Fault] | undefined => {
  if (random() >= faultRate) return undefined
  if (random() < silenceRate) return ["silence", silence]
  const name = names[Math.floor(random() * names.length)] ?? "reset"
  return [name, faults[name] ?? silence]
}

const token = (id: number) => ({
  id,
  key: `key-${id}`,
  is_active: true,
  created: "2021-05-28T10:37:51.433760+00:00",
  expires: null,
})

const all = Array.from({ length: 7 }, (_, i) => token(i + 1))

const answerTo = (method: string, url: URL): readonly [status: number, body: string] => {
  if (method === "DELETE") return [204, ""]
  if (method === "POST") return [201, JSON.stringify(token(1))]
  if (!url.pathname.endsWith("/tokens/")) return [200, JSON.stringify(token(1))]
  const offset = Number(url.searchParams.get("offset"))
  return [200, JSON.stringify(all.slice(offset, offset + Number(url.searchParams.get("limit"))))]
}

const sockets = new Set<Net.Socket>()
const byFault: Record<string, number> = {}
let requests = 0
let created = 0
let perhapsCreated = 0

const server = Http.createServer((request, response) => {
  const { method = "", socket, url = "" } = request
  request.resume()
  requests += 1
  const fault = draw()
  if (fault !== undefined) byFault[fault[0]] = (byFault[fault[0]] ?? 0) + 1
  if (method === "POST") {
    if (fault?.[1].perform !== false) created += 1
    if (fault?.[0].startsWith("429") !== true) perhapsCreated += 1
  }
  const [status, body] = answerTo(method, new URL(url, "http://localhost"))
  if (fault !== undefined) fault[1].inflict({ socket, response, status, body })
  else response.writeHead(status, status === 204 ? {} : jsonType).end(body)
})

server.on("connection", (socket) => {
  sockets.add(socket)
  socket.on("error", () => {})
  socket.on("close", () => sockets.delete(socket))
})

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  process.send?.(typeof address === "object" && address !== null ? address.port : 0)
})

process.on("message", () => {
  const faulty = Object.values(byFault).reduce((sum, count) => sum + count, 0)
  const counts: Counts = { requests, faults: faulty, sockets: sockets.size, created, perhapsCreated, byFault }
  process.send?.(counts)
})
process.on("disconnect", () => process.exit())
