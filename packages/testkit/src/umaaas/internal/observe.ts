/** Watches the calls of `ApiTokens` from outside, whatever implements it. */
import type { ApiTokenId, ApiTokenOperations, KnownPermission } from "@effect-tokens/core"
import { type ObserverOf, watchFor } from "../../internal/sandbox/watch.ts"

/** What a call was given, under the names that its operation has for it. Options that were left out are left out. */
interface ApiTokenCallInput extends ApiTokenOperations.Filters {
  readonly id?: ApiTokenId
  readonly permissions?: ReadonlyArray<KnownPermission>
  readonly limit?: number | undefined
  readonly pageSize?: number | undefined
  readonly cursor?: string | undefined
}

export interface ApiTokenCall {
  readonly method: keyof ApiTokenOperations.ApiTokenOperations
  readonly input: ApiTokenCallInput
}

export const observeApiTokens = (
  operations: ApiTokenOperations.ApiTokenOperations,
  observer: ObserverOf<ApiTokenCall>,
): ApiTokenOperations.ApiTokenOperations => {
  const { watch, watchStream } = watchFor(observer)
  return {
    create: (token) => watch({ method: "create", input: { ...token } }, operations.create(token)),
    list: (options) => watch({ method: "list", input: { ...options } }, operations.list(options)),
    stream: (options) => watchStream({ method: "stream", input: { ...options } }, operations.stream(options)),
    get: (id) => watch({ method: "get", input: { id } }, operations.get(id)),
    delete: (id) => watch({ method: "delete", input: { id } }, operations.delete(id)),
  }
}
