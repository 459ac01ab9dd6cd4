/** How laws say what they use of the world that they are tried in. */
import type * as Effect from "effect/Effect"
import type * as fc from "fast-check"
import type { Failure, Law, Capability } from "../../Laws.ts"

/** A law that is to be made. */
export interface Description<World, N extends Capability, Input> {
  readonly id: string
  readonly rules: ReadonlyArray<string>
  readonly description: string
  readonly needs: ReadonlyArray<N>
  readonly maxRuns?: number
  readonly arbitrary: fc.Arbitrary<Input>
  readonly check: (world: World, input: Input) => Effect.Effect<void, Failure>
}

/**
 * Makes laws for worlds that always have `Always`, and of `Powers` what can be done there: what a law uses of those, it
 * must have asked for.
 */
export const lawsFor = <Always, Powers extends { readonly [N in Capability]?: unknown }>() => {
  type World = Always & Partial<Powers>

  const offers = <N extends Capability & keyof Powers>(
    world: World,
    needs: ReadonlyArray<N>,
  ): world is World & Pick<Powers, N> => needs.every((need) => world[need] !== undefined)

  return <const N extends Capability & keyof Powers, Input>(
    description: Description<Always & Pick<Powers, N>, N, Input>,
  ): Law<World, Input> => ({
    ...description,
    check: (world, input) => {
      if (!offers(world, description.needs)) throw new Error(`${description.id} was tried without what it needs`)
      return description.check(world, input)
    },
  })
}
