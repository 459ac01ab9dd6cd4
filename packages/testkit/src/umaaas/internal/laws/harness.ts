/** Makes worlds for laws about API tokens out of the service that is to be tried. */
import { type ApiTokenOperations, ApiTokens } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Context from "effect/Context"
import type { Harness } from "../../../Laws.ts"
import type { Credential } from "../../UmaaasControl.ts"
import { clockCapability, missingCapabilities } from "../../../internal/laws/capabilities.ts"
import { acquireExclusive } from "../../../internal/laws/exclusive.ts"
import { currentCapabilities } from "./capabilities.ts"
import { makeApiTokenHistory } from "./history.ts"
import { makeOwnedTokens } from "./ownedTokens.ts"
import type { Actor, Subject } from "./subject.ts"

export const harness: Effect.Effect<Harness<Subject>, never, ApiTokens> = Effect.gen(function* () {
  const apiTokens = yield* ApiTokens
  const { abilities, platform } = yield* currentCapabilities
  const { as, clock, concurrency, reset } = abilities

  const open = Effect.gen(function* () {
    const scope = yield* Effect.scope
    yield* acquireExclusive(platform)
    const recorder = makeApiTokenHistory()
    if (reset !== undefined) yield* reset
    if (clock !== undefined) yield* clock.freeze

    const { clearUp, guard } = makeOwnedTokens(apiTokens, reset === undefined)
    yield* Effect.addFinalizer(() => clearUp)
    const actor = (name: string, operations: ApiTokenOperations.ApiTokenOperations): Actor => ({
      name,
      tokens: recorder.watch(name, guard(operations)),
    })

    const subject: Subject = {
      account: actor("account", apiTokens),
      name: ({ id }) => recorder.nameOfId(id),
      recorder,
      ...(clock && { clock: clockCapability(clock, recorder) }),
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
    return { subject, story: Effect.sync(recorder.story) }
  })

  const missing = missingCapabilities({
    clock: clock !== undefined,
    credential: as !== undefined,
    concurrency: concurrency !== false,
  })
  return { missing, open }
})
