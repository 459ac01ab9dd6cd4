/** A platform in memory with its control. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { NeuroioControl, Owner } from "../NeuroioControl.ts"
import * as NeuroioPlatform from "../NeuroioPlatform.ts"
import { memoryServices } from "./memoryServices.ts"
import type { World } from "./world.ts"

const addOwner = (world: World, kind: NeuroioPlatform.OwnerKind): Owner => {
  const [number, state] = NeuroioPlatform.addOwner(world.state, kind)
  world.state = state
  return { number, kind, key: Redacted.make(NeuroioPlatform.ownerKey(state, number)) }
}

export const makeControl = () => {
  const world: World = { state: NeuroioPlatform.make(0) }
  const account = addOwner(world, "account")
  const beginning = world.state
  const setState = (state: NeuroioPlatform.State) =>
    Effect.sync(() => {
      world.state = state
    })
  const control: NeuroioControl["Service"] = {
    account,
    addOwner: (kind) => Effect.sync(() => addOwner(world, kind)),
    as: (caller) =>
      memoryServices(
        world,
        Redacted.isRedacted(caller)
          ? { _tag: "Credential", key: Redacted.value(caller) }
          : { _tag: "Owner", owner: caller.number },
      ),
    snapshot: Effect.sync(() => world.state),
    restore: setState,
    reset: setState(beginning),
  }
  return { control, services: control.as(account) }
}
