/** A TCP server that answers HTTP with exactly the bytes it is told to, and keeps the bytes it is sent. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { EventEmitter } from "node:events"
import * as Net from "node:net"

export interface Answer {
  readonly bytes: string | Uint8Array
  /** Ends the connection after the bytes: politely, or by a reset. */
  readonly ending?: "end" | "reset"
}

export interface RawRequest {
  readonly text: string
  /** Counts connections from 1: which one the request came on. */
  readonly connection: number
}

export class RawServer extends Context.Service<
  RawServer,
  {
    readonly url: string
    readonly requests: Array<RawRequest>
    /** Waits for that many requests in all. */
    readonly received: (count: number) => Effect.Effect<void>
    /** Waits until no connection is open. */
    readonly allClosed: Effect.Effect<void>
    answer: (request: RawRequest, index: number) => Answer
  }
>()("test/RawServer") {}

const contentLength = (head: string): number => Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)

export const layer: Layer.Layer<RawServer> = Layer.effect(
  RawServer,
  Effect.gen(function* () {
    const requests: Array<RawRequest> = []
    const sockets = new Set<Net.Socket>()
    let connections = 0
    const changes = new EventEmitter()
    const until = (holds: () => boolean) =>
      Effect.callback<void>((resume) => {
        const check = () => {
          if (!holds()) return
          changes.off("change", check)
          resume(Effect.void)
        }
        changes.on("change", check)
        check()
      })
    const service = {
      url: "",
      requests,
      received: (count: number) => until(() => requests.length >= count),
      allClosed: until(() => sockets.size === 0),
      answer: (_request: RawRequest, _index: number): Answer => json(200, "null"),
    }

    const server = Net.createServer((socket) => {
      connections += 1
      const connection = connections
      let received = ""
      sockets.add(socket)
      socket.on("close", () => {
        sockets.delete(socket)
        changes.emit("change")
      })
      socket.on("error", () => {})
      socket.on("data", (chunk) => {
        received += chunk.toString("latin1")
        for (;;) {
          const headEnd = received.indexOf("\r\n\r\n")
          if (headEnd === -1) return
          const end = headEnd + 4 + contentLength(received.slice(0, headEnd))
          if (received.length < end) return
          const request = { text: received.slice(0, end), connection }
          received = received.slice(end)
          requests.push(request)
          changes.emit("change")
          const { bytes, ending } = service.answer(request, requests.length - 1)
          socket.write(bytes, () => {
            if (ending === "end") socket.end()
            if (ending === "reset") socket.resetAndDestroy()
          })
        }
      })
    })

    yield* Effect.acquireRelease(
      Effect.callback<void>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.void))
      }),
      () =>
        Effect.callback<void>((resume) => {
          for (const socket of sockets) socket.destroy()
          server.close(() => resume(Effect.void))
        }),
    )
    const address = server.address()
    service.url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
    return service
  }),
)

const reasons: Readonly<Record<number, string>> = { 200: "OK", 201: "Created", 204: "No Content" }

export const response = (
  status: number,
  headers: Readonly<Record<string, string | number>>,
  body: string | Uint8Array = "",
): Answer => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const head = [`HTTP/1.1 ${status} ${reasons[status] ?? "Whatever"}`, ...lines, "", ""].join("\r\n")
  return { bytes: Buffer.concat([Buffer.from(head), Buffer.from(body)]) }
}

export const json = (status: number, body: string | Uint8Array): Answer =>
  response(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) }, body)

/** No answer at all. */
export const silence: Answer = { bytes: "" }

export const noContent: Answer = response(204, {})

export const token = (
  fields: {
    readonly id?: number
    readonly key?: string
    readonly is_active?: boolean
    readonly created?: string
    readonly expires?: string | null
  } = {},
) => ({
  id: 1,
  key: "abcd",
  is_active: true,
  created: "2021-05-28T10:37:51.433760+00:00",
  expires: "2021-05-29T10:37:51.433563+00:00",
  ...fields,
})

/** A port that was free a moment ago. */
export const freePort = Effect.callback<number>((resume) => {
  const server = Net.createServer().listen(0, "127.0.0.1", () => {
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    server.close(() => resume(Effect.succeed(port)))
  })
})
