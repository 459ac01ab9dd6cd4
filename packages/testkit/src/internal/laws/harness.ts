/** One harness for the laws of all vendors. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import type { Failure, Harness } from "../../Laws.ts"
import {
  type AllCapabilities,
  type ClockCapability,
  clockCapability,
  type Found,
  missingCapabilities,
} from "./capabilities.ts"
import { type History, makeHistory, type TokenFormatter } from "./history.ts"
import type { OwnedTokens } from "./ownedTokens.ts"

/** The properties that every subject has. */
export interface Always<Actor, Token> {
  /** The actor of the services under test. */
  readonly account: Actor
  /** Names a token as the story does: `#3` is the third that an answer has shown. */
  readonly name: (token: Token) => string
  readonly history: History
}

/** The properties that a subject has where the harness has the capability. */
export interface Offers<Actor, Credential, Kind> {
  readonly clock: ClockCapability
  readonly otherOwner: { readonly add: (kind: Kind) => Effect.Effect<Actor, Failure> }
  readonly credential: { readonly as: (credential: Credential, name: string) => Effect.Effect<Actor, Failure> }
  readonly concurrency: true
  readonly destructive: true
}

/** The tokens of one vendor, as laws use them. */
export interface Resource<Services, Actor, Token, Credential, Kind extends string> {
  /** Name of the service under test. */
  readonly service: string
  readonly capabilities: Effect.Effect<Found<AllCapabilities<Services, Credential, Kind>>, never, Services>
  readonly formatter: TokenFormatter<Token>
  /** Makes an actor, whose calls are recorded. */
  readonly makeActor: (name: string, services: Context.Context<Services>, history: History) => Actor
  /** Guards tokens that laws did not make. `reset` says whether the next run begins with a reset. */
  readonly makeOwnedTokens: (
    account: Context.Context<Services>,
    reset: boolean,
  ) => OwnedTokens<Context.Context<Services>>
  /** Deletes all tokens. Only a destructive harness does so. */
  readonly deleteAll?: (services: Context.Context<Services>) => Effect.Effect<void, Failure>
}

const semaphores = new WeakMap<object, Semaphore.Semaphore>()

/** Waits until no other run uses the target. Closing the scope lets the next one in. */
const acquireExclusive = (target: object) => {
  const semaphore = semaphores.get(target) ?? Semaphore.makeUnsafe(1)
  semaphores.set(target, semaphore)
  return Effect.acquireRelease(semaphore.take(1), () => semaphore.release(1))
}

/**
 * Makes a harness. Where owners can be added, each run has owners of its own. Calls that a run gave up may then take
 * effect after it without harm: nobody else calls as those owners.
 */
export const makeHarness = <Services, Actor, Token, Credential, Kind extends string>({
  capabilities,
  deleteAll,
  formatter,
  makeActor,
  makeOwnedTokens,
  service,
}: Resource<Services, Actor, Token, Credential, Kind>): Effect.Effect<
  Harness<Always<Actor, Token> & Partial<Offers<Actor, Credential, Kind>>>,
  never,
  Services
> =>
  Effect.gen(function* () {
    const services = yield* Effect.context<Services>()
    const { capabilities: found, target } = yield* capabilities
    const { addOwner, as, clock, reset } = found
    const hasOwnOwners = addOwner !== undefined && as !== undefined
    const met = {
      clock: clock !== undefined,
      otherOwner: hasOwnOwners,
      credential: as !== undefined,
      concurrency: found.concurrency !== false,
      destructive: hasOwnOwners || found.destructive === true,
    }

    const open = Effect.gen(function* () {
      const scope = yield* Effect.scope
      yield* acquireExclusive(target)
      const history = makeHistory(formatter)
      if (reset !== undefined) yield* reset
      if (clock !== undefined) yield* clock.freeze

      const owned = met.destructive ? undefined : makeOwnedTokens(services, reset !== undefined)
      if (owned !== undefined) yield* Effect.addFinalizer(() => owned.cleanup)
      const guard = owned?.guard ?? identity
      const actor = (name: string, of: Context.Context<Services>) => makeActor(name, guard(of), history)

      const credential = as && {
        as: (credential: Credential, name: string) =>
          Effect.map(Layer.buildWithScope(as(credential), scope), (services) => actor(name, services)),
      }
      const otherOwner = credential &&
        addOwner && {
          add: (kind: Kind | "account") => Effect.flatMap(addOwner(kind), (owner) => credential.as(owner, kind)),
        }
      if (met.destructive && !hasOwnOwners) yield* deleteAll?.(services) ?? Effect.void
      const account = otherOwner === undefined ? actor("account", services) : yield* otherOwner.add("account")

      const subject: Always<Actor, Token> & Partial<Offers<Actor, Credential, Kind>> = {
        account,
        name: (token) => history.name(service, formatter.references(token)[0]),
        history,
        ...(clock && { clock: clockCapability(clock, history) }),
        ...(otherOwner && { otherOwner }),
        ...(credential && { credential }),
        ...(met.concurrency && { concurrency: true }),
        ...(met.destructive && { destructive: true }),
      }
      return { subject, story: Effect.sync(history.story) }
    })

    return { missing: missingCapabilities(met), open }
  })
