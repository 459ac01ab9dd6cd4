import { ApiTokenId, ApiTokens, Limits, Umaaas } from "@effect-tokens/core"
import { NodeUmaaas } from "@effect-tokens/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { ca, server as certificates } from "./support/certificates.ts"
import { withEnvironment } from "./support/environment.ts"
import { platform, proxy } from "./support/servers.ts"

const credential = { clientId: "client-1", clientSecret: Redacted.make("secret") }

const aPage = '{"data": [], "hasMore": false}'

const list = Effect.flatMap(ApiTokens, (apiTokens) => apiTokens.list())

describe("connections", () => {
  it.effect("are kept and shared, and closed with the scope of the layer", () =>
    Effect.gen(function* () {
      const server = yield* platform({ body: aPage })
      const scope = yield* Scope.make()
      const layer = NodeUmaaas.layer({ ...credential, retries: 0, url: server.url })
      const context = yield* Layer.buildWithScope(layer, scope)
      yield* Effect.gen(function* () {
        const apiTokens = yield* ApiTokens
        for (let i = 0; i < 20; i++) {
          yield* apiTokens.list()
          yield* apiTokens.delete(ApiTokenId.make("Token:1"))
        }
      }).pipe(Effect.provide(context))
      assert.strictEqual(server.seen.length, 40)
      // undici marks a connection as free a little after the answer has ended: the next call may open a second one.
      assert.isAtMost(server.connections(), 2)
      yield* Scope.close(scope, Exit.void)
      yield* server.allClosed
      assert.strictEqual((yield* Effect.flip(Effect.provide(list, context)))._tag, "ConnectionFailed")
    }),
  )

  it.effect("serve many credentials", () =>
    Effect.gen(function* () {
      const server = yield* platform({ body: aPage })
      const as = (clientId: string) => Umaaas.layer({ ...credential, clientId, url: server.url })
      yield* Effect.gen(function* () {
        yield* Effect.provide(list, as("one"))
        yield* Effect.provide(list, as("two"))
      }).pipe(Effect.provide(NodeUmaaas.layerHttpClient()))
      const sent = server.seen.map(({ headers }) => headers.authorization?.replace("Basic ", "") ?? "")
      assert.deepStrictEqual(
        sent.map((text) => Buffer.from(text, "base64").toString()),
        ["one:secret", "two:secret"],
      )
    }),
  )
})

describe("the transport", () => {
  it.effect("goes through no proxy to this machine (C9)", () =>
    Effect.gen(function* () {
      const server = yield* platform({ body: aPage })
      const { asked, url } = yield* proxy()
      yield* withEnvironment({ HTTP_PROXY: url, HTTPS_PROXY: url })
      // The server listens on another address of this machine: who is asked is what counts.
      const options = { ...credential, retries: 0, url: `http://127.9.8.7:${server.port}` }
      yield* Effect.exit(Effect.provide(list, NodeUmaaas.layer(options)))
      yield* list.pipe(
        Effect.provide(Umaaas.layer(options)),
        Effect.provide(NodeUmaaas.layerHttpClient(options)),
        Effect.exit,
      )
      assert.deepStrictEqual(asked, [])
    }),
  )

  it.effect("trusts the certificate authorities that it is given", () =>
    Effect.gen(function* () {
      const server = yield* platform({ body: aPage, tls: certificates })
      const options = { ...credential, retries: 0, url: server.url }
      yield* Effect.provide(list, NodeUmaaas.layer({ ...options, extraCaCertificates: ca }))
      const error = yield* Effect.flip(Effect.provide(list, NodeUmaaas.layer(options)))
      assert.strictEqual(error._tag, "ConnectionFailed")
    }),
  )
})

const configs = {
  "Umaaas.layerConfig": Umaaas.layerConfig.pipe(Layer.provide(FetchHttpClient.layer)),
  "NodeUmaaas.layerConfig": NodeUmaaas.layerConfig,
}

describe.each(Object.entries(configs))("%s", (_, layerConfig) => {
  const withConfig = (env: Record<string, string>) =>
    list.pipe(Effect.provide(layerConfig), Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))

  const environment = { UMAAAS_CLIENT_ID: "client-1", UMAAAS_CLIENT_SECRET: "canary" }

  it.effect("reads the credential and the URL", () =>
    Effect.gen(function* () {
      const server = yield* platform({ body: aPage })
      const provider = { ...environment, UMAAAS_URL: `${server.url}/umaaas/v1/` }
      // Where the URL is not read, nobody is to be called for a minute.
      yield* Effect.exit(Limits.override(withConfig(provider), { retries: 0, deadline: "5 seconds" }))
      assert.deepStrictEqual(
        server.seen.map(({ headers, path }) => [path, headers.authorization]),
        [["/umaaas/v1/tokens?limit=20", "Basic Y2xpZW50LTE6Y2FuYXJ5"]],
      )
    }),
  )

  it.effect.each(["UMAAAS_CLIENT_ID", "UMAAAS_CLIENT_SECRET"])("says that %s is missing", (name) =>
    Effect.gen(function* () {
      const env = Object.fromEntries(Object.entries(environment).filter(([other]) => other !== name))
      const error = yield* Effect.flip(withConfig(env))
      assert.strictEqual(error._tag, "ConfigError")
      assert.include(error.message, name)
      assert.notInclude(error.message, "canary")
    }),
  )

  it.effect.each([
    ["url", { UMAAAS_URL: "http://example.com" }],
    ["url", { UMAAAS_URL: "canary" }],
    ["clientId", { UMAAAS_CLIENT_ID: "client:canary" }],
    ["clientSecret", { UMAAAS_CLIENT_SECRET: "canary\n" }],
  ] as const)("refuses %s by the name of the option: %j", ([field, wrong]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(withConfig({ ...environment, ...wrong }))
      if (error._tag !== "InvalidRequest") return assert.fail(`unexpected ${error._tag}: ${error.message}`)
      assert.deepStrictEqual([error.operation, error.field], ["Umaaas.layer", field])
      assert.notInclude(error.message, "canary")
    }),
  )
})
