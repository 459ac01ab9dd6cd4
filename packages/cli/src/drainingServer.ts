/**
 * Node's HTTP server, with two things mended: how it closes, and what it answers to requests that no route gets to see.
 * And with one added: somebody may go first with every request, and hand over to the routes what it does not answer.
 *
 * Node waits for connections that never sent a request, cuts off answers that are not yet read, and keeps connections
 * alive that become idle while it closes. Here a connection closes once it owes no answer, and all do after the grace.
 */
import * as Sandbox from "@effect-tokens/testkit/Sandbox"
import { createServer, IncomingMessage, type Server, ServerResponse } from "node:http"
import type { Duplex } from "node:stream"

/** How long an answer may take once the server closes. In milliseconds. */
const grace = 5000

const phrases: Readonly<Record<number, string>> = {
  400: "Bad Request",
  405: "Method Not Allowed",
  431: "Request Header Fields Too Large",
}

/** Answers on the bare connection. */
const refuse = (socket: Duplex, status: number, message: string) => {
  const body = Sandbox.errorBody(status, message)
  const head = [
    `HTTP/1.1 ${status} ${phrases[status]}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ]
  socket.on("error", () => {})
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`)
}

/** Answers a request or hands it over, before anything else happens on its connection. */
export type First = (request: IncomingMessage, response: ServerResponse, handOver: () => void) => void

export interface DrainingServer extends Server {
  readonly goFirst: (first: First) => void
}

/** Makes a server whose `close` lets it finish what it has begun with, and nothing else. */
export const makeDrainingServer = (): DrainingServer => {
  // Without the header the routes answer like any other: the sandbox has one name only.
  const server = createServer({ requireHostHeader: false })
  const owed = new Map<Duplex, number>()
  let closing = false

  server.on("connection", (socket) => {
    owed.set(socket, 0)
    socket.on("close", () => owed.delete(socket))
  })

  const keepAccount = (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    owed.set(socket, (owed.get(socket) ?? 0) + 1)
    response.on("close", () => {
      const rest = (owed.get(socket) ?? 1) - 1
      if (owed.has(socket)) owed.set(socket, rest)
      // Ending it, unlike destroying it, sends first what is still unsent.
      if (closing && rest === 0) socket.end()
    })
  }
  server.on("checkContinue", keepAccount)

  let first: First | undefined
  const emit = server.emit.bind(server)
  // A listener cannot keep a request from the others.
  server.emit = (event: string, ...details: ReadonlyArray<unknown>): boolean => {
    const [request, response] = details
    if (event !== "request" || !(request instanceof IncomingMessage) || !(response instanceof ServerResponse)) {
      return emit(event, ...details)
    }
    // Who goes first answers within the turn, and owes nothing then, unless another answer is before this one.
    const isOwed = first === undefined || response.socket === null
    if (isOwed) keepAccount(request, response)
    const handOver = () => {
      if (!isOwed) keepAccount(request, response)
      emit(event, request, response)
    }
    if (first === undefined) handOver()
    else first(request, response, handOver)
    return true
  }

  const close = server.close.bind(server)
  server.close = (callback) => {
    closing = true
    for (const [socket, answers] of owed) if (answers === 0) socket.end()
    setTimeout(() => server.closeAllConnections(), grace).unref()
    return close(callback)
  }
  // Node calls this when it closes, and takes an answer that is not yet read for none.
  server.closeIdleConnections = () => {}

  server.on("clientError", (error, socket) => {
    if (!socket.writable) return socket.destroy()
    const tooLarge = "code" in error && error.code === "HPE_HEADER_OVERFLOW"
    return refuse(socket, tooLarge ? 431 : 400, tooLarge ? "The headers are too large." : "This is not HTTP.")
  })
  server.on("connect", (_request, socket) => refuse(socket, 405, "This is no proxy."))
  server.on("checkExpectation", ({ url }, response) => {
    response.writeHead(417, { "content-type": "application/json" })
    response.end(Sandbox.errorBody(417, "Only 100-continue may be expected.", url))
  })
  return Object.assign(server, {
    goFirst: (one: First) => {
      first = one
    },
  })
}
