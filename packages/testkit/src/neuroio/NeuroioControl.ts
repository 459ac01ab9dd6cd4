/**
 * Reaches what the services of one caller do not: the other owners of a platform in memory, its tokens as credentials,
 * its time and its state.
 *
 * @since 0.1.0
 */
import type { StreamTokens, Token, TokenKey, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as NeuroioRules from "./NeuroioRules.ts"
import type * as Simulation from "../Simulation.ts"

/**
 * An owner of tokens, and the credential of its own: no token of it, never expired, never deleted.
 *
 * @since 0.1.0
 */
export interface Owner {
  readonly number: number
  readonly kind: NeuroioRules.OwnerKind
  readonly key: TokenKey
}

/**
 * An owner with all its tokens, in the order of creation.
 *
 * @since 0.1.0
 */
export interface OwnerState {
  readonly owner: Owner
  readonly tokens: ReadonlyArray<Token>
  readonly streamTokens: ReadonlyArray<Token>
}

/**
 * Control of a platform in memory.
 *
 * @example
 * import { Tokens } from "@effect-tokens/core"
 * import { NeuroioControl } from "@effect-tokens/testkit"
 * import { Effect } from "effect"
 *
 * const listAsSpace = Effect.gen(function* () {
 *   const control = yield* NeuroioControl.NeuroioControl
 *   const space = yield* control.addOwner("space")
 *   const list = Effect.flatMap(Tokens, (tokens) => tokens.list())
 *   return yield* Effect.provide(list, control.as(space))
 * })
 *
 * @since 0.1.0
 */
export class NeuroioControl extends Context.Service<
  NeuroioControl,
  Simulation.Control & {
    /** The owner that the services of the layer act as. */
    readonly account: Owner
    /** Adds an account, a space or a manager without tokens. */
    readonly addOwner: (kind: NeuroioRules.OwnerKind) => Effect.Effect<Owner>
    /** The services as another owner, or as the holder of the key of a token. */
    readonly as: (caller: Owner | TokenKey) => Layer.Layer<Tokens | StreamTokens>
    /** All owners, the account first. */
    readonly owners: Effect.Effect<ReadonlyArray<Owner>>
    /** All owners with all their tokens. */
    readonly state: Effect.Effect<ReadonlyArray<OwnerState>>
  }
>()("@effect-tokens/testkit/NeuroioControl") {}

/**
 * A platform whose services, whoever they act as, go through a layer of yours: a cache, a guard, anything that takes
 * `Tokens` or `StreamTokens` and gives them. What it does not give passes as it is. So the laws can be put to it as to
 * the platform itself.
 *
 * @example
 * import { Tokens } from "@effect-tokens/core"
 * import { NeuroioControl, NeuroioMemory } from "@effect-tokens/testkit"
 * import { Effect, Layer } from "effect"
 *
 * // Refuses nothing, changes nothing, and tells how often it was asked.
 * let lists = 0
 * const counting = Layer.effect(
 *   Tokens,
 *   Effect.map(Tokens, (tokens) => ({
 *     ...tokens,
 *     list: (options) => Effect.suspend(() => (lists++, tokens.list(options))),
 *   })),
 * )
 *
 * const platform = NeuroioControl.layerWrapped(counting).pipe(Layer.provide(NeuroioMemory.layer))
 *
 * @since 0.1.0
 */
export const layerWrapped = <Wrapped extends Tokens | StreamTokens, E>(
  wrapper: Layer.Layer<Wrapped, E, Tokens | StreamTokens>,
): Layer.Layer<Tokens | StreamTokens | NeuroioControl, E, Tokens | StreamTokens | NeuroioControl> => {
  const passing = Layer.effectContext(Effect.context<Tokens | StreamTokens>())
  // What comes later takes the place of what was there.
  const wrapped = Layer.merge(passing, wrapper)
  return Layer.merge(
    wrapped,
    Layer.effect(
      NeuroioControl,
      Effect.map(NeuroioControl, (control) => ({
        ...control,
        // Each caller has a wrapper of its own: what it keeps of one is not for another.
        as: (caller) => Layer.fresh(Layer.orDie(wrapped)).pipe(Layer.provide(control.as(caller))),
      })),
    ),
  )
}
