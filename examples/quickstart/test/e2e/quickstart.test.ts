/** Tests the program as a person runs it: on its own sandbox, and on a platform where others have tokens too. */
import { SandboxServer } from "@effect-tokens/cli"
import { ApiTokens, Neuroio, StreamTokens, Tokens, Umaaas } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { type ChildProcess, execFile } from "node:child_process"
import { fileURLToPath } from "node:url"

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url))

/** A finished run. `code` is the exit code, or the signal that ended the program. */
interface Ended {
  readonly code: number | NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the program. `onOutput` is called once, when it has begun to print. */
const run = (env: Readonly<Record<string, string>>, onOutput: (program: ChildProcess) => void = () => {}) =>
  Effect.callback<Ended>((resume) => {
    const variables = Object.entries(process.env).filter(([name]) => !/^(?:NEUROIO|UMAAAS)_/.test(name))
    const program = execFile(
      process.execPath,
      ["--conditions=@effect-tokens/source", main],
      { env: { ...Object.fromEntries(variables), ...env } },
      (_error, stdout, stderr) =>
        resume(Effect.succeed({ code: program.exitCode ?? program.signalCode, stdout, stderr })),
    )
    program.stdout?.once("data", () => onOutput(program))
  })

/** A platform that the program did not start, and its services. */
const Platform = Layer.unwrap(
  Effect.map(SandboxServer.SandboxServer, ({ credentials, url }) =>
    Neuroio.layer({ apiToken: credentials.neuroio.account, iamUrl: url, apiUrl: url }),
  ),
).pipe(Layer.provide(NodeTransport.layer()), Layer.provideMerge(SandboxServer.layer({ port: 0 })))

const environment = (as: "account" | "manager") =>
  Effect.map(SandboxServer.SandboxServer, ({ credentials, url }) => ({
    NEUROIO_API_TOKEN: Redacted.value(credentials.neuroio[as]),
    NEUROIO_IAM_URL: url,
    NEUROIO_API_URL: url,
  }))

const services = Effect.all([Tokens, StreamTokens])

/** Creates tokens of others: so many of each kind in each family. */
const others = Effect.fn(function* (counts: { readonly permanent: number; readonly temporary: number }) {
  for (const tokens of yield* services) {
    yield* Effect.replicateEffect(tokens.create({ permanent: true }), counts.permanent)
    yield* Effect.replicateEffect(tokens.create(), counts.temporary)
  }
})

const everything = Effect.flatMap(
  services,
  Effect.forEach((tokens) => Stream.runCollect(tokens.stream())),
)

const assertTour = ({ code, stderr, stdout }: Ended) => {
  assert.strictEqual(code, 0, stdout + stderr)
  assert.strictEqual(stderr, "")
  for (const heading of [
    "Create a temporary token",
    "Create permanent ones until there are enough",
    "List the permanent ones",
    "Stream the temporary ones",
    "Page through both",
    "does not authenticate any more",
    "is not found any more",
    "Delete the temporary ones",
    "Stream tokens",
    "Done.",
  ]) {
    assert.include(stdout, heading)
  }
  for (const tag of ["PermanentTokenLimitReached", "Unauthorized", "NotFound"]) assert.include(stdout, `✗ ${tag}`)
  // Keys are hexadecimal. Nothing else in the output has so many hexadecimal digits in a row.
  assert.notMatch(stdout, /[0-9a-f]{8}/i, "a key, or much of one")
}

const assertApiTokensTour = ({ code, stderr, stdout }: Ended) => {
  assert.strictEqual(code, 0, stdout + stderr)
  assert.strictEqual(stderr, "")
  assert.match(stdout, /quickstart +VIEW +\S+ +<redacted>/)
  assert.match(stdout, /quickstart +VIEW +\S+ +not there/)
  assert.include(stdout, "the first page: 20 of 45, more: true")
  assert.include(stdout, "all pages: 45")
  for (const tag of ["Forbidden", "NotFound"]) assert.include(stdout, `✗ ${tag}`)
  assert.include(stdout, "Done.")
  assert.notMatch(stdout, /[0-9a-f]{8}/i, "a secret, or much of one")
}

const assertExplained = ({ code, stderr, stdout }: Ended, tag: string) => {
  assert.strictEqual(code, 1, stdout + stderr)
  assert.match(stderr, new RegExp(`^${tag}: .+\\.\n$`))
  assert.notMatch(stdout, /^\s+at /m, "a stack trace")
  assert.notInclude(stdout + stderr, "canary")
}
describe("quickstart", () => {
  it.live("shows everything on its own sandbox", () =>
    Effect.gen(function* () {
      const ended = yield* run({})
      assertTour(ended)
      assert.include(ended.stdout, "ids 1, 2, 3, 4, 5, 6")
      assertApiTokensTour(ended)
    }),
  )

  it.live("shows API tokens on a platform of others, and deletes only what it created", () =>
    Effect.gen(function* () {
      const { credentials, url } = yield* SandboxServer.SandboxServer
      const { clientId, clientSecret } = credentials.umaaas
      const umaaas = Umaaas.layer({ clientId, clientSecret, url: `${url}/umaaas/v1` }).pipe(
        Layer.provide(NodeTransport.layer()),
      )
      const all = Effect.flatMap(ApiTokens, (apiTokens) => Stream.runCollect(apiTokens.stream()))
      yield* Effect.gen(function* () {
        const apiTokens = yield* ApiTokens
        yield* Effect.replicateEffect(apiTokens.create({ name: "quickstart", permissions: ["MANAGE"] }), 3)
        const before = yield* all
        const env = {
          UMAAAS_CLIENT_ID: clientId,
          UMAAAS_CLIENT_SECRET: Redacted.value(clientSecret),
          UMAAAS_URL: `${url}/umaaas/v1`,
        }
        const ended = yield* run(env)
        assertApiTokensTour(ended)
        assert.notInclude(ended.stdout, "NeuroIO")
        assert.isTrue(Equal.equals(yield* all, before))
        assertExplained(yield* run({ ...env, UMAAAS_URL: "" }), "MissingVariables")
        assertExplained(yield* run({ ...env, UMAAAS_CLIENT_SECRET: "canary" }), "Unauthorized")
      }).pipe(Effect.provide(umaaas))
    }).pipe(Effect.provide(SandboxServer.layer({ port: 0 }))),
  )

  it.live("deletes only what it created where others have tokens too", () =>
    Effect.gen(function* () {
      yield* others({ permanent: 1, temporary: 2 })
      const before = yield* everything
      assertTour(yield* run(yield* environment("account")))
      assert.isTrue(Equal.equals(yield* everything, before))
    }).pipe(Effect.provide(Platform)),
  )

  it.live("shows its own tokens among many, and goes on when all permanent slots are taken", () =>
    Effect.gen(function* () {
      yield* others({ permanent: 5, temporary: 25 })
      const before = yield* everything
      const ended = yield* run(yield* environment("account"))
      assertTour(ended)
      const [, section = ""] = /Stream the temporary ones(.*?)\n\n/s.exec(ended.stdout) ?? []
      // Others have 5 and 25 tokens of each family, and the families share the ids.
      assert.match(section, /^ {2}61 .* temporary /m)
      assert.include(section, "and 16 older")
      assert.isTrue(Equal.equals(yield* everything, before))
    }).pipe(Effect.provide(Platform)),
  )

  const interruptions: ReadonlyArray<readonly [name: string, (program: ChildProcess) => void]> = [
    ["its reader goes away", (program) => program.stdout?.destroy()],
    ["its terminal goes away (SIGHUP)", (program) => program.kill("SIGHUP")],
  ]
  it.live.each(interruptions)("deletes what it created when %s", ([, interrupt]) =>
    Effect.gen(function* () {
      yield* others({ permanent: 1, temporary: 2 })
      const before = yield* everything
      const { code, stderr, stdout } = yield* run(yield* environment("account"), interrupt)
      assert.strictEqual(code, 130, stderr)
      assert.notInclude(stdout, "Done.")
      assert.strictEqual(stderr, "")
      assert.isTrue(Equal.equals(yield* everything, before))
    }).pipe(Effect.provide(Platform)),
  )

  const refused = "http://127.0.0.1:1"
  const mistakes: ReadonlyArray<readonly [tag: string, Readonly<Record<string, string>>]> = [
    ["Unauthorized", { NEUROIO_API_TOKEN: "canary" }],
    ["InvalidOptions", { NEUROIO_IAM_URL: "nowhere" }],
    ["ConnectionFailed", { NEUROIO_IAM_URL: refused, NEUROIO_API_URL: refused }],
    ["MissingVariables", { NEUROIO_IAM_URL: "" }],
  ]
  it.live.each(mistakes)("states the mistake in a sentence: %s", ([tag, env]) =>
    Effect.gen(function* () {
      assertExplained(yield* run({ ...(yield* environment("account")), ...env }), tag)
    }).pipe(Effect.provide(Platform)),
  )

  it.live("says so where there are no stream tokens: Forbidden", () =>
    Effect.gen(function* () {
      const ended = yield* run(yield* environment("manager"))
      assertExplained(ended, "Forbidden")
      assert.include(ended.stdout, "Delete the temporary ones")
    }).pipe(Effect.provide(Platform)),
  )

  it.live("asks for the variables that are missing", () =>
    Effect.gen(function* () {
      const ended = yield* run({ NEUROIO_API_TOKEN: "canary" })
      assertExplained(ended, "MissingVariables")
      assert.include(ended.stderr, "NEUROIO_IAM_URL and NEUROIO_API_URL")
    }),
  )
})
