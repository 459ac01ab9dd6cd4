/** NeuroIO as a world. */
import type * as Effect from "effect/Effect"
import * as NeuroioPlatform from "../NeuroioPlatform.ts"
import { makeTime, perform, type World } from "./world.ts"

/** What a platform does: `NeuroioPlatform`, unless a test of the laws wants one that is wrong. */
export type NeuroioRules = Pick<
  typeof NeuroioPlatform,
  "create" | "list" | "get" | "update" | "delete" | "deleteList" | "refusalOf"
>

export interface NeuroioWorld extends World<NeuroioPlatform.State> {
  readonly rules: NeuroioRules
}

export const makeNeuroioWorld = (
  state: NeuroioPlatform.State,
  rules: NeuroioRules = NeuroioPlatform,
  time = makeTime(),
): NeuroioWorld => ({ time, rules, state })

/** Does one call. */
export type PerformNeuroio = <Input, Output>(
  world: NeuroioWorld,
  transition: NeuroioPlatform.Transition<Input, Output>,
  caller: NeuroioPlatform.Caller,
  input: Input & { readonly family: NeuroioPlatform.Family },
) => Effect.Effect<Output, NeuroioPlatform.Refusal>

/** As it should be: at one go (N18). */
export const performNeuroio: PerformNeuroio = <Input, Output>(
  world: NeuroioWorld,
  transition: NeuroioPlatform.Transition<Input, Output>,
  caller: NeuroioPlatform.Caller,
  input: Input & { readonly family: NeuroioPlatform.Family },
) =>
  perform<NeuroioPlatform.State, Output, NeuroioPlatform.Refusal>(
    world,
    (state, now) => transition(state, now, caller, input),
    NeuroioPlatform.isRefusal,
  )
