/** How `CreateOutcome` recognises what a create made. */
import * as DateTime from "effect/DateTime"
import * as Stream from "effect/Stream"
import type * as ApiError from "../../ApiError.ts"
import type { Creations } from "../../CreateOutcome.ts"
import type { ApiToken } from "../ApiToken.ts"
import type { ApiTokenOperations } from "../ApiTokenOperations.ts"

export const creations: Creations<
  ApiTokenOperations,
  ApiToken,
  ApiError.ListApiTokensError,
  ApiError.DeleteApiTokenError
> = {
  operation: "ApiTokens.create",
  createdAt: ({ createdAt }) => createdAt,
  isNewerThan: (before) => {
    const known = new Set(before.map(({ id }) => id))
    const latest = before.reduce((most, { createdAt }) => Math.max(most, DateTime.toEpochMillis(createdAt)), 0)
    return ({ createdAt, id }) => !known.has(id) && DateTime.toEpochMillis(createdAt) >= latest
  },
  matching: (apiTokens, { name, permissions }, since) => {
    const asked = new Set<unknown>(Array.isArray(permissions) ? permissions : [])
    const isSame = (token: ApiToken) => {
      const has = new Set<unknown>(token.permissions)
      return token.name === name && has.size === asked.size && [...asked].every((permission) => has.has(permission))
    }
    return Stream.filter(apiTokens.stream({ name: String(name), createdAfter: since }), isSame)
  },
  delete: (apiTokens, { id }) => apiTokens.delete(id),
}
