/** The platforms that the routes run on, and what they began with. */
import { ApiTokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { NeuroioControl, Owner } from "../NeuroioControl.ts"
import * as NeuroioPlatform from "../NeuroioPlatform.ts"
import type { UmaaasControl } from "../UmaaasControl.ts"
import * as UmaaasPlatform from "../UmaaasPlatform.ts"
import { addOwner, controlOf, timeControl } from "./control.ts"
import { memoryServices } from "./memoryServices.ts"
import { makeNeuroioWorld, type NeuroioWorld, performNeuroio } from "./neuroioWorld.ts"
import { makeTraffic, type Traffic } from "./sandboxTraffic.ts"
import { callerOf, umaaasControlOf } from "./umaaasMemory.ts"
import { umaaasMemoryService } from "./umaaasMemoryService.ts"
import { makeUmaaasWorld, performUmaaas, type UmaaasWorld } from "./umaaasWorld.ts"
import { makeTime, type Time, type Timed } from "./world.ts"

/** What of a control is for the sandbox as a whole: its platforms have one time, and go back together. */
export type WholeControl = Pick<
  NeuroioControl["Service"],
  "now" | "advance" | "freeze" | "unfreeze" | "snapshot" | "reset"
>

interface Sandbox extends Timed {
  readonly neuroio: {
    readonly world: NeuroioWorld
    readonly account: Owner
    readonly manager: Owner
    readonly control: NeuroioControl["Service"]
  }
  readonly umaaas: {
    readonly world: UmaaasWorld
    readonly first: UmaaasPlatform.StoredApiToken
    readonly control: UmaaasControl["Service"]
  }
  readonly control: WholeControl
  readonly traffic: Traffic
}

export class CurrentSandbox extends Context.Service<CurrentSandbox, Sandbox>()(
  "@effect-tokens/testkit/Sandbox/CurrentSandbox",
) {}

const makeNeuroio = (seed: number, time: Time): Sandbox["neuroio"] => {
  const world = makeNeuroioWorld(NeuroioPlatform.make(seed), NeuroioPlatform, time)
  const account = addOwner(world, "account")
  const manager = addOwner(world, "manager")
  const control = controlOf(world, account, (caller) => {
    const key = Redacted.value(Redacted.isRedacted(caller) ? caller : caller.key)
    return Layer.succeedContext(memoryServices(world, { _tag: "Credential", key }, performNeuroio))
  })
  return { world, account, manager, control }
}

const makeUmaaas = (seed: number, now: number, time: Time): Sandbox["umaaas"] => {
  const [first, state] = UmaaasPlatform.make(seed, now)
  const world = makeUmaaasWorld(state, UmaaasPlatform, time)
  const control = umaaasControlOf(world, first, (credential) =>
    Layer.succeed(ApiTokens, umaaasMemoryService(world, callerOf(credential), performUmaaas)),
  )
  return { world, first, control }
}

const makeControl = (timed: Timed, platforms: ReadonlyArray<WholeControl>, traffic: Traffic): WholeControl => ({
  ...timeControl(timed),
  snapshot: Effect.map(
    Effect.forEach(platforms, ({ snapshot }) => snapshot),
    (snapshots) => ({ restore: Effect.forEach(snapshots, ({ restore }) => restore, { discard: true }) }),
  ),
  reset: Effect.andThen(
    Effect.forEach(platforms, ({ reset }) => reset, { discard: true }),
    Effect.sync(() => traffic.clear()),
  ),
})

export const layerSandbox = (seed: number): Layer.Layer<CurrentSandbox> =>
  Layer.effect(
    CurrentSandbox,
    Effect.clockWith((clock) =>
      Effect.sync(() => {
        const time = makeTime()
        const neuroio = makeNeuroio(seed, time)
        const umaaas = makeUmaaas(seed, clock.currentTimeMillisUnsafe(), time)
        const traffic = makeTraffic()
        return {
          time,
          neuroio,
          umaaas,
          traffic,
          control: makeControl({ time }, [neuroio.control, umaaas.control], traffic),
        }
      }),
    ),
  )
