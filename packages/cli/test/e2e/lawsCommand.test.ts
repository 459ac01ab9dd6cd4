/** `effect-tokens laws` as a process: what it tries, what it says, and what it leaves alone. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { announced, start, startWith } from "../support/process.ts"

const ended = Effect.fnUntraced(function* (...args: Parameters<typeof startWith>) {
  const run = yield* startWith(...args)
  const code = yield* run.exited
  return { code, output: run.output() }
})

describe("effect-tokens laws", () => {
  it.live.each(["memory", "in-process", "sandbox"])("tries laws on %s", (on) =>
    Effect.gen(function* () {
      const laws = [
        "--law",
        "tokens.permanent-cap",
        "--law",
        "streamTokens.delete-list",
        "--law",
        "apiTokens.secret-once",
      ]
      const { code, output } = yield* ended({}, "laws", "--on", on, ...laws, "--runs", "5")
      assert.strictEqual(
        output,
        "passed  tokens.permanent-cap (N4): 5 runs\npassed  streamTokens.delete-list (N12): 5 runs\npassed  apiTokens.secret-once (U1): 5 runs\n\n3 passed, 0 failed, 0 skipped\n",
      )
      assert.strictEqual(code, 0)
    }),
  )

  const noCredential = { NEUROIO_API_TOKEN: "", UMAAAS_CLIENT_ID: "", UMAAAS_CLIENT_SECRET: "" }

  const live = Effect.gen(function* () {
    const { neuroio, umaaas, url } = yield* announced(yield* start("sandbox", "--port", "0", "--json"))
    const call = (method: string, path: string, authorization: string) =>
      Effect.promise(() => fetch(url + path, { method, headers: { authorization } }).then((r) => r.text()))
    const account = `Token ${neuroio.account}`
    const first = `Basic ${btoa(`${umaaas.clientId}:${umaaas.clientSecret}`)}`
    yield* call("POST", "/v1/tokens/", account)
    yield* call("POST", "/v1/streams/tokens/", account)
    return {
      state: Effect.all([
        call("GET", "/v1/tokens/", account),
        call("GET", "/v1/streams/tokens/", account),
        call("GET", "/umaaas/v1/tokens", first),
      ]),
      NeuroIO: {
        url,
        secret: neuroio.account,
        environment: { NEUROIO_API_TOKEN: neuroio.account, NEUROIO_IAM_URL: url, NEUROIO_API_URL: url },
      },
      UMAaaS: {
        url: umaaas.url,
        secret: umaaas.clientSecret,
        environment: {
          UMAAAS_CLIENT_ID: umaaas.clientId,
          UMAAAS_CLIENT_SECRET: umaaas.clientSecret,
          UMAAAS_URL: umaaas.url,
        },
      },
    }
  })

  it.live.each([
    {
      vendor: "NeuroIO",
      promise: "change and delete no token that they did not make",
      passed: "tokens.credential-inactive (N13)",
      skipped: "tokens.delete-list (N12): it would delete tokens that it did not make",
      ofOthers: /UMAAAS|apiTokens/,
    },
    {
      vendor: "UMAaaS",
      promise: "delete no token that they did not make",
      passed: "apiTokens.permissions (U10)",
      skipped: "apiTokens.creation-time (U2): the platform's time cannot be moved",
      ofOthers: /NEUROIO|streamTokens/,
    },
  ] as const)("--on live says of $vendor first what it will do, and touches only what it made", (row) =>
    Effect.gen(function* () {
      const { state, ...platforms } = yield* live
      const { environment, secret, url } = platforms[row.vendor]
      const before = yield* state
      const { code, output } = yield* ended({ ...noCredential, ...environment }, "laws", "--on", "live", "--runs", "1")
      const lines = output.split("\n")
      assert.strictEqual(lines[0], `The laws are about to be tried on ${url},`)
      assert.isAbove(output.indexOf("\npassed  "), output.indexOf(row.promise))
      assert.include(lines, `passed  ${row.passed}: 1 run`)
      assert.include(lines, `skipped ${row.skipped}`)
      assert.match(output, /\n\d\d passed, 0 failed, \d+ skipped\n$/)
      assert.notMatch(output, row.ofOthers)
      assert.notInclude(output, secret)
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(yield* state, before)
    }),
  )

  it.live("--on live goes to every platform that the environment has a credential for", () =>
    Effect.gen(function* () {
      const { NeuroIO, UMAaaS } = yield* live
      const environment = { ...NeuroIO.environment, ...UMAaaS.environment }
      const some = ["--law", "apiTokens.secret-once", "--law", "tokens.get"]
      const { code, output } = yield* ended(environment, "laws", "--on", "live", "--runs", "1", ...some)
      assert.sameOrderedMembers(
        output.split("\n").filter((line) => /^The laws|^passed/.test(line)),
        [
          `The laws are about to be tried on ${NeuroIO.url},`,
          `The laws are about to be tried on ${UMAaaS.url},`,
          "passed  tokens.get (N9): 1 run",
          "passed  apiTokens.secret-once (U1): 1 run",
        ],
      )
      assert.strictEqual(code, 0)
    }),
  )

  it.live("does not end well when it is interrupted, and says so", () =>
    Effect.gen(function* () {
      // A law of few runs says that the command is at work, and one of many keeps it there.
      const run = yield* start("laws", "--law", "tokens.whole-keys", "--law", "tokens.story", "--runs", "1000000")
      yield* run.printed(/^passed {2}tokens\.whole-keys/m)
      run.child.kill("SIGINT")
      assert.strictEqual(yield* run.exited, 130)
      assert.include(run.output(), "Interrupted: not all laws were tried.")
    }),
  )

  it.live("replays a counterexample, from its seed or from a file", () =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "laws-"))),
        (folder) => Effect.sync(() => rmSync(folder, { recursive: true })),
      )
      const file = join(folder, "saved.json")
      writeFileSync(file, JSON.stringify({ law: "tokens.lifetime", input: [true, false] }))
      for (const replay of ["tokens.lifetime:42:7", file]) {
        const { code, output } = yield* ended({}, "laws", "--replay", replay)
        assert.strictEqual(output, "passed  tokens.lifetime (N2): 1 run\n\n1 passed, 0 failed, 0 skipped\n")
        assert.strictEqual(code, 0)
      }
    }),
  )

  it.live.each([
    [["--law", "tokens.nothing"], 'There is no law "tokens.nothing".'],
    [
      ["--on", "live"],
      "--on live needs NEUROIO_API_TOKEN, or UMAAAS_CLIENT_ID and UMAAAS_CLIENT_SECRET in the environment: the token to call with.",
    ],
    [
      ["--on", "live", "--law", "apiTokens.get"],
      "--on live needs UMAAAS_CLIENT_ID and UMAAAS_CLIENT_SECRET in the environment: the token to call with.",
    ],
    // Whoever gave a part of a credential meant the whole.
    [
      ["--on", "live"],
      "--on live needs UMAAAS_CLIENT_ID and UMAAAS_CLIENT_SECRET in the environment: the token to call with.",
      { UMAAAS_CLIENT_ID: "client-1" },
    ],
    [["--replay", "nothing"], "--replay must be law:seed:path"],
    [["--runs", "0"], "runs: must be a whole number of at least 1."],
  ] as const)("%j is refused in one sentence", ([args, sentence, environment = {}]) =>
    Effect.gen(function* () {
      const { code, output } = yield* ended({ ...noCredential, ...environment }, "laws", ...args)
      assert.include(output, sentence)
      assert.notMatch(output, /\bat .*:\d+:\d+|\[object|undefined/)
      assert.strictEqual(code, 1)
    }),
  )
})
