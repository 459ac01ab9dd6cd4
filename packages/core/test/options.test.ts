/** C9 and bad input: refused by name, and nothing is sent. */
import { type ApiError, type Neuroio, TokenId, type TokenOperations } from "@effect-tokens/core"
import { NodeNeuroio } from "@effect-tokens/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { apiToken, families, layer as layerClient } from "./support/client.ts"
import * as RawServer from "./support/rawServer.ts"

const refusal = (options: Partial<Neuroio.Options>) =>
  Effect.scoped(Layer.build(NodeNeuroio.layer({ apiToken, ...options }))).pipe(Effect.flip)

describe("options of a layer", () => {
  it.effect.each([
    "http://iam.neuroio.com",
    "http://10.0.0.1",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://[::2]",
  ])("%s would send the credential in the clear", (iamUrl) =>
    Effect.gen(function* () {
      const error = yield* refusal({ iamUrl })
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.strictEqual(error.field, "iamUrl")
      assert.include(error.message, "allowInsecure")
      assert.strictEqual((yield* refusal({ apiUrl: iamUrl })).field, "apiUrl")
    }),
  )

  it.effect.each([
    ["https://example.com", undefined],
    ["http://localhost:1", undefined],
    ["http://127.0.0.1:1", undefined],
    ["http://127.8.9.10", undefined],
    ["http://[::1]:1", undefined],
    ["http://example.com", true],
  ] as const)("%s with allowInsecure %s is taken", ([iamUrl, allowInsecure]) =>
    Effect.scoped(Layer.build(NodeNeuroio.layer({ apiToken, iamUrl, apiUrl: iamUrl, allowInsecure }))),
  )

  it.effect.each([
    ["iamUrl", { iamUrl: "iam.neuroio.com" }],
    ["iamUrl", { iamUrl: "" }],
    ["iamUrl", { iamUrl: "ftp://iam.neuroio.com" }],
    ["iamUrl", { iamUrl: "https://user:canary@iam.neuroio.com" }],
    ["apiUrl", { apiUrl: "https://api.neuroio.com/?canary=1" }],
    ["apiUrl", { apiUrl: "https://api.neuroio.com/#canary" }],
    ["apiUrl", { apiUrl: "https://api.neuroio.com/?" }],
    ["apiUrl", { apiUrl: "https://api.neuroio.com/#" }],
    ["allowInsecure", { allowInsecure: JSON.parse('"false"') }],
    ["apiToken", { apiToken: Redacted.make("") }],
    ["apiToken", { apiToken: Redacted.make("canary\r\nx-injected: yes") }],
    ["apiToken", { apiToken: Redacted.make("canary canary") }],
    ["apiToken", { apiToken: Redacted.make("ключ-canary") }],
    ["attemptTimeout", { attemptTimeout: 0 }],
    ["attemptTimeout", { attemptTimeout: -1 }],
    ["deadline", { deadline: Number.NaN }],
    ["retries", { retries: -1 }],
    ["retries", { retries: 0.5 }],
  ] as const)("%s", ([field, options]) =>
    Effect.gen(function* () {
      const error = yield* refusal(options)
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.strictEqual(error.operation, "Neuroio.layer")
      assert.strictEqual(error.field, field)
      assert.match(error.message, /must/)
      assert.notInclude(error.message + JSON.stringify(error), "canary")
    }),
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
          Effect.provide(NodeNeuroio.layer({ apiToken, iamUrl: url, apiUrl: url })),
        )
        assert.match(server.requests.at(-1)?.text ?? "", new RegExp(`^GET /prefix${collection}\\?`))
      }
    }).pipe(Effect.provide(RawServer.layer)),
  )
})

/** What JavaScript, or a value that was cast on its way, may pass. */
const loosely = <A>(value: unknown): A => JSON.parse(JSON.stringify({ value })).value

const wiped = () => {
  const key = Redacted.make("canary")
  Redacted.wipeUnsafe(key)
  return key
}

type Call = (
  tokens: TokenOperations.TokenOperations,
) => Effect.Effect<unknown, ApiError.CreateError | ApiError.UpdateError>

const badCalls: ReadonlyArray<readonly [operation: string, field: string, call: Call]> = [
  ["list", "limit", (tokens) => tokens.list({ limit: 0 })],
  ["list", "limit", (tokens) => tokens.list({ limit: 1.5 })],
  ["list", "limit", (tokens) => tokens.list({ limit: Number.NaN })],
  ["list", "limit", (tokens) => tokens.list({ limit: Number.POSITIVE_INFINITY })],
  ["list", "limit", (tokens) => tokens.list({ limit: loosely("5") })],
  ["list", "offset", (tokens) => tokens.list({ offset: -1 })],
  ["list", "permanent", (tokens) => tokens.list({ permanent: loosely("true") })],
  ["stream", "pageSize", (tokens) => Stream.runDrain(tokens.stream({ pageSize: 0 }))],
  ["stream", "permanent", (tokens) => Stream.runDrain(tokens.stream({ permanent: loosely(1) }))],
  ["create", "permanent", (tokens) => tokens.create({ permanent: loosely("false") })],
  ["create", "permanent", (tokens) => tokens.create({ permanent: loosely(null) })],
  ["create", "options", (tokens) => tokens.create(loosely(true))],
  ["create", "options", (tokens) => tokens.create(loosely(null))],
  ["list", "options", (tokens) => tokens.list(loosely([]))],
  ["stream", "options", (tokens) => Stream.runDrain(tokens.stream(loosely(5)))],
  ["get", "token", (tokens) => tokens.get(wiped())],
  ["get", "token", (tokens) => tokens.get(Redacted.make(""))],
  ["get", "token", (tokens) => tokens.get(Redacted.make("."))],
  ["get", "token", (tokens) => tokens.get(Redacted.make(".."))],
  ["get", "token", (tokens) => tokens.get(Redacted.make("canary\ud800"))],
  ["get", "token", (tokens) => tokens.get(loosely("canary"))],
  ["get", "token", (tokens) => tokens.get(loosely(null))],
  ["get", "token", (tokens) => tokens.get(Redacted.make(loosely<string>(5)))],
  ["update", "token", (tokens) => tokens.update(TokenId.make(0, { disableChecks: true }), { isActive: true })],
  ["update", "token", (tokens) => tokens.update(TokenId.make(1.5, { disableChecks: true }), { isActive: true })],
  ["update", "isActive", (tokens) => tokens.update(TokenId.make(1), loosely({}))],
  ["update", "isActive", (tokens) => tokens.update(TokenId.make(1), loosely(null))],
  ["delete", "token", (tokens) => tokens.delete(Redacted.make(".."))],
  ["deleteList", "permanent", (tokens) => tokens.deleteList(loosely({}))],
  ["deleteList", "permanent", (tokens) => tokens.deleteList(loosely(null))],
  ["deleteList", "permanent", (tokens) => tokens.deleteList({ permanent: loosely("") })],
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
