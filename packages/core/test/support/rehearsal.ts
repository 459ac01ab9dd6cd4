/** The same calls without a socket: faults that the testkit plans, between the client and a sandbox in process. */
import { Neuroio } from "@effect-tokens/core"
import { Faults, Sandbox } from "@effect-tokens/testkit"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
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
  Effect.map(HttpClient.HttpClient, (client) => {
    let reached = 0
    const counted = HttpClient.transform(client, (send) =>
      Effect.suspend(() => {
        reached += 1
        return send
      }),
    )
    return Context.make(HttpClient.HttpClient, counted).pipe(Context.add(Reached, () => reached))
  }),
)

export const layerRehearsal = Layer.unwrap(
  Effect.map(Sandbox.Credentials, ({ neuroio }) => Neuroio.layer({ apiToken: neuroio.account })),
).pipe(
  Layer.provideMerge(Faults.layerHttpClient(Faults.none)),
  Layer.provideMerge(counting),
  Layer.provideMerge(Sandbox.layerHttpClient()),
)

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
