/** The server beneath the sandbox: who goes first with a request, and what it finishes when it closes. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { once } from "node:events"
import type { ServerResponse } from "node:http"
import * as Net from "node:net"
import { type DrainingServer, type First, makeDrainingServer } from "../src/drainingServer.ts"

const serve = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = makeDrainingServer()
    await once(server.listen(0, "127.0.0.1"), "listening")
    return server
  }),
  (server) => Effect.sync(() => server.listening && server.close()),
)

/** Sends requests for these paths one after another, without waiting for an answer. */
const ask = (server: DrainingServer, ...paths: ReadonlyArray<string>) =>
  Effect.sync(() => {
    const address = server.address()
    const port = typeof address === "object" ? address?.port : undefined
    const socket = Net.connect(port ?? 0, "127.0.0.1")
    socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`).join(""))
    return socket
  })

/** All that comes until the connection ends. */
const received = (socket: Net.Socket) =>
  Effect.promise(async () => {
    const chunks: Array<Buffer> = []
    socket.on("data", (chunk) => chunks.push(chunk))
    await once(socket, "close")
    return Buffer.concat(chunks).toString()
  })

/** Goes first, and answers all paths but `/later`. Then it is through with so many, those included. */
const throughWith = (server: DrainingServer, count: number, answer: (response: ServerResponse) => void) =>
  Effect.callback<ReadonlyArray<ServerResponse>>((resume) => {
    const later: Array<ServerResponse> = []
    let left = count
    const through = () => {
      left -= 1
      if (left === 0) resume(Effect.succeed(later))
    }
    const first: First = ({ url }, response, handOver) => {
      if (url === "/later") return handOver()
      answer(response)
      through()
    }
    server.on("request", (_request, response) => {
      later.push(response)
      through()
    })
    server.goFirst(first)
  })

describe("a server where somebody goes first", () => {
  it.live("shows the others only what is handed over", () =>
    Effect.gen(function* () {
      const server = yield* serve
      const socket = yield* ask(server, "/now", "/later", "/now")
      const later = yield* throughWith(server, 3, (response) => response.end("now"))
      assert.strictEqual(later.length, 1)
      for (const response of later) response.end("later")
      server.close()
      const answers = yield* received(socket)
      assert.deepStrictEqual(answers.match(/(?<=\r\n\r\n)\w+?(?=HTTP|$)/g), ["now", "later", "now"])
    }),
  )

  it.live("closes once what waits behind an answer that was handed over is sent, too", () =>
    Effect.gen(function* () {
      const server = yield* serve
      const socket = yield* ask(server, "/later", "/now", "/now", "/now")
      const later = yield* throughWith(server, 4, (response) => response.end("now"))
      server.close()
      for (const response of later) response.end("later")
      const answers = yield* received(socket)
      assert.deepStrictEqual(answers.match(/(?<=\r\n\r\n)\w+?(?=HTTP|$)/g), ["later", "now", "now", "now"])
    }),
  )

  it.live("cuts off nobody who reads slowly", () =>
    Effect.gen(function* () {
      const server = yield* serve
      // More than the buffers between the two take.
      const large = "x".repeat(8 * 1024 * 1024)
      const socket = yield* ask(server, "/now", "/now", "/now")
      socket.pause()
      yield* throughWith(server, 3, (response) => response.end(large))
      server.close()
      const answers = yield* received(socket.resume())
      assert.strictEqual(answers.split("HTTP/1.1 200 OK").length - 1, 3)
      assert.isTrue(answers.endsWith(large))
    }),
  )
})
