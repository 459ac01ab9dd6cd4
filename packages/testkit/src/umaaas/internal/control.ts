/** The control of UMAaaS in memory. */
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
import { controlOf } from "../../internal/simulation.ts"

const callerOf = ({ clientId, clientSecret }: Credential): UmaaasRules.Caller =>
  clientSecret === undefined ? undefined : { clientId, clientSecret: Redacted.value(clientSecret) }

/** The control of a simulation, whose service is that of `as`. */
export const umaaasControlOf = (
  simulation: UmaaasSimulation,
  root: UmaaasRules.StoredApiToken,
  as: UmaaasControl["Service"]["as"],
): UmaaasControl["Service"] => ({
  ...controlOf(simulation),
  rootToken: withSecret(root),
  as,
  tokens: Effect.sync(() => UmaaasRules.tokens(simulation.state).map(withoutSecret)),
})

/** A UMAaaS in memory, its service as the root token's, and its control. `now` is in milliseconds since 1970. */
export const makeUmaaasMemory = (
  now: number,
  options: { readonly rules?: Transitions; readonly perform?: PerformUmaaas } = {},
) => {
  const [root, state] = UmaaasRules.make(0, now)
  const simulation = makeUmaaasSimulation(state, options.rules)
  const serve = (credential: Credential) =>
    umaaasMemoryService(simulation, callerOf(credential), options.perform ?? performUmaaas)
  const control = umaaasControlOf(simulation, root, (credential) => Layer.succeed(ApiTokens, serve(credential)))
  return { control, service: serve(control.rootToken) }
}
