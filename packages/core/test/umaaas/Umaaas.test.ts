/** Options from configuration. `options.test.ts` tests the options of the layer. */
import { ApiTokens, Umaaas } from "@effect-tokens/core"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { recordRequests } from "../support/recordRequests.ts"
import { readFileSync } from "node:fs"

const withConfig = (env: Record<string, string>, options?: Parameters<typeof Umaaas.layerConfig>[0]) =>
  Effect.gen(function* () {
    const { layer, requests } = recordRequests('{"data": [], "hasMore": false}')
    yield* Effect.flatMap(ApiTokens, (apiTokens) => apiTokens.list()).pipe(
      Effect.provide(Umaaas.layerConfig(options).pipe(Layer.provide(layer))),
      Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
    )
    return requests.map(({ headers, origin, path }) => [origin + path, headers["authorization"]])
  })

const environment = { UMAAAS_CLIENT_ID: "client-1", UMAAAS_CLIENT_SECRET: "canary" }

describe("urls", () => {
  it("has each base URL that the rules name", () => {
    const page = readFileSync(new URL("../../../../docs/rules/umaaas.md", import.meta.url), "utf8")
    const table = Array.from(page.matchAll(/^\| (?:UMAaaS|Grid) .*?`(https:[^`]+)`/gm), ([, url]) => url)
    assert.sameMembers(Object.values(Umaaas.urls), table)
  })
})

describe("layerConfig", () => {
  it.effect("reads the credential and the URL", () =>
    Effect.gen(function* () {
      const env = { ...environment, UMAAAS_URL: "https://uma.example/umaaas/v1/" }
      assert.deepStrictEqual(yield* withConfig(env), [
        ["https://uma.example/umaaas/v1/tokens?limit=20", "Basic Y2xpZW50LTE6Y2FuYXJ5"],
      ])
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
      if (error._tag !== "InvalidOptions") return assert.fail(`unexpected ${error._tag}: ${error.message}`)
      assert.deepStrictEqual([error.layer, error.field], ["Umaaas.layer", field])
      assert.notInclude(error.message, "canary")
    }),
  )

  it.effect("takes options besides those of the environment", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(withConfig(environment, { deadline: Config.succeed(0) }))
      if (error._tag !== "InvalidOptions") return assert.fail(`unexpected ${error._tag}: ${error.message}`)
      assert.strictEqual(error.field, "deadline")
    }),
  )
})
