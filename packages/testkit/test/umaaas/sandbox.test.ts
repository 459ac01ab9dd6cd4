/** UMAaaS in the sandbox, as any program sees it over HTTP: bytes, statuses, headers and the vendor's shapes. */
import { SandboxServer } from "@effect-tokens/cli"
import { ApiTokenId, ApiTokens, Umaaas } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import { assert, layer } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Net from "node:net"

const collection = "/umaaas/v1/tokens"

interface Credential {
  readonly clientId: string
  readonly clientSecret: string
}

interface WireToken extends Credential {
  readonly id: string
  readonly name: string
  readonly permissions: ReadonlyArray<string>
  readonly createdAt: string
  readonly updatedAt: string
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: unknown
}

interface Init {
  /** As whom; the first token unless given. `null` sends no header. */
  readonly as?: Credential | string | null
  readonly headers?: Record<string, string>
  readonly body?: string
}

const basic = ({ clientId, clientSecret }: Credential) =>
  `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`

const first = Effect.map(SandboxServer.SandboxServer, ({ credentials: { umaaas } }) => ({
  clientId: umaaas.clientId,
  clientSecret: Redacted.value(umaaas.clientSecret),
}))

const request = (method: string, path: string, init: Init = {}) =>
  Effect.gen(function* () {
    const { url } = yield* SandboxServer.SandboxServer
    const { as = yield* first } = init
    const authorization = typeof as === "object" && as !== null ? basic(as) : as
    return yield* Effect.promise(async (signal): Promise<Answer> => {
      const response = await fetch(url + path, {
        method,
        signal,
        headers: { ...(authorization === null ? {} : { authorization }), ...init.headers },
        body: init.body ?? null,
        redirect: "manual",
      })
      const text = await response.text()
      const isJson = response.headers.get("content-type")?.startsWith("application/json") === true
      return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
    })
  })

const jsonType = { "content-type": "application/json" }

const post = (body: unknown, init: Init = {}) =>
  request("POST", collection, { headers: jsonType, body: JSON.stringify(body), ...init })

const create = (permissions: ReadonlyArray<string> = ["VIEW"], name = "reports") =>
  Effect.map(post({ name, permissions }), ({ json, text }): WireToken => {
    assert.property(json, "clientSecret", text)
    return Object(json)
  })

/** The vendor's shape of an error, whole and nothing else. */
const assertVendorError = ({ headers, json, text }: Answer, status: number, code: string) => {
  assert.match(headers.get("content-type") ?? "", /^application\/json/)
  const error: { status: unknown; code: unknown; message: unknown } = Object(json)
  assert.deepStrictEqual(Object.keys(error).toSorted(), ["code", "message", "status"])
  assert.strictEqual(error.status, status)
  assert.strictEqual(error.code, code, text)
  assert.isString(error.message)
  assert.isNotEmpty(error.message)
  assert.notMatch(text, /\bat .*:\d+:\d+|node_modules|\.ts\b/)
}

/** Bytes in, bytes out: the request as the vendor's page has it, and what the socket gives. */
const exchange = (lines: ReadonlyArray<string>, body = "") =>
  Effect.flatMap(SandboxServer.SandboxServer, ({ url }) =>
    Effect.callback<{ readonly head: ReadonlyArray<string>; readonly body: string }>((resume) => {
      let answer = ""
      const socket = Net.connect(Number(new URL(url).port), "127.0.0.1", () => {
        socket.end([...lines, "host: x", "connection: close", "", body].join("\r\n"))
      })
      socket.on("data", (chunk) => {
        answer += chunk.toString()
      })
      socket.on("close", () => {
        const [head = "", ...rest] = answer.split("\r\n\r\n")
        resume(Effect.succeed({ head: head.split("\r\n"), body: rest.join("\r\n\r\n") }))
      })
      socket.on("error", () => {})
    }),
  )

const fresh = Layer.fresh(SandboxServer.layer({ port: 0 }))

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

layer(fresh)("UMAaaS in the sandbox, on the socket", (it) => {
  it.effect("what the vendor's page says of each operation, byte for byte", () =>
    Effect.gen(function* () {
      const authorization = `authorization: ${basic(yield* first)}`
      const body = '{"name":"Reports","permissions":["VIEW","TRANSACT"]}'
      const made = yield* exchange(
        [
          `POST ${collection} HTTP/1.1`,
          authorization,
          "content-type: application/json",
          `content-length: ${body.length}`,
        ],
        body,
      )
      assert.strictEqual(made.head[0], "HTTP/1.1 201 Created")
      const token: WireToken = JSON.parse(made.body)
      const { clientId, clientSecret, createdAt, id } = token
      assert.match(id, /^Token:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
      assert.match(createdAt, rfc3339)
      assert.isAbove(clientSecret.length, 20)
      assert.strictEqual(
        made.body,
        `{"id":"${id}","name":"Reports","permissions":["VIEW","TRANSACT"],"clientId":"${clientId}",` +
          `"clientSecret":"${clientSecret}","createdAt":"${createdAt}","updatedAt":"${createdAt}"}`,
      )
      const shown =
        `{"id":"${id}","name":"Reports","permissions":["VIEW","TRANSACT"],"clientId":"${clientId}",` +
        `"createdAt":"${createdAt}","updatedAt":"${createdAt}"}`

      for (const path of [id, encodeURIComponent(id), id.replace(":", "%3a")]) {
        const found = yield* exchange([`GET ${collection}/${path} HTTP/1.1`, authorization])
        assert.strictEqual(found.head[0], "HTTP/1.1 200 OK", path)
        assert.strictEqual(found.body, shown)
      }

      const query = `name=Reports&createdAfter=${createdAt.replace("Z", "%2B00:00")}&createdBefore=${createdAt}&limit=1`
      const page = yield* exchange([`GET ${collection}?${query} HTTP/1.1`, authorization])
      assert.strictEqual(page.head[0], "HTTP/1.1 200 OK")
      assert.strictEqual(page.body, `{"data":[${shown}],"hasMore":false,"totalCount":1}`)
      const half: { data: Array<WireToken>; nextCursor: string } = JSON.parse(
        (yield* exchange([`GET ${collection}?limit=1 HTTP/1.1`, authorization])).body,
      )
      assert.deepStrictEqual(
        [Object.keys(half), half.data[0]?.name],
        [["data", "hasMore", "nextCursor", "totalCount"], "first"],
      )
      const rest = yield* exchange([`GET ${collection}?cursor=${half.nextCursor} HTTP/1.1`, authorization])
      assert.strictEqual(rest.body, `{"data":[${shown}],"hasMore":false,"totalCount":2}`)

      const gone = yield* exchange([`DELETE ${collection}/${encodeURIComponent(id)} HTTP/1.1`, authorization])
      assert.strictEqual(gone.head[0], "HTTP/1.1 204 No Content")
      assert.strictEqual(gone.body, "")
      assert.notMatch(gone.head.join("\n"), /content-type/i)

      const missing = yield* exchange([`GET ${collection}/${id} HTTP/1.1`, authorization])
      assert.strictEqual(missing.head[0], "HTTP/1.1 404 Not Found")
      assert.strictEqual(missing.body, '{"status":404,"code":"TOKEN_NOT_FOUND","message":"Token not found."}')

      const stranger = yield* exchange([`GET ${collection} HTTP/1.1`])
      assert.strictEqual(stranger.head[0], "HTTP/1.1 401 Unauthorized")
      assert.include(stranger.head.join("\n").toLowerCase(), "www-authenticate: basic")
    }),
  )

  it.effect("the client over it: create, a stream of pages with a filter, get, delete", () =>
    Effect.gen(function* () {
      const { credentials, url } = yield* SandboxServer.SandboxServer
      const client = Umaaas.layer({ ...credentials.umaaas, url: `${url}/umaaas/v1` }).pipe(
        Layer.provide(NodeTransport.layer()),
      )
      yield* Effect.gen(function* () {
        const { create, get, stream, ...apiTokens } = yield* ApiTokens
        const made = yield* Effect.replicateEffect(create({ name: "nightly", permissions: ["VIEW"] }), 7)
        const [one] = made
        if (one?.clientSecret === undefined) return assert.fail("there is no token with a secret")
        const filter = { name: "nightly", createdAfter: one.createdAt, createdBefore: DateTime.nowUnsafe() }
        const all = yield* Stream.runCollect(stream({ ...filter, pageSize: 3 }))
        assert.deepStrictEqual(
          all.map(({ id }) => id),
          made.map(({ id }) => id),
        )
        assert.isTrue(all.every(({ clientSecret }) => clientSecret === undefined))
        assert.strictEqual((yield* get(one.id)).clientId, one.clientId)
        const asOne = Umaaas.layer({
          clientId: one.clientId,
          clientSecret: one.clientSecret,
          url: `${url}/umaaas/v1`,
        }).pipe(Layer.provide(NodeTransport.layer()))
        const refused = yield* Effect.flip(Effect.provide(attempt, asOne))
        if (refused._tag !== "Forbidden") return assert.fail(`unexpected ${refused._tag}`)
        assert.strictEqual(refused.code, "FORBIDDEN")
        yield* apiTokens.delete(one.id)
        assert.strictEqual((yield* Effect.flip(get(one.id)))._tag, "NotFound")
        assert.strictEqual((yield* Effect.flip(Effect.provide(attempt, asOne)))._tag, "Unauthorized")
        assert.strictEqual((yield* Effect.flip(get(ApiTokenId.make("a:b/c d?e"))))._tag, "NotFound")
      }).pipe(Effect.provide(client))
    }),
  )
})

const attempt = Effect.flatMap(ApiTokens, ({ create }) => create({ name: "more", permissions: ["VIEW"] }))

const invalid = [400, "INVALID_INPUT"] as const
const unauthorized = [401, "UNAUTHORIZED"] as const
const unknown = [404, "TOKEN_NOT_FOUND"] as const
const nothing = [404, "NOT_FOUND"] as const
const notAllowed = [405, "METHOD_NOT_ALLOWED"] as const
const otherType = [415, "UNSUPPORTED_MEDIA_TYPE"] as const
const tooLarge = [413, "PAYLOAD_TOO_LARGE"] as const

const body = (value: unknown, headers: Record<string, string> = jsonType): Init => ({
  headers,
  body: typeof value === "string" ? value : JSON.stringify(value),
})

const encoded = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`

const uuid = "019542f5-b3e7-1d02-0000-000000000001"
const manage = { name: "a", permissions: ["MANAGE"] }

const refusals: ReadonlyArray<
  readonly [method: string, path: string, init: Init, expected: readonly [status: number, code: string]]
> = [
  ["GET", "", { as: null }, unauthorized],
  ["GET", "", { as: "" }, unauthorized],
  ["GET", "", { as: "Basic" }, unauthorized],
  ["GET", "", { as: "Basic %%%" }, unauthorized],
  ["GET", "", { as: encoded("no colon") }, unauthorized],
  ["GET", "", { as: encoded(":") }, unauthorized],
  ["GET", "", { as: encoded("made:up") }, unauthorized],
  ["GET", "", { as: "Token abc" }, unauthorized],
  ["GET", "", { as: "Bearer abc" }, unauthorized],
  ["GET", "?limit=x", { as: null }, unauthorized],
  ["POST", "", { as: null, ...body("{") }, unauthorized],
  ["POST", "", { as: null, ...body("<a/>", { "content-type": "text/xml" }) }, unauthorized],
  ["GET", `/Token:${uuid}`, { as: null }, unauthorized],
  ["DELETE", `/Token:${uuid}`, { as: null }, unauthorized],
  ...["0", "101", "-1", "1.5", "x", "", "1e1", "99999999999999999999", "1&limit=2"].map(
    (limit) => ["GET", `?limit=${limit}`, {}, invalid] as const,
  ),
  ...["createdAfter", "createdBefore", "updatedAfter", "updatedBefore"].flatMap((filter) =>
    [
      "",
      "yesterday",
      "1700000000",
      "2026-01-02",
      "2026-01-02T03:04",
      "2026-01-02%2003:04:05Z",
      "2026-01-02T03:04:60Z",
      "2026-01-31T23:59:60%2B0100",
      "2026-01-02T03:04:05%2B01",
      "2026-01-02T03:04:05%2B2400",
      "2026-02-30T00:00:00Z",
      "2026-13-01T00:00:00Z",
      "2026-01-02T24:00:00Z",
      "2026-01-02T03:60:00Z",
      "2026-01-02T03:04:05%2B24:00",
      "2026-01-02T03:04:05+01:00",
      "%2B002026-01-02T03:04:05Z",
      `2026-01-02T03:04:05Z&${filter}=2026-01-02T03:04:05Z`,
    ].map((time) => ["GET", `?${filter}=${time}`, {}, invalid] as const),
  ),
  ["GET", "?cursor=", {}, invalid],
  ["GET", "?cursor=forged", {}, invalid],
  ["GET", `?cursor=${"0".repeat(32)}`, {}, invalid],
  ["GET", "?cursor=a&cursor=b", {}, invalid],
  ["GET", "?name=a&name=b", {}, invalid],
  ["POST", "", {}, invalid],
  ["POST", "", body(""), invalid],
  ["POST", "", body("{"), invalid],
  ["POST", "", body("[]"), invalid],
  ["POST", "", body("null"), invalid],
  ["POST", "", body('"text"'), invalid],
  ["POST", "", body({}), invalid],
  ["POST", "", body({ ...manage, name: "" }), invalid],
  ["POST", "", body({ ...manage, name: 1 }), invalid],
  ["POST", "", body({ ...manage, name: null }), invalid],
  ["POST", "", body({ permissions: ["VIEW"] }), invalid],
  ["POST", "", body({ name: "a" }), invalid],
  ["POST", "", body({ ...manage, permissions: [] }), invalid],
  ["POST", "", body({ ...manage, permissions: "VIEW" }), invalid],
  ["POST", "", body({ ...manage, permissions: ["VIEW", "FLY"] }), invalid],
  ["POST", "", body({ ...manage, permissions: ["view"] }), invalid],
  ["POST", "", body({ ...manage, permissions: [1] }), invalid],
  ["POST", "", body({ ...manage, permissions: { VIEW: true } }), invalid],
  ["POST", "", body("name=a&permissions=VIEW", { "content-type": "application/x-www-form-urlencoded" }), otherType],
  ["POST", "", body("<a/>", { "content-type": "text/xml" }), otherType],
  ["POST", "", body(manage, { ...jsonType, "content-encoding": "gzip" }), otherType],
  ["POST", "", body({ ...manage, note: "x".repeat(70_000) }), tooLarge],
  ["GET", `/Token:${uuid}`, {}, unknown],
  ["GET", `/Token%3A${uuid}`, {}, unknown],
  ["GET", "/1", {}, unknown],
  ["GET", "/a%2Fb", {}, unknown],
  ["GET", "/%00", {}, unknown],
  ["GET", "/Token:;1", {}, unknown],
  ["DELETE", "/;abc", {}, unknown],
  ["GET", `/${"k".repeat(5000)}`, {}, unknown],
  ["DELETE", `/Token:${uuid}`, {}, unknown],
  ["GET", "/%ZZ", {}, invalid],
  ["DELETE", "/%c3%28", {}, invalid],
  ["GET", "/", {}, unknown],
  ["DELETE", "/", {}, unknown],
  ["GET", `/Token:${uuid}/`, {}, nothing],
  ["GET", "/a/b", {}, nothing],
  ["PUT", "", {}, notAllowed],
  ["DELETE", "", {}, notAllowed],
  ["PATCH", "", {}, notAllowed],
  ["OPTIONS", "", {}, notAllowed],
  ["POST", `/Token:${uuid}`, {}, notAllowed],
  ["PATCH", `/Token:${uuid}`, body({ name: "b" }), notAllowed],
  ["PUT", "/a?x=1", {}, notAllowed],
]

layer(fresh)("what UMAaaS in the sandbox refuses", (it) => {
  it.effect.each(refusals.map(([method, path, init, expected]) => ({ method, path, init, expected })))(
    "$method $path is $expected",
    ({ expected: [status, code], init, method, path }) =>
      Effect.gen(function* () {
        const answer = yield* request(method, collection + path, init)
        assert.strictEqual(answer.status, status, answer.text)
        assertVendorError(answer, status, code)
        assert.strictEqual(answer.headers.get("www-authenticate"), status === 401 ? "Basic" : null)
        if (status === 405) assert.match(answer.headers.get("allow") ?? "", /^GET, HEAD, (?:POST|DELETE)$/)
      }),
  )

  it.effect.each(["/umaaas/v1", "/umaaas/v1/", "/umaaas/v1/nowhere", "/umaaas/v1/TOKENS"])("%s is nothing", (path) =>
    Effect.gen(function* () {
      const answer = yield* request("GET", path)
      assert.strictEqual(answer.status, 404)
      assertVendorError(answer, ...nothing)
    }),
  )

  it.effect("changes nothing by what it refuses, and is not shown by another platform's error", () =>
    Effect.gen(function* () {
      const tokens: { totalCount: number } = Object((yield* request("GET", collection)).json)
      assert.strictEqual(tokens.totalCount, 1)
      const elsewhere = yield* request("GET", "/umaaasy")
      assert.property(elsewhere.json, "error_codes")
    }),
  )

  it.effect("permissions are looked at before anything else of a request (U10)", () =>
    Effect.gen(function* () {
      const [view, transact] = [yield* create(["VIEW"]), yield* create(["TRANSACT"])]
      const statuses = (as: Credential) =>
        Effect.forEach(
          [
            request("GET", `${collection}?limit=5`, { as }),
            request("GET", `${collection}?limit=x`, { as }),
            request("GET", `${collection}/${view.id}`, { as }),
            post({ name: "" }, { as }),
            request("POST", collection, { as, ...body("<a/>", { "content-type": "text/xml" }) }),
            request("DELETE", `${collection}/nothing`, { as }),
          ],
          (call) =>
            Effect.map(call, (answer) => {
              if (answer.status === 403) assertVendorError(answer, 403, "FORBIDDEN")
              return answer.status
            }),
        )
      assert.deepStrictEqual(yield* statuses(view), [200, 400, 200, 403, 403, 403])
      assert.deepStrictEqual(yield* statuses(transact), [403, 403, 403, 403, 403, 403])
      assert.deepStrictEqual(yield* statuses(yield* first), [200, 400, 200, 400, 415, 404])
      // The scheme's name is the same in any case.
      const lower = { as: basic(view).replace("Basic", "bASIC") }
      assert.strictEqual((yield* request("GET", collection, lower)).status, 200)
      const wrong = { as: { ...view, clientSecret: transact.clientSecret } }
      assertVendorError(yield* request("GET", collection, wrong), ...unauthorized)
    }),
  )

  it.effect("times are inclusive, to less than a millisecond", () =>
    Effect.gen(function* () {
      const { createdAt } = yield* create(["VIEW"], "timely")
      const count = (filter: string) =>
        Effect.map(
          request("GET", `${collection}?name=timely&${filter}`),
          ({ json }): unknown => Object(json).totalCount,
        )
      const [seconds, millis] = createdAt.slice(0, -1).split(".")
      const later = `${seconds}.${millis}0001Z`
      const local = createdAt.slice(0, -1)
      const ahead = new Date(Date.parse(createdAt) + 3_600_000).toISOString().slice(0, -1)
      // The vendor's Python client sends microseconds, and an offset without a colon or none at all (U4).
      const asPython = [`${local}000%2B0000`, `${local}000`, `${ahead}000%2B0100`]
      for (const time of [createdAt, createdAt.toLowerCase(), local, `${ahead}%2B01:00`, ...asPython]) {
        assert.deepStrictEqual([yield* count(`createdAfter=${time}`), yield* count(`updatedBefore=${time}`)], [1, 1])
      }
      assert.deepStrictEqual([yield* count(`createdAfter=${later}`), yield* count(`createdBefore=${later}`)], [0, 1])
      // The year 1970 begins with the leap second before it.
      assert.strictEqual(createdAt, "1970-01-01T00:00:00.000Z")
      for (const leap of ["1969-12-31T23:59:60Z", "1970-01-01T00:59:60.0%2B0100", "1969-12-31t23:59:60"]) {
        assert.deepStrictEqual([yield* count(`createdAfter=${leap}`), yield* count(`createdBefore=${leap}`)], [1, 1])
      }
      assert.deepStrictEqual([yield* count("createdAfter=1969-12-31T23:59:60.0001Z")], [0])
    }),
  )

  it.effect("a token that deleted itself gets in nowhere (U8)", () =>
    Effect.gen(function* () {
      const own = yield* create(["MANAGE"])
      assert.strictEqual((yield* request("DELETE", `${collection}/${own.id}`, { as: own })).status, 204)
      assertVendorError(yield* request("GET", collection, { as: own }), ...unauthorized)
    }),
  )
})
