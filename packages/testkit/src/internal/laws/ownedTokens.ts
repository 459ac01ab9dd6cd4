/** Keeps laws to the tokens that they made, and deletes those afterwards. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Failure } from "../../Laws.ts"

/** A guard that stands between laws and services, and the deletion of the tokens made through it. */
export interface OwnedTokens<Services> {
  /** The same services, which change and delete no token of others. */
  readonly guard: (services: Services) => Services
  /** Deletes the tokens made through the guard, as the account, and logs those that it could not delete. */
  readonly cleanup: Effect.Effect<void>
}

export const notOwn = Effect.die(new Error("A law was about to change tokens that it did not make: nothing was sent."))

/** A few seconds in all. A person looks after an outage that lasts longer. */
const again = { schedule: Schedule.exponential("200 millis"), times: 4 }

/**
 * Tracks the tokens that laws make with one service. `references` are the texts that refer to a token. `kept` says whether
 * tokens remain until the cleanup: the answer of a create is then waited for, even if its caller is interrupted.
 */
export const trackTokens = <Token extends { readonly id: Id }, Id>(
  service: string,
  deleteOne: (id: Id) => Effect.Effect<void, Failure>,
  references: (token: Token) => ReadonlyArray<string>,
  kept = true,
) => {
  const ids = new Set<Id>()
  /** References to deleted tokens stay: a law may ask for a token that it has deleted. */
  const own = new Set<string>()
  const foreign = new Set<string>()
  let unknown = 0

  return {
    create: <Made extends Token, E extends Failure>(create: Effect.Effect<Made, E>): Effect.Effect<Made, E> => {
      const tracked = create.pipe(
        Effect.tap((token) =>
          Effect.sync(() => {
            ids.add(token.id)
            for (const reference of references(token)) {
              own.add(reference)
              // A list may have shown it before its create was answered.
              foreign.delete(reference)
            }
          }),
        ),
        Effect.tapError(({ _tag }) => Effect.sync(() => void (_tag === "OutcomeUnknown" && unknown++))),
      )
      return kept ? Effect.uninterruptible(tracked) : tracked
    },
    /** Records a token that an answer has shown. It is another's if no create has made it. */
    saw: (token: Token) =>
      Effect.sync(() => {
        for (const reference of references(token)) if (!own.has(reference)) foreign.add(reference)
      }),
    ifOwn: <A, E>(reference: string, call: Effect.Effect<A, E>) =>
      Effect.suspend(() => (own.has(reference) ? call : notOwn)),
    unlessForeign: <A, E>(reference: string, call: Effect.Effect<A, E>) =>
      Effect.suspend(() => (foreign.has(reference) ? notOwn : call)),
    cleanup: Effect.gen(function* () {
      const left: Array<Id> = []
      for (const id of ids) {
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
      if (unknown > 0) {
        yield* Effect.logError(
          `The laws do not know what became of ${unknown} calls of ${service}.create: look for tokens that nobody made.`,
        )
      }
    }),
  }
}
