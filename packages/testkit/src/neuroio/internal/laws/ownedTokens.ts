/** Keeps laws on a platform that others use to the tokens that they made, and deletes those afterwards. */
import { StreamTokens, type TokenId, type TokenOperations, type TokenRef, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { cleanUp, type Made, notOwn } from "../../../internal/laws/cleanup.ts"

type Services = Context.Context<Tokens | StreamTokens>

const text = (ref: TokenRef): string => (Redacted.isRedacted(ref) ? Redacted.value(ref) : String(ref))

interface Shelf extends Made<TokenId> {
  readonly guard: (operations: TokenOperations.TokenOperations) => TokenOperations.TokenOperations
}

/** What laws have made in one family. */
const makeShelf = (): Shelf => {
  /** Ids and keys, of deleted ones as well: a law may ask for what it has deleted. */
  const known = new Set<string>()
  const ids = new Set<TokenId>()
  let doubts = 0
  return {
    ids,
    doubts: () => doubts,
    guard: (operations) => ({
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
      update: (ref, changes) => (known.has(text(ref)) ? operations.update(ref, changes) : notOwn),
      delete: (ref) => (known.has(text(ref)) ? operations.delete(ref) : notOwn),
      deleteList: () => notOwn,
    }),
  }
}

export interface OwnedTokens {
  /** The same services, which change and delete nothing but what was made through them. */
  readonly guard: (services: Services) => Services
  /** Deletes what was made through any of them, as the account, and logs what it could not. */
  readonly clearUp: Effect.Effect<void>
}

export const makeOwnedTokens = (account: Services): OwnedTokens => {
  const tokens = makeShelf()
  const streamTokens = makeShelf()
  return {
    guard: (services) =>
      Context.make(Tokens, tokens.guard(Context.get(services, Tokens))).pipe(
        Context.add(StreamTokens, streamTokens.guard(Context.get(services, StreamTokens))),
      ),
    clearUp: Effect.suspend(() =>
      Effect.andThen(
        cleanUp("Tokens", Context.get(account, Tokens).delete, tokens),
        cleanUp("StreamTokens", Context.get(account, StreamTokens).delete, streamTokens),
      ),
    ),
  }
}
