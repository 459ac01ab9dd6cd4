/**
 * API tokens as Effect services.
 *
 * @since 0.1.0
 */
export * as ApiError from "./ApiError.ts"
export * as CreateOutcome from "./CreateOutcome.ts"
export * as Limits from "./Limits.ts"
export * as Neuroio from "./Neuroio.ts"
export { StreamTokens } from "./StreamTokens.ts"
export { isPermanent, isValidAt, Token, TokenId, TokenKey, type TokenRef } from "./Token.ts"
export * as TokenOperations from "./TokenOperations.ts"
export { Tokens } from "./Tokens.ts"
