import type { ApiError, ApiTokens, StreamTokens, Tokens } from "@effect-tokens/core"
import { Neuroio, Transport, Umaaas } from "@effect-tokens/core"
import * as Config from "effect/Config"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Layer from "effect/Layer"
import { describe, expectTypeOf, test } from "vitest"

describe("layers", () => {
  test("need a transport, and fail with the option that is wrong", () => {
    expectTypeOf(Neuroio.layer({})).toEqualTypeOf<
      Layer.Layer<Tokens | StreamTokens, ApiError.InvalidOptions, Transport.Transport>
    >()
    expectTypeOf(Umaaas.layer({})).toEqualTypeOf<Layer.Layer<ApiTokens, ApiError.InvalidOptions, Transport.Transport>>()
  })

  test("from configuration fail with what is missing as well", () => {
    expectTypeOf(Neuroio.layerConfig()).toEqualTypeOf<
      Layer.Layer<Tokens | StreamTokens, ApiError.InvalidOptions | Config.ConfigError, Transport.Transport>
    >()
    expectTypeOf(Umaaas.layerConfig()).toEqualTypeOf<
      Layer.Layer<ApiTokens, ApiError.InvalidOptions | Config.ConfigError, Transport.Transport>
    >()
  })

  test("from configuration take a Config for each option, or one for all", () => {
    Neuroio.layerConfig({
      apiToken: Config.Redacted("KEY"),
      deadline: Config.Duration("DEADLINE"),
      allowInsecure: Config.succeed(true),
    })
    Neuroio.layerConfig(Neuroio.config)
    Umaaas.layerConfig({ clientId: Config.String("ID"), retries: Config.Int("RETRIES") })
    // @ts-expect-error: a Config is wanted, also for a value that is known.
    Neuroio.layerConfig({ deadline: "10 seconds" })
  })

  test("of a transport over an HttpClient need that client alone", () => {
    expectTypeOf(Transport.layerHttpClient).toEqualTypeOf<
      Layer.Layer<Transport.Transport, never, HttpClient.HttpClient>
    >()
  })
})
