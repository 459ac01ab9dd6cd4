/** Deletes what laws have made on a platform that others use. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Failure } from "../../Laws.ts"

/** What laws have made with one service. `doubts` counts the creates of which nobody knows what became. */
export interface Made<Id> {
  readonly ids: ReadonlySet<Id>
  readonly doubts: () => number
}

/** What a guard dies with. */
export const notOwn = Effect.die(new Error("A law was about to change tokens that it did not make: nothing was sent."))

/** Some seconds in all: a platform that is down for longer is one for a person to look after. */
const again = { schedule: Schedule.exponential("200 millis"), times: 4 }

/** What cannot be deleted is said, and nothing else is left for it. */
export const cleanUp = Effect.fnUntraced(function* <Id>(
  service: string,
  deleteOne: (id: Id) => Effect.Effect<void, Failure>,
  made: Made<Id>,
) {
  const left: Array<Id> = []
  for (const id of made.ids) {
    yield* Effect.suspend(() => deleteOne(id)).pipe(
      Effect.catchIf(
        ({ _tag }) => _tag === "NotFound",
        () => Effect.void,
      ),
      Effect.retry(again),
      Effect.catch(() => Effect.sync(() => left.push(id))),
    )
  }
  if (left.length > 0) {
    yield* Effect.logError(
      `The laws could not delete what they made: ${service} ${left.join(", ")}. Delete them by hand.`,
    )
  }
  if (made.doubts() > 0) {
    yield* Effect.logError(
      `The laws do not know what became of ${made.doubts()} calls of ${service}.create: look for tokens that nobody made.`,
    )
  }
})
