/**
 * API tokens as Effect services.
 *
 * @since 0.1.0
 */
export * as ApiError from "./ApiError.ts"
export { ApiToken, ApiTokenId, ApiTokenPage, CreatedApiToken, KnownPermission, Permission } from "./ApiToken.ts"
export * as ApiTokenOperations from "./ApiTokenOperations.ts"
export { ApiTokens } from "./ApiTokens.ts"
export * as CreateOutcome from "./CreateOutcome.ts"
export * as Limits from "./Limits.ts"
export * as Neuroio from "./Neuroio.ts"
export { StreamTokens } from "./StreamTokens.ts"
export { isPermanent, isValidAt, Token, TokenId, TokenKey, type TokenRef } from "./Token.ts"
export * as TokenOperations from "./TokenOperations.ts"
export * as Transport from "./Transport.ts"
export { Tokens } from "./Tokens.ts"
export * as Umaaas from "./Umaaas.ts"
