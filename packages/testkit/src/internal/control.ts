/** Control of a world, whoever the services reach it through. */
import type { StreamTokens, Tokens } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { NeuroioControl, Owner } from "../NeuroioControl.ts"
import * as NeuroioPlatform from "../NeuroioPlatform.ts"
import { memoryServices } from "./memoryServices.ts"
import { advance, freeze, makeWorld, nowIn, type Perform, perform, type Rules, unfreeze, type World } from "./world.ts"

export const addOwner = (world: World, kind: NeuroioPlatform.OwnerKind): Owner => {
  const [number, state] = NeuroioPlatform.addOwner(world.state, kind)
  world.state = state
  return { number, kind, key: Redacted.make(NeuroioPlatform.ownerKey(state, number)) }
}

/** Back to the beginning, its time included. The numbers of owners go on, so that no credential works again. */
export const reset = (world: World, beginning: NeuroioPlatform.State): void => {
  world.state = { ...beginning, nextOwner: world.state.nextOwner }
  world.ahead = 0
  world.frozenAt = undefined
}

/** What is there when this is called is the beginning that `reset` goes back to. */
export const controlOf = (
  world: World,
  account: Owner,
  as: (caller: Owner | Owner["key"]) => Layer.Layer<Tokens | StreamTokens>,
): NeuroioControl["Service"] => {
  const beginning = world.state
  return {
    account,
    as,
    addOwner: (kind) => Effect.sync(() => addOwner(world, kind)),
    now: Effect.clockWith((clock) => Effect.succeed(DateTime.makeUnsafe(nowIn(world, clock)))),
    advance: (duration) => Effect.sync(() => advance(world, Duration.toMillis(Duration.fromInputUnsafe(duration)))),
    freeze: Effect.clockWith((clock) => Effect.sync(() => freeze(world, clock))),
    unfreeze: Effect.clockWith((clock) => Effect.sync(() => unfreeze(world, clock))),
    snapshot: Effect.sync(() => world.state),
    restore: (snapshot) =>
      Effect.sync(() => {
        world.state = snapshot
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
