/** A server on a real socket that stops in the middle of an answer, as far on as is asked for by the id in the path. */
import * as Effect from "effect/Effect"
import { EventEmitter } from "node:events"
import * as Net from "node:net"

/**
 * How far an answer comes: not begun, in the middle of its head, in the middle of its body, all of it, or all of one that
 * asks to come again in some seconds.
 */
export const stages = ["silence", "head", "body", "answer", "busy"] as const

export type Stage = (typeof stages)[number]

const json = (status: string, headers: string, body: string): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`

const token = (id: number): string =>
  JSON.stringify({ id, key: `key-${id}`, is_active: true, created: "2021-05-28T10:37:51.433760+00:00", expires: null })

const partOf = (stage: Stage, id: number, noBody: boolean): string => {
  const answer = noBody ? "HTTP/1.1 204 No Content\r\n\r\n" : json("200 OK", "", token(id))
  switch (stage) {
    case "silence":
      return ""
    case "head":
      return answer.slice(0, 20)
    case "body":
      return noBody ? answer.slice(0, -2) : answer.slice(0, -10)
    case "answer":
      return answer
    case "busy":
      return json("503 Service Unavailable", "retry-after: 5\r\n", "{}")
  }
}

const isWhole = (stage: Stage): boolean => stage === "answer" || stage === "busy"

const request = /^(\w+) \S*?\/(\d+)\/ HTTP\/1\.1\r\n/

const lengthOf = (head: string): number => Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)

export const stallingServer = Effect.fnUntraced(function* (stageOf: (id: number) => Stage) {
  const changes = new EventEmitter().setMaxListeners(0)
  const sockets = new Set<Net.Socket>()
  /** How often each id was asked for. */
  const asked = new Map<number, number>()
  /** What has neither been answered nor given up by the client. */
  const underWay = new Map<number, Net.Socket>()

  const until = (holds: () => boolean) =>
    Effect.callback<void>((resume) => {
      const check = () => {
        if (!holds()) return
        changes.off("change", check)
        resume(Effect.void)
      }
      changes.on("change", check)
      check()
      return Effect.sync(() => changes.off("change", check))
    })

  const answer = (socket: Net.Socket, method: string, id: number) => {
    const stage = stageOf(id)
    asked.set(id, (asked.get(id) ?? 0) + 1)
    if (!isWhole(stage)) underWay.set(id, socket)
    socket.write(partOf(stage, id, method === "DELETE"), () => changes.emit("change"))
  }

  const server = Net.createServer((socket) => {
    let received = ""
    sockets.add(socket)
    socket.on("error", () => {})
    socket.on("close", () => {
      sockets.delete(socket)
      for (const [id, on] of underWay) {
        if (on === socket) underWay.delete(id)
      }
      changes.emit("change")
    })
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1")
      const headEnd = received.indexOf("\r\n\r\n") + 4
      if (headEnd < 4 || received.length < headEnd + lengthOf(received)) return
      const [, method = "", id] = request.exec(received) ?? []
      received = ""
      answer(socket, method, Number(id))
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

  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    asked,
    underWay,
    open: () => sockets.size,
    /** Waits until the answer to this id is as far as it comes. */
    reached: (id: number) => until(() => asked.has(id)),
    /** Waits until the client has given up all that was not answered. */
    settled: until(() => underWay.size === 0),
    allClosed: until(() => sockets.size === 0),
  }
})
