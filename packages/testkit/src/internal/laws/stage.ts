/** Makes worlds for laws about tokens out of the services that are to be tried. */
import { StreamTokens, type Token, type TokenOperations, type TokenRef, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Need, Stage } from "../../Laws.ts"
import type { Family } from "../../NeuroioPlatform.ts"
import type { ServiceName } from "../observe.ts"
import { type Abilities, currentAbilities } from "./abilities.ts"
import { type Actor, type LawWorld, serviceNames } from "./lawWorld.ts"
import { makeRecorder, type Recorder } from "./recorder.ts"

type Services = Context.Context<Tokens | StreamTokens>

/** Each run has owners of its own. */
const hasOwnOwners = (abilities: Abilities["Service"]) => abilities.addOwner !== undefined && abilities.as !== undefined

const lacksOf = (abilities: Abilities["Service"]): Stage<LawWorld>["lacks"] => {
  const reasons: Record<Need, string | undefined> = {
    clock: abilities.clock === undefined ? "the platform's time cannot be moved" : undefined,
    otherOwner: hasOwnOwners(abilities) ? undefined : "no owner can be added",
    credential: abilities.as === undefined ? "no call can be made as the holder of a token" : undefined,
    concurrency: abilities.concurrency === false ? "calls cannot be made at the same time" : undefined,
    destructive:
      hasOwnOwners(abilities) || abilities.destructive === true
        ? undefined
        : "it would delete tokens that it did not make",
  }
  return Object.fromEntries(Object.entries(reasons).filter(([, reason]) => reason !== undefined))
}

/** What a run has made and not deleted: the only tokens that it may change or delete where others may be about. */
const makeBelongings = () => {
  const made = new Map<string, { readonly operations: TokenOperations.TokenOperations; readonly token: Token }>()
  const find = (service: ServiceName, ref: TokenRef) =>
    [...made].find(([address, { token }]) =>
      Redacted.isRedacted(ref) ? Redacted.value(token.key) === Redacted.value(ref) : address === `${service} ${ref}`,
    )?.[0]

  const guard = (
    service: ServiceName,
    operations: TokenOperations.TokenOperations,
  ): TokenOperations.TokenOperations => {
    const gone = new Set<string>()
    const mine = (ref: TokenRef): boolean =>
      find(service, ref) !== undefined || gone.has(Redacted.isRedacted(ref) ? Redacted.value(ref) : String(ref))
    const refuse = Effect.die(new Error("A law was about to change tokens that it did not make."))
    return {
      ...operations,
      create: (options) =>
        Effect.tap(operations.create(options), (token) =>
          Effect.sync(() => made.set(`${service} ${token.id}`, { operations, token })),
        ),
      update: (ref, changes) => (mine(ref) ? operations.update(ref, changes) : refuse),
      delete: (ref) =>
        mine(ref)
          ? Effect.tap(operations.delete(ref), () =>
              Effect.sync(() => {
                const address = find(service, ref)
                const token = address === undefined ? undefined : made.get(address)?.token
                if (address === undefined || token === undefined) return
                made.delete(address)
                gone.add(String(token.id)).add(Redacted.value(token.key))
              }),
            )
          : refuse,
      deleteList: () => refuse,
    }
  }

  const clearUp = Effect.suspend(() =>
    Effect.forEach(
      made.values(),
      ({ operations, token }) => Effect.catchTag(operations.delete(token.id), "NotFound", () => Effect.void),
      { discard: true },
    ),
  )

  return { guard, clearUp }
}

const makeActor = (recorder: Recorder, family: Family, name: string, services: Services): Actor => {
  const tokens = recorder.watch(name, "Tokens", Context.get(services, Tokens))
  const streamTokens = recorder.watch(name, "StreamTokens", Context.get(services, StreamTokens))
  return family === "tokens"
    ? { name, tokens, others: streamTokens, credentials: tokens }
    : { name, tokens: streamTokens, others: tokens, credentials: tokens }
}

/** Interrupted calls may have left, and take effect after the run: owners that nobody else calls as are not disturbed. */
export const stageFor = (family: Family): Effect.Effect<Stage<LawWorld>, never, Tokens | StreamTokens> =>
  Effect.gen(function* () {
    const services = yield* Effect.context<Tokens | StreamTokens>()
    const abilities = yield* currentAbilities
    const { addOwner, as, clock, reset } = abilities

    const open = Effect.gen(function* () {
      const recorder = makeRecorder()
      const scope = yield* Effect.scope
      const actor = (name: string, of: Services) => makeActor(recorder, family, name, of)
      if (reset !== undefined) yield* reset
      if (clock !== undefined) yield* clock.freeze

      const credential =
        as === undefined
          ? undefined
          : {
              as: (key: Token["key"], name: string) =>
                Effect.map(Layer.buildWithScope(as(key), scope), (of) => actor(name, of)),
            }
      const otherOwner =
        addOwner === undefined || credential === undefined
          ? undefined
          : {
              add: (kind: Parameters<typeof addOwner>[0]) =>
                Effect.flatMap(addOwner(kind), ({ key }) => credential.as(key, kind)),
            }

      let account: Actor
      if (otherOwner !== undefined) account = yield* otherOwner.add("account")
      else if (abilities.destructive === true) {
        account = actor("account", services)
        yield* Context.get(services, Tokens).deleteList({ permanent: null })
        yield* Context.get(services, StreamTokens).deleteList({ permanent: null })
      } else {
        const { clearUp, guard } = makeBelongings()
        account = actor(
          "account",
          Context.make(Tokens, guard("Tokens", Context.get(services, Tokens))).pipe(
            Context.add(StreamTokens, guard("StreamTokens", Context.get(services, StreamTokens))),
          ),
        )
        yield* Effect.addFinalizer(() => Effect.orDie(clearUp))
      }

      const world: LawWorld = {
        family,
        account,
        name: (token) => recorder.name(serviceNames[family], token),
        recorder,
        ...(clock === undefined
          ? {}
          : {
              clock: {
                now: Effect.map(clock.now, DateTime.toEpochMillis),
                advance: (millis: number) =>
                  Effect.tap(clock.advance(millis), () => Effect.sync(() => recorder.advanced(millis))),
              },
            }),
        ...(otherOwner === undefined ? {} : { otherOwner }),
        ...(credential === undefined ? {} : { credential }),
        ...(abilities.concurrency === false ? {} : { concurrency: true }),
        ...(hasOwnOwners(abilities) || abilities.destructive === true ? { destructive: true } : {}),
      }
      return { world, story: Effect.sync(recorder.story) }
    })

    return { lacks: lacksOf(abilities), open }
  })
