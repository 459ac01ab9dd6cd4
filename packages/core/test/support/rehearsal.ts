/** The same calls without a socket: faults that the testkit plans, between the client and a sandbox in process. */
import { ApiTokens, Neuroio, StreamTokens, type TokenOperations, Tokens, Transport, Umaaas } from "@effect-tokens/core"
import { Faults, NeuroioControl, Sandbox, UmaaasControl } from "@effect-tokens/testkit"
import type { AnyError, AnyService, ServiceUnderTest } from "@effect-tokens/test-support/ServiceUnderTest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { OtherSide } from "./virtualTime.ts"

export interface Rehearsal {
  readonly name: string
  readonly fault: Faults.Fault
  /** Nothing can have come of the request, so that even a create may be sent again. */
  readonly isHarmless?: true
}

export const rehearsals: ReadonlyArray<Rehearsal> = [
  { name: "`latency`, 1 s", fault: Faults.latency("1 second") },
  { name: "`latency`, 5 s", fault: Faults.latency("5 seconds") },
  { name: "`refused`", fault: Faults.refused, isHarmless: true },
  { name: "`reset`", fault: Faults.reset() },
  { name: "`reset` after the effect", fault: Faults.reset({ afterEffect: true }) },
  { name: "`timeout`", fault: Faults.timeout() },
  { name: "`timeout` after the effect", fault: Faults.timeout({ afterEffect: true }) },
  { name: "`status` 429", fault: Faults.status(429), isHarmless: true },
  { name: "`status` 429, 2 s", fault: Faults.status(429, { retryAfter: "2 seconds" }), isHarmless: true },
  { name: "`status` 500", fault: Faults.status(500) },
  { name: "`status` 500 after the effect", fault: Faults.status(500, { afterEffect: true }) },
  { name: "`status` 503", fault: Faults.status(503) },
  { name: "`status` 503 after the effect", fault: Faults.status(503, { afterEffect: true }) },
  { name: "`body` empty", fault: Faults.body("empty") },
  { name: "`body` garbled", fault: Faults.body("garbled") },
  { name: "`body` truncated", fault: Faults.body("truncated") },
  { name: "`body` oversized", fault: Faults.body("oversized") },
]

/** How many requests came through the faults. */
export class Reached extends Context.Service<Reached, () => number>()("test/Reached") {}

const counting = Layer.effectContext(
  Effect.map(Transport.Transport, (transport) => {
    let reached = 0
    const send: Transport.Send = (...request) => {
      reached += 1
      return transport.send(...request)
    }
    return Context.make(Transport.Transport, { ...transport, send }).pipe(Context.add(Reached, () => reached))
  }),
)

export const layerRehearsal = Layer.unwrap(
  Effect.map(Sandbox.Credentials, ({ neuroio, umaaas }) =>
    Layer.merge(Neuroio.layer({ apiToken: neuroio.account }), Umaaas.layer(umaaas)),
  ),
).pipe(Layer.provideMerge(counting.pipe(Layer.provideMerge(Sandbox.layerTransport()), Faults.inject(Faults.none))))

interface Call {
  /** As plans name it. */
  readonly struck: Faults.Operation
  readonly call: Effect.Effect<unknown, AnyError>
}

/** A service on a platform that holds one token of it, besides the one that calls. */
interface Stage {
  readonly calls: ReadonlyArray<Call>
  /** How many such tokens there are, past the faults. */
  readonly held: Effect.Effect<number>
}

type Staging = Effect.Effect<Stage, AnyError, AnyService | NeuroioControl.NeuroioControl | UmaaasControl.UmaaasControl>

const neuroioStage = (
  name: "Tokens" | "StreamTokens",
  service: Effect.Effect<TokenOperations.TokenOperations, never, Tokens | StreamTokens>,
  family: "tokens" | "streamTokens",
): Staging =>
  Effect.gen(function* () {
    const control = yield* NeuroioControl.NeuroioControl
    const tokens = yield* service
    yield* control.reset
    const { id } = yield* tokens.create()
    return {
      calls: [
        { struck: `${name}.list`, call: tokens.list() },
        { struck: `${name}.get`, call: tokens.get(id) },
        { struck: `${name}.update`, call: tokens.update(id, { isActive: false }) },
        { struck: `${name}.delete`, call: tokens.delete(id) },
        { struck: `${name}.deleteList`, call: tokens.deleteList({ permanent: null }) },
        { struck: `${name}.create`, call: tokens.create() },
      ],
      held: Effect.map(control.state, ([account]) => account?.[family].length ?? 0),
    }
  })

const apiTokensStage: Staging = Effect.gen(function* () {
  const control = yield* UmaaasControl.UmaaasControl
  const apiTokens = yield* ApiTokens
  yield* control.reset
  const create = apiTokens.create({ name: "reports", permissions: ["VIEW"] })
  const { id } = yield* create
  return {
    calls: [
      { struck: "ApiTokens.list", call: apiTokens.list() },
      { struck: "ApiTokens.get", call: apiTokens.get(id) },
      { struck: "ApiTokens.delete", call: apiTokens.delete(id) },
      { struck: "ApiTokens.create", call: create },
    ],
    held: Effect.map(control.tokens, (tokens) => tokens.filter((token) => token.id !== control.rootToken.id).length),
  }
})

export const stages: Readonly<Record<ServiceUnderTest["name"], Staging>> = {
  Tokens: neuroioStage("Tokens", Tokens, "tokens"),
  StreamTokens: neuroioStage("StreamTokens", StreamTokens, "streamTokens"),
  ApiTokens: apiTokensStage,
}

/** Without sockets everything goes on by itself: when so many turns of the event loop bring nothing, nothing comes. */
const quietTurns = 100

export const makeInProcess = (): OtherSide => {
  let turns = 0
  return {
    stalls: () => turns / quietTurns,
    tick: () => {},
    onChange: (listener) => {
      let isOn = true
      const turn = () => {
        if (!isOn) return
        turns += 1
        if (turns % 10 === 0) listener()
        setImmediate(turn)
      }
      turn()
      return () => {
        isOn = false
      }
    },
  }
}
