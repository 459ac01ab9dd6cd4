/** UMAaaS as a world. */
import type * as Effect from "effect/Effect"
import * as UmaaasPlatform from "../UmaaasPlatform.ts"
import { makeTime, perform, type World } from "./world.ts"

/** What a platform does: `UmaaasPlatform`, unless a test of the laws wants one that is wrong. */
export type UmaaasRules = Pick<typeof UmaaasPlatform, "create" | "list" | "get" | "delete" | "refusalOf">

export interface UmaaasWorld extends World<UmaaasPlatform.State> {
  readonly rules: UmaaasRules
}

export const makeUmaaasWorld = (
  state: UmaaasPlatform.State,
  rules: UmaaasRules = UmaaasPlatform,
  time = makeTime(),
): UmaaasWorld => ({ time, rules, state })

/** Does one call. */
export type PerformUmaaas = <Input, Output>(
  world: UmaaasWorld,
  transition: UmaaasPlatform.Transition<Input, Output>,
  caller: UmaaasPlatform.Caller,
  input: Input,
) => Effect.Effect<Output, UmaaasPlatform.Refusal>

/** As it should be: at one go (U12). */
export const performUmaaas: PerformUmaaas = <Input, Output>(
  world: UmaaasWorld,
  transition: UmaaasPlatform.Transition<Input, Output>,
  caller: UmaaasPlatform.Caller,
  input: Input,
) =>
  perform<UmaaasPlatform.State, Output, UmaaasPlatform.Refusal>(
    world,
    (state, now) => transition(state, now, caller, input),
    UmaaasPlatform.isRefusal,
  )
