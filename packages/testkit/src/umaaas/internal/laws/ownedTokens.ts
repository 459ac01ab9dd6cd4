/** Keeps laws to the API tokens that they made, and deletes those afterwards. */
import { type ApiToken, ApiTokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type OwnedTokens, trackTokens } from "../../../internal/laws/ownedTokens.ts"

type Services = Context.Context<ApiTokens>

/**
 * A token that an answer has shown, and no create has made, is another's and is not deleted: the token that the account
 * calls with is one of those. With a reset, nothing is left to clean up.
 */
export const makeOwnedTokens = (account: Services, reset: boolean): OwnedTokens<Services> => {
  const tracked = trackTokens("ApiTokens", Context.get(account, ApiTokens).delete, ({ id }: ApiToken) => [id], !reset)
  return {
    guard: (services) => {
      const operations = Context.get(services, ApiTokens)
      return Context.make(ApiTokens, {
        create: (token) => tracked.create(operations.create(token)),
        list: (options) => Effect.tap(operations.list(options), ({ data }) => Effect.forEach(data, tracked.saw)),
        stream: (options) => Stream.tap(operations.stream(options), tracked.saw),
        get: (id) => Effect.tap(operations.get(id), tracked.saw),
        delete: (id) => tracked.unlessForeign(id, operations.delete(id)),
      })
    },
    cleanup: reset ? Effect.void : tracked.cleanup,
  }
}
