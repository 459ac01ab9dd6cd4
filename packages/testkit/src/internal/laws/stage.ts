/** Makes worlds for laws about tokens out of the services that are to be tried. */
import { StreamTokens, type TokenKey, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import type { Need, Stage } from "../../Laws.ts"
import type { Family, OwnerKind } from "../../NeuroioPlatform.ts"
import { type Abilities, currentAbilities } from "./abilities.ts"
import { makeBelongings } from "./belongings.ts"
import { type Actor, type LawWorld, serviceNames } from "./lawWorld.ts"
import { makeStoryRecorder, type StoryRecorder } from "./storyRecorder.ts"

type Services = Context.Context<Tokens | StreamTokens>

/** Each run has owners of its own. */
const hasOwnOwners = (abilities: Abilities["Service"]) => abilities.addOwner !== undefined && abilities.as !== undefined

/** Any token may be deleted. */
const isDestructive = (abilities: Abilities["Service"]) => hasOwnOwners(abilities) || abilities.destructive === true

const lacksOf = (abilities: Abilities["Service"]): Stage<LawWorld>["lacks"] => {
  const reasons: Record<Need, string | undefined> = {
    clock: abilities.clock === undefined ? "the platform's time cannot be moved" : undefined,
    otherOwner: hasOwnOwners(abilities) ? undefined : "no owner can be added",
    credential: abilities.as === undefined ? "no call can be made as the holder of a token" : undefined,
    concurrency: abilities.concurrency === false ? "calls cannot be made at the same time" : undefined,
    destructive: isDestructive(abilities) ? undefined : "it would delete tokens that it did not make",
  }
  return Object.fromEntries(Object.entries(reasons).filter(([, reason]) => reason !== undefined))
}

const makeActor = (recorder: StoryRecorder, family: Family, name: string, services: Services): Actor => {
  const tokens = recorder.watch(name, "Tokens", Context.get(services, Tokens))
  const streamTokens = recorder.watch(name, "StreamTokens", Context.get(services, StreamTokens))
  return family === "tokens"
    ? { name, tokens, others: streamTokens, credentials: tokens }
    : { name, tokens: streamTokens, others: tokens, credentials: tokens }
}

/** Only a world that is no other's may lose all its tokens. */
const empty = (services: Services) =>
  Effect.andThen(
    Context.get(services, Tokens).deleteList({ permanent: null }),
    Context.get(services, StreamTokens).deleteList({ permanent: null }),
  )

const turns = new WeakMap<object, Semaphore.Semaphore>()

/** One run after another on one platform: each resets it, and moves its time. */
const turnOf = (platform: object): Semaphore.Semaphore => {
  const turn = turns.get(platform) ?? Semaphore.makeUnsafe(1)
  turns.set(platform, turn)
  return turn
}

/**
 * Calls that a run gave up may take effect after it. Where owners can be added they do no harm: nobody else calls as
 * them.
 */
export const stageFor = (family: Family): Effect.Effect<Stage<LawWorld>, never, Tokens | StreamTokens> =>
  Effect.gen(function* () {
    const services = yield* Effect.context<Tokens | StreamTokens>()
    const { abilities, platform } = yield* currentAbilities
    const { addOwner, as, clock, concurrency, reset } = abilities
    const turn = turnOf(platform)

    const open = Effect.gen(function* () {
      const scope = yield* Effect.scope
      yield* Effect.acquireRelease(turn.take(1), () => turn.release(1))
      const recorder = makeStoryRecorder()
      if (reset !== undefined) yield* reset
      if (clock !== undefined) yield* clock.freeze

      const belongings = isDestructive(abilities) ? undefined : makeBelongings(services)
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

      const world: LawWorld = {
        family,
        account,
        name: (token) => recorder.name(serviceNames[family], token),
        recorder,
        ...(clock && {
          clock: {
            now: Effect.map(clock.now, DateTime.toEpochMillis),
            advance: (millis: number) =>
              Effect.tap(clock.advance(millis), () => Effect.sync(() => recorder.advanced(millis))),
          },
        }),
        ...(otherOwner && { otherOwner }),
        ...(credential && { credential }),
        ...(concurrency !== false && { concurrency: true }),
        ...(isDestructive(abilities) && { destructive: true }),
      }
      return { world, story: Effect.sync(recorder.story) }
    })

    return { lacks: lacksOf(abilities), open }
  })
