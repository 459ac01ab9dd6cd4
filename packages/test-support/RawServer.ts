/** A TCP server that answers HTTP with exactly the given bytes, and keeps the bytes that it receives. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { EventEmitter } from "node:events"
import * as Net from "node:net"
import * as Tls from "node:tls"
import { portOf } from "./FreePort.ts"

export interface Answer {
  readonly bytes: string | Uint8Array
  /**
   * The end of the connection after the bytes. By default it stays open for the next request.
   *
   * - `end`: closes it. `reset`: resets it.
   * - `stall`: leaves the answer unfinished.
   */
  readonly ending?: "end" | "reset" | "stall"
  /** Sent after the bytes again and again, as fast as the other side reads. Stalls when that has read a lot. */
  readonly endless?: string | Uint8Array
  /** Sent after the bytes at each call of `tick`. */
  readonly drip?: string
}

export interface RawRequest {
  readonly text: string
  /** The number of the request's connection, counted from 1. */
  readonly connection: number
}

export class RawServer extends Context.Service<
  RawServer,
  {
    readonly url: string
    readonly requests: Array<RawRequest>
    /** Waits until so many requests have come. */
    readonly received: (count: number) => Effect.Effect<void>
    /** Waits until no connection is open. */
    readonly allClosed: Effect.Effect<void>
    answer: (request: RawRequest, index: number) => Answer
    /** Waits until no unfinished connection is open. One that is free for the next request may be. */
    readonly allFreed: Effect.Effect<void>
    /** Sent when a connection opens. The connection's bytes are then not read as HTTP. */
    greeting: Answer | undefined
    /** Sent at the first bytes of a connection. They are then not read as HTTP either. */
    interruption: Answer | undefined
    /** The number of connections so far. */
    readonly connections: () => number
    /** Waits for that many connections in all, with or without TLS. */
    readonly accepted: (count: number) => Effect.Effect<void>
    /** The number of answers that have stalled so far. */
    readonly stalls: () => number
    /** Sends the next drip of each answer that drips. */
    readonly tick: () => void
    /** Calls back on each change, until the returned function is called. */
    readonly onChange: (listener: () => void) => () => void
    /** Begins or ends to accept connections. */
    readonly listen: (on: boolean) => Effect.Effect<void>
  }
>()("test/RawServer") {}

const contentLength = (head: string): number => Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)

/** More than a client should read of any answer, and more than the sockets buffer, in bytes. */
const aLot = 8 * 1024 * 1024

/** Starts a server, over TLS when it is given a certificate. */
export const make = (tls?: { readonly cert: string; readonly key: string }) =>
  Effect.gen(function* () {
    const requests: Array<RawRequest> = []
    const sockets = new Set<Net.Socket>()
    const held = new Set<Net.Socket>()
    let connections = 0
    let accepted = 0
    let stalls = 0
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

    const send = (socket: Net.Socket, { bytes, drip, endless, ending }: Answer) => {
      if (ending !== undefined || endless !== undefined) held.add(socket)
      if (drip !== undefined) {
        const write = () => socket.write(drip)
        changes.on("tick", write)
        socket.on("close", () => changes.off("tick", write))
      }
      const stall = () => {
        if (ending !== "stall") return
        stalls += 1
        changes.emit("change")
      }
      socket.write(bytes, () => {
        if (ending === "end") socket.end()
        if (ending === "reset") socket.resetAndDestroy()
        if (endless === undefined) stall()
      })
      if (endless === undefined) return
      const pour = () => {
        while (!socket.destroyed && socket.write(endless)) {
          // Writes until the buffer is full.
        }
        if (socket.bytesWritten < aLot) return
        socket.off("drain", pour)
        socket.on("drain", refill)
        stall()
      }
      const refill = () => socket.write(endless)
      socket.on("drain", pour)
      pour()
    }

    const serve = (socket: Net.Socket) => {
      connections += 1
      const connection = connections
      let received = ""
      socket.on("error", () => {})
      socket.on("data", (chunk) => {
        if (service.interruption !== undefined) return send(socket, service.interruption)
        if (service.greeting !== undefined) return
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
          send(socket, service.answer(request, requests.length - 1))
        }
      })
      if (service.greeting !== undefined) send(socket, service.greeting)
    }

    let port = 0
    const service: RawServer["Service"] = {
      get url() {
        return `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`
      },
      requests,
      received: (count) => until(() => requests.length >= count),
      allClosed: until(() => sockets.size === 0),
      allFreed: until(() => held.size === 0),
      answer: () => json(200, "null"),
      greeting: undefined,
      interruption: undefined,
      connections: () => connections,
      accepted: (count) => until(() => accepted >= count),
      stalls: () => stalls,
      tick: () => changes.emit("tick"),
      onChange: (listener) => {
        changes.on("change", listener)
        return () => changes.off("change", listener)
      },
      listen: (on) =>
        Effect.callback<void>((resume) => {
          if (on) server.listen(port, "127.0.0.1", () => resume(Effect.void))
          else server.close(() => resume(Effect.void))
        }),
    }

    const server = tls === undefined ? Net.createServer(serve) : Tls.createServer(tls, serve)
    server.on("connection", (socket) => {
      accepted += 1
      changes.emit("change")
      sockets.add(socket)
      socket.on("error", () => {})
      socket.on("close", () => {
        sockets.delete(socket)
        held.delete(socket)
        changes.emit("change")
      })
    })

    yield* Effect.acquireRelease(service.listen(true), () =>
      Effect.suspend(() => {
        for (const socket of sockets) socket.destroy()
        return server.listening ? service.listen(false) : Effect.void
      }),
    )
    port = portOf(server)
    return service
  })

export const layer: Layer.Layer<RawServer> = Layer.effect(RawServer, make())

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

/** Sends nothing, and keeps the connection open. */
export const silence: Answer = { bytes: "", ending: "stall" }

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

/** UMAaaS's answer to a create. */
export const apiToken = (
  fields: {
    readonly id?: string
    readonly name?: string
    readonly permissions?: ReadonlyArray<string>
    readonly clientId?: string
    readonly clientSecret?: string | undefined
    readonly createdAt?: string
    readonly updatedAt?: string
  } = {},
) => ({
  id: "Token:019542f5-b3e7-1d02-0000-000000000001",
  name: "reports",
  permissions: ["VIEW", "TRANSACT"],
  clientId: "client-2",
  clientSecret: "efgh",
  createdAt: "2025-07-21T17:32:28Z",
  updatedAt: "2025-07-22T08:00:00.123456+02:00",
  ...fields,
})
