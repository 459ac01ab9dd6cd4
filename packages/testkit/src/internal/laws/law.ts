/** Makes laws, and checks that each has asked for the capabilities it uses. */
import * as Effect from "effect/Effect"
import type { Capability, Failure, Law } from "../../Laws.ts"

/** A law, whose check is a generator. Without `needs`, it needs no capability. */
export interface Description<Subject, N extends Capability, Input> extends Omit<
  Law<Subject, Input>,
  "needs" | "check"
> {
  readonly needs?: ReadonlyArray<N>
  readonly check: (subject: Subject, input: Input) => Effect.fn.Return<void, Failure>
}

/** Makes laws for subjects that always have `Always`. A law sees those of the `Offers` that it needs, and no others. */
export const lawsFor = <Always, Offers extends { readonly [N in Capability]?: unknown }>() => {
  type Subject = Always & Partial<Offers>

  const has = <N extends Capability & keyof Offers>(
    subject: Subject,
    needs: ReadonlyArray<N>,
  ): subject is Subject & Pick<Offers, N> => needs.every((need) => subject[need] !== undefined)

  return <Input, const N extends Capability & keyof Offers = never>({
    check,
    needs = [],
    ...rest
  }: Description<Always & Pick<Offers, N>, N, Input>): Law<Subject, Input> => {
    const run = Effect.fnUntraced(check)
    return {
      ...rest,
      needs,
      check: (subject, input) => {
        if (!has(subject, needs)) throw new Error(`${rest.id} was tried without what it needs`)
        return run(subject, input)
      },
    }
  }
}
