/** What a law about tokens sees of the subject that it is tried in. */
import type { Token, TokenKey, TokenOperations } from "@effect-tokens/core"
import type * as Effect from "effect/Effect"
import type { Failure, Law, Capability } from "../../../Laws.ts"
import { type Description, lawsFor } from "../../../internal/laws/law.ts"
import type { ClockCapability } from "../../../internal/laws/capabilities.ts"
import type { TokenHistory } from "./history.ts"
import type { Family, OwnerKind } from "../../NeuroioRules.ts"

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
  readonly recorder: TokenHistory
}

/** What each need gives to a law that has it. */
interface Capabilities {
  readonly clock: ClockCapability
  readonly otherOwner: { readonly add: (kind: OwnerKind) => Effect.Effect<Actor, Failure> }
  readonly credential: { readonly as: (key: TokenKey, name: string) => Effect.Effect<Actor, Failure> }
  readonly concurrency: true
  readonly destructive: true
}

export type Subject = Always & Partial<Capabilities>

export type TokenLaw = Law<Subject>

const lawOf = lawsFor<Always, Capabilities>()

/** A law for one family, without the name of the family in its id. What it uses of the subject, it must have asked for. */
export const law =
  <const N extends Capability, Input>(description: Description<Always & Pick<Capabilities, N>, N, Input>) =>
  (family: Family): Law<Subject, Input> =>
    lawOf({ ...description, id: `${family}.${description.id}` })
