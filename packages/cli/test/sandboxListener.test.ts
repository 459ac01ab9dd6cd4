/** The sandbox over HTTP: what of a request and a response is Node's matter. */
import { SandboxServer } from "@effect-tokens/cli"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { once } from "node:events"
import * as Net from "node:net"

/** Sends bytes, one piece after another, and gives all that comes until the connection ends. */
const exchange = (...pieces: ReadonlyArray<string>) =>
  Effect.flatMap(SandboxServer.SandboxServer, ({ url }) =>
    Effect.promise(async () => {
      const socket = Net.connect(Number(new URL(url).port), "127.0.0.1")
      const chunks: Array<Buffer> = []
      socket.on("data", (chunk) => chunks.push(chunk))
      await once(socket, "connect")
      for (const piece of pieces) {
        socket.write(piece)
        await new Promise((resolve) => setImmediate(resolve))
      }
      await once(socket, "close")
      return Buffer.concat(chunks).toString()
    }),
  )

const statusesOf = (answers: string) => answers.match(/(?<=HTTP\/1\.1 )\d+/g)

const authorization = Effect.map(
  SandboxServer.SandboxServer,
  ({ credentials }) => `authorization: Token ${Redacted.value(credentials.neuroio.account)}\r\n`,
)

const head = (line: string, ...headers: ReadonlyArray<string>) =>
  [`${line} HTTP/1.1`, "host: 127.0.0.1", ...headers.map((header) => header.trim()), "", ""].join("\r\n")

const json = "content-type: application/json"
const close = "connection: close"

const server = SandboxServer.layer({ port: 0 })

describe("the sandbox over HTTP", () => {
  it.live("answers requests that do not wait, in their order, on one connection", () =>
    Effect.gen(function* () {
      const as = yield* authorization
      const answers = yield* exchange(
        head("POST /v1/tokens/", as, json, "content-length: 2") +
          "{}" +
          head("GET /v1/tokens/1/", as) +
          head("PATCH /v1/tokens/1/", as, json, "content-length: 2") +
          "{}" +
          head("GET /v1/tokens/nothing/", as) +
          head("DELETE /v1/tokens/1/", as, close),
      )
      assert.deepStrictEqual(statusesOf(answers), ["201", "200", "400", "404", "204"])
    }).pipe(Effect.provide(server)),
  )

  it.live("reads a body that comes late, in chunks, or after leave to send it", () =>
    Effect.gen(function* () {
      const as = yield* authorization
      const post = (...headers: ReadonlyArray<string>) => head("POST /v1/tokens/", as, json, close, ...headers)
      const body = '{"permanent":true}'
      const late = yield* exchange(post(`content-length: ${body.length}`), body.slice(0, 5), body.slice(5))
      assert.deepStrictEqual(statusesOf(late), ["201"])
      const chunked = yield* exchange(
        post("transfer-encoding: chunked"),
        `${body.length.toString(16)}\r\n${body}\r\n`,
        "0\r\n\r\n",
      )
      assert.deepStrictEqual(statusesOf(chunked), ["201"])
      const waiting = yield* exchange(post(`content-length: ${body.length}`, "expect: 100-continue"), body)
      assert.deepStrictEqual(statusesOf(waiting), ["100", "201"])
      const list = yield* exchange(head("GET /v1/tokens/?permanent=true", as, close))
      assert.deepStrictEqual(list.match(/"expires":null/g)?.length, 3)
    }).pipe(Effect.provide(server)),
  )

  it.live("reads no more than the sandbox takes", () =>
    Effect.gen(function* () {
      const as = yield* authorization
      const announced = yield* exchange(head("POST /v1/tokens/", as, json, close, "content-length: 99999999999"))
      assert.deepStrictEqual(statusesOf(announced), ["413"])
      const size = 1024 * 1024 + 1
      const counted = yield* exchange(
        head("PUT /_sandbox/faults", json, close, "transfer-encoding: chunked"),
        `${size.toString(16)}\r\n${"x".repeat(size)}\r\n0\r\n\r\n`,
      )
      assert.deepStrictEqual(statusesOf(counted), ["413"])
    }).pipe(Effect.provide(server)),
  )

  it.live("sends the length of a body to HEAD, and not the body", () =>
    Effect.gen(function* () {
      const answer = yield* exchange(head("HEAD /_sandbox/faults", close))
      assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[\s\S]*content-length: 28\r\n[\s\S]*\r\n\r\n$/)
    }).pipe(Effect.provide(server)),
  )

  it.live("ends a call in the journal whose client goes", () =>
    Effect.gen(function* () {
      const { url } = yield* SandboxServer.SandboxServer
      const control = (method: string, path: string, body?: object) =>
        Effect.promise(async () => {
          const headers = { "content-type": "application/json" }
          const response = await fetch(`${url}/_sandbox${path}`, {
            method,
            headers,
            body: body === undefined ? null : JSON.stringify(body),
          })
          return await response.text()
        })
      const rule = { operation: "Tokens.list", fault: { _tag: "Timeout" } }
      yield* control("PUT", "/faults", { _tag: "Script", rules: [rule] })
      const socket = Net.connect(Number(new URL(url).port), "127.0.0.1")
      socket.write(head("GET /v1/tokens/"))
      const outcome = Effect.map(control("GET", "/journal"), (text) => /"outcome":\{"_tag":"(\w+)"/.exec(text)?.[1])
      while ((yield* outcome) !== "Pending") yield* Effect.yieldNow
      socket.destroy()
      while ((yield* outcome) === "Pending") yield* Effect.yieldNow
      assert.strictEqual(yield* outcome, "Interrupted")
    }).pipe(Effect.provide(server)),
  )
})

describe("a page of another origin", () => {
  const ask = (line: string, ...headers: ReadonlyArray<string>) =>
    Effect.map(
      exchange([`${line} HTTP/1.1`, ...headers, close, "", ""].join("\r\n")),
      (answer) => statusesOf(answer)?.[0],
    )

  it.live.each([
    ["another origin", ["host: 127.0.0.1:8787", "origin: https://app.example"], "403"],
    ["no origin that it may name", ["host: 127.0.0.1:8787", "origin: null"], "403"],
    ["a name that was made to resolve here", ["host: app.example:8787", "origin: http://app.example:8787"], "403"],
    ["its own page", ["host: 127.0.0.1:8787", "origin: http://127.0.0.1:8787"], "204"],
    ["its own page by another name", ["host: localhost:8787", "origin: http://localhost:8787"], "204"],
    ["no page", ["host: sandbox:8787"], "204"],
  ] as const)("may not control the sandbox: %s", ([, headers, status]) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* ask("POST /_sandbox/reset", ...headers), status)
      assert.strictEqual(yield* ask("POST /%5Fsandbox/reset", ...headers), status)
      assert.strictEqual(yield* ask("POST http://x/_sandbox/reset", ...headers), status)
      // The vendors ask for a credential.
      assert.strictEqual(yield* ask("GET /v1/tokens/", ...headers), "401")
    }).pipe(Effect.provide(server)),
  )

  it.live("may where it is told so", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* ask("POST /_sandbox/reset", "host: x", "origin: https://app.example"), "204")
    }).pipe(Effect.provide(SandboxServer.layer({ port: 0, cors: true }))),
  )
})
