/** Tests how the command serves the console. Its behaviour is tested beside its sources. */
import { SandboxServer } from "@effect-tokens/cli"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import { isBuilt } from "../src/consolePage.ts"

const page = Effect.gen(function* () {
  const fileSystem = yield* FileSystem.FileSystem
  const root = yield* fileSystem.makeTempDirectoryScoped()
  yield* fileSystem.makeDirectory(`${root}/console/assets`, { recursive: true })
  yield* fileSystem.writeFileString(`${root}/console/index.html`, "<title>page</title>")
  yield* fileSystem.writeFileString(`${root}/console/assets/page.js`, "export {}")
  yield* fileSystem.writeFileString(`${root}/secret.txt`, "secret")
  return `${root}/console`
})

const get = (url: string) => Effect.promise(() => fetch(url, { redirect: "manual" }))

describe("the console", () => {
  it.live("is served with a policy that lets nothing out of the page", () =>
    Effect.gen(function* () {
      const { console = "", url } = yield* SandboxServer.SandboxServer
      assert.strictEqual(console, `${url}/console/`)
      const html = yield* get(console)
      assert.strictEqual(yield* Effect.promise(() => html.text()), "<title>page</title>")
      const policy = html.headers.get("content-security-policy")?.split("; ") ?? []
      for (const [what, where] of policy.map((rule) => rule.split(" "))) {
        assert.strictEqual(where, /^(?:script|style|img|connect)-src$/.test(what ?? "") ? "'self'" : "'none'", what)
      }
      assert.includeMembers(policy, ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"])
      assert.strictEqual(html.headers.get("referrer-policy"), "no-referrer")
      const script = yield* get(`${console}assets/page.js`)
      assert.strictEqual(script.headers.get("content-type"), "text/javascript; charset=utf-8")

      const withoutSlash = yield* get(`${url}/console`)
      assert.deepStrictEqual([withoutSlash.status, withoutSlash.headers.get("location")], [301, "/console/"])
      for (const elsewhere of ["nothing", "%2e%2e/secret.txt", "..%2fsecret.txt"]) {
        assert.strictEqual((yield* get(console + elsewhere)).status, 404, elsewhere)
      }
    }).pipe(
      Effect.provide(
        Layer.unwrap(Effect.map(page, (folder) => SandboxServer.layer({ port: 0, console: folder }))).pipe(
          Layer.provide(NodeFileSystem.layer),
        ),
      ),
    ),
  )

  it.live("is served only on demand", () =>
    Effect.gen(function* () {
      const { console, url } = yield* SandboxServer.SandboxServer
      assert.isUndefined(console)
      assert.strictEqual((yield* get(`${url}/console/`)).status, 404)
    }).pipe(Effect.provide(SandboxServer.layer({ port: 0 }))),
  )

  it.live("is found where it is built, and not found elsewhere", () =>
    Effect.gen(function* () {
      const folder = yield* page
      assert.isTrue(yield* isBuilt(folder))
      assert.isFalse(yield* isBuilt(`${folder}/assets`))
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)),
  )
})
