/** Keeps laws to the tokens and stream tokens that they made, and deletes those afterwards. */
import { StreamTokens, type Token, type TokenOperations, type TokenRef, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { notOwn, type OwnedTokens, trackTokens } from "../../../internal/laws/ownedTokens.ts"

type Services = Context.Context<Tokens | StreamTokens>

const text = (ref: TokenRef): string => (Redacted.isRedacted(ref) ? Redacted.value(ref) : String(ref))

const makeFamily = (service: string, account: TokenOperations.TokenOperations) => {
  const tracked = trackTokens(service, account.delete, ({ id, key }: Token) => [text(id), text(key)])
  return {
    cleanup: tracked.cleanup,
    guard: (operations: TokenOperations.TokenOperations): TokenOperations.TokenOperations => ({
      ...operations,
      create: (options) => tracked.create(operations.create(options)),
      update: (ref, changes) => tracked.ifOwn(text(ref), operations.update(ref, changes)),
      delete: (ref) => tracked.ifOwn(text(ref), operations.delete(ref)),
      deleteList: () => notOwn,
    }),
  }
}

/** Nothing changes but the tokens that were made through the guard: an id or a key of others is refused. */
export const makeOwnedTokens = (account: Services): OwnedTokens<Services> => {
  const tokens = makeFamily("Tokens", Context.get(account, Tokens))
  const streamTokens = makeFamily("StreamTokens", Context.get(account, StreamTokens))
  return {
    guard: (services) =>
      Context.make(Tokens, tokens.guard(Context.get(services, Tokens))).pipe(
        Context.add(StreamTokens, streamTokens.guard(Context.get(services, StreamTokens))),
      ),
    cleanup: Effect.andThen(tokens.cleanup, streamTokens.cleanup),
  }
}
