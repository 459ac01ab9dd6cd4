/**
 * Control of a UMAaaS platform in memory: act as the holder of another token, move the platform's time, look at what it
 * holds, and keep and restore it.
 *
 * @since 0.1.0
 */
import type { ApiToken, ApiTokens, CreatedApiToken } from "@effect-tokens/core"
import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"

/**
 * What a token is called with. An `ApiToken` whose secret is there is one.
 *
 * @since 0.1.0
 */
export interface Credential {
  readonly clientId: string
  readonly clientSecret: Redacted.Redacted | undefined
}

/**
 * Control of a platform in memory.
 *
 * - `first`: the token that the service of the layer acts as. It has all permissions, is listed as any, and can be
 *   deleted as any: then nobody gets in with it any more (U8).
 * - `as`: the service as whoever holds that credential. Provide it to what is to act so.
 * - `now`: the platform's time, which is `Clock`'s unless one of the next three changes that.
 * - `advance`: moves the platform's time on, whatever `Clock` does, to 30 December 9999 at the most. A duration
 *   below zero counts as zero.
 * - `freeze`, `unfreeze`: lets the platform's time stand still but for `advance`, and lets it go on from where it stands.
 * - `tokens`: all tokens, in the order of creation, whoever may see them.
 * - `snapshot`: keeps the whole state, to go back to by its `restore`; each in constant time. The time is not part of it,
 *   and what was made since leaves its ids unused (U2).
 * - `reset`: back to the beginning, the time included: `first` alone. Ids are not given again.
 *
 * @since 0.1.0
 */
export class UmaaasControl extends Context.Service<
  UmaaasControl,
  {
    readonly rootToken: CreatedApiToken
    readonly as: (credential: Credential) => Layer.Layer<ApiTokens>
    readonly now: Effect.Effect<DateTime.Utc>
    readonly advance: (duration: Duration.Input) => Effect.Effect<void>
    readonly freeze: Effect.Effect<void>
    readonly unfreeze: Effect.Effect<void>
    readonly tokens: Effect.Effect<ReadonlyArray<ApiToken>>
    readonly snapshot: Effect.Effect<{ readonly restore: Effect.Effect<void> }>
    readonly reset: Effect.Effect<void>
  }
>()("@effect-tokens/testkit/UmaaasControl") {}

/**
 * A platform whose service, whoever it acts as, goes through a layer of yours: a cache, a guard, anything that takes
 * `ApiTokens` and gives it. So the laws can be put to it as to the platform itself.
 *
 * @since 0.1.0
 */
export const layerWrapped = <E>(
  wrapper: Layer.Layer<ApiTokens, E, ApiTokens>,
): Layer.Layer<ApiTokens | UmaaasControl, E, ApiTokens | UmaaasControl> =>
  Layer.merge(
    wrapper,
    Layer.effect(
      UmaaasControl,
      Effect.map(UmaaasControl, (control) => ({
        ...control,
        // Each caller has a wrapper of its own: what it keeps of one is not for another.
        as: (credential) => Layer.fresh(Layer.orDie(wrapper)).pipe(Layer.provide(control.as(credential))),
      })),
    ),
  )
