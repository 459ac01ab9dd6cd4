/**
 * The service `Tokens`: NeuroIO tokens, which authorise API calls.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import { creationsOf } from "./internal/creations.ts"
import type { TokenOperations } from "./TokenOperations.ts"

/**
 * Tokens of the owner that the credential stands for: an account, a space or a manager.
 *
 * @example
 * import { type TokenRef, Tokens } from "@effect-tokens/core"
 * import { Effect } from "effect"
 *
 * // Replaces a token: the new one exists before the old one goes.
 * const rotate = Effect.fn("rotate")(function* (old: TokenRef) {
 *   const tokens = yield* Tokens
 *   const fresh = yield* tokens.create()
 *   yield* tokens.delete(old)
 *   return fresh
 * })
 *
 * @since 0.1.0
 */
export class Tokens extends Context.Service<Tokens, TokenOperations>()("@effect-tokens/core/Tokens") {
  /** How `CreateOutcome.find` recognises what a create made. */
  static readonly creations = creationsOf("Tokens")
}
