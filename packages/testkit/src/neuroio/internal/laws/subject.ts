/** The subject of laws about tokens: who calls, and which capabilities there are. */
import type { Token, TokenKey, TokenOperations } from "@effect-tokens/core"
import type { Capability, Law } from "../../../Laws.ts"
import type * as Harness from "../../../internal/laws/harness.ts"
import { type Description, lawsFor } from "../../../internal/laws/law.ts"
import type { Family, OwnerKind } from "../../NeuroioRules.ts"

export const serviceNames = { tokens: "Tokens", streamTokens: "StreamTokens" } as const

/** A caller. `tokens` is the family that the law is tried on, and `others` the other family. */
export interface Actor {
  readonly name: string
  readonly family: Family
  readonly tokens: TokenOperations.TokenOperations
  readonly others: TokenOperations.TokenOperations
  /** The service `Tokens`, for either family: it makes credentials. */
  readonly credentials: TokenOperations.TokenOperations
}

type Always = Harness.Always<Actor, Token>
type Offers = Harness.Offers<Actor, TokenKey, OwnerKind>

export type Subject = Always & Partial<Offers>

export type TokenLaw = Law<Subject>

const lawOf = lawsFor<Always, Offers>()

/** Makes a law for each family. The id is given without the name of the family. */
export const law =
  <Input, const N extends Capability = never>(description: Description<Always & Pick<Offers, N>, N, Input>) =>
  (family: Family): Law<Subject, Input> =>
    lawOf({ ...description, id: `${family}.${description.id}` })
