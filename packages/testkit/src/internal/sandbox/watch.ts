/** Watches calls from outside, whatever service they are of. */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"

/**
 * Is told of a call when it begins, and gives what is to be told how it ended. A stream ends with all that it gave. The
 * clock is the caller's.
 */
export type ObserverOf<Call> = (call: Call, clock: Clock.Clock) => (exit: Exit.Exit<unknown, unknown>) => void

export const watchFor = <Call>(observer: ObserverOf<Call>) => ({
  watch: <A, E>(call: Call, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.clockWith((clock) => {
      const end = observer(call, clock)
      return Effect.onExit(effect, (exit) => Effect.sync(() => end(exit)))
    }),

  watchStream: <A, E>(call: Call, stream: Stream.Stream<A, E>): Stream.Stream<A, E> =>
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
    ),
})
