/** The laws hold for the platform in memory. */
import { Token, Tokens } from "@effect-tokens/core"
import { Laws, NeuroioControl, NeuroioMemory, TokenLaws } from "@effect-tokens/testkit"
import { testLaws } from "@effect-tokens/testkit/vitest"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

testLaws(TokenLaws.tokens, NeuroioMemory.layer)
testLaws(TokenLaws.streamTokens, NeuroioMemory.layer)

describe("tokens.lifetime takes 24 hours to within a second (N2)", () => {
  it.effect.each([
    [-1001, "Failed"],
    [-1000, "Passed"],
    [-1, "Passed"],
    [1000, "Passed"],
    [1001, "Failed"],
  ] as const)("%d ms off: %s", ([milliseconds, expected]) => {
    const off = Layer.effect(
      Tokens,
      Effect.map(Tokens, (tokens) => ({
        ...tokens,
        create: (options) =>
          Effect.map(tokens.create(options), (token) =>
            token.expires === null
              ? token
              : new Token({ ...token, expires: DateTime.add(token.expires, { milliseconds }) }),
          ),
      })),
    )
    return Effect.gen(function* () {
      const [report] = yield* Laws.run(TokenLaws.tokens, { laws: ["tokens.lifetime"], seed: 1, runs: 20 })
      assert.strictEqual(report?._tag, expected)
    }).pipe(Effect.provide(NeuroioControl.layerWrapped(off).pipe(Layer.provide(NeuroioMemory.layer))))
  })
})
