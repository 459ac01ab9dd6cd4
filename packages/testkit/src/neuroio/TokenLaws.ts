/**
 * The laws of tokens and of stream tokens: the rules N1 to N18, stated a second time, from outside. They hold for the
 * platform in memory, for the whole client over the sandbox, for the real platform, and for a wrapper of your own that
 * does not break what it wraps.
 *
 * Rules: docs/rules/neuroio.md
 *
 * @since 0.1.0
 */
import type { StreamTokens, Tokens } from "@effect-tokens/core"
import * as Changing from "./internal/laws/changing.ts"
import * as Creating from "./internal/laws/creating.ts"
import * as Credentials from "./internal/laws/credentials.ts"
import type { Subject, TokenLaw } from "./internal/laws/subject.ts"
import * as Many from "./internal/laws/many.ts"
import * as Reading from "./internal/laws/reading.ts"
import { harnessFor } from "./internal/laws/harness.ts"
import * as Stories from "./internal/laws/stories.ts"
import type { Suite } from "../Laws.ts"
import type { Family } from "./NeuroioRules.ts"

export {
  /** @since 0.1.0 */
  Capabilities,
} from "./internal/laws/capabilities.ts"

const laws: ReadonlyArray<(family: Family) => TokenLaw> = [
  Creating.permanentCapLaw,
  Changing.deleteList,
  Creating.createIsTemporary,
  Creating.lifetime,
  Creating.creationTime,
  Creating.ids,
  Creating.keysDiffer,
  Creating.capCountsInactive,
  Creating.capIgnoresTemporary,
  Creating.capPerFamily,
  Creating.capPerOwner,
  Reading.list,
  Reading.listDefaults,
  Reading.listRefusals,
  Reading.pages,
  Reading.partition,
  Reading.get,
  Reading.wholeKeys,
  Changing.update,
  Changing.updateKeepsExpiry,
  Changing.deleteOne,
  Changing.deleteListNeedsFilter,
  Changing.deleteListExpired,
  Changing.deleteListKeepsOthers,
  Changing.deleteListKeepsOwners,
  Changing.deleteListOfEachOwner,
  Credentials.credentialLifetime,
  Credentials.credentialInactive,
  Credentials.credentialDeleted,
  Credentials.credentialUnknown,
  Credentials.credentialDeletesNoList,
  Credentials.streamTokenIsNone,
  Reading.expiredStaysListed,
  Credentials.manager,
  Credentials.expiredManager,
  Reading.otherOwner,
  Credentials.ownCredential,
  Many.raceForSlots,
  Stories.story,
  Stories.race,
  // The laws that take long.
  Reading.manyTokens,
  Many.manyOwners,
]

const suite = (family: Family): Suite<Subject, Tokens | StreamTokens> => ({
  name: family,
  laws: laws.map((law) => law(family)),
  harness: harnessFor(family),
})

/**
 * The laws of `Tokens`.
 *
 * @since 0.1.0
 */
export const tokens = suite("tokens")

/**
 * The laws of `StreamTokens`.
 *
 * @since 0.1.0
 */
export const streamTokens = suite("streamTokens")
