/**
 * Shows NeuroIO's tokens and UMAaaS's API tokens over real HTTP, on a sandbox that it starts. With `NEUROIO_API_TOKEN`,
 * `NEUROIO_IAM_URL` and `NEUROIO_API_URL` set, or `UMAAAS_CLIENT_ID`, `UMAAAS_CLIENT_SECRET` and `UMAAAS_URL`, it runs
 * on the platforms that they name.
 */
import { SandboxServer } from "@effect-tokens/cli"
import { Neuroio, Umaaas } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { tourApiTokens } from "./apiTokensTour.ts"
import { type Place, tour } from "./tour.ts"

const run = (place: Place) =>
  tour(place).pipe(Effect.provide(Neuroio.layer(place.options)), Effect.provide(NodeTransport.layer()))

const onOwnSandbox = Effect.gen(function* () {
  const { credentials, url } = yield* SandboxServer.SandboxServer
  yield* Console.log(`NeuroIO, played by a sandbox on ${url}`)
  const options = { apiToken: credentials.neuroio.account, iamUrl: url, apiUrl: url }
  yield* run({ options, ownsPlatform: true })
  yield* Console.log(`\nUMAaaS, played by the same sandbox on ${url}/umaaas/v1`)
  yield* tourApiTokens({ ...credentials.umaaas, url: `${url}/umaaas/v1` })
}).pipe(Effect.provide(SandboxServer.layer({ port: 0 })))

const onPlatform = Effect.fn("onPlatform")(function* (options: Neuroio.Options) {
  yield* Console.log(`NeuroIO at ${options.iamUrl} and ${options.apiUrl}. Only what this program makes is deleted.`)
  yield* run({ options, ownsPlatform: false })
})

const onUmaaas = Effect.fn("onUmaaas")(function* (options: Umaaas.Options) {
  yield* Console.log(`UMAaaS at ${options.url}. Only what this program makes is deleted.`)
  yield* tourApiTokens(options)
})

/** The variables that name a platform. All of them must be set, or none. */
const platforms = [
  {
    names: ["NEUROIO_API_TOKEN", "NEUROIO_IAM_URL", "NEUROIO_API_URL"],
    tour: Effect.flatMap(Neuroio.config, onPlatform),
  },
  {
    names: ["UMAAAS_CLIENT_ID", "UMAAAS_CLIENT_SECRET", "UMAAAS_URL"],
    tour: Effect.flatMap(Umaaas.config, onUmaaas),
  },
]

class MissingVariables extends Schema.TaggedError<MissingVariables>()("MissingVariables", {
  names: Schema.Array(Schema.String),
}) {
  override get message(): string {
    return `To run on a platform, set ${this.names.join(" and ")} as well.`
  }
}

const main = Effect.gen(function* () {
  const named = yield* Effect.forEach(platforms, ({ names, tour }) =>
    Effect.map(
      Effect.filter(names, (name) => Effect.isSuccess(Config.NonEmptyString(name))),
      (given) => ({ tour, given, missing: names.filter((name) => !given.includes(name)) }),
    ),
  )
  const wanted = named.filter(({ given }) => given.length > 0)
  const incomplete = wanted.find(({ missing }) => missing.length > 0)
  if (incomplete !== undefined) return yield* new MissingVariables({ names: incomplete.missing })
  if (wanted.length === 0) return yield* onOwnSandbox
  for (const { tour } of wanted) yield* tour
})

// A terminal that closes and a reader that has read enough (`| head`) end the program as Ctrl-C does: it first deletes
// what it created.
const interrupt = () => process.emit("SIGTERM")
process.on("SIGHUP", interrupt)
process.stdout.on("error", interrupt)
process.stderr.on("error", interrupt)

// The cause is a wrong setting or an unreachable platform. A stack trace would help with neither.
const explained = Effect.catch(main, (error) =>
  Effect.andThen(
    Console.error(`${error._tag}: ${error.message}`),
    Effect.sync(() => {
      process.exitCode = 1
    }),
  ),
)

NodeRuntime.runMain(explained)
