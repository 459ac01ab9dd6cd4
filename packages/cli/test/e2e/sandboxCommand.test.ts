/** The command as a process: what it prints, how it starts, and how it ends. */
import { SandboxServer } from "@effect-tokens/cli"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import * as Net from "node:net"
import { version } from "../../src/version.ts"
import { announced, start } from "../support/process.ts"

const basic = ({ clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string }) => ({
  authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`,
})

const status = (url: string, key: string) =>
  Effect.promise(() => fetch(url, { headers: { authorization: `Token ${key}` } }).then((response) => response.status))

describe("effect-tokens sandbox", () => {
  it.live("--json prints one line with all that a program needs", () =>
    Effect.gen(function* () {
      const sandbox = yield* start("sandbox", "--port", "0", "--json")
      const { neuroio, umaaas, url, ...rest } = yield* announced(sandbox)
      assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
      assert.deepStrictEqual(rest, {})
      assert.deepStrictEqual(Object.keys(neuroio), ["account", "manager"])
      assert.strictEqual(yield* status(`${url}/v1/tokens/`, neuroio.account), 200)
      assert.strictEqual(yield* status(`${url}/v1/streams/tokens/`, neuroio.account), 200)
      assert.strictEqual(yield* status(`${url}/v1/tokens/`, neuroio.manager), 200)
      assert.strictEqual(yield* status(`${url}/v1/streams/tokens/`, neuroio.manager), 403)
      assert.deepStrictEqual(Object.keys(umaaas), ["url", "clientId", "clientSecret"])
      assert.strictEqual(umaaas.url, `${url}/umaaas/v1`)
      const page: { data: ReadonlyArray<{ clientId: string; permissions: unknown }> } = yield* Effect.promise(() =>
        fetch(`${umaaas.url}/tokens`, { headers: basic(umaaas) }).then((response) => response.json()),
      )
      assert.deepStrictEqual(
        page.data.map(({ clientId, permissions }) => [clientId, permissions]),
        [[umaaas.clientId, ["VIEW", "TRANSACT", "MANAGE"]]],
      )
      assert.strictEqual(sandbox.output().trim().split("\n").length, 1)
    }),
  )

  it.live("says to a person where it listens and how to call it", () =>
    Effect.gen(function* () {
      const sandbox = yield* start("sandbox", "--port", "0")
      const output = yield* sandbox.printed(/Ctrl-C/)
      const url = /listens on (\S+)/.exec(output)?.[1] ?? ""
      const key = /Authorization: Token (\S+)"/.exec(output)?.[1] ?? ""
      assert.strictEqual(yield* status(`${url}/v1/tokens/`, key), 200)
      assert.include(output, `NEUROIO_IAM_URL=${url}`)
      const [, clientId = "", clientSecret = ""] = /curl -u ([^:]+):(\S+) /.exec(output) ?? []
      const env = `UMAAAS_CLIENT_ID=${clientId} UMAAAS_CLIENT_SECRET=${clientSecret} UMAAAS_URL=${url}/umaaas/v1`
      assert.include(output, env)
      const headers = basic({ clientId, clientSecret })
      assert.strictEqual(
        yield* Effect.promise(() => fetch(`${url}/umaaas/v1/tokens`, { headers }).then((response) => response.status)),
        200,
      )
    }),
  )

  it.live("--seed makes keys that come again, and others", () =>
    Effect.gen(function* () {
      const credentials = (seed: string) =>
        Effect.gen(function* () {
          const sandbox = yield* start("sandbox", "--port", "0", "--json", "--seed", seed)
          const { neuroio, umaaas } = yield* announced(sandbox)
          assert.notStrictEqual(neuroio.account, umaaas.clientId)
          return [neuroio.account, umaaas.clientId, umaaas.clientSecret]
        }).pipe(Effect.scoped)
      const [first, again, other] = yield* Effect.all([credentials("7"), credentials("7"), credentials("8")], {
        concurrency: 3,
      })
      assert.deepStrictEqual(first, again)
      for (const [i, secret] of first.entries()) assert.notStrictEqual(secret, other[i])
    }),
  )

  it.live.each(["SIGTERM", "SIGINT"] as const)("%s: answers what it has begun, then ends well", (signal) =>
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
      // The sandbox has begun with the request once it asks for its body.
      yield* Effect.callback<void>((resume) => {
        socket.once("data", () => resume(Effect.void))
        socket.write(head.join("\r\n"))
      })
      sandbox.child.kill(signal)
      // It takes no new connections: this one shows that the signal has arrived.
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

  it.live.each(["0.0.0.0", "::"])("--host %s announces an address that can be called", (host) =>
    Effect.gen(function* () {
      const sandbox = yield* start("sandbox", "--port", "0", "--json", "--host", host)
      const { neuroio, url } = yield* announced(sandbox)
      assert.match(url, /^http:\/\/(?:127\.0\.0\.1|\[::1\]):\d+$/)
      assert.strictEqual(yield* status(`${url}/v1/tokens/`, neuroio.account), 200)
    }),
  )

  it.live.each([false, true])("pages of other origins may call it if it is told --cors: %s", (isTold) =>
    Effect.gen(function* () {
      const sandbox = yield* start("sandbox", "--port", "0", "--json", ...(isTold ? ["--cors"] : []))
      const { neuroio, url } = yield* announced(sandbox)
      const origin = "https://app.example"
      const asPage = (path: string, init: RequestInit) =>
        Effect.promise(() => fetch(url + path, { ...init, headers: { origin, ...init.headers } }))
      const preflight = yield* asPage("/v1/tokens/1/", {
        method: "OPTIONS",
        headers: {
          "access-control-request-method": "PATCH",
          "access-control-request-headers": "authorization,content-type",
        },
      })
      const authorization = `Token ${neuroio.account}`
      const answers = [
        yield* asPage("/v1/tokens/", { headers: { authorization } }),
        yield* asPage("/v1/tokens/", {}),
        yield* asPage("/nowhere", {}),
      ]
      assert.deepStrictEqual(
        answers.map(({ status }) => status),
        [200, 401, 404],
      )
      const allowed = isTold ? "*" : null
      for (const { headers } of [preflight, ...answers]) {
        assert.strictEqual(headers.get("access-control-allow-origin"), allowed)
        assert.strictEqual(headers.get("access-control-expose-headers"), isTold ? "retry-after" : null)
      }
      const [methods, headers] = ["methods", "headers"].map((name) =>
        preflight.headers.get(`access-control-allow-${name}`),
      )
      if (!isTold) return assert.deepStrictEqual([methods, headers], [null, null])
      for (const method of ["GET", "POST", "PATCH", "DELETE"]) assert.include(methods, method)
      assert.strictEqual(headers, "authorization,content-type")
    }),
  )

  it("listens to this machine only unless told otherwise", () => {
    assert.deepStrictEqual(SandboxServer.defaults, {
      host: "127.0.0.1",
      port: 8787,
      seed: 0,
      cors: false,
      console: false,
    })
  })

  it.live("SIGTERM: waits for nobody who has asked for nothing, and cuts nobody off who reads slowly", () =>
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
      // The answers are larger than the buffers between the two, and are read on only once the others are closed.
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

  it.live("a port that is taken is said in one line", () =>
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

  it.live.each([
    ["--port", "65536"],
    ["--port", "x"],
    ["--seed", "1.5"],
    ["--seed", "4294967296"],
    ["--host", ""],
    ["--nonsense", "1"],
  ] as const)("%s %s is refused", ([flag, value]) =>
    Effect.gen(function* () {
      const sandbox = yield* start("sandbox", flag, value)
      assert.strictEqual(yield* sandbox.exited, 1)
      assert.include(sandbox.output(), flag)
    }),
  )

  it("has the version of its package", () => {
    const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"))
    assert.strictEqual(version, manifest.version)
  })
})
