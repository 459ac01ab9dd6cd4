/** The program as a person runs it: on a sandbox of its own, and against a platform where others have tokens too. */
import { SandboxServer } from "@effect-tokens/cli"
import { StreamTokens, Tokens } from "@effect-tokens/core"
import { NodeNeuroio } from "@effect-tokens/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Redacted from "effect/Redacted"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

const run = (env: Readonly<Record<string, string>>) =>
  Effect.callback<{ readonly code: number; readonly output: string }>((resume) => {
    const variables = Object.entries(process.env).filter(([name]) => !name.startsWith("NEUROIO_"))
    execFile(
      process.execPath,
      ["--conditions=@effect-tokens/source", main],
      { env: { ...Object.fromEntries(variables), ...env } },
      (error, stdout, stderr) =>
        resume(Effect.succeed({ code: typeof error?.code === "number" ? error.code : 0, output: stdout + stderr })),
    )
  })

const assertTour = (output: string) => {
  for (const heading of [
    "Create a temporary token and a permanent one",
    "Fill the permanent slots",
    "List the permanent ones",
    "List the temporary ones",
    "Page through all of them",
    "does not authenticate any more",
    "is not found any more",
    "Delete the temporary ones",
    "Stream tokens",
  ]) {
    assert.include(output, heading)
  }
  for (const tag of ["PermanentTokenLimitReached", "Unauthorized", "NotFound"]) assert.include(output, `✗ ${tag}`)
  assert.notMatch(output, /[0-9a-f]{40}/, "a whole key")
}

describe("quickstart", () => {
  it.live("shows everything on a sandbox of its own", () =>
    Effect.gen(function* () {
      const { code, output } = yield* run({})
      assert.strictEqual(code, 0, output)
      assertTour(output)
      assert.include(output, "ids 1, 2, 3, 4, 5, 6")
    }),
  )

  it.live("deletes only what it made where others have tokens too", () =>
    Effect.gen(function* () {
      const { credentials, url } = yield* SandboxServer.SandboxServer
      const options = { apiToken: credentials.neuroio.account, iamUrl: url, apiUrl: url }
      yield* Effect.gen(function* () {
        const services = [yield* Tokens, yield* StreamTokens]
        const others = yield* Effect.forEach(services, (tokens) =>
          Effect.all([tokens.create(), tokens.create({ permanent: true }), tokens.create()]),
        )
        const { code, output } = yield* run({
          NEUROIO_API_TOKEN: Redacted.value(credentials.neuroio.account),
          NEUROIO_IAM_URL: url,
          NEUROIO_API_URL: url,
        })
        assert.strictEqual(code, 0, output)
        assertTour(output)
        const after = yield* Effect.forEach(services, (tokens) => tokens.list())
        assert.isTrue(Equal.equals(after, others))
      }).pipe(Effect.provide(NodeNeuroio.layer(options)))
    }).pipe(Effect.provide(SandboxServer.layer({ port: 0 }))),
  )

  it.live("asks for the variables that are missing", () =>
    Effect.gen(function* () {
      const { code, output } = yield* run({ NEUROIO_API_TOKEN: "canary" })
      assert.strictEqual(code, 1)
      assert.include(output, "NEUROIO_IAM_URL and NEUROIO_API_URL")
      assert.notInclude(output, "canary")
    }),
  )
})
