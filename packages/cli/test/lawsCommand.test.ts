/** `effect-tokens laws` as a process: what it tries, what it says, and what it leaves alone. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { announced, start, startWith } from "./support/process.ts"

const ended = Effect.fnUntraced(function* (...args: Parameters<typeof startWith>) {
  const run = yield* startWith(...args)
  const code = yield* run.exited
  return { code, output: run.output() }
})

describe("effect-tokens laws", () => {
  it.live.each(["memory", "in-process", "sandbox"])("tries laws on %s", (on) =>
    Effect.gen(function* () {
      const laws = ["--law", "tokens.permanent-cap", "--law", "streamTokens.delete-list"]
      const { code, output } = yield* ended({}, "laws", "--on", on, ...laws, "--runs", "5")
      assert.strictEqual(
        output,
        "passed  tokens.permanent-cap (N4): 5 runs\npassed  streamTokens.delete-list (N12): 5 runs\n\n2 passed, 0 failed, 0 skipped\n",
      )
      assert.strictEqual(code, 0)
    }),
  )

  it.live("--on live says first what it will do, and touches only what it made", () =>
    Effect.gen(function* () {
      const sandbox = yield* start("sandbox", "--port", "0", "--json")
      const { neuroio, url } = yield* announced(sandbox)
      const call = (method: string, path: string) =>
        Effect.promise(() =>
          fetch(url + path, { method, headers: { authorization: `Token ${neuroio.account}` } }).then((r) => r.text()),
        )
      yield* call("POST", "/v1/tokens/")
      yield* call("POST", "/v1/streams/tokens/")
      const state = Effect.all([call("GET", "/v1/tokens/"), call("GET", "/v1/streams/tokens/")])
      const before = yield* state
      const environment = { NEUROIO_API_TOKEN: neuroio.account, NEUROIO_IAM_URL: url, NEUROIO_API_URL: url }
      const { code, output } = yield* ended(environment, "laws", "--on", "live", "--runs", "1")
      const [warning = "", first = ""] = output.split("\n\n").filter((part) => !part.startsWith("  "))
      assert.match(warning, new RegExp(`^The laws are about to be tried on ${url},`))
      assert.match(output, /change and delete no token that they did not make/)
      assert.isAbove(output.indexOf("passed  "), output.indexOf("and end."), first)
      assert.match(output, /^passed {2}tokens\.credential-inactive \(N13\): 1 run$/m)
      assert.match(output, /^skipped tokens\.delete-list \(N12\): it would delete tokens that it did not make$/m)
      assert.match(output, /\n\d\d passed, 0 failed, \d\d skipped\n$/)
      assert.notInclude(output, neuroio.account)
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(yield* state, before)
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
    [["--on", "live"], "--on live needs NEUROIO_API_TOKEN in the environment: the token to call with."],
    [["--replay", "nothing"], "--replay must be law:seed:path"],
    [["--runs", "0"], "runs: must be a whole number of at least 1."],
  ] as const)("%j is refused in one sentence", ([args, sentence]) =>
    Effect.gen(function* () {
      const { code, output } = yield* ended({ NEUROIO_API_TOKEN: "" }, "laws", ...args)
      assert.include(output, sentence)
      assert.notMatch(output, /\bat .*:\d+:\d+|\[object|undefined/)
      assert.strictEqual(code, 1)
    }),
  )
})
