/**
 * The service `StreamTokens`: NeuroIO stream tokens.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import { creationsOf } from "./internal/creations.ts"
import type { TokenOperations } from "./TokenOperations.ts"

/**
 * Stream tokens of the owner that the credential stands for. They have their own list and their own five permanent ones
 * (N5). A manager's credential is `Forbidden` here (N15).
 *
 * @since 0.1.0
 */
export class StreamTokens extends Context.Service<StreamTokens, TokenOperations>()("@effect-tokens/core/StreamTokens") {
  /** How `CreateOutcome.find` recognises what a create made. */
  static readonly creations = creationsOf("StreamTokens")
}
