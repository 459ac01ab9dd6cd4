/** Tests what the process `effect-tokens sandbox` prints, and how it ends. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Net from "node:net"
import { announced, start } from "../support/process.ts"

describe("effect-tokens sandbox", () => {
  it.live("--json prints one line and nothing else", () =>
    Effect.gen(function* () {
      const sandbox = yield* start("sandbox", "--port", "0", "--json")
      const { neuroio, url } = yield* announced(sandbox)
      const headers = { authorization: `Token ${neuroio.account}` }
      const response = yield* Effect.promise(() => fetch(`${url}/v1/tokens/`, { headers }))
      assert.strictEqual(response.status, 200)
      assert.strictEqual(sandbox.output().trim().split("\n").length, 1)
    }),
  )

  it.live.each(["SIGTERM", "SIGINT"] as const)("%s: answers the requests that have begun, then ends with 0", (signal) =>
    Effect.gen(function* () {
      const sandbox = yield* start("sandbox", "--port", "0", "--json")
      const { neuroio, url } = yield* announced(sandbox)
      const port = Number(new URL(url).port)
      let answer = ""
      const socket = Net.connect(port, "127.0.0.1")
      socket.on("data", (chunk) => {
        answer += chunk.toString()
      })
      const head = [
        "POST /v1/tokens/ HTTP/1.1",
        "host: sandbox",
        `authorization: Token ${neuroio.account}`,
        "content-type: application/json",
        "content-length: 19",
        "expect: 100-continue",
        "",
        "",
      ]
      // The sandbox asks for the body: it has begun to handle the request.
      yield* Effect.callback<void>((resume) => {
        socket.once("data", () => resume(Effect.void))
        socket.write(head.join("\r\n"))
      })
      sandbox.child.kill(signal)
      // A refused connection shows that the signal has arrived.
      yield* Effect.callback<void>((resume) => {
        const knock = () => {
          const probe = Net.connect(port, "127.0.0.1")
          probe.on("connect", () => {
            probe.destroy()
            setImmediate(knock)
          })
          probe.on("error", () => resume(Effect.void))
        }
        knock()
      })
      socket.write('{"permanent":false}')
      assert.strictEqual(yield* sandbox.exited, 0)
      assert.match(answer, /HTTP\/1\.1 201 Created/)
    }),
  )

  it.live("SIGTERM: closes idle connections at once, and lets slow readers finish", () =>
    Effect.gen(function* () {
      const sandbox = yield* start("sandbox", "--port", "0", "--json")
      const port = Number(new URL((yield* announced(sandbox)).url).port)
      const connect = Effect.callback<Net.Socket>((resume) => {
        const socket = Net.connect(port, "127.0.0.1", () => resume(Effect.succeed(socket)))
        socket.on("error", () => {})
      })
      const idle = yield* connect
      const half = yield* connect
      half.write("GET /v1/tokens/ HTTP/1.1\r\nhost: x\r\n")
      const slow = yield* connect
      let size = 0
      const asked = 6
      slow.write("GET /docs HTTP/1.1\r\nhost: x\r\n\r\n".repeat(asked))
      // The answers are larger than the sockets' buffers. They are read on only when the other connections are closed.
      const length = yield* Effect.callback<number>((resume) => {
        slow.once("data", (chunk) => {
          slow.pause()
          size += chunk.byteLength
          const head = chunk.toString("latin1").split("\r\n\r\n", 1)[0] ?? ""
          resume(Effect.succeed(head.length + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1])))
        })
      })
      const closed = [idle, half].map((socket) => new Promise((resolve) => socket.resume().once("close", resolve)))
      sandbox.child.kill("SIGTERM")
      yield* Effect.promise(() => Promise.all(closed))
      slow.on("data", (chunk) => {
        size += chunk.byteLength
      })
      slow.resume()
      assert.strictEqual(yield* sandbox.exited, 0)
      assert.strictEqual(size, length * asked)
    }),
  )

  it.live("ends with 1 when the port is taken, and says so without a stack", () =>
    Effect.gen(function* () {
      const first = yield* start("sandbox", "--port", "0", "--json")
      const { url } = yield* announced(first)
      const second = yield* start("sandbox", "--port", new URL(url).port)
      assert.strictEqual(yield* second.exited, 1)
      assert.include(second.output(), "EADDRINUSE")
      assert.include(second.output(), "choose another --port")
      assert.notMatch(second.output(), /\bat .*:\d+:\d+/)
    }),
  )
})
