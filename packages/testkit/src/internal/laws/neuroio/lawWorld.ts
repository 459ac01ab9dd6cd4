/** What a law about tokens sees of the world that it is tried in. */
import type { Token, TokenKey, TokenOperations } from "@effect-tokens/core"
import type * as Effect from "effect/Effect"
import type { Failure, Law, Need } from "../../../Laws.ts"
import { type Description, lawsFor } from "../law.ts"
import type { ClockPower } from "../powers.ts"
import type { TokenStory } from "./tokenStory.ts"
import type { Family, OwnerKind } from "../../../NeuroioPlatform.ts"

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
  readonly recorder: TokenStory
}

/** What each need gives to a law that has it. */
interface Powers {
  readonly clock: ClockPower
  readonly otherOwner: { readonly add: (kind: OwnerKind) => Effect.Effect<Actor, Failure> }
  readonly credential: { readonly as: (key: TokenKey, name: string) => Effect.Effect<Actor, Failure> }
  readonly concurrency: true
  readonly destructive: true
}

export type LawWorld = Always & Partial<Powers>

export type TokenLaw = Law<LawWorld>

const lawOf = lawsFor<Always, Powers>()

/** A law for one family, without the name of the family in its id. What it uses of the world, it must have asked for. */
export const law =
  <const N extends Need, Input>(description: Description<Always & Pick<Powers, N>, N, Input>) =>
  (family: Family): Law<LawWorld, Input> =>
    lawOf({ ...description, id: `${family}.${description.id}` })
