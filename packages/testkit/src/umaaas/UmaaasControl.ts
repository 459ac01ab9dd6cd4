/**
 * Control of a UMAaaS platform in memory: act as the holder of another token, move the platform's time, look at what it
 * holds, and keep and restore it.
 *
 * @since 0.1.0
 */
import type { ApiToken, ApiTokens, CreatedApiToken } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Simulation from "../Simulation.ts"

/**
 * The credential of a token. An `ApiToken` that has its secret is one.
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
 * @since 0.1.0
 */
export class UmaaasControl extends Context.Service<
  UmaaasControl,
  Simulation.Control & {
    /**
     * The token that the service of the layer acts as. It has all permissions, is listed as any, and can be deleted as any:
     * then its credential is refused (U8).
     */
    readonly rootToken: CreatedApiToken
    /** The service as the holder of a credential. */
    readonly as: (credential: Credential) => Layer.Layer<ApiTokens>
    /** All tokens, in the order of creation. */
    readonly tokens: Effect.Effect<ReadonlyArray<ApiToken>>
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
