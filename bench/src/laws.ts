/** Measures a default run of all laws on each transport. */
import { SandboxServer } from "@effect-tokens/cli"
import { NodeTransport } from "@effect-tokens/platform-node"
import { ApiTokenLaws, Laws, NeuroioMemory, Sandbox, TokenLaws, UmaaasMemory } from "@effect-tokens/testkit"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const served = Layer.unwrap(Effect.map(SandboxServer.SandboxServer, ({ url }) => Sandbox.layerRemote({ url }))).pipe(
  Layer.provide([NodeTransport.layer(), SandboxServer.layer({ port: 0 })]),
)

const seed = 1

const platforms = [
  { title: "in memory", layer: Layer.merge(NeuroioMemory.layer, UmaaasMemory.layer), runs: 100 },
  { title: "client, sandbox in process", layer: Sandbox.layer(), runs: 15 },
  { title: "client, sandbox over HTTP", layer: served, runs: 15 },
]

/** Rows of target, number of laws, runs of each, and seconds. */
export const timeLaws = Effect.forEach(
  platforms,
  Effect.fnUntraced(function* ({ layer, runs, title }) {
    const start = performance.now()
    const reports = yield* Effect.all([
      Laws.run(TokenLaws.tokens, { seed, runs }),
      Laws.run(TokenLaws.streamTokens, { seed, runs }),
      Laws.run(ApiTokenLaws.apiTokens, { seed, runs }),
    ]).pipe(Effect.provide(layer))
    const passed = reports.flat().filter(({ _tag }) => _tag === "Passed").length
    return [title, String(passed), String(runs), ((performance.now() - start) / 1000).toFixed(1)]
  }),
)
