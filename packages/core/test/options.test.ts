/** Wrong options (C9 among them) and wrong input are refused by name, and nothing is sent. */
import {
  type ApiError,
  ApiTokenId,
  type ApiTokenOperations,
  ApiTokens,
  Neuroio,
  TokenId,
  type TokenOperations,
  Transport,
  Umaaas,
} from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import { type AnyError, families } from "@effect-tokens/test-support/ServiceUnderTest"
import { assert, describe, it, layer } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { apiToken, layer as layerClient, umaaasCredential } from "./support/client.ts"

const build = <A, E>(layer: Layer.Layer<A, E>): Effect.Effect<unknown, E> => Effect.scoped(Layer.build(layer))

const neuroio = (options: Partial<Neuroio.Options>) =>
  build(Neuroio.layer({ apiToken, ...options }).pipe(Layer.provide(NodeTransport.layer())))
const umaaas = (options: Partial<Umaaas.Options>) =>
  build(Umaaas.layer({ ...umaaasCredential, ...options }).pipe(Layer.provide(NodeTransport.layer())))

/** The options that are base URLs. */
const baseUrls = [
  [
    "iamUrl",
    (iamUrl: string, allowInsecure?: boolean) => neuroio({ iamUrl, allowInsecure }),
    "https://iam.neuroio.com",
  ],
  [
    "apiUrl",
    (apiUrl: string, allowInsecure?: boolean) => neuroio({ apiUrl, allowInsecure }),
    "https://api.neuroio.com",
  ],
  [
    "url",
    (url: string, allowInsecure?: boolean) => umaaas({ url, allowInsecure }),
    "https://api.lightspark.com/umaaas/v1",
  ],
] as const

/** A value of a wrong type, as JavaScript or a cast may pass it. */
const unsafeCast = <A>(value: unknown): A => JSON.parse(JSON.stringify({ value })).value

const wiped = () => {
  const key = Redacted.make("canary")
  Redacted.wipeUnsafe(key)
  return key
}

describe.each(baseUrls)("the option %s", (field, buildAt, standard) => {
  it.effect.each([
    "http://iam.neuroio.com",
    "http://10.0.0.1",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://[::2]",
  ])("%s would send the credential in the clear", (url) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(buildAt(url))
      assert.strictEqual(error._tag, "InvalidOptions")
      assert.strictEqual(error.field, field)
      assert.include(error.message, "allowInsecure")
    }),
  )

  it.effect.each([
    ["https://example.com", undefined],
    ["http://localhost:1", undefined],
    ["http://127.0.0.1:1", undefined],
    ["http://127.8.9.10", undefined],
    ["http://[::1]:1", undefined],
    ["http://example.com", true],
  ] as const)("%s with allowInsecure %s is taken", ([url, allowInsecure]) => buildAt(url, allowInsecure))

  it.effect.each(["iam.neuroio.com", "", "ftp://iam.neuroio.com"])(
    "%j is refused with an example of a right one",
    (url) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(buildAt(url))
        assert.deepStrictEqual([error.field, error.problem], [field, `must be a URL such as ${standard}`])
      }),
  )
})

const badOptions: ReadonlyArray<readonly [field: string, building: Effect.Effect<unknown, ApiError.InvalidOptions>]> = [
  ...baseUrls.flatMap(([field, buildAt]) =>
    ["https://user:canary@example.com", "https://example.com/?canary=1", "https://example.com/#canary"]
      .concat(["https://example.com/?", "https://example.com/#"])
      .map((url) => [field, buildAt(url)] as const),
  ),
  ["allowInsecure", neuroio({ allowInsecure: unsafeCast("false") })],
  ["apiToken", neuroio({ apiToken: Redacted.make("") })],
  ["apiToken", neuroio({ apiToken: Redacted.make("canary\r\nx-injected: yes") })],
  ["apiToken", neuroio({ apiToken: Redacted.make("canary canary") })],
  ["apiToken", neuroio({ apiToken: Redacted.make("ключ-canary") })],
  ["attemptTimeout", neuroio({ attemptTimeout: 0 })],
  ["attemptTimeout", neuroio({ attemptTimeout: -1 })],
  ["deadline", neuroio({ deadline: Number.NaN })],
  ["allowInsecure", umaaas({ allowInsecure: unsafeCast("false") })],
  ["clientId", umaaas({ clientId: "" })],
  ["clientId", umaaas({ clientId: "client:canary" })],
  ["clientId", umaaas({ clientId: "canary\n" })],
  ["clientId", umaaas({ clientId: "\u0085canary" })],
  ["clientId", umaaas({ clientId: "canary\ud800" })],
  ["clientId", umaaas({ clientId: unsafeCast(5) })],
  ["clientId", umaaas({ clientId: unsafeCast(null) })],
  ["clientSecret", umaaas({ clientSecret: Redacted.make("") })],
  ["clientSecret", umaaas({ clientSecret: Redacted.make("canary\r\nx-injected: yes") })],
  ["clientSecret", umaaas({ clientSecret: Redacted.make("canary\0") })],
  ["clientSecret", umaaas({ clientSecret: Redacted.make("canary\udfff") })],
  ["clientSecret", umaaas({ clientSecret: Redacted.make(unsafeCast<string>({ canary: 1 })) })],
  ["clientSecret", umaaas({ clientSecret: unsafeCast("canary") })],
  ["clientSecret", umaaas({ clientSecret: unsafeCast(null) })],
  ["clientSecret", umaaas({ clientSecret: wiped() })],
  ["attemptTimeout", umaaas({ attemptTimeout: 0 })],
  ["deadline", umaaas({ deadline: Number.NaN })],
  ["retries", umaaas({ retries: -1 })],
  ["retries", umaaas({ retries: 1.5 })],
]

/** A transport whose own origin is `https://own.example`. */
const pageTransport = Layer.succeed(Transport.Transport, {
  send: () => Effect.die("nothing is to be sent"),
  baseUrl: "https://own.example/page",
  isSameOrigin: (url) => new URL(url).origin === "https://own.example",
})

const onPage = <A, E>(layer: Layer.Layer<A, E, Transport.Transport>) => build(Layer.provide(layer, pageTransport))

const http = Transport.layerHttpClient.pipe(Layer.provide(FetchHttpClient.layer))

describe("a credential that is absent", () => {
  it.effect.each([
    ["undici", NodeTransport.layer()],
    ["an HttpClient", http],
  ] as const)("is refused by name over %s, and nothing is sent", ([, transport]) =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      const { url } = server
      const neuroio = Neuroio.layer({ iamUrl: url, apiUrl: url }).pipe(Layer.provide(transport))
      const error = yield* Effect.flip(build(neuroio))
      assert.deepStrictEqual([error._tag, error.layer, error.field], ["InvalidOptions", "Neuroio.layer", "apiToken"])
      assert.strictEqual(error.message, "Neuroio.layer was not built. apiToken: must be given.")
      const umaaas = yield* Effect.flip(build(Umaaas.layer({ url }).pipe(Layer.provide(transport))))
      assert.strictEqual(umaaas.message, "Umaaas.layer was not built. clientId: must be given.")
      assert.strictEqual(server.connections(), 0)
    }).pipe(Effect.provide(RawServer.layer)),
  )

  it.effect.each([
    ["apiToken", onPage(Neuroio.layer({}))],
    ["apiToken", onPage(Neuroio.layer({ iamUrl: "/" }))],
    ["apiToken", onPage(Neuroio.layer({ apiUrl: "/" }))],
    ["apiToken", onPage(Neuroio.layer({ iamUrl: "//other.example", apiUrl: "/" }))],
    ["clientId", onPage(Umaaas.layer({}))],
    ["clientId", onPage(Umaaas.layer({ url: "https://own.example.com" }))],
    ["clientId", onPage(Umaaas.layer({ url: "/", clientSecret: umaaasCredential.clientSecret }))],
    ["clientSecret", onPage(Umaaas.layer({ url: "/", clientId: "client-1" }))],
  ] as const)("is refused by name for another origin, and half of one everywhere: %s", ([field, building]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(building)
      assert.deepStrictEqual([error._tag, error.field], ["InvalidOptions", field])
      assert.match(error.message, /must be given/)
    }),
  )

  it.effect("is taken where the transport's own origin adds it", () =>
    Effect.all([
      onPage(Neuroio.layer({ iamUrl: "/neuroio", apiUrl: "https://own.example/neuroio" })),
      onPage(Umaaas.layer({ url: "./umaaas" })),
    ]),
  )

  it.effect("leaves the other options checked", () =>
    Effect.gen(function* () {
      const neuroio = yield* Effect.flip(onPage(Neuroio.layer({ iamUrl: "http://example.com", apiUrl: "/" })))
      assert.strictEqual(neuroio.field, "iamUrl")
      assert.strictEqual((yield* Effect.flip(onPage(Umaaas.layer({ url: "/", retries: -1 })))).field, "retries")
    }),
  )

  it.effect("sends no credential", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      const { url } = server
      const adding = Layer.effect(
        Transport.Transport,
        Effect.map(Transport.Transport, (transport) => ({ ...transport, isSameOrigin: () => true })),
      ).pipe(Layer.provide(http))
      const layers = Layer.merge(Neuroio.layer({ iamUrl: url, apiUrl: url }), Umaaas.layer({ url })).pipe(
        Layer.provide(adding),
      )
      yield* Effect.gen(function* () {
        server.answer = () => RawServer.json(200, "[]")
        for (const { service } of families) yield* Effect.flatMap(service, (tokens) => tokens.list())
        server.answer = () => RawServer.json(200, '{"data": [], "hasMore": false}')
        yield* Effect.flatMap(ApiTokens, (apiTokens) => apiTokens.list())
      }).pipe(Effect.provide(layers))
      assert.strictEqual(server.requests.length, 3)
      for (const { text } of server.requests) assert.notMatch(text, /^authorization:/im)
    }).pipe(Effect.provide(RawServer.layer)),
  )
})

describe("options of a layer", () => {
  it.effect.each(badOptions.map(([field, building], i) => ({ i, field, building })))(
    "$i: $field",
    ({ field, building }) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(building)
        assert.strictEqual(error._tag, "InvalidOptions")
        assert.strictEqual(error.field, field)
        assert.match(error.layer, /^(?:Neuroio|Umaaas)\.layer$/)
        assert.match(error.message, /must/)
        assert.notInclude(error.message + JSON.stringify(error), "canary")
      }),
  )

  it.effect("a client id and a secret may be in any script, and a secret may have colons", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => RawServer.json(200, '{"data": [], "hasMore": false}')
      const credential = { clientId: "client id/é", clientSecret: Redacted.make("Ω:мір 🔑") }
      yield* Effect.flatMap(ApiTokens, (apiTokens) => apiTokens.list()).pipe(
        Effect.provide(Umaaas.layer({ ...credential, url: server.url }).pipe(Layer.provide(NodeTransport.layer()))),
      )
      const sent = /^authorization: Basic (.*)\r$/im.exec(server.requests[0]?.text ?? "")?.[1] ?? ""
      assert.strictEqual(Buffer.from(sent, "base64").toString(), "client id/é:Ω:мір 🔑")
    }).pipe(Effect.provide(RawServer.layer)),
  )
})

describe("base URLs with a path", () => {
  it.effect.each(["/prefix", "/prefix/", "/prefix//"])("%s is kept", (prefix) =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => RawServer.json(200, "[]")
      const url = server.url + prefix
      for (const { collection, service } of families) {
        yield* Effect.flatMap(service, (tokens) => tokens.list()).pipe(
          Effect.provide(
            Neuroio.layer({ apiToken, iamUrl: url, apiUrl: url }).pipe(Layer.provide(NodeTransport.layer())),
          ),
        )
        assert.match(server.requests.at(-1)?.text ?? "", new RegExp(`^GET /prefix${collection}\\?`))
      }
      server.answer = () => RawServer.json(200, '{"data": [], "hasMore": false}')
      yield* Effect.flatMap(ApiTokens, (apiTokens) => apiTokens.list()).pipe(
        Effect.provide(Umaaas.layer({ ...umaaasCredential, url }).pipe(Layer.provide(NodeTransport.layer()))),
      )
      assert.match(server.requests.at(-1)?.text ?? "", /^GET \/prefix\/tokens\?/)
    }).pipe(Effect.provide(RawServer.layer)),
  )
})

type Call = (
  tokens: TokenOperations.TokenOperations,
) => Effect.Effect<unknown, ApiError.CreateError | ApiError.UpdateError>

const badCalls: ReadonlyArray<readonly [operation: string, field: string, call: Call]> = [
  ["list", "limit", (tokens) => tokens.list({ limit: 0 })],
  ["list", "limit", (tokens) => tokens.list({ limit: 1.5 })],
  ["list", "limit", (tokens) => tokens.list({ limit: Number.NaN })],
  ["list", "limit", (tokens) => tokens.list({ limit: Number.POSITIVE_INFINITY })],
  ["list", "limit", (tokens) => tokens.list({ limit: unsafeCast("5") })],
  ["list", "offset", (tokens) => tokens.list({ offset: -1 })],
  ["list", "permanent", (tokens) => tokens.list({ permanent: unsafeCast("true") })],
  ["stream", "pageSize", (tokens) => Stream.runDrain(tokens.stream({ pageSize: 0 }))],
  ["stream", "permanent", (tokens) => Stream.runDrain(tokens.stream({ permanent: unsafeCast(1) }))],
  ["create", "permanent", (tokens) => tokens.create({ permanent: unsafeCast("false") })],
  ["create", "permanent", (tokens) => tokens.create({ permanent: unsafeCast(null) })],
  ["create", "options", (tokens) => tokens.create(unsafeCast(true))],
  ["create", "options", (tokens) => tokens.create(unsafeCast(null))],
  ["list", "options", (tokens) => tokens.list(unsafeCast([]))],
  ["stream", "options", (tokens) => Stream.runDrain(tokens.stream(unsafeCast(5)))],
  ["get", "token", (tokens) => tokens.get(wiped())],
  ["get", "token", (tokens) => tokens.get(Redacted.make(""))],
  ["get", "token", (tokens) => tokens.get(Redacted.make("."))],
  ["get", "token", (tokens) => tokens.get(Redacted.make(".."))],
  ["get", "token", (tokens) => tokens.get(Redacted.make("canary\ud800"))],
  ["get", "token", (tokens) => tokens.get(unsafeCast("canary"))],
  ["get", "token", (tokens) => tokens.get(unsafeCast(null))],
  ["get", "token", (tokens) => tokens.get(Redacted.make(unsafeCast<string>(5)))],
  ["update", "token", (tokens) => tokens.update(TokenId.make(0, { disableChecks: true }), { isActive: true })],
  ["update", "token", (tokens) => tokens.update(TokenId.make(1.5, { disableChecks: true }), { isActive: true })],
  ["update", "isActive", (tokens) => tokens.update(TokenId.make(1), unsafeCast({}))],
  ["update", "isActive", (tokens) => tokens.update(TokenId.make(1), unsafeCast(null))],
  ["delete", "token", (tokens) => tokens.delete(Redacted.make(".."))],
  ["deleteList", "permanent", (tokens) => tokens.deleteList(unsafeCast({}))],
  ["deleteList", "permanent", (tokens) => tokens.deleteList(unsafeCast(null))],
  ["deleteList", "permanent", (tokens) => tokens.deleteList({ permanent: unsafeCast("") })],
]

const id = ApiTokenId.make("Token:1")
const anId = (text: string) => ApiTokenId.make(text, { disableChecks: true })
const noTime = "must be a DateTime or a valid Date from the year 0 to 9999, or left out"

type BadCallOfApiTokens = readonly [
  operation: string,
  field: string,
  problem: string,
  call: (tokens: ApiTokenOperations.ApiTokenOperations) => Effect.Effect<unknown, AnyError>,
]

const badCallsOfApiTokens: ReadonlyArray<BadCallOfApiTokens> = [
  ...["", 5, null, undefined, ["canary"], "canary\ud800"].map((name): BadCallOfApiTokens => [
    "create",
    "name",
    "must be well-formed text, and not empty",
    (tokens) => tokens.create({ name: typeof name === "string" ? name : unsafeCast(name), permissions: ["VIEW"] }),
  ]),
  ...[[], "VIEW", null, undefined, ["view"], ["VIEW", "canary"], ["VIEW", null], [["VIEW"]], { 0: "VIEW" }].map(
    (permissions): BadCallOfApiTokens => [
      "create",
      "permissions",
      "must be one or more of VIEW, TRANSACT, MANAGE",
      (tokens) => tokens.create({ name: "reports", permissions: unsafeCast(permissions) }),
    ],
  ),
  [
    "create",
    "permissions",
    "must be one or more of VIEW, TRANSACT, MANAGE",
    (tokens) => tokens.create({ name: "reports", permissions: Object.assign([], { 1: "VIEW" }) }),
  ],
  ...[null, undefined, "canary", 5].map((token): BadCallOfApiTokens => [
    "create",
    "name",
    "must be well-formed text, and not empty",
    (tokens) => tokens.create(unsafeCast(token)),
  ]),
  ...[0, 101, 1.5, "5", null].flatMap((size): ReadonlyArray<BadCallOfApiTokens> => {
    const problem = "must be a whole number from 1 to 100"
    return [
      ["list", "limit", problem, (tokens) => tokens.list({ limit: unsafeCast(size) })],
      ["stream", "pageSize", problem, (tokens) => Stream.runDrain(tokens.stream({ pageSize: unsafeCast(size) }))],
    ]
  }),
  ...["", 5, null, "canary\ud800"].map((cursor): BadCallOfApiTokens => [
    "list",
    "cursor",
    "must be the nextCursor of the page before, or left out",
    (tokens) => tokens.list({ cursor: unsafeCast(cursor) }),
  ]),
  ...(["createdAfter", "createdBefore", "updatedAfter", "updatedBefore"] as const).flatMap((field) =>
    [
      new Date(Number.NaN),
      new Date("+010000-01-01T00:00:00Z"),
      new Date("-000001-12-31T23:59:59.999Z"),
      DateTime.makeUnsafe(8.64e15),
      unsafeCast<Date>("2025-01-01T00:00:00Z"),
      unsafeCast<Date>(0),
      unsafeCast<Date>(null),
    ].flatMap((time): ReadonlyArray<BadCallOfApiTokens> => [
      ["list", field, noTime, (tokens) => tokens.list({ [field]: time })],
      ["stream", field, noTime, (tokens) => Stream.runDrain(tokens.stream({ [field]: time }))],
    ]),
  ),
  ["list", "name", "must be well-formed text, and not empty", (tokens) => tokens.list({ name: "" })],
  [
    "stream",
    "name",
    "must be well-formed text, and not empty",
    (tokens) => Stream.runDrain(tokens.stream({ name: "" })),
  ],
  ...[null, true, []].flatMap((options): ReadonlyArray<BadCallOfApiTokens> => {
    const problem = 'must be an object such as { name: "reports" }, or left out'
    return [
      ["list", "options", problem, (tokens) => tokens.list(unsafeCast(options))],
      ["stream", "options", problem, (tokens) => Stream.runDrain(tokens.stream(unsafeCast(options)))],
    ]
  }),
  ...["", ".", "..", "canary\ud800"].flatMap((wrong): ReadonlyArray<BadCallOfApiTokens> => {
    const problem = 'must be well-formed text other than "", "." and ".."'
    return [
      ["get", "id", problem, (tokens) => tokens.get(anId(wrong))],
      ["delete", "id", problem, (tokens) => tokens.delete(anId(wrong))],
    ]
  }),
  ...[null, undefined, 5, { id }, [id]].flatMap((wrong): ReadonlyArray<BadCallOfApiTokens> => {
    const problem = "must be the id of a token, which is text"
    return [
      ["get", "id", problem, (tokens) => tokens.get(unsafeCast(wrong))],
      ["delete", "id", problem, (tokens) => tokens.delete(unsafeCast(wrong))],
    ]
  }),
]

for (const { name, service } of families) {
  layer(layerClient)(`bad input to ${name}`, (it) => {
    it.effect.each(badCalls.map(([operation, field, call], i) => ({ i, operation, field, call })))(
      "$i: $operation refuses $field",
      ({ call, field, operation }) =>
        Effect.gen(function* () {
          const server = yield* RawServer.RawServer
          const error = yield* Effect.flip(Effect.flatMap(service, call))
          if (error._tag !== "InvalidRequest") return assert.fail(`unexpected ${error._tag}`)
          assert.strictEqual(error.operation, `${name}.${operation}`)
          assert.strictEqual(error.field, field)
          assert.match(error.message, /must/)
          assert.notInclude(error.message + JSON.stringify(error), "canary")
          assert.strictEqual(server.requests.length, 0)
        }),
    )
  })
}

layer(layerClient)("bad input to ApiTokens", (it) => {
  it.effect.each(
    badCallsOfApiTokens.map(([operation, field, problem, call], i) => ({ i, operation, field, problem, call })),
  )("$i: $operation refuses $field", ({ call, field, operation, problem }) =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      const error = yield* Effect.flip(Effect.flatMap(ApiTokens, call))
      if (error._tag !== "InvalidRequest") return assert.fail(`unexpected ${error._tag}`)
      assert.deepStrictEqual([error.operation, error.field, error.problem], [`ApiTokens.${operation}`, field, problem])
      assert.notInclude(error.message + JSON.stringify(error), "canary")
      assert.strictEqual(server.requests.length, 0)
    }),
  )
})
