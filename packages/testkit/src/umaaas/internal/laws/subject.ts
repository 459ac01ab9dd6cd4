/** The subject of laws about API tokens: who calls, and which capabilities there are. */
import type { ApiToken, ApiTokenOperations } from "@effect-tokens/core"
import type { Law } from "../../../Laws.ts"
import type * as Harness from "../../../internal/laws/harness.ts"
import { type Description, lawsFor } from "../../../internal/laws/law.ts"
import type { Credential } from "../../UmaaasControl.ts"

/** A caller. That of the services under test has all permissions, and its own token is listed like any other. */
export interface Actor {
  readonly name: string
  readonly tokens: ApiTokenOperations.ApiTokenOperations
}

type Always = Harness.Always<Actor, ApiToken>
type Offers = Pick<Harness.Offers<Actor, Credential, never>, "clock" | "credential" | "concurrency">

export type Subject = Always & Partial<Offers>

const lawOf = lawsFor<Always, Offers>()

/** Makes a law. The id is given without the name of the suite. */
export const law = <Input, const N extends keyof Offers = never>(
  description: Description<Always & Pick<Offers, N>, N, Input>,
): Law<Subject, Input> => lawOf({ ...description, id: `apiTokens.${description.id}` })
