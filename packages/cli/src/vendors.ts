/** The vendors that the command knows: their laws, and a layer of their services for each target. */
import { type ApiError, ApiTokens, Neuroio, type StreamTokens, Tokens, Transport, Umaaas } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import { ApiTokenLaws, Laws, NeuroioMemory, Sandbox, TokenLaws, UmaaasMemory } from "@effect-tokens/testkit"
import type * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type * as HttpServerError from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as SandboxServer from "./SandboxServer.ts"

const served = Layer.unwrap(Effect.map(SandboxServer.SandboxServer, ({ url }) => Sandbox.layerRemote({ url }))).pipe(
  Layer.provide([NodeTransport.layer(), SandboxServer.layer({ port: 0 })]),
)

/** Sandboxes, which serve every vendor. */
const sandboxes = { "in-process": Sandbox.layer(), sandbox: served }

export type Place = "memory" | keyof typeof sandboxes | "live"

type PlaceError = Config.ConfigError | ApiError.InvalidOptions | ApiError.InvalidRequest | HttpServerError.ServeError

export interface Vendor {
  readonly name: string
  /** The environment variables that `live` needs. */
  readonly credential: ReadonlyArray<string>
  readonly laws: ReadonlyArray<string>
  /** Warns of what the laws do to the real platform. */
  readonly warning: Effect.Effect<string, Config.ConfigError>
  /** Calls the real platform once, and tells whether it refuses the credential. */
  readonly isRefused: Effect.Effect<boolean, PlaceError>
  readonly reports: (place: Place, options: Laws.Options) => Stream.Stream<Laws.LawReport, PlaceError>
}

interface Suite<R> {
  readonly laws: ReadonlyArray<string>
  readonly reports: (options: Laws.Options) => Stream.Stream<Laws.LawReport, ApiError.InvalidRequest, R>
}

/** Runs those of the wanted laws that are in this suite. */
const suite = <Subject, R>(suite: Laws.Suite<Subject, R>): Suite<R> => {
  const ids = suite.laws.map(({ id }) => id)
  return {
    laws: ids,
    reports: ({ laws = ids, ...options }) => {
      const wanted = ids.filter((id) => laws.includes(id))
      return wanted.length === 0 ? Stream.empty : Laws.stream(suite, { ...options, laws: wanted })
    },
  }
}

const vendor = <R>({
  firstCall,
  places,
  suites,
  ...vendor
}: Pick<Vendor, "name" | "credential" | "warning"> & {
  /** Changes nothing. */
  readonly firstCall: Effect.Effect<unknown, ApiError.ApiError, R>
  readonly suites: ReadonlyArray<Suite<R>>
  readonly places: Readonly<Record<Place, Layer.Layer<R, PlaceError>>>
}): Vendor => ({
  ...vendor,
  laws: suites.flatMap(({ laws }) => laws),
  isRefused: firstCall.pipe(
    // The laws tell of every other failure.
    Effect.match({ onFailure: ({ _tag }) => _tag === "Unauthorized", onSuccess: () => false }),
    Effect.provide(places.live),
  ),
  reports: (place, options) =>
    Stream.fromIterable(suites).pipe(
      Stream.flatMap(({ reports }) => reports(options)),
      Stream.provide(places[place]),
    ),
})

/** NeuroIO itself. Laws can call it as the holder of a token, but can add no owner and move no time. */
const liveNeuroio = Layer.unwrap(
  Effect.gen(function* () {
    const config = yield* Neuroio.config
    const transport = Layer.succeed(Transport.Transport, yield* Transport.Transport)
    return Layer.merge(
      Neuroio.layer(config),
      Layer.succeed(TokenLaws.Capabilities, {
        as: (apiToken) => Layer.provide(Neuroio.layer({ ...config, apiToken }), transport),
      }),
    )
  }),
).pipe(Layer.provide(NodeTransport.layer()))

const neuroio = vendor<Tokens | StreamTokens>({
  name: "NeuroIO",
  credential: ["NEUROIO_API_TOKEN"],
  firstCall: Effect.flatMap(Tokens, (tokens) => tokens.list({ limit: 1 })),
  suites: [suite(TokenLaws.tokens), suite(TokenLaws.streamTokens)],
  places: { memory: NeuroioMemory.layer, ...sandboxes, live: liveNeuroio },
  warning: Effect.map(Neuroio.config, ({ apiUrl, iamUrl }) => {
    const where = [iamUrl ?? "https://iam.neuroio.com", apiUrl ?? "https://api.neuroio.com"]
    return `The laws are about to be tried on ${[...new Set(where)].join(" and ")},
as the owner of the token in NEUROIO_API_TOKEN. They

  - create tokens and stream tokens, permanent ones up to the limit of 5, and delete each after its run;
  - change and delete no token that they did not create, and delete no list;
  - rely on nobody else creating or deleting tokens of that owner meanwhile. Nobody else can create permanent ones then.

When interrupted, they delete what they have made, and end. They report what they cannot delete.
`
  }),
})

/** UMAaaS itself. A caller without a secret is refused. */
const liveUmaaas = Layer.unwrap(
  Effect.gen(function* () {
    const config = yield* Umaaas.config
    const transport = Layer.succeed(Transport.Transport, yield* Transport.Transport)
    return Layer.merge(
      Umaaas.layer(config),
      Layer.succeed(ApiTokenLaws.Capabilities, {
        as: ({ clientId, clientSecret = Redacted.make("none") }) =>
          Layer.provide(Umaaas.layer({ ...config, clientId, clientSecret }), transport),
      }),
    )
  }),
).pipe(Layer.provide(NodeTransport.layer()))

const umaaas = vendor<ApiTokens>({
  name: "UMAaaS",
  credential: ["UMAAAS_CLIENT_ID", "UMAAAS_CLIENT_SECRET"],
  firstCall: Effect.flatMap(ApiTokens, (tokens) => tokens.list({ limit: 1 })),
  suites: [suite(ApiTokenLaws.apiTokens)],
  places: { memory: UmaaasMemory.layer, ...sandboxes, live: liveUmaaas },
  warning: Effect.map(
    Umaaas.config,
    ({ url }) => `The laws are about to be tried on ${url ?? "https://api.lightspark.com/umaaas/v1"},
as the API token of UMAAAS_CLIENT_ID, which must have the permission MANAGE. They

  - create API tokens with any permissions, some 130 at the same time, and delete each after its run;
  - delete no token that they did not create, and change nothing else;
  - rely on nobody else creating or deleting API tokens of that account meanwhile.

When interrupted, they delete what they have made, and end. They report what they cannot delete.
`,
  ),
})

export const vendors: ReadonlyArray<Vendor> = [neuroio, umaaas]
