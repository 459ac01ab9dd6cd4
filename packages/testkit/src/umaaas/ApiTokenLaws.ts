/**
 * The laws of API tokens: the rules U1 to U12, stated a second time, from outside. They hold for the platform in memory,
 * for the whole client over the sandbox, for the real platform, and for a wrapper of your own that does not break what it
 * wraps.
 *
 * They suppose that the service acts as a token that may do everything, and that nobody else makes or deletes tokens of
 * the account meanwhile. They delete no token that they did not make.
 *
 * Rules: docs/rules/umaaas.md
 *
 * @since 0.1.0
 */
import type { ApiTokens } from "@effect-tokens/core"
import * as Creating from "./internal/laws/creating.ts"
import * as Credentials from "./internal/laws/credentials.ts"
import * as Deleting from "./internal/laws/deleting.ts"
import type { Subject } from "./internal/laws/subject.ts"
import * as Racing from "./internal/laws/racing.ts"
import * as Reading from "./internal/laws/reading.ts"
import { harness } from "./internal/laws/harness.ts"
import * as Stories from "./internal/laws/stories.ts"
import type { Law, Suite } from "../Laws.ts"

export {
  /** @since 0.1.0 */
  Capabilities,
} from "./internal/laws/capabilities.ts"

const laws: ReadonlyArray<Law<Subject>> = [
  Creating.secretOnce,
  Credentials.permissionsLaw,
  Creating.asAsked,
  Creating.ids,
  Creating.creationTime,
  Creating.updatedWhenCreated,
  Creating.staysAsItIs,
  Creating.oneName,
  Creating.badCreate,
  Creating.repeatedPermissions,
  Reading.nameFilter,
  Reading.timeFilters,
  Reading.filtersCombine,
  Reading.limits,
  Reading.badTimes,
  Reading.forgedCursors,
  Reading.listDefaults,
  Reading.counts,
  Reading.pages,
  Reading.pagesOfChanging,
  Reading.cursorsStay,
  Deleting.get,
  Deleting.deleteOne,
  Deleting.notFound,
  Credentials.oneAccount,
  Credentials.deletedCredential,
  Credentials.deletesItself,
  Credentials.wrongCredential,
  Credentials.rightCredential,
  Racing.createsAtOnce,
  Racing.deletesAtOnce,
  Racing.deletesItselfAtOnce,
  Racing.deleteEachOther,
  Racing.deletedWhileCalling,
  Racing.streamOfChanging,
  Stories.story,
  Stories.race,
  // What takes long.
  Reading.manyTokens,
]

/**
 * The laws of `ApiTokens`.
 *
 * @example
 * import { ApiTokenLaws, UmaaasMemory } from "@effect-tokens/testkit"
 * import { testLaws } from "@effect-tokens/testkit/vitest"
 *
 * testLaws(ApiTokenLaws.apiTokens, UmaaasMemory.layer)
 *
 * @since 0.1.0
 */
export const apiTokens: Suite<Subject, ApiTokens> = { name: "apiTokens", laws, harness }
