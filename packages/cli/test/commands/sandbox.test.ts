/** Tests `effect-tokens sandbox` in process: its flags, its announcement, and its refusals. */
import { SandboxServer } from "@effect-tokens/cli"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ended, sandbox, started } from "../support/command.ts"

const basic = ({ clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string }) => ({
  authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`,
})

const status = (url: string, authorization: string) =>
  Effect.promise(() => fetch(url, { headers: { authorization } }).then((response) => response.status))

describe("effect-tokens sandbox", () => {
  it.live("--json prints one line with everything that a program needs", () =>
    Effect.gen(function* () {
      const line = yield* started(["sandbox", "--port", "0", "--json"])
      assert.notInclude(line, "\n")
      const { neuroio, umaaas, url, ...rest } = JSON.parse(line)
      assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
      assert.deepStrictEqual(rest, {})
      assert.deepStrictEqual(Object.keys(neuroio), ["account", "manager"])
      assert.strictEqual(yield* status(`${url}/v1/tokens/`, `Token ${neuroio.account}`), 200)
      assert.strictEqual(yield* status(`${url}/v1/streams/tokens/`, `Token ${neuroio.account}`), 200)
      assert.strictEqual(yield* status(`${url}/v1/tokens/`, `Token ${neuroio.manager}`), 200)
      assert.strictEqual(yield* status(`${url}/v1/streams/tokens/`, `Token ${neuroio.manager}`), 403)
      assert.deepStrictEqual(Object.keys(umaaas), ["url", "clientId", "clientSecret"])
      assert.strictEqual(umaaas.url, `${url}/umaaas/v1`)
      const page: { data: ReadonlyArray<{ clientId: string; permissions: unknown }> } = yield* Effect.promise(() =>
        fetch(`${umaaas.url}/tokens`, { headers: basic(umaaas) }).then((response) => response.json()),
      )
      assert.deepStrictEqual(
        page.data.map(({ clientId, permissions }) => [clientId, permissions]),
        [[umaaas.clientId, ["VIEW", "TRANSACT", "MANAGE"]]],
      )
    }),
  )

  it.live("tells a person where it listens and how to call it", () =>
    Effect.gen(function* () {
      const output = yield* started(["sandbox", "--port", "0"])
      const url = /listens on (\S+)/.exec(output)?.[1] ?? ""
      const key = /Authorization: Token (\S+)"/.exec(output)?.[1] ?? ""
      assert.strictEqual(yield* status(`${url}/v1/streams/tokens/`, `Token ${key}`), 200)
      assert.include(output, `NEUROIO_API_TOKEN=${key} NEUROIO_IAM_URL=${url} NEUROIO_API_URL=${url}\n`)
      const [, clientId = "", clientSecret = ""] = /curl -u ([^:]+):(\S+) /.exec(output) ?? []
      const env = `UMAAAS_CLIENT_ID=${clientId} UMAAAS_CLIENT_SECRET=${clientSecret} UMAAAS_URL=${url}/umaaas/v1\n`
      assert.include(output, env)
      const { authorization } = basic({ clientId, clientSecret })
      assert.strictEqual(yield* status(`${url}/umaaas/v1/tokens`, authorization), 200)
    }),
  )

  it.live("one --seed makes the same keys again, another makes others", () =>
    Effect.gen(function* () {
      const credentials = (...args: ReadonlyArray<string>) =>
        Effect.map(sandbox(args), ({ neuroio, umaaas }) => {
          assert.notStrictEqual(neuroio.account, umaaas.clientId)
          return [neuroio.account, umaaas.clientId, umaaas.clientSecret]
        })
      const first = yield* credentials("--seed", "7")
      const other = yield* credentials("--seed", "8")
      assert.deepStrictEqual(yield* credentials("--seed", "7"), first)
      for (const [i, secret] of first.entries()) assert.notStrictEqual(secret, other[i])
      assert.deepStrictEqual(yield* credentials(), yield* credentials("--seed", "0"))
    }),
  )

  it.live.each([
    ["0.0.0.0", "127.0.0.1"],
    ["::", "[::1]"],
  ] as const)("--host %s announces an address that can be called: %s", ([host, reachable]) =>
    Effect.gen(function* () {
      const { neuroio, url } = yield* sandbox(["--host", host])
      assert.strictEqual(new URL(url).hostname, reachable)
      assert.strictEqual(yield* status(`${url}/v1/tokens/`, `Token ${neuroio.account}`), 200)
    }),
  )

  it.live.each([false, true])("pages of other origins may call it with --cors alone: %s", (isTold) =>
    Effect.gen(function* () {
      const { neuroio, url } = yield* sandbox(isTold ? ["--cors"] : [])
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

  it.live("--console serves the built page, and says where", () =>
    Effect.gen(function* () {
      const files = { exists: () => Effect.succeed(true) }
      const { console, url } = yield* sandbox(["--console"], { files })
      assert.strictEqual(console, `${url}/console/`)
      const text = yield* started(["sandbox", "--port", "0", "--console"], { files })
      assert.match(text, /^ {2}console {4}http:\/\/127\.0\.0\.1:\d+\/console\/$/m)
    }),
  )

  it.live("--console is refused when no page is built", () =>
    Effect.gen(function* () {
      const files = { exists: () => Effect.succeed(false) }
      const { isSuccess, stdout, stderr } = yield* ended(["sandbox", "--port", "0", "--console"], { files })
      assert.deepStrictEqual([isSuccess, stdout], [false, ""])
      assert.include(stderr, "The console is not built yet: npm run build builds it")
    }),
  )

  it("defaults to listening to this machine only", () => {
    assert.deepStrictEqual(SandboxServer.defaults, {
      host: "127.0.0.1",
      port: 8787,
      seed: 0,
      cors: false,
      console: false,
    })
  })

  it.live("says in one sentence that a port is taken", () =>
    Effect.gen(function* () {
      const { port } = new URL((yield* sandbox()).url)
      const { isSuccess, stdout, stderr } = yield* ended(["sandbox", "--port", port])
      assert.deepStrictEqual([isSuccess, stdout], [false, ""])
      assert.strictEqual(
        stderr.trim().split("\n").at(-1)?.trim(),
        `Cannot listen on 127.0.0.1 port ${port} (EADDRINUSE). Something listens there already: choose another --port; 0 takes a free port.`,
      )
    }),
  )

  it.live.each([
    ["--port", "65536", "a port is a whole number from 0 to 65535"],
    ["--port", "-1", "a port is a whole number from 0 to 65535"],
    ["--port", "x", 'Invalid value for flag --port: "x"'],
    ["--seed", "1.5", 'Invalid value for flag --seed: "1.5"'],
    ["--seed", "4294967296", "a seed is a whole number from 0 to 4294967295"],
    ["--seed", "-1", "a seed is a whole number from 0 to 4294967295"],
    ["--host", "", "an address or a name to listen on"],
    ["--nonsense", "1", "Unrecognized flag: --nonsense"],
  ] as const)("%s %s is refused: %s", ([flag, value, sentence]) =>
    Effect.gen(function* () {
      const free = flag === "--port" ? [] : ["--port", "0"]
      // A command that accepts the value listens until the timeout.
      const { isSuccess, stderr } = yield* Effect.timeout(ended(["sandbox", ...free, flag, value]), "5 seconds")
      assert.isFalse(isSuccess)
      assert.include(stderr, flag)
      assert.include(stderr, sentence)
    }),
  )
})
