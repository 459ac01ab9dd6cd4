/** C7: neither the credential nor a key gets out, on any way that a call can take, to any place that shows something. */
import {
  ApiError,
  ApiTokenId,
  type ApiTokenOperations,
  ApiTokenPage,
  ApiTokens,
  Limits,
  Neuroio,
  StreamTokens,
  TokenKey,
  type TokenOperations,
  Tokens,
  Transport,
  Umaaas,
} from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import { Faults, Journal, NeuroioMemory, UmaaasMemory } from "@effect-tokens/testkit"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import type { AnyService } from "@effect-tokens/test-support/ServiceUnderTest"
import { assert, describe, it } from "@effect/vitest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Clock from "effect/Clock"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as HurriedClock from "./support/hurriedClock.ts"
import * as SecretWatch from "./support/secretWatch.ts"

const { secrets } = SecretWatch

// What is called

type Call = (tokens: TokenOperations.TokenOperations) => Effect.Effect<unknown, unknown>

const key = TokenKey.make(Redacted.make(secrets.keyAskedFor))

const calls: Readonly<Record<string, Call>> = {
  create: (tokens) => tokens.create({ permanent: true }),
  list: (tokens) => tokens.list(),
  stream: (tokens) => Stream.runCollect(tokens.stream()),
  get: (tokens) => tokens.get(key),
  update: (tokens) => tokens.update(key, { isActive: false }),
  delete: (tokens) => tokens.delete(key),
  deleteList: (tokens) => tokens.deleteList({ permanent: null }),
}

/** As JavaScript, or a cast, lets it in: where something else belongs. */
const unsafeCast = <A>(value: unknown): A => JSON.parse(JSON.stringify({ value })).value

const other = secrets.otherInput
const wiped = Redacted.make(other)
Redacted.wipeUnsafe(wiped)

const wrongKeys: ReadonlyArray<TokenKey> = [
  unsafeCast(other),
  unsafeCast({ key: other }),
  unsafeCast([other]),
  Redacted.make(`${other}\uD800`),
  Redacted.make(unsafeCast<string>({ key: other })),
  wiped,
]

const wrongCalls: ReadonlyArray<Call> = [
  ...wrongKeys.flatMap((wrong): ReadonlyArray<Call> => [
    (tokens) => tokens.get(wrong),
    (tokens) => tokens.update(wrong, { isActive: true }),
    (tokens) => tokens.delete(wrong),
  ]),
  (tokens) => tokens.create(unsafeCast(other)),
  (tokens) => tokens.create({ permanent: unsafeCast(other) }),
  (tokens) => tokens.list({ permanent: unsafeCast(other) }),
  (tokens) => tokens.list({ limit: unsafeCast({ limit: other }) }),
  (tokens) => tokens.list({ offset: unsafeCast(other) }),
  (tokens) => Stream.runDrain(tokens.stream({ pageSize: unsafeCast(other) })),
  (tokens) => tokens.update(key, { isActive: unsafeCast(other) }),
  (tokens) => tokens.update(key, unsafeCast(other)),
  (tokens) => tokens.deleteList({ permanent: unsafeCast(other) }),
  (tokens) => tokens.deleteList(unsafeCast(other)),
  (tokens) => Limits.override(tokens.get(key), { attemptTimeout: unsafeCast(other) }),
  (tokens) => Limits.override(tokens.get(key), { deadline: unsafeCast({ [other]: other }) }),
  (tokens) => Limits.override(tokens.get(key), { retries: unsafeCast(other) }),
]

type ApiTokensCall = (apiTokens: ApiTokenOperations.ApiTokenOperations) => Effect.Effect<unknown, unknown>

const id = ApiTokenId.make(RawServer.apiToken().id)

const callsOfApiTokens: Readonly<Record<string, ApiTokensCall>> = {
  create: (apiTokens) => apiTokens.create({ name: "reports", permissions: ["VIEW"] }),
  list: (apiTokens) => apiTokens.list(),
  stream: (apiTokens) => Stream.runCollect(apiTokens.stream()),
  get: (apiTokens) => apiTokens.get(id),
  delete: (apiTokens) => apiTokens.delete(id),
}

const wrongCallsOfApiTokens: ReadonlyArray<ApiTokensCall> = [
  ...[{ id: other }, [other], `${other}\uD800`].flatMap((wrong): ReadonlyArray<ApiTokensCall> => [
    (apiTokens) => apiTokens.get(unsafeCast(wrong)),
    (apiTokens) => apiTokens.delete(unsafeCast(wrong)),
  ]),
  (apiTokens) => apiTokens.create(unsafeCast(other)),
  (apiTokens) => apiTokens.create({ name: unsafeCast([other]), permissions: ["VIEW"] }),
  (apiTokens) => apiTokens.create({ name: "reports", permissions: unsafeCast([other]) }),
  (apiTokens) => apiTokens.list(unsafeCast(other)),
  (apiTokens) => apiTokens.list({ limit: unsafeCast({ limit: other }) }),
  (apiTokens) => apiTokens.list({ cursor: unsafeCast([other]) }),
  (apiTokens) => apiTokens.list({ createdAfter: unsafeCast(other) }),
  (apiTokens) => Stream.runDrain(apiTokens.stream({ pageSize: unsafeCast(other) })),
  (apiTokens) => Limits.override(apiTokens.get(id), { attemptTimeout: unsafeCast(other) }),
]

// What becomes of it

interface Way {
  /** What the server answers to the first request, to the second one, and so on. */
  readonly answers?: ReadonlyArray<RawServer.Answer>
  readonly fault?: Faults.Fault
  /** A transport that does something of its own. */
  readonly transport?: (
    request: HttpClientRequest.HttpClientRequest,
  ) => Effect.Effect<never, HttpClientError.HttpClientError>
  readonly limitsRunOut?: boolean
  readonly interrupted?: boolean
}

const answering = (...answers: ReadonlyArray<RawServer.Answer>): Way => ({ answers })

const statuses = [302, 400, 401, 403, 404, 409, 418, 422, 429, 500, 501, 502, 503, 504]

/** How a platform writes things. */
interface Vendor {
  readonly token: Readonly<Record<string, unknown>>
  readonly list: (...tokens: ReadonlyArray<Vendor["token"]>) => unknown
  readonly error: (status: number, echo: string) => unknown
  /** An error that stands for something of its own, if there is one. */
  readonly fieldError?: (echo: string) => unknown
  /** A field off its schema, and another one. */
  readonly offSchema: readonly [(echo: string) => Vendor["token"], (echo: string) => Vendor["token"]]
  /** Pages that cannot be put together, one after the other. */
  readonly disorder: ReadonlyArray<unknown>
}

const neuroioToken = RawServer.token({ key: secrets.keyAnswered })
const umaaasToken = RawServer.apiToken({ clientSecret: secrets.keyAnswered })

const vendors = {
  neuroio: {
    token: neuroioToken,
    list: (...tokens) => tokens,
    error: (status, echo) => ({ message: echo, error_codes: [status], fields: [{ name: echo, message: echo }] }),
    fieldError: (echo) => ({ message: echo, fields: [{ name: "permanent", message: echo }] }),
    offSchema: [(echo) => ({ is_active: echo }), (echo) => ({ expires: echo })],
    disorder: [[{ ...neuroioToken, id: 2 }, neuroioToken]],
  },
  umaaas: {
    token: umaaasToken,
    list: (...data) => ({ data, hasMore: false }),
    error: (status, echo) => ({
      status,
      code: echo,
      message: echo,
      details: { [echo]: echo, list: [echo, { [echo]: { deeper: { [echo]: echo } } }] },
    }),
    offSchema: [(echo) => ({ createdAt: echo }), (echo) => ({ permissions: [[echo]] })],
    disorder: [1, 2].map(() => ({ data: [umaaasToken], hasMore: true, nextCursor: "again" })),
  },
} as const satisfies Readonly<Record<string, Vendor>>

/** A way of an error to show what a server was sent, and the statuses that it makes sense with. */
interface ErrorForm {
  readonly name: string
  readonly answer: (status: number) => RawServer.Answer
  readonly statuses: ReadonlyArray<number>
}

const errorForms = ({ error, fieldError }: Vendor, echo: string): ReadonlyArray<ErrorForm> => [
  {
    name: "an error that repeats everything",
    answer: (status) => RawServer.json(status, JSON.stringify(error(status, echo))),
    statuses,
  },
  {
    name: "an error about a field",
    answer: (status) => RawServer.json(status, JSON.stringify(fieldError?.(echo) ?? error(status, echo))),
    statuses: [400],
  },
  {
    name: "an error in HTML",
    answer: (status) =>
      RawServer.response(status, { "content-type": "text/html", "content-length": Buffer.byteLength(echo) }, echo),
    statuses,
  },
  {
    name: "an error that is cut short",
    answer: (status) => RawServer.json(status, `{"message": "${echo}`),
    statuses,
  },
  {
    name: "an error with headers that repeat everything",
    answer: (status) => {
      const header = encodeURIComponent(echo)
      return RawServer.response(status, { "content-length": 0, location: `/?${header}`, "retry-after": header })
    },
    statuses: [302, 429, 503],
  },
]

type NamedWay = readonly [string, Way]

/**
 * One error for each status, in a form that turns with the operation and the status: so each operation meets each status,
 * and each status comes in each form. Quarters shift it, or the few statuses with headers would all meet one operation.
 */
const errorsOf = (vendor: Vendor, echo: string, turn: number): ReadonlyArray<NamedWay> => {
  const forms = errorForms(vendor, echo)
  return statuses.flatMap((status, i): ReadonlyArray<NamedWay> => {
    const possible = forms.filter((form) => form.statuses.includes(status))
    const form = possible[(i + Math.floor(i / 4) + turn) % possible.length]
    return form === undefined ? [] : [[`${status}: ${form.name}`, answering(form.answer(status))]]
  })
}

const cut = (bytes: string): RawServer.Answer => ({ bytes, ending: "end" })
const reset = (bytes: string): RawServer.Answer => ({ bytes, ending: "reset" })

const faults: ReadonlyArray<Faults.Fault> = [
  Faults.latency("1 second"),
  Faults.refused,
  Faults.reset(),
  Faults.reset({ afterEffect: true }),
  Faults.timeout(),
  Faults.timeout({ afterEffect: true }),
  ...[301, 400, 429, 500, 503].flatMap((status) => [
    Faults.status(status, { retryAfter: "1 second" }),
    Faults.status(status, { afterEffect: true }),
  ]),
  Faults.body("empty"),
  Faults.body("garbled"),
  Faults.body("truncated"),
  Faults.body("oversized"),
]

/** All that a transport knows, where it may put it. */
const telling = (request: HttpClientRequest.HttpClientRequest) => {
  const all = `${request.url} ${JSON.stringify(Object.entries(request.headers))}`
  return { request, description: all, cause: Object.assign(new Error(all), { code: "ECONNRESET", [all]: all }) }
}

const otherWays = (vendor: Vendor, echo: string): ReadonlyArray<NamedWay> => {
  const { disorder, list, offSchema, token } = vendor
  const json = (status: number, value: unknown) => RawServer.json(status, JSON.stringify(value))
  const [wrong, wrongToo] = offSchema
  const aToken = json(200, token)
  return [
    ["a token", answering(aToken)],
    ["a token that was made", answering(json(201, token))],
    ["a list", answering(json(200, list(token)))],
    ["nothing", answering(RawServer.noContent)],
    ["a field off its schema", answering(json(200, { ...token, ...wrong(echo) }))],
    ["a field off its schema, made", answering(json(201, { ...token, ...wrongToo(echo) }))],
    ["a list with a field off its schema", answering(json(200, list({ ...token, ...wrong(echo) })))],
    ["pages that cannot be put together", answering(...disorder.map((page) => json(200, page)))],
    ["a list of keys", answering(json(200, [secrets.keyAnswered]))],
    ["keys of an object", answering(json(200, { [echo]: secrets.keyAnswered }))],
    ["text", answering(RawServer.json(200, echo))],
    ["text, made", answering(RawServer.json(201, echo))],
    ["more than 1 MiB", answering(json(200, [echo.repeat(1 + 2 ** 20 / echo.length)]))],
    ["no HTTP", answering(reset(`${echo}\r\n\r\n`))],
    ["headers that are none", answering(cut(`HTTP/1.1 200 OK\r\n${encodeURIComponent(echo)}\r\n\r\n`))],
    ["a reset at once", answering(reset(""))],
    ["a reset in the status", answering(reset("HTTP/1.1 20"))],
    ["a reset in the body", answering(reset(`HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n["${echo}`))],
    ["an end in the body", answering(cut(`HTTP/1.1 404 Not Found\r\ncontent-length: 999\r\n\r\n["${echo}`))],
    ["chunks that are none", answering(cut(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${echo}`))],
    ["a second attempt that succeeds", answering(RawServer.response(503, { "content-length": 0 }), aToken)],
    [
      "a second attempt that finds nothing",
      answering(reset(""), RawServer.json(404, JSON.stringify({ message: echo }))),
    ],
    [
      "a third attempt that fails otherwise",
      answering(reset(""), RawServer.response(429, {}), RawServer.json(500, echo)),
    ],
    ["no answer", { answers: [RawServer.silence], limitsRunOut: true }],
    ["an interruption", { answers: [RawServer.silence], interrupted: true }],
    ...faults.map((fault): NamedWay => [
      JSON.stringify(fault),
      { answers: [aToken], fault, limitsRunOut: fault._tag === "Timeout" },
    ]),
    ["a transport that dies", { transport: () => Effect.die(new TypeError("a bug of the transport")) }],
    ...[HttpClientError.TransportError, HttpClientError.EncodeError, HttpClientError.InvalidUrlError].map(
      (Reason): NamedWay => [
        `${Reason.name} that tells everything`,
        {
          transport: (request) =>
            Effect.fail(new HttpClientError.HttpClientError({ reason: new Reason(telling(request)) })),
        },
      ],
    ),
  ]
}

/** The forms in which a server can repeat a text, each once. */
const repetitionsOf = (...sent: ReadonlyArray<string>): ReadonlyArray<readonly [string, string]> => {
  const forms = sent
    .flatMap((secret) => Object.entries(SecretWatch.formsOf(secret)))
    .filter((form): form is [string, string] => Predicate.isString(form[1]))
  return [...new Map(forms.map(([form, written]) => [written, [form, written] as const])).values()]
}

const echoOf = (repetitions: Run["calls"][number]["repetitions"]) =>
  repetitions.map(([, written]) => written).join(" | ")

// The world in which it does

const clientId = "client-1"
const basic = Buffer.from(`${clientId}:${secrets.credential}`).toString("base64")

class World {
  way: Way = {}
}

const httpClients: Readonly<Record<"undici" | "fetch", Layer.Layer<HttpClient.HttpClient>>> = {
  undici: NodeHttpClient.layerUndici,
  fetch: FetchHttpClient.layer,
}

/** The client with a journal above it, and below it faults, a transport that can misbehave, and sockets. */
const layerOf = (world: World, url: string, sockets: keyof typeof httpClients) => {
  const transport = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, (client) =>
      HttpClient.transform(client, (send, request) => Effect.suspend(() => world.way.transport?.(request) ?? send)),
    ),
  ).pipe(Layer.provide(httpClients[sockets]))
  const client = Neuroio.layer({ apiToken: Redacted.make(secrets.credential), iamUrl: url, apiUrl: url })
  const umaaas = Umaaas.layer({ clientId, clientSecret: Redacted.make(secrets.credential), url })
  return Layer.mergeAll(client, umaaas).pipe(
    Journal.record({ capacity: 10_000 }),
    Layer.provideMerge(Transport.layerHttpClient.pipe(Layer.provide(transport), Faults.inject(Faults.none))),
  )
}

interface Run {
  readonly service: Effect.Effect<unknown, never, AnyService>
  readonly format: (typeof SecretWatch.formats)[number]
  readonly sockets: keyof typeof httpClients
  readonly vendor: Vendor
  /** Each with what of it a server can repeat, by form. */
  readonly calls: ReadonlyArray<{
    readonly operation: string
    readonly call: Effect.Effect<unknown, unknown, AnyService>
    readonly repetitions: ReadonlyArray<readonly [string, string]>
  }>
  /** Which half of the pairs it takes. */
  readonly half: 0 | 1
  readonly wrongCalls: ReadonlyArray<Effect.Effect<unknown, unknown, AnyService>>
  /** Errors that it never comes to. */
  readonly notHere: ReadonlyArray<keyof typeof ApiError>
  /** What must have gone over the wire. */
  readonly sent: ReadonlyArray<string>
}

const neuroioRun = (
  service: Effect.Effect<TokenOperations.TokenOperations, never, Tokens | StreamTokens>,
  format: Run["format"],
  sockets: Run["sockets"],
  half: Run["half"],
): Run => ({
  service,
  format,
  sockets,
  half,
  vendor: vendors.neuroio,
  calls: Object.entries(calls).map(([operation, call]) => {
    const asked = ["get", "update", "delete"].includes(operation) ? [secrets.keyAskedFor] : []
    return { operation, call: Effect.flatMap(service, call), repetitions: repetitionsOf(secrets.credential, ...asked) }
  }),
  wrongCalls: wrongCalls.map((call) => Effect.flatMap(service, call)),
  notHere: [],
  sent: [secrets.credential, encodeURIComponent(secrets.keyAskedFor)],
})

const repetitionsOfBasic = [
  ...repetitionsOf(secrets.credential),
  ["the header", `Basic ${basic}`],
  ["what the header encodes", `${clientId}:${secrets.credential}`],
] as const

const umaaasRun = (format: Run["format"], sockets: Run["sockets"], half: Run["half"]): Run => ({
  service: ApiTokens,
  format,
  sockets,
  half,
  vendor: vendors.umaaas,
  calls: Object.entries(callsOfApiTokens).map(([operation, call]) => ({
    operation,
    call: Effect.flatMap(ApiTokens, call),
    repetitions: repetitionsOfBasic,
  })),
  wrongCalls: wrongCallsOfApiTokens.map((call) => Effect.flatMap(ApiTokens, call)),
  notHere: ["PermanentTokenLimitReached", "Conflict", "UnprocessableEntity"],
  sent: [`Basic ${basic}`],
})

// Pairs instead of the product: each transport with each exporter, and for each vendor each way with each operation and
// with each transport. `Tokens` and `StreamTokens` are the same code, so that each takes the half that the other leaves.
const runs: ReadonlyArray<readonly [string, Run]> = [
  ["Tokens", neuroioRun(Tokens, "layerJson", "undici", 0)],
  ["StreamTokens", neuroioRun(StreamTokens, "layerProtobuf", "fetch", 1)],
  ["ApiTokens", umaaasRun("layerProtobuf", "undici", 0)],
  ["ApiTokens", umaaasRun("layerJson", "fetch", 1)],
]

describe("no secret leaves", () => {
  for (const [name, { calls, format, half, notHere, sent, service, sockets, vendor, wrongCalls }] of runs) {
    it.live(
      `${name} over ${sockets}, exported by ${format}`,
      () =>
        Effect.gen(function* () {
          const server = yield* RawServer.RawServer
          const world = new World()
          const watch = SecretWatch.make()
          const seen = new Set<string>()

          const take = Effect.fnUntraced(function* <R>(
            during: string,
            call: Effect.Effect<unknown, unknown, R>,
            way: Way,
          ) {
            const before = server.requests.length
            const { answers = [] } = way
            const hurried = HurriedClock.make()
            hurried.limitsRunOut = way.limitsRunOut ?? false
            world.way = way
            server.answer = (_, index) => answers[Math.min(index - before, answers.length - 1)] ?? RawServer.silence
            const plan = yield* Faults.CurrentPlan
            yield* plan.set(way.fault === undefined ? Faults.none : Faults.script(Faults.on("any", way.fault)))
            const fiber = yield* Effect.forkChild(call.pipe(Effect.provideService(Clock.Clock, hurried.clock)))
            if (way.interrupted === true) {
              yield* server.received(before + 1)
              yield* Fiber.interrupt(fiber)
            }
            const exit = yield* Fiber.await(fiber)
            if (Exit.isFailure(exit)) {
              for (const reason of exit.cause.reasons) {
                const error = reason._tag === "Fail" ? reason.error : undefined
                seen.add(Predicate.hasProperty(error, "_tag") ? String(error._tag) : reason._tag)
              }
            } else seen.add("success")
            yield* watch.showExit(during, exit)
          })

          const everything = Effect.gen(function* () {
            yield* watch.show("the service", yield* service)
            for (const [turn, { call, operation, repetitions }] of calls.entries()) {
              const echo = echoOf(repetitions)
              const ways = [
                ...errorsOf(vendor, echo, turn),
                ...otherWays(vendor, echo).filter((_, i) => (turn + i) % 2 === half),
              ]
              for (const [what, way] of ways) {
                yield* take(`${operation}, ${what}`, call.pipe(Effect.withSpan("the caller's own")), way)
              }
            }
            // Each form alone: all of them at once are more than an error shows.
            const forms = new Map(
              calls.flatMap(({ repetitions }) => repetitions.map(([form, written]) => [written, form])),
            )
            for (const [index, [written, form]] of [...forms].entries()) {
              const able = calls.filter(({ repetitions }) => repetitions.some(([, other]) => other === written))
              const { call, operation } = able[index % able.length] ?? assert.fail(`nothing sends ${form}`)
              const status = statuses[index % statuses.length] ?? assert.fail("no status")
              const answer = RawServer.json(status, JSON.stringify(vendor.error(status, written)))
              yield* take(`${operation}, ${status}: ${form}`, call, answering(answer))
            }
            for (const [index, call] of wrongCalls.entries()) {
              if (index % 2 === half) yield* take(`wrong call ${index}`, call, {})
            }
            const journal = yield* Journal.Journal
            const { entries } = yield* journal.snapshot
            assert.sameMembers(
              [...new Set(entries.map((entry) => entry.operation))],
              calls.map(({ operation }) => `${name}.${operation}`),
            )
            yield* SecretWatch.searchJournal(watch, journal)
          })
          yield* SecretWatch.watching(watch, format, Effect.provide(everything, layerOf(world, server.url, sockets)))

          watch.assertClean()
          // Nothing was overlooked: every kind of outcome came up, every place had something to show, and the secrets
          // did go over the wire.
          const outcomes = Object.keys(ApiError).filter((name) => /^[A-Z]/.test(name) && name !== "InvalidOptions")
          const possible = outcomes.filter((outcome) => !notHere.some((impossible) => impossible === outcome))
          assert.sameMembers([...seen], [...possible, "success", "Interrupt", "Die"])
          assert.sameMembers([...watch.searched.keys()], [...SecretWatch.places])
          for (const [place, bytes] of watch.searched) assert.isAbove(bytes, 0, place)
          const requests = server.requests.map((request) => request.text).join("\n")
          for (const secret of sent) assert.include(requests, secret)
          assert.notInclude(requests, other)
        }).pipe(Effect.provide(RawServer.layer)),
      { timeout: 60_000 },
    )
  }

  it.effect("layers with options that cannot be right", () =>
    Effect.gen(function* () {
      const watch = SecretWatch.make()
      const apiToken = Redacted.make(secrets.credential)
      const options: ReadonlyArray<Neuroio.Options> = [
        { apiToken: unsafeCast(secrets.credential) },
        { apiToken: Redacted.make(`${secrets.credential} \n`) },
        { apiToken: wiped },
        { apiToken, iamUrl: `https://user:${other}@127.0.0.1` },
        { apiToken, iamUrl: `https://127.0.0.1/?${other}` },
        { apiToken, iamUrl: other },
        { apiToken, apiUrl: `http://${other}.example.com` },
        { apiToken, apiUrl: `http://127.0.0.1/#${other}` },
        { apiToken, allowInsecure: unsafeCast(other) },
        { apiToken, attemptTimeout: unsafeCast(other) },
        { apiToken, deadline: unsafeCast({ [other]: other }) },
        { apiToken, retries: unsafeCast(other) },
      ]
      const transportOptions: ReadonlyArray<NodeTransport.Options> = [
        { extraCaCertificates: other },
        { extraCaCertificates: unsafeCast({ [other]: other }) },
        { connectTimeout: unsafeCast(other) },
      ]
      const clientSecret = Redacted.make(secrets.credential)
      const umaaasOptions: ReadonlyArray<Umaaas.Options> = [
        { clientId, clientSecret: unsafeCast(secrets.credential) },
        { clientId, clientSecret: Redacted.make(`${secrets.credential}\n`) },
        { clientId, clientSecret: wiped },
        { clientId: `${clientId}:${other}`, clientSecret },
        { clientId: unsafeCast([other]), clientSecret },
        { clientId, clientSecret, url: `https://user:${other}@127.0.0.1` },
        { clientId, clientSecret, url: other },
        { clientId, clientSecret, url: `http://${other}.example.com` },
        { clientId, clientSecret, deadline: unsafeCast({ [other]: other }) },
      ]
      const environments = [
        { NEUROIO_IAM_URL: other },
        { NEUROIO_API_TOKEN: `${secrets.credential} ` },
        { NEUROIO_API_TOKEN: secrets.credential, NEUROIO_API_URL: other },
      ]
      const umaaasEnvironments = [
        { UMAAAS_CLIENT_SECRET: secrets.credential },
        { UMAAAS_CLIENT_ID: `a:${other}`, UMAAAS_CLIENT_SECRET: secrets.credential },
        { UMAAAS_CLIENT_ID: "a", UMAAAS_CLIENT_SECRET: `${secrets.credential}\n` },
        { UMAAAS_CLIENT_ID: "a", UMAAAS_CLIENT_SECRET: secrets.credential, UMAAAS_URL: other },
      ]
      const reading = (env: Readonly<Record<string, string>>) => ConfigProvider.layer(ConfigProvider.fromEnv({ env }))
      const building = <A, E>(layer: Layer.Layer<A, E>): Effect.Effect<Exit.Exit<unknown, E>> =>
        Effect.exit(Effect.scoped(Layer.build(layer)))
      const over = Layer.provide(NodeTransport.layer())
      const built = [
        ...transportOptions.map((given) => building(NodeTransport.layer(given))),
        ...options.map((given) => building(over(Neuroio.layer(given)))),
        ...umaaasOptions.map((given) => building(over(Umaaas.layer(given)))),
        ...environments.map((env) => building(over(Neuroio.layerConfig()).pipe(Layer.provide(reading(env))))),
        ...umaaasEnvironments.map((env) => building(over(Umaaas.layerConfig()).pipe(Layer.provide(reading(env))))),
      ]
      yield* SecretWatch.watching(
        watch,
        "layerJson",
        Effect.forEach(built, (building, index) =>
          Effect.gen(function* () {
            const exit = yield* building
            assert.isTrue(Exit.isFailure(exit), `options ${index}`)
            yield* watch.showExit(`options ${index}`, exit)
          }),
        ),
      )
      watch.assertClean()
    }),
  )

  it.effect("what is masked says so, and the rest of the message stays", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => RawServer.json(404, JSON.stringify({ message: `No token ${secrets.keyAskedFor}, sorry` }))
      const error = yield* Effect.flip(Effect.flatMap(Tokens, (tokens) => tokens.get(key))).pipe(
        Effect.provide(layerOf(new World(), server.url, "undici")),
      )
      assert.strictEqual("serverMessage" in error && error.serverMessage, "No token <redacted>, sorry")
    }).pipe(Effect.provide(RawServer.layer)),
  )
})

describe("what UMAaaS repeats", () => {
  const repeating = (clientSecret: string, body: object) =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => RawServer.json(403, JSON.stringify(body))
      const error = yield* Effect.flip(Effect.flatMap(ApiTokens, (apiTokens) => apiTokens.get(id))).pipe(
        Effect.provide(
          Umaaas.layer({ clientId, clientSecret: Redacted.make(clientSecret), url: server.url }).pipe(
            Layer.provide(NodeTransport.layer()),
          ),
        ),
      )
      return error._tag === "Forbidden" ? error : assert.fail(`unexpected ${error._tag}`)
    }).pipe(Effect.provide(RawServer.layer))

  it.effect("of the credential is masked whole, and the rest stays", () =>
    Effect.gen(function* () {
      const error = yield* repeating(secrets.credential, {
        message: `Basic ${basic} and ${basic} are ${clientId}:${secrets.credential}`,
        code: `FORBIDDEN:${basic}`,
        details: { [`x${secrets.credential}`]: ["a", { deep: `${basic}==` }], id },
      })
      assert.strictEqual(error.serverMessage, "Basic <redacted> and <redacted> are client-1:<redacted>")
      assert.strictEqual(error.code, "FORBIDDEN:<redacted>")
      assert.deepStrictEqual(error.details, { "x<redacted>": ["a", { deep: "<redacted>==" }], id })
    }),
  )

  it.effect("as a number is masked as well", () =>
    Effect.gen(function* () {
      const error = yield* repeating("9876543210", {
        details: { secret: 9876543210, within: [98765432101], other: 42 },
      })
      assert.deepStrictEqual(error.details, { secret: "<redacted>", within: ["<redacted>1"], other: 42 })
    }),
  )
})

describe("a secret that leaves is noticed", () => {
  it("in every form, wherever it begins", () => {
    for (const [name, secret] of Object.entries(secrets)) {
      for (const [form, written] of Object.entries(SecretWatch.formsOf(secret))) {
        for (const before of ["", "x", "xy"]) {
          const watch = SecretWatch.make()
          watch.search("a place", "", Buffer.concat([Buffer.from(before), Buffer.from(written), Buffer.from("z")]))
          assert.isNotEmpty(watch.findings, `${name}, ${form}`)
        }
      }
      for (const half of [secret.slice(0, secret.length / 2), secret.slice(secret.length / 2)]) {
        const watch = SecretWatch.make()
        watch.search("a place", "", half)
        assert.isNotEmpty(watch.findings, half)
      }
    }
  })

  const leakOf = (operation: string) => new ApiError.NotFound({ operation, serverMessage: secrets.keyAskedFor })

  const memory = Layer.merge(NeuroioMemory.layer, UmaaasMemory.layer)

  // Services that do not mask what they are told.
  const leaking: ReadonlyArray<{
    readonly format: Run["format"]
    readonly services: Layer.Layer<AnyService>
    readonly get: Effect.Effect<unknown, unknown, AnyService>
  }> = [
    {
      format: "layerJson",
      services: Layer.effect(
        Tokens,
        Effect.map(Tokens, (tokens) => ({ ...tokens, get: () => Effect.fail(leakOf("Tokens.get")) })),
      ).pipe(Layer.provideMerge(memory)),
      get: Effect.flatMap(Tokens, (tokens) => tokens.get(key)),
    },
    {
      format: "layerProtobuf",
      services: Layer.effect(
        ApiTokens,
        Effect.map(ApiTokens, (apiTokens) => ({ ...apiTokens, get: () => Effect.fail(leakOf("ApiTokens.get")) })),
      ).pipe(Layer.provideMerge(memory)),
      get: Effect.flatMap(ApiTokens, (apiTokens) => apiTokens.get(id)),
    },
  ]

  for (const { format, get, services } of leaking) {
    it.effect(`in every place, exported by ${format}`, () =>
      Effect.gen(function* () {
        const watch = SecretWatch.make()
        const aPage = { data: [], hasMore: true, totalCount: undefined }
        const leaks = Effect.gen(function* () {
          yield* watch.showExit("a leak", yield* Effect.exit(get))
          yield* watch.show("a leak", { leak: secrets.keyAnswered })
          yield* watch.show("a leak", new ApiTokenPage({ ...aPage, nextCursor: secrets.keyAnswered }))
          yield* Metric.update(Metric.counter("leak", { attributes: { label: secrets.credential } }), 1)
          yield* SecretWatch.searchJournal(watch, yield* Journal.Journal)
        }).pipe(Effect.provide(services.pipe(Journal.record())))
        yield* SecretWatch.watching(watch, format, leaks)
        assert.sameMembers([...new Set(watch.findings.map(({ place }) => place))], [...SecretWatch.places])
      }),
    )
  }
})
