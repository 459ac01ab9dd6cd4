/** Control of a world, whoever the services reach it through. */
import { StreamTokens, type TokenOperations, Tokens } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { NeuroioControl, Owner, OwnerState } from "../NeuroioControl.ts"
import * as NeuroioRules from "../NeuroioRules.ts"
import { memoryServices } from "./memory.ts"
import {
  makeNeuroioSimulation,
  type Transitions,
  type NeuroioSimulation,
  type PerformNeuroio,
  performNeuroio,
} from "./simulation.ts"
import { rewind, timeControl } from "../../internal/simulation.ts"

export const ownersIn = ({ state }: NeuroioSimulation): ReadonlyArray<Owner> =>
  NeuroioRules.owners(state).map(({ kind, number }) => ({
    number,
    kind,
    key: Redacted.make(NeuroioRules.ownerKey(state, number)),
  }))

export const addOwner = (world: NeuroioSimulation, kind: NeuroioRules.OwnerKind): Owner => {
  const [number, state] = NeuroioRules.addOwner(world.state, kind)
  world.state = state
  return { number, kind, key: Redacted.make(NeuroioRules.ownerKey(state, number)) }
}

type As = (caller: Owner | Owner["key"]) => Layer.Layer<Tokens | StreamTokens>

const all = (tokens: TokenOperations.TokenOperations) => Effect.orDie(Stream.runCollect(tokens.stream()))

/** Reads what each owner has, as that owner. */
export const stateOf = (
  owners: Effect.Effect<ReadonlyArray<Owner>>,
  as: As,
): Effect.Effect<ReadonlyArray<OwnerState>> => {
  const read = Effect.fnUntraced(function* (owner: Owner) {
    const tokens = yield* all(yield* Tokens)
    // A manager has none, and is not to ask (N15).
    const streamTokens = owner.kind === "manager" ? [] : yield* all(yield* StreamTokens)
    return { owner, tokens, streamTokens }
  })
  return Effect.flatMap(
    owners,
    Effect.forEach((owner) => Effect.provide(read(owner), as(owner))),
  )
}

/** Back to the beginning, its time included. The numbers of owners go on, so that no credential works again. */
const reset = (world: NeuroioSimulation, first: NeuroioRules.State): void => {
  world.state = { ...first, nextOwner: world.state.nextOwner }
  rewind(world)
}

/** What is there when this is called is the beginning that `reset` goes back to. */
export const controlOf = (world: NeuroioSimulation, account: Owner, as: As): NeuroioControl["Service"] => {
  const first = world.state
  const owners = Effect.sync(() => ownersIn(world))
  return {
    account,
    as,
    addOwner: (kind) => Effect.sync(() => addOwner(world, kind)),
    ...timeControl(world),
    owners,
    state: stateOf(owners, as),
    snapshot: Effect.sync(() => {
      const { state } = world
      return {
        restore: Effect.sync(() => {
          const { nextId, nextOwner } = world.state
          world.state = { ...state, nextId, nextOwner }
        }),
      }
    }),
    reset: Effect.sync(() => reset(world, first)),
  }
}

/** A platform in memory, its services as the account's, and its control. */
export const makeMemory = (options: { readonly rules?: Transitions; readonly perform?: PerformNeuroio } = {}) => {
  const world = makeNeuroioSimulation(NeuroioRules.make(0), options.rules)
  const account = addOwner(world, "account")
  const as = (caller: Owner | Owner["key"]) =>
    memoryServices(
      world,
      Redacted.isRedacted(caller)
        ? { _tag: "Credential", key: Redacted.value(caller) }
        : { _tag: "Owner", owner: caller.number },
      options.perform ?? performNeuroio,
    )
  const control = controlOf(world, account, (caller) => Layer.succeedContext(as(caller)))
  return { control, services: as(account) }
}
