/** The platform that the routes run on, and what it began with. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { NeuroioControl, Owner } from "../NeuroioControl.ts"
import * as NeuroioPlatform from "../NeuroioPlatform.ts"
import { addOwner, controlOf } from "./control.ts"
import { memoryServices } from "./memoryServices.ts"
import { makeTraffic, type Traffic } from "./sandboxTraffic.ts"
import { makeNeuroioWorld, type NeuroioWorld, performNeuroio } from "./neuroioWorld.ts"

export class CurrentSandbox extends Context.Service<
  CurrentSandbox,
  {
    readonly world: NeuroioWorld
    readonly account: Owner
    readonly manager: Owner
    readonly control: NeuroioControl["Service"]
    readonly traffic: Traffic
  }
>()("@effect-tokens/testkit/Sandbox/CurrentSandbox") {}

export const layerSandbox = (seed: number): Layer.Layer<CurrentSandbox> =>
  Layer.effect(
    CurrentSandbox,
    Effect.sync(() => {
      const world = makeNeuroioWorld(NeuroioPlatform.make(seed))
      const account = addOwner(world, "account")
      const manager = addOwner(world, "manager")
      const control = controlOf(world, account, (caller) => {
        const key = Redacted.value(Redacted.isRedacted(caller) ? caller : caller.key)
        return Layer.succeedContext(memoryServices(world, { _tag: "Credential", key }, performNeuroio))
      })
      return { world, account, manager, control, traffic: makeTraffic() }
    }),
  )
