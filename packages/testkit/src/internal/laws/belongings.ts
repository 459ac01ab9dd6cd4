/** Keeps laws on a platform that others use to the tokens that they made, and deletes those afterwards. */
import { StreamTokens, type TokenId, type TokenOperations, type TokenRef, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"

type Services = Context.Context<Tokens | StreamTokens>

const text = (ref: TokenRef): string => (Redacted.isRedacted(ref) ? Redacted.value(ref) : String(ref))

/** What laws have made in one family. */
const makeShelf = () => {
  /** Ids and keys, of deleted ones as well: a law may ask for what it has deleted. */
  const known = new Set<string>()
  const ids = new Set<TokenId>()
  let doubts = 0
  const refuse = Effect.die(new Error("A law was about to change tokens that it did not make: nothing was sent."))
  return {
    ids,
    doubts: () => doubts,
    guard: (operations: TokenOperations.TokenOperations): TokenOperations.TokenOperations => ({
      ...operations,
      // Once it is sent, its answer is waited for: whoever interrupts it would not know what was made.
      create: (options) =>
        operations.create(options).pipe(
          Effect.tap(({ id, key }) =>
            Effect.sync(() => {
              known.add(text(id)).add(text(key))
              ids.add(id)
            }),
          ),
          Effect.tapErrorTag("OutcomeUnknown", () => Effect.sync(() => doubts++)),
          Effect.uninterruptible,
        ),
      update: (ref, changes) => (known.has(text(ref)) ? operations.update(ref, changes) : refuse),
      delete: (ref) => (known.has(text(ref)) ? operations.delete(ref) : refuse),
      deleteList: () => refuse,
    }),
  }
}

type Shelf = ReturnType<typeof makeShelf>

/** Some seconds in all: a platform that is down for longer is one for a person to look after. */
const again = { schedule: Schedule.exponential("200 millis"), times: 4 }

/** What cannot be deleted is said, and nothing else is left for it. */
const clear = Effect.fnUntraced(function* (service: string, operations: TokenOperations.TokenOperations, shelf: Shelf) {
  const left: Array<TokenId> = []
  for (const id of shelf.ids) {
    yield* operations.delete(id).pipe(
      Effect.catchTag("NotFound", () => Effect.void),
      Effect.retry(again),
      Effect.catch(() => Effect.sync(() => left.push(id))),
    )
  }
  if (left.length > 0) {
    yield* Effect.logError(
      `The laws could not delete what they made: ${service} ${left.join(", ")}. Delete them by hand.`,
    )
  }
  if (shelf.doubts() > 0) {
    yield* Effect.logError(
      `The laws do not know what became of ${shelf.doubts()} calls of ${service}.create: look for tokens that nobody made.`,
    )
  }
})

export interface Belongings {
  /** The same services, which change and delete nothing but what was made through them. */
  readonly guard: (services: Services) => Services
  /** Deletes what was made through any of them, as the account, and logs what it could not. */
  readonly clearUp: Effect.Effect<void>
}

export const makeBelongings = (account: Services): Belongings => {
  const tokens = makeShelf()
  const streamTokens = makeShelf()
  return {
    guard: (services) =>
      Context.make(Tokens, tokens.guard(Context.get(services, Tokens))).pipe(
        Context.add(StreamTokens, streamTokens.guard(Context.get(services, StreamTokens))),
      ),
    clearUp: Effect.suspend(() =>
      Effect.andThen(
        clear("Tokens", Context.get(account, Tokens), tokens),
        clear("StreamTokens", Context.get(account, StreamTokens), streamTokens),
      ),
    ),
  }
}
