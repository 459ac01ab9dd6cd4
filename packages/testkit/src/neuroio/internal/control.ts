/** The control of NeuroIO in memory. */
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
import { controlOf } from "../../internal/simulation.ts"

export const ownersIn = ({ state }: NeuroioSimulation): ReadonlyArray<Owner> =>
  NeuroioRules.owners(state).map(({ kind, number }) => ({
    number,
    kind,
    key: Redacted.make(NeuroioRules.ownerKey(state, number)),
  }))

/** An owner more, and the state with it. */
export const addOwnerTo = (
  former: NeuroioRules.State,
  kind: NeuroioRules.OwnerKind,
): readonly [Owner, NeuroioRules.State] => {
  const [number, state] = NeuroioRules.addOwner(former, kind)
  return [{ number, kind, key: Redacted.make(NeuroioRules.ownerKey(state, number)) }, state]
}

export const addOwner = (simulation: NeuroioSimulation, kind: NeuroioRules.OwnerKind): Owner => {
  const [owner, state] = addOwnerTo(simulation.state, kind)
  simulation.state = state
  return owner
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

/** The control of a simulation, whose services are those of `as`. */
export const neuroioControlOf = (simulation: NeuroioSimulation, account: Owner, as: As): NeuroioControl["Service"] => {
  const owners = Effect.sync(() => ownersIn(simulation))
  return {
    ...controlOf(simulation),
    account,
    as,
    addOwner: (kind) => Effect.sync(() => addOwner(simulation, kind)),
    owners,
    state: stateOf(owners, as),
  }
}

/** A NeuroIO in memory, its services as the account's, and its control. */
export const makeMemory = (options: { readonly rules?: Transitions; readonly perform?: PerformNeuroio } = {}) => {
  const [account, state] = addOwnerTo(NeuroioRules.make(0), "account")
  const simulation = makeNeuroioSimulation(state, options.rules)
  const as = (caller: Owner | Owner["key"]) =>
    memoryServices(
      simulation,
      Redacted.isRedacted(caller)
        ? { _tag: "Credential", key: Redacted.value(caller) }
        : { _tag: "Owner", owner: caller.number },
      options.perform ?? performNeuroio,
    )
  const control = neuroioControlOf(simulation, account, (caller) => Layer.succeedContext(as(caller)))
  return { control, services: as(account) }
}
