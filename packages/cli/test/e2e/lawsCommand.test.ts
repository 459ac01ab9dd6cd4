/** Tests how the process `effect-tokens laws` ends. */
import { SandboxServer } from "@effect-tokens/cli"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { start, startWith } from "../support/process.ts"

describe("effect-tokens laws", () => {
  it.live("ends with 0 when all laws hold, and prints them", () =>
    Effect.gen(function* () {
      const run = yield* start("laws", "--law", "tokens.permanent-cap", "--runs", "5")
      assert.strictEqual(yield* run.exited, 0)
      assert.strictEqual(run.output(), "passed  tokens.permanent-cap (N4): 5 runs\n\n1 passed, 0 failed, 0 skipped\n")
    }),
  )

  it.live("ends with 1 when the environment lacks a part of a credential, and says so without a stack", () =>
    Effect.gen(function* () {
      const environment = { NEUROIO_API_TOKEN: "", UMAAAS_CLIENT_ID: "client-1", UMAAAS_CLIENT_SECRET: "" }
      const run = yield* startWith(environment, "laws", "--target", "live")
      assert.strictEqual(yield* run.exited, 1)
      assert.include(run.output(), "--target live needs UMAAAS_CLIENT_ID and UMAAAS_CLIENT_SECRET in the environment")
      assert.notMatch(run.output(), /\bat .*:\d+:\d+|\[object|undefined/)
    }),
  )

  it.live("ends with 1 when the credential is refused, and says only that", () =>
    Effect.gen(function* () {
      const { url } = yield* SandboxServer.SandboxServer
      const environment = { NEUROIO_API_TOKEN: "wrong", NEUROIO_IAM_URL: url, NEUROIO_API_URL: url }
      const run = yield* startWith(environment, "laws", "--target", "live")
      assert.strictEqual(yield* run.exited, 1)
      assert.strictEqual(run.output(), "\nERROR\n  NEUROIO_API_TOKEN is refused (401).\n")
    }).pipe(Effect.provide(SandboxServer.layer({ port: 0 }))),
  )

  it.live("ends with 130 when it is interrupted, and says so", () =>
    Effect.gen(function* () {
      // A law with few runs shows that the command works, and one with many runs keeps it busy.
      const run = yield* start("laws", "--law", "tokens.whole-keys", "--law", "tokens.story", "--runs", "1000000")
      yield* run.printed(/^passed {2}tokens\.whole-keys/m)
      run.child.kill("SIGINT")
      assert.strictEqual(yield* run.exited, 130)
      assert.include(run.output(), "Interrupted: not all laws were tried.")
    }),
  )
})
