/** Options from configuration. `options.test.ts` tests the options of the layer. */
import { Neuroio, Tokens } from "@effect-tokens/core"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { recordRequests } from "../support/recordRequests.ts"

const withConfig = (env: Record<string, string>, options?: Parameters<typeof Neuroio.layerConfig>[0]) =>
  Effect.gen(function* () {
    const { layer, requests } = recordRequests("[]")
    yield* Effect.flatMap(Tokens, (tokens) => tokens.list()).pipe(
      Effect.provide(Neuroio.layerConfig(options).pipe(Layer.provide(layer))),
      Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
    )
    return requests.map(({ headers, origin }) => [origin, headers["authorization"]])
  })

describe("layerConfig", () => {
  it.effect("reads the credential and the URLs", () =>
    Effect.gen(function* () {
      const env = { NEUROIO_API_TOKEN: "abcd", NEUROIO_IAM_URL: "https://iam.example" }
      assert.deepStrictEqual(yield* withConfig(env), [["https://iam.example", "Token abcd"]])
    }),
  )

  it.effect("says which variable is missing", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(withConfig({}))
      assert.strictEqual(error._tag, "ConfigError")
      assert.include(error.message, "NEUROIO_API_TOKEN")
    }),
  )

  it.effect("refuses a URL in the clear, by the name of its option", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(withConfig({ NEUROIO_API_TOKEN: "abcd", NEUROIO_IAM_URL: "http://example.com" }))
      if (error._tag !== "InvalidOptions") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.field, "iamUrl")
    }),
  )

  it.effect("takes options besides those of the environment, and others in their place", () =>
    Effect.gen(function* () {
      const env = { NEUROIO_IAM_URL: "https://iam.example", MY_TOKEN: "efgh", MY_RETRIES: "-1" }
      const apiToken = Config.Redacted("MY_TOKEN")
      assert.deepStrictEqual(yield* withConfig(env, { apiToken }), [["https://iam.example", "Token efgh"]])
      const error = yield* Effect.flip(withConfig(env, { apiToken, retries: Config.Int("MY_RETRIES") }))
      if (error._tag !== "InvalidOptions") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.field, "retries")
    }),
  )

  it.effect("takes a whole Config alone", () =>
    Effect.gen(function* () {
      const env = { NEUROIO_API_TOKEN: "abcd", NEUROIO_IAM_URL: "https://iam.example" }
      const options = Config.map(Neuroio.config, (config) => ({ ...config, iamUrl: undefined }))
      assert.deepStrictEqual(yield* withConfig(env, options), [["https://iam.neuroio.com", "Token abcd"]])
    }),
  )
})
