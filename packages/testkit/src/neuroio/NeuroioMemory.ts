/**
 * NeuroIO in memory: `Tokens` and `StreamTokens` that behave like the platform, for tests. Time comes from `Clock`, so
 * that `TestClock` moves it; ids and keys come from a seed, so that a run repeats.
 *
 * @since 0.1.0
 */
import type { StreamTokens, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { makeMemory } from "./internal/control.ts"
import { NeuroioControl } from "./NeuroioControl.ts"

/**
 * `Tokens` and `StreamTokens` of one account on a platform of their own, empty at first, and `NeuroioControl`, which
 * reaches the rest of that platform. A layer that is built anew is a platform anew.
 *
 * @example
 * import { Tokens } from "@effect-tokens/core"
 * import { NeuroioMemory } from "@effect-tokens/testkit"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function* () {
 *   const tokens = yield* Tokens
 *   return yield* tokens.create()
 * })
 *
 * const token = await Effect.runPromise(Effect.provide(program, NeuroioMemory.layer))
 *
 * @since 0.1.0
 */
export const layer: Layer.Layer<Tokens | StreamTokens | NeuroioControl> = Layer.effectContext(
  Effect.sync(() => {
    const { control, services } = makeMemory()
    return Context.add(services, NeuroioControl, control)
  }),
)
