/** The platforms that the routes run on, and what they began with. */
import { ApiTokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { NeuroioControl, Owner } from "../../neuroio/NeuroioControl.ts"
import * as NeuroioRules from "../../neuroio/NeuroioRules.ts"
import type { UmaaasControl } from "../../umaaas/UmaaasControl.ts"
import * as UmaaasRules from "../../umaaas/UmaaasRules.ts"
import { addOwner, controlOf, timeControl } from "../../neuroio/internal/control.ts"
import { memoryServices } from "../../neuroio/internal/memory.ts"
import { makeNeuroioSimulation, type NeuroioSimulation, performNeuroio } from "../../neuroio/internal/simulation.ts"
import { makeTraffic, type Traffic } from "./traffic.ts"
import { callerOf, umaaasControlOf } from "../../umaaas/internal/control.ts"
import { umaaasMemoryService } from "../../umaaas/internal/memory.ts"
import { makeUmaaasSimulation, performUmaaas, type UmaaasSimulation } from "../../umaaas/internal/simulation.ts"
import { makeClock, type SimulatedClock, type HasClock } from "../simulation.ts"

/** What of a control is for the sandbox as a whole: its platforms have one time, and go back together. */
export type WholeControl = Pick<
  NeuroioControl["Service"],
  "now" | "advance" | "freeze" | "unfreeze" | "snapshot" | "reset"
>

interface Sandbox extends HasClock {
  readonly neuroio: {
    readonly world: NeuroioSimulation
    readonly account: Owner
    readonly manager: Owner
    readonly control: NeuroioControl["Service"]
  }
  readonly umaaas: {
    readonly world: UmaaasSimulation
    readonly first: UmaaasRules.StoredApiToken
    readonly control: UmaaasControl["Service"]
  }
  readonly control: WholeControl
  readonly traffic: Traffic
}

export class CurrentSandbox extends Context.Service<CurrentSandbox, Sandbox>()(
  "@effect-tokens/testkit/Sandbox/CurrentSandbox",
) {}

const makeNeuroio = (seed: number, time: SimulatedClock): Sandbox["neuroio"] => {
  const world = makeNeuroioSimulation(NeuroioRules.make(seed), NeuroioRules, time)
  const account = addOwner(world, "account")
  const manager = addOwner(world, "manager")
  const control = controlOf(world, account, (caller) => {
    const key = Redacted.value(Redacted.isRedacted(caller) ? caller : caller.key)
    return Layer.succeedContext(memoryServices(world, { _tag: "Credential", key }, performNeuroio))
  })
  return { world, account, manager, control }
}

const makeUmaaas = (seed: number, now: number, time: SimulatedClock): Sandbox["umaaas"] => {
  const [first, state] = UmaaasRules.make(seed, now)
  const world = makeUmaaasSimulation(state, UmaaasRules, time)
  const control = umaaasControlOf(world, first, (credential) =>
    Layer.succeed(ApiTokens, umaaasMemoryService(world, callerOf(credential), performUmaaas)),
  )
  return { world, first, control }
}

const makeControl = (timed: HasClock, platforms: ReadonlyArray<WholeControl>, traffic: Traffic): WholeControl => ({
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
        const time = makeClock()
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
