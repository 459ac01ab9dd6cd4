/**
 * UMAaaS in memory: `ApiTokens` that behaves like the platform, for tests. Time comes from `Clock`, so that `TestClock`
 * moves it; ids and credentials come from a seed, so that a run repeats.
 *
 * @since 0.1.0
 */
import { ApiTokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { makeUmaaasMemory } from "./internal/control.ts"
import { UmaaasControl } from "./UmaaasControl.ts"

/**
 * `ApiTokens` on a platform of its own, as the one token that is there at first: it has all permissions. With it comes
 * `UmaaasControl`, which acts as others. A layer that is built anew is a platform anew.
 *
 * @example
 * import { ApiTokens } from "@effect-tokens/core"
 * import { UmaaasMemory } from "@effect-tokens/testkit"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function* () {
 *   const apiTokens = yield* ApiTokens
 *   return yield* apiTokens.create({ name: "reports", permissions: ["VIEW"] })
 * })
 *
 * const token = await Effect.runPromise(Effect.provide(program, UmaaasMemory.layer))
 *
 * @since 0.1.0
 */
export const layer: Layer.Layer<ApiTokens | UmaaasControl> = Layer.effectContext(
  Effect.clockWith((clock) =>
    Effect.sync(() => {
      const { control, service } = makeUmaaasMemory(clock.currentTimeMillisUnsafe())
      return Context.make(ApiTokens, service).pipe(Context.add(UmaaasControl, control))
    }),
  ),
)
