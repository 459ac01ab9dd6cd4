/**
 * The service `ApiTokens`: UMAaaS API tokens, with permissions and a secret that is shown once.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import { creations } from "./internal/creations.ts"
import type { ApiTokenOperations } from "./ApiTokenOperations.ts"

/**
 * API tokens of the platform account that the credential stands for.
 *
 * @example
 * import { ApiTokens } from "@effect-tokens/core"
 * import { Effect } from "effect"
 *
 * // The secret of a token is in this answer and nowhere else.
 * const issue = Effect.gen(function* () {
 *   const apiTokens = yield* ApiTokens
 *   const { clientId, clientSecret } = yield* apiTokens.create({ name: "reports", permissions: ["VIEW"] })
 *   return { clientId, clientSecret }
 * })
 *
 * @since 0.1.0
 */
export class ApiTokens extends Context.Service<ApiTokens, ApiTokenOperations>()("@effect-tokens/core/ApiTokens") {
  /** How `CreateOutcome.find` recognises what a create made. */
  static readonly creations = creations
}
