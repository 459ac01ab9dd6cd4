/** Keeps laws on a platform that others use to the tokens that they made, and deletes those afterwards. */
import { StreamTokens, type TokenOperations, type TokenRef, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Failure } from "../../Laws.ts"

type Services = Context.Context<Tokens | StreamTokens>

const text = (ref: TokenRef): string => (Redacted.isRedacted(ref) ? Redacted.value(ref) : String(ref))

/** What laws have made in one family. */
const makeShelf = () => {
  /** Ids and keys, of deleted ones as well: a law may ask for what it has deleted. */
  const known = new Set<string>()
  const ids = new Set<TokenRef>()
  const refuse = Effect.die(new Error("A law was about to change tokens that it did not make: nothing was sent."))
  return {
    ids,
    guard: (operations: TokenOperations.TokenOperations): TokenOperations.TokenOperations => ({
      ...operations,
      create: (options) =>
        Effect.tap(operations.create(options), ({ id, key }) =>
          Effect.sync(() => {
            known.add(text(id)).add(text(key))
            ids.add(id)
          }),
        ),
      update: (ref, changes) => (known.has(text(ref)) ? operations.update(ref, changes) : refuse),
      delete: (ref) => (known.has(text(ref)) ? operations.delete(ref) : refuse),
      deleteList: () => refuse,
    }),
  }
}

const clear = (operations: TokenOperations.TokenOperations, ids: ReadonlySet<TokenRef>) =>
  Effect.forEach(ids, (id) => Effect.catchTag(operations.delete(id), "NotFound", () => Effect.void), { discard: true })

export interface Belongings {
  /** The same services, which change and delete nothing but what was made through them. */
  readonly guard: (services: Services) => Services
  /** Deletes what was made through any of them, as the account. */
  readonly clearUp: Effect.Effect<void, Failure>
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
        clear(Context.get(account, Tokens), tokens.ids),
        clear(Context.get(account, StreamTokens), streamTokens.ids),
      ),
    ),
  }
}
