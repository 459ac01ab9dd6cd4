/**
 * NeuroIO in memory: `Tokens` and `StreamTokens` that behave like the platform, for tests. Time comes from `Clock`, so
 * that `TestClock` moves it; ids and keys come from a seed, so that a run repeats.
 *
 * @since 0.1.0
 */
import { StreamTokens, Token, TokenId, TokenOperations, type TokenRef, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { constVoid, identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { perform, type World } from "./internal/world.ts"
import * as NeuroioPlatform from "./NeuroioPlatform.ts"

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
  token: Redacted.isRedacted(input.token) ? Redacted.value(input.token) : input.token,
})

const service = (
  name: "Tokens" | "StreamTokens",
  family: NeuroioPlatform.Family,
  world: World,
  caller: NeuroioPlatform.Caller,
): TokenOperations.TokenOperations => {
  const call =
    <Given, Input, Output, A>(
      transition: NeuroioPlatform.Transition<Input, Output>,
      toInput: (given: Given) => Input,
      toValue: (output: Output) => A,
    ) =>
    (given: Given) =>
      Effect.map(perform(world, transition, caller, { ...toInput(given), family }), toValue)

  return TokenOperations.fromPlatform(name, {
    create: call(NeuroioPlatform.create, identity, toToken),
    list: call(NeuroioPlatform.list, identity, (tokens) => tokens.map(toToken)),
    get: call(NeuroioPlatform.get, byRef, toToken),
    update: call(NeuroioPlatform.update, byRef, toToken),
    delete: call(NeuroioPlatform.delete, byRef, constVoid),
    deleteList: call(NeuroioPlatform.deleteList, identity, constVoid),
  })
}

/**
 * `Tokens` and `StreamTokens` of one account on a platform of their own, empty at first. A layer that is built anew is a
 * platform anew.
 *
 * @example
 * import { Tokens } from "@effect-tokens/core"
 * import { NeuroioMemory } from "@effect-tokens/testkit"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function* () {
 *   const tokens = yield* Tokens
 *   return yield* tokens.create()
 * })
 *
 * const token = await Effect.runPromise(Effect.provide(program, NeuroioMemory.layer))
 *
 * @since 0.1.0
 */
export const layer: Layer.Layer<Tokens | StreamTokens> = Layer.effectContext(
  Effect.sync(() => {
    const [owner, state] = NeuroioPlatform.addOwner(NeuroioPlatform.make(0), "account")
    const world: World = { state }
    const account = { _tag: "Owner", owner } as const
    return Context.make(Tokens, service("Tokens", "tokens", world, account)).pipe(
      Context.add(StreamTokens, service("StreamTokens", "streamTokens", world, account)),
    )
  }),
)
