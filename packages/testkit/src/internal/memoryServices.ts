/** `Tokens` and `StreamTokens` on a platform in memory, as a certain caller. */
import { StreamTokens, Token, TokenId, TokenOperations, type TokenRef, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { constVoid, identity } from "effect/Function"
import * as Redacted from "effect/Redacted"
import * as NeuroioPlatform from "../NeuroioPlatform.ts"
import type { Perform, World } from "./world.ts"

const toToken = (stored: NeuroioPlatform.StoredToken): Token => {
  const expires = NeuroioPlatform.expiresAt(stored)
  return new Token(
    {
      id: TokenId.make(stored.id, { disableChecks: true }),
      key: Redacted.make(stored.key),
      isActive: stored.isActive,
      created: DateTime.makeUnsafe(stored.created),
      expires: expires === null ? null : DateTime.makeUnsafe(expires),
    },
    { disableChecks: true },
  )
}

const byRef = <Input extends { readonly token: TokenRef }>(input: Input) => ({
  ...input,
  token: Redacted.isRedacted(input.token) ? NeuroioPlatform.readRef(Redacted.value(input.token)) : input.token,
})

const service = (
  name: "Tokens" | "StreamTokens",
  family: NeuroioPlatform.Family,
  world: World,
  caller: NeuroioPlatform.Caller,
  perform: Perform,
): TokenOperations.TokenOperations => {
  const call =
    <Given, Input, Output, A>(
      transition: NeuroioPlatform.Transition<Input, Output>,
      toInput: (given: Given) => Input,
      toValue: (output: Output) => A,
    ) =>
    (given: Given) =>
      Effect.map(perform(world, transition, caller, { ...toInput(given), family }), toValue)

  const { rules } = world
  return TokenOperations.fromPlatform(name, {
    create: call(rules.create, identity, toToken),
    list: call(rules.list, identity, (tokens) => tokens.map(toToken)),
    get: call(rules.get, byRef, toToken),
    update: call(rules.update, byRef, toToken),
    delete: call(rules.delete, byRef, constVoid),
    deleteList: call(rules.deleteList, identity, constVoid),
  })
}

export const memoryServices = (
  world: World,
  caller: NeuroioPlatform.Caller,
  perform: Perform,
): Context.Context<Tokens | StreamTokens> =>
  Context.make(Tokens, service("Tokens", "tokens", world, caller, perform)).pipe(
    Context.add(StreamTokens, service("StreamTokens", "streamTokens", world, caller, perform)),
  )
