/** `ApiTokens` on a platform in memory, as a certain caller. */
import { ApiToken, ApiTokenId, ApiTokenOperations, ApiTokenPage, CreatedApiToken } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as UmaaasRules from "../UmaaasRules.ts"
import type { PerformUmaaas, UmaaasSimulation } from "./simulation.ts"

const described = ({ clientId, id, name, permissions, ...stored }: UmaaasRules.StoredApiToken) => {
  const createdAt = DateTime.makeUnsafe(stored.createdAt)
  return { id: ApiTokenId.make(id), name, permissions, clientId, createdAt, updatedAt: createdAt }
}

export const withoutSecret = (stored: UmaaasRules.StoredApiToken): ApiToken =>
  new ApiToken({ ...described(stored), clientSecret: undefined })

/** The only way in which a secret gets out (U1). */
export const withSecret = (stored: UmaaasRules.StoredApiToken): CreatedApiToken =>
  new CreatedApiToken({ ...described(stored), clientSecret: Redacted.make(stored.clientSecret) })

const millisOf = (time: DateTime.Utc | undefined): number | undefined =>
  time === undefined ? undefined : DateTime.toEpochMillis(time)

export const umaaasMemoryService = (
  world: UmaaasSimulation,
  caller: UmaaasRules.Caller,
  perform: PerformUmaaas,
): ApiTokenOperations.ApiTokenOperations => {
  const { rules } = world
  return ApiTokenOperations.fromPlatform("ApiTokens", {
    create: (input) => Effect.map(perform(world, rules.create, caller, input), withSecret),
    list: ({ createdAfter, createdBefore, updatedAfter, updatedBefore, ...input }) =>
      Effect.map(
        perform(world, rules.list, caller, {
          ...input,
          createdAfter: millisOf(createdAfter),
          createdBefore: millisOf(createdBefore),
          updatedAfter: millisOf(updatedAfter),
          updatedBefore: millisOf(updatedBefore),
        }),
        ({ data, ...page }) => new ApiTokenPage({ ...page, data: data.map(withoutSecret) }),
      ),
    get: (input) => Effect.map(perform(world, rules.get, caller, input), withoutSecret),
    delete: (input) => Effect.asVoid(perform(world, rules.delete, caller, input)),
  })
}
