/**
 * A loopback server that answers at once with constant bytes. Its parser only finds the end of a request. It takes as
 * little of the machine as possible.
 */
import { createServer } from "node:net"
import { list, one } from "../answers.ts"
import { tellCpu } from "./tellCpu.ts"

const answer = (body: string): Buffer =>
  Buffer.from(
    [
      "HTTP/1.1 200 OK",
      "Content-Type: application/json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Date: Fri, 28 May 2021 10:37:51 GMT",
      "Connection: keep-alive",
      "Keep-Alive: timeout=60",
      "",
      body,
    ].join("\r\n"),
  )

const theOne = answer(one)
const lists = new Map<string, Buffer>()

const answerTo = (request: string): Buffer => {
  const [, limit] = /^GET [^ ]*limit=(\d+)/.exec(request) ?? []
  if (limit === undefined) return theOne
  const known = lists.get(limit) ?? answer(list(Number(limit)))
  lists.set(limit, known)
  return known
}

const end = "\r\n\r\n"

const server = createServer({ noDelay: true }, (socket) => {
  let received = ""
  socket.on("error", () => {})
  socket.on("data", (data) => {
    received += data.toString("latin1")
    for (let at = received.indexOf(end); at !== -1; at = received.indexOf(end)) {
      socket.write(answerTo(received))
      received = received.slice(at + end.length)
    }
  })
})

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  tellCpu(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`)
})
