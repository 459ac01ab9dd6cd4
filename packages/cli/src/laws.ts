/** Tries the laws of tokens on a platform, and tells of each as it goes. */
import { Neuroio, type StreamTokens, type Tokens } from "@effect-tokens/core"
import { NodeNeuroio } from "@effect-tokens/platform-node"
import { Laws, NeuroioMemory, Sandbox, TokenLaws } from "@effect-tokens/testkit"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as SandboxServer from "./SandboxServer.ts"

const suites = [TokenLaws.tokens, TokenLaws.streamTokens]

const served = Layer.unwrap(Effect.map(SandboxServer.SandboxServer, ({ url }) => Sandbox.layerRemote({ url }))).pipe(
  Layer.provide([NodeNeuroio.layerHttpClient(), SandboxServer.layer({ port: 0 })]),
)

/** Holders of tokens are let in on the real platform, too; other owners and its time are out of reach. */
const live = Layer.unwrap(
  Effect.map(Neuroio.config, (config) =>
    Layer.merge(
      NodeNeuroio.layer(config),
      Layer.succeed(TokenLaws.Abilities, { as: (apiToken) => NodeNeuroio.layer({ ...config, apiToken }) }),
    ),
  ),
)

const platforms = { memory: NeuroioMemory.layer, "in-process": Sandbox.layer(), sandbox: served, live }

export type Platform = keyof typeof platforms

/** What will happen to the account, said before anything does. */
const warning = Effect.gen(function* () {
  const { apiUrl, iamUrl } = yield* Neuroio.config
  const where = [iamUrl ?? "https://iam.neuroio.com", apiUrl ?? "https://api.neuroio.com"]
  yield* Console.log(`The laws are about to be tried on ${[...new Set(where)].join(" and ")},
as the owner of the token in NEUROIO_API_TOKEN. They

  - make tokens and stream tokens, permanent ones up to the limit of 5, and delete each after its run;
  - change and delete no token that they did not make, and delete no list;
  - count on nobody else making or deleting tokens of that owner meanwhile. Nobody else can then make permanent ones.

Interrupted, they delete what they have made, and end. What cannot be deleted is said.
`)
})

const SavedCase = Schema.fromJsonString(Schema.Struct({ law: Schema.String, input: Schema.Unknown }))

/** `replay` is a law, a seed and a path, or the JSON text of a saved case. */
export const readReplay = (text: string): Option.Option<Laws.Replay> =>
  Option.orElse(Option.fromUndefinedOr(Laws.readReplay(text)), () => Schema.decodeUnknownOption(SavedCase)(text))

export interface Options {
  readonly on: Platform
  readonly laws: ReadonlyArray<string>
  readonly seed: number | undefined
  readonly runs: number | undefined
  readonly replay: Laws.Replay | undefined
}

/** There is no law of that id. */
export class UnknownLaw extends Data.TaggedError("UnknownLaw")<{ readonly law: string }> {}

/** The command that does the same again. */
const commandFor = (on: Platform) => (replay: string) =>
  `To replay it: effect-tokens laws --on ${on} --replay ${replay}`

/** Whether all laws hold that could be tried. */
export const tryLaws = Effect.fnUntraced(function* ({ laws, on, replay, runs, seed }: Options) {
  const wanted = replay === undefined ? laws : [replay.law]
  const stranger = wanted.find((id) => !suites.some((suite) => suite.laws.some((law) => law.id === id)))
  if (stranger !== undefined) return yield* Effect.fail(new UnknownLaw({ law: stranger }))
  if (on === "live") yield* warning
  const counts = { Passed: 0, Failed: 0, Skipped: 0 }
  const trySuite = (suite: (typeof suites)[number]) => {
    const ids = wanted.filter((id) => id.startsWith(`${suite.name}.`))
    if (wanted.length > 0 && ids.length === 0) return Effect.void
    const limits = { runs: runs ?? (on === "live" ? 3 : undefined), seed, replay }
    return Stream.runForEach(Laws.stream(suite, { ...limits, laws: ids.length === 0 ? undefined : ids }), (report) => {
      counts[report._tag]++
      return Console.log(Laws.format([report], commandFor(on)))
    })
  }
  const layer: Layer.Layer<Tokens | StreamTokens, Layer.Error<(typeof platforms)[Platform]>> = platforms[on]
  yield* Effect.forEach(suites, trySuite, { discard: true }).pipe(
    Effect.provide(layer),
    Effect.onInterrupt(() => Console.log("\nInterrupted: not all laws were tried.")),
  )
  yield* Console.log(`\n${counts.Passed} passed, ${counts.Failed} failed, ${counts.Skipped} skipped`)
  return counts.Failed === 0
})
