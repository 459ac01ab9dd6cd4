/** How `CreateOutcome` recognises what a create made (N3). */
import type * as ApiError from "../../ApiError.ts"
import type { Creations } from "../../CreateOutcome.ts"
import type { Token } from "../Token.ts"
import type { TokenOperations } from "../TokenOperations.ts"

export const creationsOf = (
  service: "Tokens" | "StreamTokens",
): Creations<TokenOperations, Token, ApiError.ListError, ApiError.DeleteError> => ({
  operation: `${service}.create`,
  createdAt: ({ created }) => created,
  // Ids rise in the order of creation.
  isNewerThan: (before) => {
    const newest = before.reduce((most, { id }) => Math.max(most, id), 0)
    return ({ id }) => id > newest
  },
  matching: (tokens, { permanent }) => tokens.stream({ permanent: permanent === true }),
  delete: (tokens, { id }) => tokens.delete(id),
})
