/** Makes worlds for laws about API tokens out of the service that is to be tried. */
import { type ApiTokenOperations, ApiTokens } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Context from "effect/Context"
import type { Stage } from "../../../Laws.ts"
import type { Credential } from "../../../UmaaasControl.ts"
import { clockPower, lacksOf } from "../powers.ts"
import { takeTurn } from "../turns.ts"
import { currentAbilities } from "./abilities.ts"
import { makeApiTokenStory } from "./apiTokenStory.ts"
import { makeBelongings } from "./belongings.ts"
import type { Actor, LawWorld } from "./lawWorld.ts"

export const stage: Effect.Effect<Stage<LawWorld>, never, ApiTokens> = Effect.gen(function* () {
  const apiTokens = yield* ApiTokens
  const { abilities, platform } = yield* currentAbilities
  const { as, clock, concurrency, reset } = abilities

  const open = Effect.gen(function* () {
    const scope = yield* Effect.scope
    yield* takeTurn(platform)
    const recorder = makeApiTokenStory()
    if (reset !== undefined) yield* reset
    if (clock !== undefined) yield* clock.freeze

    const { clearUp, guard } = makeBelongings(apiTokens, reset === undefined)
    yield* Effect.addFinalizer(() => clearUp)
    const actor = (name: string, operations: ApiTokenOperations.ApiTokenOperations): Actor => ({
      name,
      tokens: recorder.watch(name, guard(operations)),
    })

    const world: LawWorld = {
      account: actor("account", apiTokens),
      name: ({ id }) => recorder.nameOfId(id),
      recorder,
      ...(clock && { clock: clockPower(clock, recorder) }),
      ...(as && {
        credential: {
          as: (credential: Credential, name: string) =>
            Effect.map(Layer.buildWithScope(as(credential), scope), (services) =>
              actor(name, Context.get(services, ApiTokens)),
            ),
        },
      }),
      ...(concurrency !== false && { concurrency: true }),
    }
    return { world, story: Effect.sync(recorder.story) }
  })

  const lacks = lacksOf({
    clock: clock !== undefined,
    credential: as !== undefined,
    concurrency: concurrency !== false,
  })
  return { lacks, open }
})
