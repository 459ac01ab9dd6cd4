/** Makes calls, some at once: each caller begins its next call when it has the answer. */
import * as Effect from "effect/Effect"

export const promises =
  (atOnce: number, call: () => Promise<unknown>) =>
  (calls: number): Promise<unknown> => {
    let left = calls
    const caller = async (): Promise<void> => {
      while (left-- > 0) {
        // A caller makes its calls one after another.
        // oxlint-disable-next-line no-await-in-loop
        await call()
      }
    }
    return Promise.all(Array.from({ length: atOnce }, caller))
  }

export const effects = <E>(atOnce: number, call: () => Effect.Effect<unknown, E>) =>
  Effect.fnUntraced(function* (calls: number) {
    let left = calls
    const caller = Effect.gen(function* () {
      while (left-- > 0) yield* call()
    })
    yield* Effect.all(
      Array.from({ length: atOnce }, () => caller),
      { concurrency: "unbounded", discard: true },
    )
  })
