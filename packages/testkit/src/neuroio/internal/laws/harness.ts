/** Makes worlds for laws about tokens out of the services that are to be tried. */
import { StreamTokens, type TokenKey, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import type { Harness } from "../../../Laws.ts"
import type { Family, OwnerKind } from "../../NeuroioRules.ts"
import { clockCapability, missingCapabilities } from "../../../internal/laws/capabilities.ts"
import { acquireExclusive } from "../../../internal/laws/exclusive.ts"
import { type Capabilities, currentCapabilities } from "./capabilities.ts"
import { makeOwnedTokens } from "./ownedTokens.ts"
import { type Actor, type Subject, serviceNames } from "./subject.ts"
import { makeTokenHistory, type TokenHistory } from "./history.ts"

type Services = Context.Context<Tokens | StreamTokens>

/** Each run has owners of its own. */
const hasOwnOwners = (abilities: Capabilities["Service"]) =>
  abilities.addOwner !== undefined && abilities.as !== undefined

/** Any token may be deleted. */
const isDestructive = (abilities: Capabilities["Service"]) => hasOwnOwners(abilities) || abilities.destructive === true

const makeActor = (recorder: TokenHistory, family: Family, name: string, services: Services): Actor => {
  const tokens = recorder.watch(name, "Tokens", Context.get(services, Tokens))
  const streamTokens = recorder.watch(name, "StreamTokens", Context.get(services, StreamTokens))
  return family === "tokens"
    ? { name, tokens, others: streamTokens, credentials: tokens }
    : { name, tokens: streamTokens, others: tokens, credentials: tokens }
}

/** Only a subject that is no other's may lose all its tokens. */
const empty = (services: Services) =>
  Effect.andThen(
    Context.get(services, Tokens).deleteList({ permanent: null }),
    Context.get(services, StreamTokens).deleteList({ permanent: null }),
  )

/**
 * Calls that a run gave up may take effect after it. Where owners can be added they do no harm: nobody else calls as
 * them.
 */
export const harnessFor = (family: Family): Effect.Effect<Harness<Subject>, never, Tokens | StreamTokens> =>
  Effect.gen(function* () {
    const services = yield* Effect.context<Tokens | StreamTokens>()
    const { abilities, platform } = yield* currentCapabilities
    const { addOwner, as, clock, concurrency, reset } = abilities

    const open = Effect.gen(function* () {
      const scope = yield* Effect.scope
      yield* acquireExclusive(platform)
      const recorder = makeTokenHistory()
      if (reset !== undefined) yield* reset
      if (clock !== undefined) yield* clock.freeze

      const belongings = isDestructive(abilities) ? undefined : makeOwnedTokens(services)
      if (belongings !== undefined) yield* Effect.addFinalizer(() => belongings.clearUp)
      const guard = belongings?.guard ?? identity
      const actor = (name: string, of: Services) => makeActor(recorder, family, name, guard(of))

      const credential = as && {
        as: (key: TokenKey, name: string) =>
          Effect.map(Layer.buildWithScope(as(key), scope), (services) => actor(name, services)),
      }
      const otherOwner = credential &&
        addOwner && {
          add: (kind: OwnerKind) => Effect.flatMap(addOwner(kind), ({ key }) => credential.as(key, kind)),
        }
      if (otherOwner === undefined && abilities.destructive === true) yield* empty(services)
      const account = otherOwner === undefined ? actor("account", services) : yield* otherOwner.add("account")

      const subject: Subject = {
        family,
        account,
        name: (token) => recorder.name(serviceNames[family], token),
        recorder,
        ...(clock && { clock: clockCapability(clock, recorder) }),
        ...(otherOwner && { otherOwner }),
        ...(credential && { credential }),
        ...(concurrency !== false && { concurrency: true }),
        ...(isDestructive(abilities) && { destructive: true }),
      }
      return { subject, story: Effect.sync(recorder.story) }
    })

    const missing = missingCapabilities({
      clock: clock !== undefined,
      otherOwner: hasOwnOwners(abilities),
      credential: as !== undefined,
      concurrency: concurrency !== false,
      destructive: isDestructive(abilities),
    })
    return { missing, open }
  })
