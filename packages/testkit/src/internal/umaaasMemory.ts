/** A UMAaaS platform in memory with its control. */
import { ApiTokens } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as UmaaasPlatform from "../UmaaasPlatform.ts"
import type { Credential, UmaaasControl } from "../UmaaasControl.ts"
import { timeControl } from "./control.ts"
import { umaaasMemoryService, withoutSecret, withSecret } from "./umaaasMemoryService.ts"
import {
  makeUmaaasWorld,
  type PerformUmaaas,
  performUmaaas,
  type UmaaasRules,
  type UmaaasWorld,
} from "./umaaasWorld.ts"
import { rewind } from "./world.ts"

export const callerOf = ({ clientId, clientSecret }: Credential): UmaaasPlatform.Caller =>
  clientSecret === undefined ? undefined : { clientId, clientSecret: Redacted.value(clientSecret) }

/** What is there when this is called is the beginning that `reset` goes back to. */
export const umaaasControlOf = (
  world: UmaaasWorld,
  first: UmaaasPlatform.StoredApiToken,
  as: UmaaasControl["Service"]["as"],
): UmaaasControl["Service"] => {
  const firstState = world.state
  return {
    first: withSecret(first),
    as,
    ...timeControl(world),
    tokens: Effect.sync(() => UmaaasPlatform.tokens(world.state).map(withoutSecret)),
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
  options: { readonly rules?: UmaaasRules; readonly perform?: PerformUmaaas } = {},
) => {
  const [first, state] = UmaaasPlatform.make(0, now)
  const world = makeUmaaasWorld(state, options.rules)
  const serve = (credential: Credential) =>
    umaaasMemoryService(world, callerOf(credential), options.perform ?? performUmaaas)
  const control = umaaasControlOf(world, first, (credential) => Layer.succeed(ApiTokens, serve(credential)))
  return { control, service: serve(control.first) }
}
