/** Watches the calls of a service from outside, whatever implements it. */
import type { TokenOperations, TokenRef } from "@effect-tokens/core"
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

/**
 * Is told of a call when it begins, and gives what is to be told how it ended. A stream ends with all that it gave. The
 * clock is the caller's.
 */
export type Observer = (call: Call, clock: Clock.Clock) => (exit: Exit.Exit<unknown, unknown>) => void

export const observe = (
  service: ServiceName,
  operations: TokenOperations.TokenOperations,
  observer: Observer,
): TokenOperations.TokenOperations => {
  const watch = <A, E>(method: Call["method"], input: CallInput, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.clockWith((clock) => {
      const end = observer({ service, method, input }, clock)
      return Effect.onExit(effect, (exit) => Effect.sync(() => end(exit)))
    })

  const watchStream = <A, E>(input: CallInput, stream: Stream.Stream<A, E>): Stream.Stream<A, E> =>
    Stream.unwrap(
      Effect.clockWith((clock) =>
        Effect.sync(() => {
          const end = observer({ service, method: "stream", input }, clock)
          const given: Array<A> = []
          return stream.pipe(
            Stream.tap((item) => Effect.sync(() => given.push(item))),
            Stream.onExit((exit) => Effect.sync(() => end(Exit.isSuccess(exit) ? Exit.succeed(given) : exit))),
          )
        }),
      ),
    )

  return {
    create: (options) => watch("create", { ...options }, operations.create(options)),
    list: (options) => watch("list", { ...options }, operations.list(options)),
    stream: (options) => watchStream({ ...options }, operations.stream(options)),
    get: (token) => watch("get", { token }, operations.get(token)),
    update: (token, changes) => watch("update", { token, ...changes }, operations.update(token, changes)),
    delete: (token) => watch("delete", { token }, operations.delete(token)),
    deleteList: (filter) => watch("deleteList", { ...filter }, operations.deleteList(filter)),
  }
}
