/** `Tokens` and `StreamTokens` on a platform in memory, as a certain caller. */
import { StreamTokens, Token, type TokenId, TokenOperations, type TokenRef, Tokens } from "@effect-tokens/core"
import * as Brand from "effect/Brand"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Types from "effect/Types"
import * as NeuroioRules from "../NeuroioRules.ts"
import type { NeuroioSimulation, PerformNeuroio } from "./simulation.ts"

/** Keeps the last time that it made: tokens in a row mostly have the same, and a time costs as much as a secret. */
const makeTimes = (): ((millis: number) => DateTime.Utc) => {
  let last = DateTime.makeUnsafe(0)
  return (millis) => {
    if (last.epochMilliseconds !== millis) last = DateTime.makeUnsafe(millis)
    return last
  }
}

const createdAt = makeTimes()
const expiresAt = makeTimes()

const toId = Brand.nominal<TokenId>()

/**
 * What `new Token` makes, without its pass over a schema: that takes as long as the whole call does otherwise.
 *
 * Each answer has a token and a key of its own, as over HTTP: a key can be wiped, and that wipes no other answer's.
 */
const toToken = (stored: NeuroioRules.StoredToken): Token => {
  const expires = NeuroioRules.expiresAt(stored)
  const token: Types.Mutable<Token> = Object.create(Token.prototype)
  token.id = toId(stored.id)
  token.key = Redacted.make(stored.key)
  token.isActive = stored.isActive
  token.created = createdAt(stored.created)
  token.expires = expires === null ? null : expiresAt(expires)
  return token
}

const toRef = (token: TokenRef): number | string =>
  Redacted.isRedacted(token) ? NeuroioRules.readRef(Redacted.value(token)) : token

const service = (
  name: "Tokens" | "StreamTokens",
  family: NeuroioRules.Family,
  world: NeuroioSimulation,
  caller: NeuroioRules.Caller,
  perform: PerformNeuroio,
): TokenOperations.TokenOperations => {
  const { rules } = world
  return TokenOperations.fromPlatform(name, {
    create: ({ permanent }) => Effect.map(perform(world, rules.create, caller, { permanent, family }), toToken),
    list: ({ limit, offset, permanent }) =>
      Effect.map(perform(world, rules.list, caller, { permanent, limit, offset, family }), (tokens) =>
        tokens.map(toToken),
      ),
    get: ({ token }) => Effect.map(perform(world, rules.get, caller, { token: toRef(token), family }), toToken),
    update: ({ isActive, token }) =>
      Effect.map(perform(world, rules.update, caller, { token: toRef(token), isActive, family }), toToken),
    delete: ({ token }) => Effect.asVoid(perform(world, rules.delete, caller, { token: toRef(token), family })),
    deleteList: ({ permanent }) => Effect.asVoid(perform(world, rules.deleteList, caller, { permanent, family })),
  })
}

export const memoryServices = (
  world: NeuroioSimulation,
  caller: NeuroioRules.Caller,
  perform: PerformNeuroio,
): Context.Context<Tokens | StreamTokens> =>
  Context.make(Tokens, service("Tokens", "tokens", world, caller, perform)).pipe(
    Context.add(StreamTokens, service("StreamTokens", "streamTokens", world, caller, perform)),
  )
