/** Watches the calls of a service from outside, whatever implements it. */
import type { ApiTokenOperations, TokenOperations, TokenRef } from "@effect-tokens/core"
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"

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

/** The same of `ApiTokens`. */
interface ApiTokenCall {
  readonly method: keyof ApiTokenOperations.ApiTokenOperations
  readonly input: object
}

/**
 * Is told of a call when it begins, and gives what is to be told how it ended. A stream ends with all that it gave. The
 * clock is the caller's.
 */
export type Observer<C = Call> = (call: C, clock: Clock.Clock) => (exit: Exit.Exit<unknown, unknown>) => void

const watch = <C, A, E>(observer: Observer<C>, call: C, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.clockWith((clock) => {
    const end = observer(call, clock)
    return Effect.onExit(effect, (exit) => Effect.sync(() => end(exit)))
  })

const watchStream = <C, A, E>(observer: Observer<C>, call: C, stream: Stream.Stream<A, E>): Stream.Stream<A, E> =>
  Stream.unwrap(
    Effect.clockWith((clock) =>
      Effect.sync(() => {
        const end = observer(call, clock)
        const given: Array<A> = []
        return stream.pipe(
          Stream.tap((item) => Effect.sync(() => given.push(item))),
          Stream.onExit((exit) => Effect.sync(() => end(Exit.isSuccess(exit) ? Exit.succeed(given) : exit))),
        )
      }),
    ),
  )

export const observe = (
  service: ServiceName,
  operations: TokenOperations.TokenOperations,
  observer: Observer,
): TokenOperations.TokenOperations => {
  const call = <A, E>(method: Call["method"], input: CallInput, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    watch(observer, { service, method, input }, effect)
  return {
    create: (options) => call("create", { ...options }, operations.create(options)),
    list: (options) => call("list", { ...options }, operations.list(options)),
    stream: (options) =>
      watchStream(observer, { service, method: "stream", input: { ...options } }, operations.stream(options)),
    get: (token) => call("get", { token }, operations.get(token)),
    update: (token, changes) => call("update", { token, ...changes }, operations.update(token, changes)),
    delete: (token) => call("delete", { token }, operations.delete(token)),
    deleteList: (filter) => call("deleteList", { ...filter }, operations.deleteList(filter)),
  }
}

export const observeApiTokens = (
  operations: ApiTokenOperations.ApiTokenOperations,
  observer: Observer<ApiTokenCall>,
): ApiTokenOperations.ApiTokenOperations => {
  const call = <A, E>(method: ApiTokenCall["method"], input: object, effect: Effect.Effect<A, E>) =>
    watch(observer, { method, input }, effect)
  return {
    create: (token) => call("create", { ...token }, operations.create(token)),
    list: (options) => call("list", { ...options }, operations.list(options)),
    stream: (options) => watchStream(observer, { method: "stream", input: { ...options } }, operations.stream(options)),
    get: (id) => call("get", { id }, operations.get(id)),
    delete: (id) => call("delete", { id }, operations.delete(id)),
  }
}
