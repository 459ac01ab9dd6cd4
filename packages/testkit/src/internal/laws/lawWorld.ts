/** What a law about tokens sees of the world that it is tried in. */
import type { Token, TokenKey, TokenOperations } from "@effect-tokens/core"
import type * as Effect from "effect/Effect"
import type * as fc from "fast-check"
import type { Failure, Law, Need } from "../../Laws.ts"
import type { StoryRecorder } from "./storyRecorder.ts"
import type { Family, OwnerKind } from "../../NeuroioPlatform.ts"

export const serviceNames = { tokens: "Tokens", streamTokens: "StreamTokens" } as const

/** Someone who calls. `tokens` is the family that the law is tried on, and `others` the other family. */
export interface Actor {
  readonly name: string
  readonly tokens: TokenOperations.TokenOperations
  readonly others: TokenOperations.TokenOperations
  /** `Tokens`, whichever family that is: what it makes are credentials. */
  readonly credentials: TokenOperations.TokenOperations
}

interface Always {
  readonly family: Family
  readonly account: Actor
  /** How a token is called in the story: `#3` is the third that was seen. */
  readonly name: (token: Token) => string
  readonly recorder: StoryRecorder
}

/** What each need gives to a law that has it. */
interface Powers {
  /** Time stands still but for `advance`. Both in milliseconds. */
  readonly clock: { readonly now: Effect.Effect<number>; readonly advance: (millis: number) => Effect.Effect<void> }
  readonly otherOwner: { readonly add: (kind: OwnerKind) => Effect.Effect<Actor, Failure> }
  readonly credential: { readonly as: (key: TokenKey, name: string) => Effect.Effect<Actor, Failure> }
  readonly concurrency: true
  readonly destructive: true
}

export type LawWorld = Always & Partial<Powers>

type WorldWith<N extends Need> = Always & Pick<Powers, N>

const offers = <N extends Need>(world: LawWorld, needs: ReadonlyArray<N>): world is LawWorld & WorldWith<N> =>
  needs.every((need) => world[need] !== undefined)

export type TokenLaw = Law<LawWorld>

/** A law for one family, without the name of the family in its id. What it uses of the world, it must have asked for. */
export const law =
  <const N extends Need, Input>(description: {
    readonly id: string
    readonly rules: ReadonlyArray<string>
    readonly statement: string
    readonly needs: ReadonlyArray<N>
    readonly mostRuns?: number
    readonly arbitrary: fc.Arbitrary<Input>
    readonly check: (world: WorldWith<N>, input: Input) => Effect.Effect<void, Failure>
  }) =>
  (family: Family): Law<LawWorld, Input> => ({
    ...description,
    id: `${family}.${description.id}`,
    check: (world, input) => {
      if (!offers(world, description.needs)) throw new Error(`${description.id} was tried without what it needs`)
      return description.check(world, input)
    },
  })
