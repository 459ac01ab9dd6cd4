/** Starts a sandbox, and Vite's server with the page before it: changes of the page show at once. */
import { SandboxServer } from "@effect-tokens/cli"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import { fileURLToPath } from "node:url"
import { createServer, type ProxyOptions } from "vite"

/** The paths that go to the sandbox. All others are the page's. */
const paths = ["/v1", "/umaaas", "/_sandbox", "/docs", "/openapi.json"]

/** Breaks off a connection that the sandbox breaks off. The proxy would answer 500. */
const proxyTo = (target: string): ProxyOptions => ({
  target,
  configure: (proxy) => {
    proxy.on("error", (_error, _request, answer) => {
      if ("destroy" in answer) answer.destroy()
    })
  },
})

const vite = (target: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = await createServer({
        configFile: fileURLToPath(new URL("../vite.config.ts", import.meta.url)),
        logLevel: "silent",
        server: { proxy: Object.fromEntries(paths.map((path) => [path, proxyTo(target)])) },
      })
      return await server.listen()
    }),
    (server) => Effect.promise(() => server.close()),
  )

const main = Effect.gen(function* () {
  const { url } = yield* SandboxServer.SandboxServer
  const { resolvedUrls } = yield* vite(url)
  yield* Console.log(`The console   ${resolvedUrls?.local[0]}`)
  yield* Console.log(`The sandbox   ${url}`)
  yield* Console.log("Everything is in memory. Ctrl-C ends both.")
  return yield* Effect.never
}).pipe(Effect.scoped, Effect.provide(SandboxServer.layer({ port: 0 })))

// Interruption is how it ends: the exit code is 0.
NodeRuntime.runMain(main, {
  teardown: (exit, onExit) =>
    Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause) ? onExit(0) : Runtime.defaultTeardown(exit, onExit),
})
