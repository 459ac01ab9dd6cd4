/**
 * API tokens as Effect services.
 *
 * @since 0.1.0
 */
export * as ApiError from "./ApiError.ts"
export { ApiToken, ApiTokenId, ApiTokenPage, CreatedApiToken, KnownPermission, Permission } from "./umaaas/ApiToken.ts"
export * as ApiTokenOperations from "./umaaas/ApiTokenOperations.ts"
export { ApiTokens } from "./umaaas/ApiTokens.ts"
export * as CreateOutcome from "./CreateOutcome.ts"
export * as Limits from "./Limits.ts"
export * as Neuroio from "./neuroio/Neuroio.ts"
export { StreamTokens } from "./neuroio/StreamTokens.ts"
export { Token, TokenId, TokenKey, type TokenRef } from "./neuroio/Token.ts"
export * as TokenOperations from "./neuroio/TokenOperations.ts"
export * as Transport from "./Transport.ts"
export { Tokens } from "./neuroio/Tokens.ts"
export * as Umaaas from "./umaaas/Umaaas.ts"

/**
 * The version of this package, and of those that are published with it.
 *
 * @since 0.1.0
 */
export const version: string = "0.1.0"
