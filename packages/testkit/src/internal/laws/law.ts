/** Makes laws, and checks that each has asked for the capabilities it uses. */
import * as Effect from "effect/Effect"
import type * as fc from "fast-check"
import type { Capability, Failure, Law } from "../../Laws.ts"

/** A law, whose check is a generator. */
export interface Description<Subject, N extends Capability, Input> {
  readonly id: string
  readonly rules: ReadonlyArray<string>
  readonly description: string
  readonly needs: ReadonlyArray<N>
  readonly maxRuns?: number
  readonly arbitrary: fc.Arbitrary<Input>
  readonly check: (subject: Subject, input: Input) => Effect.fn.Return<void, Failure>
}

/**
 * Makes laws for subjects that always have `Always`. A law sees those of the `Offers` that it needs, and no others.
 */
export const lawsFor = <Always, Offers extends { readonly [N in Capability]?: unknown }>() => {
  type Subject = Always & Partial<Offers>

  const has = <N extends Capability & keyof Offers>(
    subject: Subject,
    needs: ReadonlyArray<N>,
  ): subject is Subject & Pick<Offers, N> => needs.every((need) => subject[need] !== undefined)

  return <const N extends Capability & keyof Offers, Input>(
    description: Description<Always & Pick<Offers, N>, N, Input>,
  ): Law<Subject, Input> => {
    const check = Effect.fnUntraced(description.check)
    return {
      ...description,
      check: (subject, input) => {
        if (!has(subject, description.needs)) throw new Error(`${description.id} was tried without what it needs`)
        return check(subject, input)
      },
    }
  }
}
