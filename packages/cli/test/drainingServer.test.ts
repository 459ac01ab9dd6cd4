/** The server beneath the sandbox: what it finishes when it closes. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { EventEmitter, once } from "node:events"
import type { Server, ServerResponse } from "node:http"
import * as Net from "node:net"
import { makeDrainingServer } from "../src/drainingServer.ts"

/** Serves `answer` on all paths but `/later`, whose responses are kept. */
const serve = (answer: (response: ServerResponse) => void) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const later: Array<ServerResponse> = []
      const requests = new EventEmitter()
      let count = 0
      const server = makeDrainingServer(({ url }, response) => {
        if (url === "/later") later.push(response)
        else answer(response)
        count += 1
        requests.emit("request")
      })
      await once(server.listen(0, "127.0.0.1"), "listening")
      /** Gives the responses that are kept, once so many requests have come. */
      const kept = (requested: number) =>
        Effect.callback<ReadonlyArray<ServerResponse>>((resume) => {
          const look = () => {
            if (count >= requested) resume(Effect.succeed(later))
          }
          requests.on("request", look)
          look()
        })
      return { server, kept }
    }),
    ({ server }) => Effect.sync(() => server.listening && server.close()),
  )

/** Sends requests for these paths one after another, without waiting for an answer. */
const ask = (server: Server, ...paths: ReadonlyArray<string>) =>
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

describe("a server that drains", () => {
  it.live("answers in the order of the requests", () =>
    Effect.gen(function* () {
      const { kept, server } = yield* serve((response) => response.end("now"))
      const socket = yield* ask(server, "/now", "/later", "/now")
      const later = yield* kept(3)
      assert.strictEqual(later.length, 1)
      for (const response of later) response.end("later")
      server.close()
      const answers = yield* received(socket)
      assert.deepStrictEqual(answers.match(/(?<=\r\n\r\n)\w+?(?=HTTP|$)/g), ["now", "later", "now"])
    }),
  )

  it.live("closes once what waits behind a later answer is sent, too", () =>
    Effect.gen(function* () {
      const { kept, server } = yield* serve((response) => response.end("now"))
      const socket = yield* ask(server, "/later", "/now", "/now", "/now")
      const later = yield* kept(4)
      server.close()
      for (const response of later) response.end("later")
      const answers = yield* received(socket)
      assert.deepStrictEqual(answers.match(/(?<=\r\n\r\n)\w+?(?=HTTP|$)/g), ["later", "now", "now", "now"])
    }),
  )

  it.live("cuts off nobody who reads slowly", () =>
    Effect.gen(function* () {
      // More than the buffers between the two take.
      const large = "x".repeat(8 * 1024 * 1024)
      const { kept, server } = yield* serve((response) => response.end(large))
      const socket = yield* ask(server, "/now", "/now", "/now")
      socket.pause()
      yield* kept(3)
      server.close()
      const answers = yield* received(socket.resume())
      assert.strictEqual(answers.split("HTTP/1.1 200 OK").length - 1, 3)
      assert.isTrue(answers.endsWith(large))
    }),
  )
})
