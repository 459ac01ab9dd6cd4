import { ApiTokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Failure } from "../../../Laws.ts"
import { type Credential, UmaaasControl } from "../../UmaaasControl.ts"
import type { PlatformTime } from "../../../internal/laws/capabilities.ts"

/**
 * What the laws may do with a platform besides calling the service that they are given. What is left out, they do not
 * do: laws that need it are skipped, with the reason. A layer with `UmaaasControl`, such as `UmaaasMemory.layer`, can do
 * all of it, and needs no `Abilities`.
 *
 * - `reset`: drops all that a run has left, but for the token that the service acts as. Without it the laws delete what
 *   they made after each run.
 * - `clock`: lets the platform's time stand still, moves it, and reads it.
 * - `as`: the service as whoever holds that credential.
 * - `concurrency`: `false` where calls cannot be made at the same time.
 *
 * No law deletes a token that it did not make, whatever may be done.
 *
 * @since 0.1.0
 */
export class Capabilities extends Context.Service<
  Capabilities,
  {
    readonly reset?: Effect.Effect<void>
    readonly clock?: PlatformTime
    readonly as?: (credential: Credential) => Layer.Layer<ApiTokens, Failure>
    readonly concurrency?: boolean
  }
>()("@effect-tokens/testkit/ApiTokenLaws/Abilities") {}

/** What may be done, and what stands for the platform that it is done to. */
export const currentCapabilities: Effect.Effect<
  { readonly abilities: Capabilities["Service"]; readonly platform: object },
  never,
  ApiTokens
> = Effect.gen(function* () {
  const abilities = yield* Effect.serviceOption(Capabilities)
  if (Option.isSome(abilities)) return { abilities: abilities.value, platform: abilities.value }
  const control = yield* Effect.serviceOption(UmaaasControl)
  if (Option.isNone(control)) return { abilities: {}, platform: yield* ApiTokens }
  const { as, reset } = control.value
  return { abilities: { reset, clock: control.value, as }, platform: control.value }
})
