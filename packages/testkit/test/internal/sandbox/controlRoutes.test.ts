/** The sandbox's own routes, as a program in any language uses them: plain HTTP and JSON. */
import { SandboxServer } from "@effect-tokens/cli"
import { NodeTransport } from "@effect-tokens/platform-node"
import { Neuroio, Tokens } from "@effect-tokens/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: unknown
}

const send = (method: string, path: string, body?: unknown, key?: string) =>
  Effect.flatMap(SandboxServer.SandboxServer, ({ url }) =>
    Effect.promise(async (signal): Promise<Answer> => {
      const response = await fetch(url + path, {
        method,
        signal,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(key === undefined ? {} : { authorization: `Token ${key}` }),
        },
        body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, json: text === "" ? undefined : JSON.parse(text) }
    }),
  )

const accountKey = Effect.map(SandboxServer.SandboxServer, ({ credentials }) =>
  Redacted.value(credentials.neuroio.account),
)

/** As the account, over the client, sent once: what it fails with. */
const viaClient = <A, E>(call: Effect.Effect<A, E, Tokens>) =>
  Effect.gen(function* () {
    const { credentials, url } = yield* SandboxServer.SandboxServer
    const layer = Neuroio.layer({
      apiToken: credentials.neuroio.account,
      iamUrl: url,
      apiUrl: url,
      attemptTimeout: "500 millis",
      retries: 0,
    }).pipe(Layer.provide(NodeTransport.layer()))
    return yield* Effect.provide(call, layer)
  })

const create = Effect.flatMap(Tokens, (tokens) => tokens.create())
const list = Effect.flatMap(Tokens, (tokens) => tokens.list())

const server = SandboxServer.layer({ port: 0 })

const assertRefused = ({ json, status }: Answer, expected: number, field?: RegExp, request?: string) => {
  assert.strictEqual(status, expected, `${request} ${JSON.stringify(json)}`)
  const error: { message: unknown; fields: Array<{ name: string; message: string }> } = Object(json)
  assert.isString(error.message)
  if (field !== undefined) assert.match(error.fields.map(({ name }) => name).join(" "), field)
}

describe("the clock", () => {
  it.live("stands still, moves, and says both", () =>
    Effect.gen(function* () {
      const frozen = yield* send("PATCH", "/_sandbox/clock", { frozen: true })
      const { now }: { now: string } = Object(frozen.json)
      assert.deepStrictEqual(frozen.json, { now, frozen: true })
      const later = yield* send("PATCH", "/_sandbox/clock", { advance: 86_400_000 })
      assert.deepStrictEqual(later.json, { now: new Date(Date.parse(now) + 86_400_000).toISOString(), frozen: true })
      assert.deepStrictEqual((yield* send("GET", "/_sandbox/clock")).json, later.json)
      const going = yield* send("PATCH", "/_sandbox/clock", { frozen: false })
      assert.propertyVal(going.json, "frozen", false)
    }).pipe(Effect.provide(server)),
  )

  it.live("refuses what is no change of it, and changes nothing", () =>
    Effect.gen(function* () {
      const before = (yield* send("PATCH", "/_sandbox/clock", { frozen: true })).json
      assertRefused(yield* send("PATCH", "/_sandbox/clock", { advance: -1 }), 400, /advance/)
      assertRefused(yield* send("PATCH", "/_sandbox/clock", { advance: "1 day" }), 400, /advance/)
      assertRefused(yield* send("PATCH", "/_sandbox/clock", { advance: Number.MAX_SAFE_INTEGER }), 400, /advance/)
      const { url } = yield* SandboxServer.SandboxServer
      const text = yield* Effect.promise(() => fetch(`${url}/_sandbox/clock`, { method: "PATCH", body: "frozen" }))
      assertRefused({ status: text.status, headers: text.headers, json: yield* Effect.promise(() => text.json()) }, 415)
      assertRefused(yield* send("PATCH", "/_sandbox/clock", { frozen: "no" }), 400, /frozen/)
      assertRefused(yield* send("PATCH", "/_sandbox/clock", { frozn: true }), 400, /frozn/)
      assertRefused(yield* send("PATCH", "/_sandbox/clock", "{"), 400)
      assertRefused(yield* send("POST", "/_sandbox/clock", {}), 405)
      assertRefused(yield* send("GET", "/_sandbox/nothing"), 404)
      assert.deepStrictEqual((yield* send("GET", "/_sandbox/clock")).json, before)
    }).pipe(Effect.provide(server)),
  )
})

describe("spaces, snapshots, reset", () => {
  it.live("a space that was added has a credential, and tokens of its own, until the reset", () =>
    Effect.gen(function* () {
      const added = yield* send("POST", "/_sandbox/spaces", {})
      assert.strictEqual(added.status, 201)
      const space: { number: number; kind: string; key: string } = Object(added.json)
      assert.strictEqual(space.kind, "space")
      assert.strictEqual((yield* send("POST", "/v1/tokens/", {}, space.key)).status, 201)
      assert.deepStrictEqual((yield* send("GET", "/v1/tokens/", undefined, yield* accountKey)).json, [])
      const spaces: Array<{ kind: string; key: string }> = Object((yield* send("GET", "/_sandbox/spaces")).json)
      assert.deepStrictEqual(
        spaces.map(({ kind }) => kind),
        ["account", "manager", "space"],
      )
      assert.strictEqual(spaces[0]?.key, yield* accountKey)
      assert.strictEqual((yield* send("POST", "/_sandbox/reset")).status, 204)
      assert.strictEqual((yield* send("GET", "/v1/tokens/", undefined, space.key)).status, 401)
      assertRefused(yield* send("POST", "/_sandbox/spaces", { kind: "planet" }), 400, /kind/)
    }).pipe(Effect.provide(server)),
  )

  it.live("a snapshot brings back what was there, as often as wanted", () =>
    Effect.gen(function* () {
      const key = yield* accountKey
      yield* send("POST", "/v1/tokens/", {}, key)
      const snapshot = yield* send("POST", "/_sandbox/snapshots")
      const { id }: { id: number } = Object(snapshot.json)
      assert.strictEqual(snapshot.status, 201)
      for (let i = 0; i < 2; i++) {
        yield* send("DELETE", "/v1/tokens/", undefined, key)
        assert.strictEqual((yield* send("POST", `/_sandbox/snapshots/${id}/restore`)).status, 204)
        assert.lengthOf(Object((yield* send("GET", "/v1/tokens/", undefined, key)).json), 1)
      }
      assertRefused(yield* send("POST", `/_sandbox/snapshots/${id + 1}/restore`), 404)
      for (let i = 0; i < 99; i++) yield* send("POST", "/_sandbox/snapshots")
      assert.strictEqual((yield* send("POST", `/_sandbox/snapshots/${id}/restore`)).status, 204)
      yield* send("POST", "/_sandbox/snapshots")
      assertRefused(yield* send("POST", `/_sandbox/snapshots/${id}/restore`), 404)
      yield* send("POST", "/_sandbox/reset")
      assertRefused(yield* send("POST", `/_sandbox/snapshots/${id + 100}/restore`), 404)
      assertRefused(yield* send("POST", "/_sandbox/snapshots/nix/restore"), 404)
    }).pipe(Effect.provide(server)),
  )
})

const plan = (fault: object, rule: object = {}) => ({
  _tag: "Script",
  rules: [{ operation: "Tokens.create", ...rule, fault }],
})

describe("faults", () => {
  it.live.each([
    ["a status before the effect", { _tag: "Status", status: 503, retryAfter: 2 }, "ServiceUnavailable", 0],
    ["a status after the effect", { _tag: "Status", status: 503, afterEffect: true }, "ServiceUnavailable", 1],
    ["a reset before the effect", { _tag: "Reset" }, "ConnectionFailed", 0],
    ["a reset after the effect", { _tag: "Reset", afterEffect: true }, "ConnectionFailed", 1],
    ["no answer before the effect", { _tag: "Timeout" }, "TimedOut", 0],
    ["no answer after the effect", { _tag: "Timeout", afterEffect: true }, "TimedOut", 1],
    ["an empty body", { _tag: "Body", body: "empty" }, "MalformedResponse", 1],
    ["a garbled body", { _tag: "Body", body: "garbled" }, "MalformedResponse", 1],
    ["a truncated body", { _tag: "Body", body: "truncated" }, "MalformedResponse", 1],
    ["an oversized body", { _tag: "Body", body: "oversized" }, "MalformedResponse", 1],
    ["more latency than anyone waits", { _tag: "Latency", millis: 5000 }, "TimedOut", 0],
  ] as const)("%s", ([, fault, reason, made]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* send("PUT", "/_sandbox/faults", plan(fault, { call: 2 }))).status, 204)
      yield* viaClient(create)
      const error = yield* Effect.flip(viaClient(create))
      if (error._tag !== "OutcomeUnknown") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.reason._tag, reason)
      assert.lengthOf(yield* viaClient(list), 1 + made)
      yield* send("DELETE", "/_sandbox/faults")
      yield* viaClient(create)
    }).pipe(Effect.provide(server)),
  )

  it.live("a plan can be read, and a reset drops it", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* send("GET", "/_sandbox/faults")).json, { _tag: "Script", rules: [] })
      const random = { _tag: "Random", seed: 1, rate: 1, faults: [{ _tag: "Status", status: 500 }] }
      yield* send("PUT", "/_sandbox/faults", random)
      assert.deepStrictEqual((yield* send("GET", "/_sandbox/faults")).json, random)
      assert.strictEqual((yield* send("GET", "/v1/tokens/", undefined, yield* accountKey)).status, 500)
      yield* send("POST", "/_sandbox/reset")
      assert.strictEqual((yield* send("GET", "/v1/tokens/", undefined, yield* accountKey)).status, 200)
    }).pipe(Effect.provide(server)),
  )

  it.live("refuses what is no plan, and what cannot be done here", () =>
    Effect.gen(function* () {
      const refusals: ReadonlyArray<readonly [unknown, RegExp?]> = [
        [{ _tag: "Plan" }],
        [plan({ _tag: "Status", status: 200 }), /status/],
        [plan({ _tag: "Status", status: 503, afterEfect: true }), /afterEfect/],
        [plan({ _tag: "Reset" }, { operation: "Tokens.steal" }), /operation/],
        [plan({ _tag: "Reset" }, { call: 0 }), /call/],
        [plan({ _tag: "Refused" })],
        [{ _tag: "Random", seed: 1, rate: 2 }, /rate/],
      ]
      for (const [body, field] of refusals) {
        assertRefused(yield* send("PUT", "/_sandbox/faults", body), 400, field, JSON.stringify(body))
      }
      assert.deepStrictEqual((yield* send("GET", "/_sandbox/faults")).json, { _tag: "Script", rules: [] })
    }).pipe(Effect.provide(server)),
  )
})

describe("UMAaaS", () => {
  const umaaas = Effect.gen(function* () {
    const { first, tokens }: { first: Record<string, string>; tokens: Array<Record<string, unknown>> } = Object(
      (yield* send("GET", "/_sandbox/umaaas")).json,
    )
    return { first, tokens }
  })

  const call = (method: string, path: string, body?: unknown) =>
    Effect.gen(function* () {
      const { credentials, url } = yield* SandboxServer.SandboxServer
      const { clientId, clientSecret } = credentials.umaaas
      const authorization = `Basic ${btoa(`${clientId}:${Redacted.value(clientSecret)}`)}`
      return yield* Effect.promise(async () => {
        const response = await fetch(`${url}/umaaas/v1/tokens${path}`, {
          method,
          headers: { authorization, "content-type": "application/json" },
          body: body === undefined ? null : JSON.stringify(body),
        })
        const text = await response.text()
        const json: unknown = text === "" ? undefined : JSON.parse(text)
        return { status: response.status, headers: response.headers, json }
      })
    })

  const reports = { name: "reports", permissions: ["VIEW", "MANAGE"] }

  it.live("tells the credential to begin with, and all tokens without their secrets", () =>
    Effect.gen(function* () {
      const { credentials } = yield* SandboxServer.SandboxServer
      const made: { id: string } = Object((yield* call("POST", "", reports)).json)
      const { first, tokens } = yield* umaaas
      assert.strictEqual(first["clientId"], credentials.umaaas.clientId)
      assert.strictEqual(first["clientSecret"], Redacted.value(credentials.umaaas.clientSecret))
      assert.deepStrictEqual(
        tokens.map(({ id }) => id),
        [first["id"], made.id],
      )
      assert.notProperty(tokens[0], "clientSecret")
      yield* send("POST", "/_sandbox/reset")
      assert.lengthOf((yield* umaaas).tokens, 1)
      assertRefused(yield* send("DELETE", "/_sandbox/umaaas"), 405)
    }).pipe(Effect.provide(server)),
  )

  it.live("goes wrong as planned, in its own shape, and nothing else does", () =>
    Effect.gen(function* () {
      const rules = [
        { operation: "ApiTokens.create", call: 1, fault: { _tag: "Status", status: 503, retryAfter: 2 } },
        { operation: "ApiTokens.create", call: 2, fault: { _tag: "Status", status: 500, afterEffect: true } },
        { operation: "ApiTokens.get", fault: { _tag: "Body", body: "empty" } },
      ]
      assert.strictEqual((yield* send("PUT", "/_sandbox/faults", { _tag: "Script", rules })).status, 204)
      const busy = yield* call("POST", "", reports)
      assert.deepStrictEqual(
        [busy.status, busy.headers.get("retry-after"), busy.json],
        [503, "2", { status: 503, code: "INTERNAL_ERROR", message: "This answer was planned as a fault." }],
      )
      assert.lengthOf((yield* umaaas).tokens, 1)
      assert.strictEqual((yield* call("POST", "", reports)).status, 500)
      const [first, second] = (yield* umaaas).tokens
      assert.isDefined(second)
      assert.isUndefined((yield* call("GET", `/${String(first?.["id"])}`)).json)
      assert.strictEqual((yield* call("POST", "", reports)).status, 201)
      assert.strictEqual((yield* send("POST", "/v1/tokens/", {}, yield* accountKey)).status, 201)
    }).pipe(Effect.provide(server)),
  )

  it.live("is in the journal, by the ids of tokens, without a secret", () =>
    Effect.gen(function* () {
      const { url } = yield* SandboxServer.SandboxServer
      const { first } = yield* umaaas
      const made: { id: string; clientSecret: string } = Object((yield* call("POST", "", reports)).json)
      yield* call("GET", `/${encodeURIComponent(made.id)}`)
      yield* call("GET", "?name=reports&createdAfter=2020-01-01T00:00:00Z&limit=5&cursor=forged")
      yield* call("GET", `?limit=${made.clientSecret}&createdAfter=${made.clientSecret}`)
      yield* call("GET", `/${made.clientSecret}`)
      yield* call("POST", "", { name: "", permissions: [made.clientSecret, "VIEW"] })
      yield* call("GET", "?limit=1")
      yield* call("DELETE", `/${made.id}`)
      yield* send("GET", "/umaaas/v1/tokens")
      yield* send("GET", "/umaaas/v1/tokens", undefined, made.clientSecret)
      // Whoever knows an id and not the secret is not that token.
      yield* Effect.promise(() =>
        fetch(`${url}/umaaas/v1/tokens`, {
          headers: { authorization: `Basic ${btoa(`${String(first["clientId"])}:made up`)}` },
        }),
      )
      // Neither of these is a path of a platform here.
      yield* send("GET", "/v1/tokens")
      yield* send("GET", "/umaaas/v1/nothing")
      const { entries }: { entries: Array<Record<string, unknown>> } = Object(
        (yield* send("GET", "/_sandbox/journal")).json,
      )
      const found = entries.map(({ caller, input, operation, outcome }) => {
        const { error, status, tokens }: Record<string, unknown> = Object(outcome)
        return [caller, operation, input, error ?? tokens, status]
      })
      const me = first["id"]
      assert.deepStrictEqual(found, [
        [me, "ApiTokens.create", reports, [made.id], undefined],
        [me, "ApiTokens.get", { id: made.id }, [made.id], undefined],
        [
          me,
          "ApiTokens.list",
          { name: "reports", createdAfter: "2020-01-01T00:00:00Z", limit: "5", cursor: "<cursor>" },
          "BadRequest",
          400,
        ],
        [me, "ApiTokens.list", { limit: "<text>", createdAfter: "<text>" }, "BadRequest", 400],
        [me, "ApiTokens.get", { id: "<text>" }, "NotFound", 404],
        [me, "ApiTokens.create", { name: "", permissions: ["<string>", "VIEW"] }, "BadRequest", 400],
        [me, "ApiTokens.list", { limit: "1" }, [me], undefined],
        [me, "ApiTokens.delete", { id: made.id }, [], undefined],
        ["no credential", "ApiTokens.list", {}, "Unauthorized", 401],
        ["unknown credential", "ApiTokens.list", {}, "Unauthorized", 401],
        ["unknown credential", "ApiTokens.list", {}, "Unauthorized", 401],
      ])
      const text = JSON.stringify(entries)
      assert.notInclude(text, made.clientSecret)
      assert.notInclude(text, String(first["clientSecret"]))
    }).pipe(Effect.provide(server)),
  )
})

describe("the journal", () => {
  it.live("has each call with its caller and outcome, and no key", () =>
    Effect.gen(function* () {
      const account = yield* accountKey
      const token: { id: number; key: string } = Object(
        (yield* send("POST", "/v1/tokens/", { permanent: true }, account)).json,
      )
      yield* send("GET", `/v1/tokens/${token.key}/`, undefined, token.key)
      yield* send("GET", "/v1/tokens/?limit=3&permanent=true", undefined, account)
      yield* send("PATCH", `/v1/tokens/${token.id}/`, { is_active: false }, account)
      yield* send("GET", "/v1/tokens/", undefined, token.key)
      yield* send("DELETE", "/v1/streams/tokens/", undefined, "made-up")
      for (let i = 0; i < 4; i++) yield* send("POST", "/v1/tokens/", { permanent: true }, account)
      yield* send("POST", "/v1/tokens/", { permanent: true }, account)
      yield* send("GET", "/openapi.json")
      const { dropped, entries }: { dropped: number; entries: Array<Record<string, unknown>> } = Object(
        (yield* send("GET", "/_sandbox/journal")).json,
      )
      assert.strictEqual(dropped, 0)
      const found = entries.map(({ caller, input, operation, outcome }) => {
        const { error, status, tokens }: Record<string, unknown> = Object(outcome)
        return [caller, operation, input, error ?? tokens, status]
      })
      const number = (offset: number) => [token.id + offset]
      assert.deepStrictEqual(found, [
        ["account 1", "Tokens.create", { permanent: true }, number(0), undefined],
        [`token ${token.id} of account 1`, "Tokens.get", { token: "<key>" }, number(0), undefined],
        ["account 1", "Tokens.list", { permanent: "true", limit: "3" }, number(0), undefined],
        ["account 1", "Tokens.update", { token: token.id, isActive: false }, number(0), undefined],
        [`token ${token.id} of account 1`, "Tokens.list", {}, "Unauthorized", 401],
        ["unknown credential", "StreamTokens.deleteList", {}, "Unauthorized", 401],
        ...[1, 2, 3, 4].map((i) => ["account 1", "Tokens.create", { permanent: true }, number(i), undefined]),
        ["account 1", "Tokens.create", { permanent: true }, "PermanentTokenLimitReached", 400],
      ])
      const text = JSON.stringify(entries)
      assert.notInclude(text, token.key)
      assert.notInclude(text, account)
      for (const [method, path] of [
        ["DELETE", "/_sandbox/journal"],
        ["POST", "/_sandbox/reset"],
      ] as const) {
        yield* send("GET", `/v1/tokens/?limit=${"9".repeat(1000)}&permanent=${account}`, undefined, account)
        const journal = (yield* send("GET", "/_sandbox/journal")).json
        assert.isBelow(JSON.stringify(journal).length, 5000)
        assert.notInclude(JSON.stringify(journal), account.slice(0, 16))
        assert.isNotEmpty(Object(journal).entries)
        assert.strictEqual((yield* send(method, path)).status, 204)
        assert.deepStrictEqual((yield* send("GET", "/_sandbox/journal")).json, { dropped: 0, entries: [] })
      }
    }).pipe(Effect.provide(server)),
  )
})
