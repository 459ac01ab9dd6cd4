/** Calls of UMAaaS's API tokens, with the credential of the API token that a sandbox begins with. */
import {
  type ApiError,
  type ApiToken,
  type ApiTokenOperations,
  ApiTokens,
  type Transport,
  Umaaas,
} from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { FirstApiToken } from "../sandbox/Control.ts"

export interface UsedApiTokens {
  readonly use: <A, E>(
    call: (apiTokens: ApiTokenOperations.ApiTokenOperations) => Effect.Effect<A, E>,
  ) => Effect.Effect<A, E, Transport.Transport>
  readonly all: Effect.Effect<ReadonlyArray<ApiToken>, ApiError.ListApiTokensError, Transport.Transport>
}

export const usedBy = ({ clientId, clientSecret }: FirstApiToken): UsedApiTokens => {
  const layer = Layer.orDie(Umaaas.layer({ clientId, clientSecret, url: "/umaaas/v1", allowInsecure: true }))
  const use: UsedApiTokens["use"] = (call) => Effect.provide(Effect.flatMap(ApiTokens, call), layer)
  return { use, all: use((apiTokens) => Stream.runCollect(apiTokens.stream())) }
}
