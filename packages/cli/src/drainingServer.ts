/**
 * Node's HTTP server, with two things mended: how it closes, and what it answers to requests that it does not hand over.
 *
 * Node waits for connections that never sent a request, cuts off answers that are not yet read, and keeps connections
 * alive that become idle while it closes. Here a connection closes once it owes no answer, and all do after the grace.
 */
import * as Sandbox from "@effect-tokens/testkit/Sandbox"
import { createServer, type RequestListener, type Server } from "node:http"
import type { Duplex } from "node:stream"

/** The time that an answer may take once the server closes, in milliseconds. */
const grace = 5000

const phrases: Readonly<Record<number, string>> = {
  400: "Bad Request",
  405: "Method Not Allowed",
  431: "Request Header Fields Too Large",
}

/** Answers on the bare connection. */
const refuse = (socket: Duplex, status: number, message: string) => {
  const { body = "" } = Sandbox.errorResponse(status, message)
  const head = [
    `HTTP/1.1 ${status} ${phrases[status]}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ]
  socket.on("error", () => {})
  socket.end(`${head.join("\r\n")}\r\n\r\n${String(body)}`)
}

/** Makes a server whose `close` lets it finish what it has begun with, and nothing else. */
export const makeDrainingServer = (listener: RequestListener): Server => {
  // Without the header requests are answered like any other: the sandbox has one name only.
  const server = createServer({ requireHostHeader: false })
  const owed = new Map<Duplex, number>()
  let closing = false

  server.on("connection", (socket) => {
    owed.set(socket, 0)
    socket.on("close", () => owed.delete(socket))
  })

  const answer: RequestListener = (request, response) => {
    listener(request, response)
    // Most answers are sent by now, and nothing is owed.
    if (response.writableFinished) return
    const { socket } = request
    owed.set(socket, (owed.get(socket) ?? 0) + 1)
    response.on("close", () => {
      const rest = (owed.get(socket) ?? 1) - 1
      if (owed.has(socket)) owed.set(socket, rest)
      // Ending it, unlike destroying it, sends first what is still unsent.
      if (closing && rest === 0) socket.end()
    })
  }
  server.on("request", answer)
  // A client that waits for leave to send the body gets it from the listener.
  server.on("checkContinue", answer)

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
    const { body, headers, status } = Sandbox.errorResponse(417, "Only 100-continue may be expected.", url)
    response.writeHead(status, headers).end(body)
  })
  return server
}
