import { type StreamTokens, type TokenKey, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { Failure } from "../../../Laws.ts"
import { NeuroioControl } from "../../NeuroioControl.ts"
import type { OwnerKind } from "../../NeuroioRules.ts"
import type { PlatformTime } from "../../../internal/laws/capabilities.ts"

/**
 * What the laws may do with a platform besides calling the services that they are given. What is left out, they do not
 * do: laws that need it are skipped, with the reason. A layer with `NeuroioControl`, such as `NeuroioMemory.layer`, can
 * do all of it, and needs no `Abilities`.
 *
 * - `reset`: drops all that a run has left.
 * - `clock`: lets the platform's time stand still, moves it, and reads it.
 * - `as`: the services as whoever holds that credential.
 * - `addOwner`: adds an owner without tokens and gives its credential; needs `as`. Each run then has owners of its own.
 * - `concurrency`: `false` where calls cannot be made at the same time.
 * - `destructive`: whether any token of the account may be deleted. Unless it is `true`, or each run has owners of its
 *   own, the laws keep to tokens that they made, and delete those after each run.
 *
 * @since 0.1.0
 */
export class Capabilities extends Context.Service<
  Capabilities,
  {
    readonly reset?: Effect.Effect<void>
    readonly clock?: PlatformTime
    readonly as?: (key: TokenKey) => Layer.Layer<Tokens | StreamTokens, Failure>
    readonly addOwner?: (kind: OwnerKind) => Effect.Effect<{ readonly key: TokenKey }, Failure>
    readonly concurrency?: boolean
    readonly destructive?: boolean
  }
>()("@effect-tokens/testkit/TokenLaws/Abilities") {}

/** What may be done, and what stands for the platform that it is done to. */
export const currentCapabilities: Effect.Effect<
  { readonly abilities: Capabilities["Service"]; readonly platform: object },
  never,
  Tokens
> = Effect.gen(function* () {
  const abilities = yield* Effect.serviceOption(Capabilities)
  if (Option.isSome(abilities)) return { abilities: abilities.value, platform: abilities.value }
  const control = yield* Effect.serviceOption(NeuroioControl)
  if (Option.isNone(control)) return { abilities: {}, platform: yield* Tokens }
  const { addOwner, as, reset } = control.value
  return { abilities: { reset, clock: control.value, as, addOwner }, platform: control.value }
})
