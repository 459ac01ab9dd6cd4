/** Control of a world, whoever the services reach it through. */
import { StreamTokens, type TokenOperations, Tokens } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { NeuroioControl, Owner, OwnerState } from "../NeuroioControl.ts"
import * as NeuroioPlatform from "../NeuroioPlatform.ts"
import { memoryServices } from "./memoryServices.ts"
import { advance, freeze, makeWorld, nowIn, type Perform, perform, type Rules, unfreeze, type World } from "./world.ts"

const ownersIn = ({ state }: World): ReadonlyArray<Owner> =>
  NeuroioPlatform.owners(state).map(({ kind, number }) => ({
    number,
    kind,
    key: Redacted.make(NeuroioPlatform.ownerKey(state, number)),
  }))

export const addOwner = (world: World, kind: NeuroioPlatform.OwnerKind): Owner => {
  const [number, state] = NeuroioPlatform.addOwner(world.state, kind)
  world.state = state
  return { number, kind, key: Redacted.make(NeuroioPlatform.ownerKey(state, number)) }
}

type As = (caller: Owner | Owner["key"]) => Layer.Layer<Tokens | StreamTokens>

const all = (tokens: TokenOperations.TokenOperations) => Effect.orDie(Stream.runCollect(tokens.stream()))

/** Reads what each owner has, as that owner. */
export const stateOf = (
  owners: Effect.Effect<ReadonlyArray<Owner>>,
  as: As,
): Effect.Effect<ReadonlyArray<OwnerState>> => {
  const read = Effect.fnUntraced(function* (owner: Owner) {
    const tokens = yield* all(yield* Tokens)
    // A manager has none, and is not to ask (N15).
    const streamTokens = owner.kind === "manager" ? [] : yield* all(yield* StreamTokens)
    return { owner, tokens, streamTokens }
  })
  return Effect.flatMap(
    owners,
    Effect.forEach((owner) => Effect.provide(read(owner), as(owner))),
  )
}

/** Back to the beginning, its time included. The numbers of owners go on, so that no credential works again. */
const reset = (world: World, beginning: NeuroioPlatform.State): void => {
  world.state = { ...beginning, nextOwner: world.state.nextOwner }
  world.ahead = 0
  world.frozenAt = undefined
}

/** What is there when this is called is the beginning that `reset` goes back to. */
export const controlOf = (world: World, account: Owner, as: As): NeuroioControl["Service"] => {
  const beginning = world.state
  const owners = Effect.sync(() => ownersIn(world))
  return {
    account,
    as,
    addOwner: (kind) => Effect.sync(() => addOwner(world, kind)),
    now: Effect.clockWith((clock) => Effect.succeed(DateTime.makeUnsafe(nowIn(world, clock)))),
    advance: (duration) =>
      Effect.clockWith((clock) =>
        Effect.sync(() => advance(world, clock, Duration.toMillis(Duration.fromInputUnsafe(duration)))),
      ),
    freeze: Effect.clockWith((clock) => Effect.sync(() => freeze(world, clock))),
    unfreeze: Effect.clockWith((clock) => Effect.sync(() => unfreeze(world, clock))),
    owners,
    state: stateOf(owners, as),
    snapshot: Effect.sync(() => {
      const { state } = world
      return {
        restore: Effect.sync(() => {
          const { nextId, nextOwner } = world.state
          world.state = { ...state, nextId, nextOwner }
        }),
      }
    }),
    reset: Effect.sync(() => reset(world, beginning)),
  }
}

/** A platform in memory, its services as the account's, and its control. */
export const makeMemory = (options: { readonly rules?: Rules; readonly perform?: Perform } = {}) => {
  const world = makeWorld(NeuroioPlatform.make(0), options.rules)
  const account = addOwner(world, "account")
  const as = (caller: Owner | Owner["key"]) =>
    memoryServices(
      world,
      Redacted.isRedacted(caller)
        ? { _tag: "Credential", key: Redacted.value(caller) }
        : { _tag: "Owner", owner: caller.number },
      options.perform ?? perform,
    )
  const control = controlOf(world, account, (caller) => Layer.succeedContext(as(caller)))
  return { control, services: as(account) }
}
