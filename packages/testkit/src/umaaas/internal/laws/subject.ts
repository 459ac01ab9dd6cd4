/** What a law about API tokens sees of the subject that it is tried in. */
import type { ApiToken, ApiTokenOperations } from "@effect-tokens/core"
import type * as Effect from "effect/Effect"
import type { Failure, Law, Capability } from "../../../Laws.ts"
import type { Credential } from "../../UmaaasControl.ts"
import { type Description, lawsFor } from "../../../internal/laws/law.ts"
import type { ClockCapability } from "../../../internal/laws/capabilities.ts"
import type { ApiTokenHistory } from "./history.ts"

/** Someone who calls. */
export interface Actor {
  readonly name: string
  readonly tokens: ApiTokenOperations.ApiTokenOperations
}

interface Always {
  /** Whoever the service acts as that is tried. It has all permissions, and its own token is listed as any. */
  readonly account: Actor
  /** How a token is called in the story: `#3` is the third that was seen. */
  readonly name: (token: Pick<ApiToken, "id">) => string
  readonly recorder: ApiTokenHistory
}

/** What each need gives to a law that has it. */
interface Capabilities {
  readonly clock: ClockCapability
  readonly credential: { readonly as: (credential: Credential, name: string) => Effect.Effect<Actor, Failure> }
  readonly concurrency: true
}

export type Subject = Always & Partial<Capabilities>

const lawOf = lawsFor<Always, Capabilities>()

/** A law, without the name of the suite in its id. */
export const law = <const N extends Capability & keyof Capabilities, Input>(
  description: Description<Always & Pick<Capabilities, N>, N, Input>,
): Law<Subject, Input> => lawOf({ ...description, id: `apiTokens.${description.id}` })
