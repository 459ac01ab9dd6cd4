/** A UMAaaS platform in memory with its control. */
import { ApiTokens } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as UmaaasRules from "../UmaaasRules.ts"
import type { Credential, UmaaasControl } from "../UmaaasControl.ts"
import { umaaasMemoryService, withoutSecret, withSecret } from "./memory.ts"
import {
  makeUmaaasSimulation,
  type PerformUmaaas,
  performUmaaas,
  type Transitions,
  type UmaaasSimulation,
} from "./simulation.ts"
import { rewind, timeControl } from "../../internal/simulation.ts"

const callerOf = ({ clientId, clientSecret }: Credential): UmaaasRules.Caller =>
  clientSecret === undefined ? undefined : { clientId, clientSecret: Redacted.value(clientSecret) }

/** What is there when this is called is the beginning that `reset` goes back to. */
export const umaaasControlOf = (
  world: UmaaasSimulation,
  first: UmaaasRules.StoredApiToken,
  as: UmaaasControl["Service"]["as"],
): UmaaasControl["Service"] => {
  const firstState = world.state
  return {
    rootToken: withSecret(first),
    as,
    ...timeControl(world),
    tokens: Effect.sync(() => UmaaasRules.tokens(world.state).map(withoutSecret)),
    snapshot: Effect.sync(() => {
      const { state } = world
      return {
        restore: Effect.sync(() => {
          world.state = { ...state, nextNumber: world.state.nextNumber }
        }),
      }
    }),
    reset: Effect.sync(() => {
      world.state = { ...firstState, nextNumber: world.state.nextNumber }
      rewind(world)
    }),
  }
}

/** The platform's time begins with the clock's. */
export const makeUmaaasMemory = (
  now: number,
  options: { readonly rules?: Transitions; readonly perform?: PerformUmaaas } = {},
) => {
  const [first, state] = UmaaasRules.make(0, now)
  const world = makeUmaaasSimulation(state, options.rules)
  const serve = (credential: Credential) =>
    umaaasMemoryService(world, callerOf(credential), options.perform ?? performUmaaas)
  const control = umaaasControlOf(world, first, (credential) => Layer.succeed(ApiTokens, serve(credential)))
  return { control, service: serve(control.rootToken) }
}
