/** UMAaaS in the sandbox. */
import { ApiToken, ApiTokenId, CreatedApiToken, type Transport, Umaaas } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { noPayload, route } from "../../internal/sandbox/controlApi.ts"
import { type Call, type Performed, refused } from "../../internal/sandbox/operation.ts"
import type { Remote } from "../../internal/sandbox/remoteControl.ts"
import type { Headers } from "../../internal/sandbox/request.ts"
import type { Vendor } from "../../internal/sandbox/vendor.ts"
import type * as Simulation from "../../Simulation.ts"
import type { SimulatedClock } from "../../internal/simulation.ts"
import { UmaaasControl } from "../UmaaasControl.ts"
import * as UmaaasRules from "../UmaaasRules.ts"
import { umaaasControlOf } from "./control.ts"
import { umaaasOperations } from "./operations.ts"
import { makeUmaaasSimulation, type UmaaasSimulation } from "./simulation.ts"
import { readCaller, umaaasPath, type WireApiToken, wireApiToken, wireCreatedApiToken, WireUmaaas } from "./wire.ts"

const callerOf = ({ state }: UmaaasSimulation, { authorization }: Headers): string =>
  authorization === undefined
    ? "no credential"
    : (UmaaasRules.identify(state, readCaller(authorization)) ?? "unknown credential")

const methods = ["create", "list", "get", "delete"] as const

export interface UmaaasVendor extends Vendor {
  readonly world: UmaaasSimulation
  readonly root: UmaaasRules.StoredApiToken
  readonly credentials: { readonly clientId: string; readonly clientSecret: Redacted.Redacted }
}

export const makeVendor = (seed: number, now: number, time: SimulatedClock): UmaaasVendor => {
  const [root, state] = UmaaasRules.make(seed, now)
  const world = makeUmaaasSimulation(state, UmaaasRules, time)
  return {
    world,
    root,
    credentials: { clientId: root.clientId, clientSecret: Redacted.make(root.clientSecret) },
    operations: new Map(
      methods.map((method) => [
        `ApiTokens.${method}`,
        (now: number, call: Call): Performed => {
          const caller = readCaller(call.request.headers["authorization"] ?? "")
          // Checked before anything else of a request.
          const refusal = world.rules.refusalOf(world.state, caller, UmaaasRules.needs[method])
          return refusal === undefined ? umaaasOperations[method](world, now, caller, call) : refused(refusal)
        },
      ]),
    ),
    callerOf: (headers) => callerOf(world, headers),
    routes: [
      route("GET", "/umaaas", { read: noPayload, status: 200, success: WireUmaaas }, () =>
        Result.succeed({
          first: wireCreatedApiToken(root),
          tokens: UmaaasRules.tokens(world.state).map(wireApiToken),
        }),
      ),
    ],
    snapshot: world.snapshot,
    reset: world.reset,
  }
}

/** The service as the holder of a credential. Where the secret is not known, one is made up, which opens nothing. */
const clientOver =
  (transport: Layer.Layer<Transport.Transport>, url?: string): UmaaasControl["Service"]["as"] =>
  ({ clientId, clientSecret }) =>
    Umaaas.layer({ clientId, clientSecret: clientSecret ?? Redacted.make("none"), url }).pipe(
      Layer.provide(transport),
      Layer.orDie,
    )

/** The control of a sandbox in this process. */
export const makeControl = (
  { root, world }: UmaaasVendor,
  whole: Simulation.Control,
  transport: Layer.Layer<Transport.Transport>,
): UmaaasControl["Service"] => ({ ...umaaasControlOf(world, root, clientOver(transport)), ...whole })

const described = ({ clientId, createdAt, id, name, permissions, updatedAt }: WireApiToken) => ({
  id: ApiTokenId.make(id),
  name,
  permissions,
  clientId,
  createdAt: DateTime.makeUnsafe(createdAt),
  updatedAt: DateTime.makeUnsafe(updatedAt),
})

/** The control of a sandbox that is served elsewhere. */
export const makeRemoteControl = Effect.fnUntraced(function* ({ ask, transport, url, whole }: Remote) {
  const state = ask(WireUmaaas, "GET", "/umaaas")
  const { first } = yield* state
  const control: UmaaasControl["Service"] = {
    ...whole,
    rootToken: new CreatedApiToken({ ...described(first), clientSecret: Redacted.make(first.clientSecret) }),
    as: clientOver(transport, url + umaaasPath),
    tokens: Effect.map(state, ({ tokens }) =>
      tokens.map((token) => new ApiToken({ ...described(token), clientSecret: undefined })),
    ),
  }
  return control
})

/** The service as the first token. */
export const layerServices = Layer.unwrap(Effect.map(UmaaasControl, ({ as, rootToken }) => as(rootToken)))
