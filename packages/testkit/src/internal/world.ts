/** A platform that changes as it is called. */
import * as Effect from "effect/Effect"
import * as NeuroioPlatform from "../NeuroioPlatform.ts"

export interface World {
  state: NeuroioPlatform.State
}

/** Nothing suspends between reading the state and writing it: calls take effect one after another (N18). */
export const perform = <Input, Output>(
  world: World,
  transition: NeuroioPlatform.Transition<Input, Output>,
  caller: NeuroioPlatform.Caller,
  input: Input & { readonly family: NeuroioPlatform.Family },
): Effect.Effect<Output, NeuroioPlatform.Refusal> =>
  Effect.clockWith((clock) => {
    const [answer, next] = transition(world.state, clock.currentTimeMillisUnsafe(), caller, input)
    world.state = next
    return NeuroioPlatform.isRefusal(answer) ? Effect.fail(answer) : Effect.succeed(answer)
  })
