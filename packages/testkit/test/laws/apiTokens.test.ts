/** The laws of API tokens hold for the platform in memory, and for a wrapper that does not break what it wraps. */
import { ApiTokens } from "@effect-tokens/core"
import { ApiTokenLaws, UmaaasControl, UmaaasMemory } from "@effect-tokens/testkit"
import { testLaws } from "@effect-tokens/testkit/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"

/** Two calls of one caller at the same time, and no more. */
const limited = Layer.effect(
  ApiTokens,
  Effect.gen(function* () {
    const apiTokens = yield* ApiTokens
    const places = yield* Semaphore.make(2)
    return ApiTokens.of({
      ...apiTokens,
      create: (token) => places.withPermits(1)(apiTokens.create(token)),
      list: (options) => places.withPermits(1)(apiTokens.list(options)),
      get: (id) => places.withPermits(1)(apiTokens.get(id)),
      delete: (id) => places.withPermits(1)(apiTokens.delete(id)),
    })
  }),
)

testLaws(ApiTokenLaws.apiTokens, UmaaasMemory.layer)
testLaws(ApiTokenLaws.apiTokens, Layer.provide(UmaaasControl.layerWrapped(limited), UmaaasMemory.layer), { runs: 20 })
