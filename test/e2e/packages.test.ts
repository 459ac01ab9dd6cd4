/** Tests the packages as users get them: packed, installed into an empty project, and run there under plain Node. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { cpSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { publint } from "publint"
import { formatMessage } from "publint/utils"
import { afterAll, assert, beforeAll, describe, test } from "vitest"
import { publishedPackages } from "../../tools/publishedPackages.ts"
import { copyWorkspace, root } from "../support/workspaceCopy.ts"

/** A copy to build and pack in: nothing is written where others work. */
const workspace = mkdtempSync(join(tmpdir(), "effect-tokens-packed-"))

const published = publishedPackages(root).map(({ folder, manifest }) => ({
  folder: join(workspace, relative(root, folder)),
  manifest,
}))

const project = mkdtempSync(join(tmpdir(), "effect-tokens-consumer-"))

/** Runs npm or Node without this workspace's settings, as in a user's shell. */
const run = (command: string, args: ReadonlyArray<string>, cwd = project, env: Record<string, string> = {}) => {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith("npm_") && name !== "NODE_OPTIONS")
  return execFileSync(command, args, { cwd, encoding: "utf8", env: { ...Object.fromEntries(clean), ...env } })
}

interface Packed {
  readonly filename: string
  readonly files: ReadonlyArray<{ readonly path: string }>
}

const packed = new Map<string, Packed>()

const tarball = (name: string): string => join(project, packed.get(name)?.filename ?? "")

beforeAll(() => {
  copyWorkspace(workspace)
  run("npm", ["run", "build"], workspace)
  for (const { folder, manifest } of published) {
    const [pack]: ReadonlyArray<Packed> = JSON.parse(
      run("npm", ["pack", "--json", "--pack-destination", project], folder),
    )
    if (pack !== undefined) packed.set(manifest.name, pack)
  }
  writeFileSync(join(project, "package.json"), '{ "name": "consumer", "private": true, "type": "module" }\n')
  const tarballs = published.map(({ manifest }) => tarball(manifest.name))
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...tarballs])
}, 240_000)

afterAll(() => {
  for (const folder of [project, workspace]) rmSync(folder, { recursive: true, force: true })
})

describe("a packed package", () => {
  test.each(published.map(({ manifest }) => manifest.name))("%s holds what it needs and no more", (name) => {
    const paths = packed.get(name)?.files.map(({ path }) => path) ?? []
    for (const path of ["package.json", "LICENSE", "README.md", "dist/index.js", "dist/index.d.ts"]) {
      assert.include(paths, path)
    }
    const files = /^(?:package\.json|LICENSE|README\.md|dist\/bin\.licenses\.md|(?:dist|src)\/.*\.(?:[jt]s|map))$/
    const page = /^dist\/console\/(?:index\.html|icon\.svg|licenses\.md|assets\/.*\.(?:css|js))$/
    for (const path of paths) assert.isTrue(files.test(path) || page.test(path), path)
  })

  test.each(published)("$manifest.name passes publint", async ({ folder, manifest }) => {
    const { messages } = await publint({ pkgDir: folder, strict: true })
    assert.deepStrictEqual(
      messages.map((message) => formatMessage(message, manifest)),
      [],
    )
  })

  test.each(published.map(({ manifest }) => manifest.name))("%s has types that resolve", (name) => {
    run(join(root, "node_modules/.bin/attw"), [tarball(name), "--profile", "esm-only"], root)
  })
})

describe("an empty project with the packed packages", () => {
  let sandbox: ChildProcess | undefined

  afterAll(() => {
    sandbox?.kill()
  })

  test("compiles a program against their declarations", () => {
    cpSync(join(root, "test/fixtures/consumer.ts"), join(project, "consumer.ts"))
    const options = "--strict --exactOptionalPropertyTypes --module nodenext --target es2024 --types node"
    const typeRoots = join(root, "node_modules/@types")
    run(join(root, "node_modules/.bin/tsc"), [...options.split(" "), "--typeRoots", typeRoots, "consumer.ts"])
  })

  test("runs it under plain Node, in memory and against the installed command", async () => {
    const command = spawn(
      join(project, "node_modules/.bin/effect-tokens"),
      ["sandbox", "--port", "0", "--json", "--console"],
      {
        cwd: project,
        stdio: ["ignore", "pipe", "inherit"],
      },
    )
    sandbox = command
    const line = await new Promise<string>((resolve) => command.stdout.once("data", (chunk) => resolve(String(chunk))))
    const { console, neuroio, url }: { url: string; console: string; neuroio: { account: string } } = JSON.parse(line)
    const output = run(process.execPath, ["consumer.js"], project, { SANDBOX_URL: url, SANDBOX_KEY: neuroio.account })
    const outcome = { same: true, missing: "NotFound", listed: 1 }
    assert.deepStrictEqual(JSON.parse(output), { inMemory: outcome, overHttp: outcome })
    const page = await fetch(console)
    assert.strictEqual(page.status, 200)
    const [script = ""] = /\/console\/assets\/[^"]+\.js/.exec(await page.text()) ?? []
    assert.strictEqual((await fetch(url + script)).status, 200)
  })

  test("tests the laws on a sandbox over HTTP with the installed command", () => {
    const command = join(project, "node_modules/.bin/effect-tokens")
    const output = run(command, ["laws", "--target", "sandbox", "--law", "tokens.permanent-cap", "--runs", "1"])
    assert.include(output, "tokens.permanent-cap")
    assert.match(output, /1 passed, 0 failed/)
  })

  test.each([
    "@effect-tokens/core/internal/client",
    "@effect-tokens/testkit/internal/keys",
    "@effect-tokens/core/index",
  ])("%s is closed", (path) => {
    const script = `import(${JSON.stringify(path)}).catch((error) => console.log(error.code))`
    assert.strictEqual(run(process.execPath, ["-e", script]).trim(), "ERR_PACKAGE_PATH_NOT_EXPORTED")
  })

  test("loads each public module by its own path", () => {
    const modules = published
      .filter(({ manifest }) => manifest.name !== "@effect-tokens/cli")
      .flatMap(({ folder, manifest }) =>
        globSync("{,neuroio/,umaaas/}[A-Z]*.ts", { cwd: join(folder, "src") }).map(
          (file) => `${manifest.name}/${file.replace(".ts", "")}`,
        ),
      )
    assert.isAtLeast(modules.length, 20)
    const script = modules.map((module) => `await import(${JSON.stringify(module)})`).join("\n")
    run(process.execPath, ["--input-type=module", "-e", script])
  })
})
