/** Keeps laws to the tokens that they made, and deletes those afterwards. */
import type { ApiTokenId, ApiTokenOperations } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { cleanUp, notOwn } from "../../../internal/laws/cleanup.ts"

type Operations = ApiTokenOperations.ApiTokenOperations

export interface OwnedTokens {
  /** The same service, which deletes no token of others. */
  readonly guard: (operations: Operations) => Operations
  /** Deletes what was made through any of them, as the account, and logs what it could not. */
  readonly clearUp: Effect.Effect<void>
}

/**
 * Another's token is one that an answer has shown, and no create has made: the token that the account calls with is one
 * of those, and so are those of other people. `kept` is whether what was made remains until it is cleared up.
 */
export const makeOwnedTokens = (account: Operations, kept: boolean): OwnedTokens => {
  const ids = new Set<ApiTokenId>()
  const foreign = new Set<ApiTokenId>()
  let doubts = 0

  const saw = (token: { readonly id: ApiTokenId }) =>
    Effect.sync(() => {
      if (!ids.has(token.id)) foreign.add(token.id)
    })

  const create = (operations: Operations): Operations["create"] => {
    const made: Operations["create"] = (token) =>
      operations.create(token).pipe(
        Effect.tap(({ id }) =>
          Effect.sync(() => {
            ids.add(id)
            // It may have been listed before its answer came.
            foreign.delete(id)
          }),
        ),
        Effect.tapErrorTag("OutcomeUnknown", () => Effect.sync(() => doubts++)),
      )
    // Once it is sent, its answer is waited for: whoever interrupts it would not know what was made.
    return kept ? (token) => Effect.uninterruptible(made(token)) : made
  }

  return {
    guard: (operations) => ({
      create: create(operations),
      list: (options) => Effect.tap(operations.list(options), ({ data }) => Effect.forEach(data, saw)),
      stream: (options) => Stream.tap(operations.stream(options), saw),
      get: (id) => Effect.tap(operations.get(id), saw),
      delete: (id) => Effect.suspend(() => (foreign.has(id) ? notOwn : operations.delete(id))),
    }),
    clearUp: kept
      ? Effect.suspend(() => cleanUp("ApiTokens", account.delete, { ids, doubts: () => doubts }))
      : Effect.void,
  }
}
