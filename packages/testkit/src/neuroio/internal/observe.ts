/** Watches the calls of a service from outside, whatever implements it. */
import type { TokenOperations, TokenRef } from "@effect-tokens/core"
import type * as Effect from "effect/Effect"
import { type ObserverOf, watchFor } from "../../internal/sandbox/watch.ts"

export type ServiceName = "Tokens" | "StreamTokens"

/** What a call was given, under the names that its operation has for it. Options that were left out are left out. */
export interface CallInput {
  readonly token?: TokenRef
  readonly permanent?: boolean | null | undefined
  readonly isActive?: boolean
  readonly limit?: number | undefined
  readonly offset?: number | undefined
  readonly pageSize?: number | undefined
}

export interface Call {
  readonly service: ServiceName
  readonly method: keyof TokenOperations.TokenOperations
  readonly input: CallInput
}

export type Observer = ObserverOf<Call>

export const observe = (
  service: ServiceName,
  operations: TokenOperations.TokenOperations,
  observer: Observer,
): TokenOperations.TokenOperations => {
  const { watch: watchCall, watchStream } = watchFor(observer)
  const watch = <A, E>(method: Call["method"], input: CallInput, effect: Effect.Effect<A, E>) =>
    watchCall({ service, method, input }, effect)

  return {
    create: (options) => watch("create", { ...options }, operations.create(options)),
    list: (options) => watch("list", { ...options }, operations.list(options)),
    stream: (options) => watchStream({ service, method: "stream", input: { ...options } }, operations.stream(options)),
    get: (token) => watch("get", { token }, operations.get(token)),
    update: (token, changes) => watch("update", { token, ...changes }, operations.update(token, changes)),
    delete: (token) => watch("delete", { token }, operations.delete(token)),
    deleteList: (filter) => watch("deleteList", { ...filter }, operations.deleteList(filter)),
  }
}
