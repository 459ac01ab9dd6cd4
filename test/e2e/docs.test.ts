/** Tests that the code in READMEs, guides and doc comments compiles, and that the programs do what the text says. */
import { SandboxServer } from "@effect-tokens/cli"
import { listen } from "@effect-tokens/test-support/FreePort"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { execFile, spawnSync } from "node:child_process"
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, assert, describe, test } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** A folder inside the workspace, so that its packages resolve. */
const folder = join(root, "test", ".docs")

interface Snippet {
  readonly name: string
  readonly code: string
}

const read = (file: string): string => readFileSync(join(root, file), "utf8")

const snippetsOf = (file: string): ReadonlyArray<Snippet> => {
  const text = read(file)
  const blocks = file.endsWith(".md")
    ? text.matchAll(/```ts\n([\s\S]*?)```/g)
    : text.matchAll(/@example\n([\s\S]*?)(?=\n \*\n \* @|\n \*\/)/g)
  return [...blocks].map(([, block = ""], i) => ({
    name: `${file.replaceAll("/", "-").replace(/\.\w+$/, "")}-${i + 1}.ts`,
    code: file.endsWith(".md") ? block : block.replaceAll(/^ \* ?/gm, ""),
  }))
}

const files = ["README.md", ...globSync(["docs/*.md", "packages/*/README.md", "packages/*/src/**/*.ts"], { cwd: root })]

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)
const snippets = files.flatMap(snippetsOf)
for (const { code, name } of snippets) writeFileSync(join(folder, name), `${code}\nexport {}\n`)
writeFileSync(
  join(folder, "tsconfig.json"),
  JSON.stringify({
    extends: "../../tsconfig.base.json",
    compilerOptions: {
      composite: false,
      incremental: false,
      noEmit: true,
      noUnusedLocals: false,
      rewriteRelativeImportExtensions: false,
      allowImportingTsExtensions: true,
    },
    include: ["*.ts"],
  }),
)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const snippet = (name: string): string => {
  const found = snippets.find((snippet) => snippet.name === name)
  return join(folder, found?.name ?? assert.fail(`there is no ${name}`))
}

/** Runs snippets that are tests, all in one run. */
const runTests = (names: ReadonlyArray<string>): ReadonlyMap<string, TestRun> => {
  const conditions = JSON.stringify(["@effect-tokens/source", "node", "import", "module", "default"])
  const resolution = `resolve: { conditions: ${conditions} }, ssr: { resolve: { conditions: ${conditions} } }`
  writeFileSync(join(folder, "vitest.config.ts"), `export default { ${resolution}, test: { include: ["*.ts"] } }\n`)
  const report = join(folder, "report.json")
  const { stderr, stdout } = spawnSync(
    join(root, "node_modules/.bin/vitest"),
    [
      "run",
      "--root",
      folder,
      "--reporter=json",
      `--outputFile=${report}`,
      ...names.map((name) => basename(snippet(name))),
    ],
    { encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } },
  )
  assert.isTrue(existsSync(report), stdout + stderr)
  const { testResults }: { readonly testResults: ReadonlyArray<TestRun> } = JSON.parse(readFileSync(report, "utf8"))
  return new Map(testResults.map((result) => [basename(result.name), result]))
}

/** Vitest's report of one file. */
interface TestRun {
  readonly name: string
  readonly status: string
  readonly message: string
  readonly assertionResults: ReadonlyArray<{
    readonly title: string
    readonly status: string
    readonly failureMessages: ReadonlyArray<string>
  }>
}

describe("documentation", () => {
  test("shows code that compiles", () => {
    assert.isAtLeast(snippets.length, 8)
    const { stdout } = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" })
    assert.strictEqual(stdout, "")
  })

  test("the README's first program runs, and prints no key", () =>
    Effect.runPromise(
      Effect.gen(function* () {
        const { credentials, url } = yield* SandboxServer.SandboxServer
        const key = Redacted.value(credentials.neuroio.account)
        const env = { ...process.env, NEUROIO_API_TOKEN: key, NEUROIO_IAM_URL: url, NEUROIO_API_URL: url }
        const run = () =>
          promisify(execFile)(process.execPath, ["--conditions=@effect-tokens/source", snippet("README-1.ts")], { env })
        const first = yield* Effect.promise(run)
        assert.match(first.stdout, /^Token \{\n {2}id: 1,\n {2}key: <redacted>,/)
        const create = () =>
          fetch(`${url}/v1/tokens/`, {
            method: "POST",
            headers: { authorization: `Token ${key}`, "content-type": "application/json" },
            body: JSON.stringify({ permanent: true }),
          })
        for (let i = 0; i < 4; i++) yield* Effect.promise(create)
        const sixth = yield* Effect.promise(run)
        assert.match(sixth.stdout, /^Tokens\.create was answered 400 Bad Request\./)
      }).pipe(Effect.provide(SandboxServer.layer({ port: 0 }))),
    ))

  test("the program of the guide to observability exports its spans, and its tracer logs retries", () =>
    Effect.runPromise(
      Effect.gen(function* () {
        const exported: Array<string> = []
        const collector = createServer((request, response) => {
          let body = ""
          request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk))
          request.on("end", () => {
            exported.push(body)
            response.end()
          })
        })
        const port = yield* listen(collector)

        const { credentials, url } = yield* SandboxServer.SandboxServer
        const key = Redacted.value(credentials.neuroio.account)
        const env = { ...process.env, NEUROIO_API_TOKEN: key, NEUROIO_IAM_URL: url, NEUROIO_API_URL: url }
        const run = (file: string) =>
          promisify(execFile)(process.execPath, ["--conditions=@effect-tokens/source", file], { env })

        // Readers have a collector on its usual port.
        const exporting = join(folder, "exporting.ts")
        const code = readFileSync(snippet("docs-observability-1.ts"), "utf8")
        writeFileSync(exporting, code.replace("http://localhost:4318", `http://127.0.0.1:${port}`))
        yield* Effect.promise(() => run(exporting))
        for (const shown of ["nightly report", "Tokens.list", "GET /v1/tokens/", "effect_tokens.call.duration"]) {
          assert.include(exported.join("\n"), `"name":"${shown}"`)
        }

        const fault = { operation: "Tokens.list", call: 1, fault: { _tag: "Status", status: 503 } }
        const body = JSON.stringify({ _tag: "Script", rules: [fault] })
        const headers = { "content-type": "application/json" }
        yield* Effect.promise(() => fetch(`${url}/_sandbox/faults`, { method: "PUT", headers, body }))
        const { stdout } = yield* Effect.promise(() => run(snippet("docs-observability-3.ts")))
        const [, log = assert.fail("the guide shows no log")] =
          /```text\n(GET [\s\S]*?)```/.exec(read("docs/observability.md")) ?? []
        assert.strictEqual(stdout, log)
      }).pipe(Effect.scoped, Effect.provide(SandboxServer.layer({ port: 0 }))),
    ))

  test("the tests of the README and the guide pass, and the wrong wrapper fails as the guide says", () => {
    const passing = ["README-5.ts", ...[1, 2, 3, 5].map((number) => `docs-testing-${number}.ts`)]
    const wrong = "docs-testing-4.ts"
    const runs = runTests([...passing, wrong])
    for (const name of passing) {
      const run = runs.get(name) ?? assert.fail(`${name} was not run`)
      const failed = run.assertionResults.filter(({ status }) => status !== "passed")
      assert.deepStrictEqual({ name, status: run.status, failed }, { name, status: "passed", failed: [] })
      assert.isNotEmpty(run.assertionResults, name)
    }
    const [, story = assert.fail("the guide shows no story")] =
      /```\nError: (tokens\.update [\s\S]*?)```/.exec(read("docs/testing.md")) ?? []
    const failures = runs.get(wrong)?.assertionResults.flatMap(({ failureMessages }) => failureMessages) ?? []
    // Readers give the file another name.
    assert.include(failures.join("\n").replace(/npx vitest run \S+/g, "npx vitest run test/cached.test.ts"), story)
  })
})
