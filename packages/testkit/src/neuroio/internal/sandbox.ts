/** NeuroIO in the sandbox. */
import { Neuroio, type Transport } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { noPayload, payload, route } from "../../internal/sandbox/controlApi.ts"
import { type Call, type Performed, refused } from "../../internal/sandbox/operation.ts"
import type { Remote } from "../../internal/sandbox/remoteControl.ts"
import type { Headers } from "../../internal/sandbox/request.ts"
import type { Vendor } from "../../internal/sandbox/vendor.ts"
import type * as Simulation from "../../Simulation.ts"
import type { SimulatedClock } from "../../internal/simulation.ts"
import { NeuroioControl, type Owner } from "../NeuroioControl.ts"
import * as NeuroioRules from "../NeuroioRules.ts"
import { addOwner, addOwnerTo, neuroioControlOf, ownersIn, stateOf } from "./control.ts"
import { neuroioOperations } from "./operations.ts"
import { makeNeuroioSimulation, type NeuroioSimulation } from "./simulation.ts"
import { AddOwner, keyIn, WireOwner } from "./wire.ts"

/** The caller, or the reason why they may not use the family: checked before anything else of a request. */
const authorize = (
  { rules, state }: NeuroioSimulation,
  now: number,
  { authorization, token }: Headers,
  family: NeuroioRules.Family,
): NeuroioRules.Caller | NeuroioRules.ErrorResponse => {
  const enter = (header = "") => {
    const caller = { _tag: "Credential", key: keyIn(header) } as const
    return rules.refusalOf(state, now, caller, family) ?? caller
  }
  const caller = enter(authorization)
  // Only an unknown credential lets the other header have its turn.
  return token !== undefined && "status" in caller && caller.status === 401 ? enter(token) : caller
}

const callerOf = ({ state }: NeuroioSimulation, { authorization, token }: Headers): string => {
  const header = authorization ?? token
  if (header === undefined) return "no credential"
  const known = NeuroioRules.identify(state, header.replace(/^Token +/i, ""))
  if (known === undefined) return "unknown credential"
  const owner = `${known.kind} ${known.owner}`
  return known.id === 0 ? owner : `token ${known.id} of ${owner}`
}

const toOwner = ({ key, kind, number }: typeof WireOwner.Type): Owner => ({ number, kind, key: Redacted.make(key) })

const toWire = ({ key, kind, number }: Owner) => ({ number, kind, key: Redacted.value(key) })

const routesOf = (world: NeuroioSimulation) => [
  route("GET", "/spaces", { read: noPayload, status: 200, success: Schema.Array(WireOwner) }, () =>
    Result.succeed(ownersIn(world).map(toWire)),
  ),
  route("POST", "/spaces", { status: 201, read: payload(AddOwner), success: WireOwner }, ({ kind = "space" }) =>
    Result.succeed(toWire(addOwner(world, kind))),
  ),
]

export interface NeuroioVendor extends Vendor {
  readonly world: NeuroioSimulation
  readonly account: Owner
  readonly credentials: { readonly account: Redacted.Redacted; readonly manager: Redacted.Redacted }
}

export const makeVendor = (seed: number, _now: number, time: SimulatedClock): NeuroioVendor => {
  const [account, withAccount] = addOwnerTo(NeuroioRules.make(seed), "account")
  const [manager, state] = addOwnerTo(withAccount, "manager")
  const world = makeNeuroioSimulation(state, NeuroioRules, time)

  const operationsOf = (service: "Tokens" | "StreamTokens", family: NeuroioRules.Family) =>
    Object.entries(neuroioOperations(family)).map(
      ([method, operation]) =>
        [
          `${service}.${method}`,
          (now: number, call: Call): Performed => {
            const caller = authorize(world, now, call.request.headers, family)
            return "status" in caller ? refused(caller) : operation(world, now, caller, call)
          },
        ] as const,
    )

  return {
    world,
    account,
    credentials: { account: account.key, manager: manager.key },
    operations: new Map([...operationsOf("Tokens", "tokens"), ...operationsOf("StreamTokens", "streamTokens")]),
    callerOf: (headers) => callerOf(world, headers),
    routes: routesOf(world),
    snapshot: world.snapshot,
    reset: world.reset,
  }
}

/** The services as a caller: the whole client, over a transport. */
const clientOver =
  (transport: Layer.Layer<Transport.Transport>, url?: string): NeuroioControl["Service"]["as"] =>
  (caller) =>
    Neuroio.layer({
      apiToken: Redacted.isRedacted(caller) ? caller : caller.key,
      iamUrl: url,
      apiUrl: url,
    }).pipe(Layer.provide(transport), Layer.orDie)

/** The control of a sandbox in this process. */
export const makeControl = (
  { account, world }: NeuroioVendor,
  whole: Simulation.Control,
  transport: Layer.Layer<Transport.Transport>,
): NeuroioControl["Service"] => ({ ...neuroioControlOf(world, account, clientOver(transport)), ...whole })

/** The control of a sandbox that is served elsewhere. */
export const makeRemoteControl = Effect.fnUntraced(function* ({ ask, transport, url, whole }: Remote) {
  const owners = Effect.map(ask(Schema.Array(WireOwner), "GET", "/spaces"), (owners) => owners.map(toOwner))
  const account = (yield* owners)[0]
  if (account === undefined) return yield* Effect.die(new Error(`The sandbox at ${url} has no account.`))
  const as = clientOver(transport, url)
  const control: NeuroioControl["Service"] = {
    ...whole,
    account,
    as,
    owners,
    state: stateOf(owners, as),
    addOwner: (kind) => Effect.map(ask(WireOwner, "POST", "/spaces", { kind }), toOwner),
  }
  return control
})

/** The services as the account. */
export const layerServices = Layer.unwrap(Effect.map(NeuroioControl, ({ account, as }) => as(account)))
