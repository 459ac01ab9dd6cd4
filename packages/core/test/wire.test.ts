/** C1: what goes over the socket, byte for byte, beside what the vendor's page says. */
import { ApiTokenId, ApiTokens, type KnownPermission, TokenId, type TokenRef } from "@effect-tokens/core"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import { families } from "@effect-tokens/test-support/ServiceUnderTest"
import { assert, describe, layer } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { layer as layerClient, layerWith } from "./support/client.ts"

interface Sent {
  readonly line: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const parse = (text: string): Sent => {
  const [head = "", body = ""] = text.split("\r\n\r\n", 2)
  const [line = "", ...headers] = head.split("\r\n")
  return {
    line,
    headers: Object.fromEntries(
      headers.map((header) => [
        header.slice(0, header.indexOf(":")).toLowerCase(),
        header.slice(header.indexOf(":") + 2),
      ]),
    ),
    body,
  }
}

const sent = <A, E, R>(call: Effect.Effect<A, E, R>, answer: RawServer.Answer) =>
  Effect.gen(function* () {
    const server = yield* RawServer.RawServer
    server.requests.length = 0
    server.answer = () => answer
    const value = yield* call
    assert.strictEqual(server.requests.length, 1)
    return { value, ...parse(server.requests[0]?.text ?? "") }
  })

for (const { collection, name, service } of families) {
  layer(layerClient)(`the wire of ${name}`, (it) => {
    const one = RawServer.json(200, JSON.stringify(RawServer.token()))
    const made = RawServer.json(201, JSON.stringify(RawServer.token()))
    const get = (ref: TokenRef) => Effect.flatMap(service, (tokens) => tokens.get(ref))

    it.effect("headers: the credential, what is accepted, and nothing that was not asked for", () =>
      Effect.gen(function* () {
        const { url } = yield* RawServer.RawServer
        const { headers } = yield* sent(get(TokenId.make(1)), one)
        assert.deepStrictEqual(headers, {
          host: url.slice("http://".length),
          connection: "keep-alive",
          accept: "application/json",
          "accept-encoding": "identity",
          authorization: "Token credential-0123456789",
          "user-agent": "effect-tokens/0.1.0 (node)",
        })
      }),
    )

    it.effect("create", () =>
      Effect.gen(function* () {
        const tokens = yield* service
        const plain = yield* sent(tokens.create(), made)
        assert.strictEqual(plain.line, `POST ${collection} HTTP/1.1`)
        assert.strictEqual(plain.headers["content-type"], "application/json")
        assert.strictEqual(plain.headers["content-length"], "19")
        assert.strictEqual(plain.body, '{"permanent":false}')
        assert.strictEqual((yield* sent(tokens.create({ permanent: true }), made)).body, '{"permanent":true}')
        assert.strictEqual((yield* sent(tokens.create({ permanent: undefined }), made)).body, '{"permanent":false}')
      }),
    )

    it.effect("list", () =>
      Effect.gen(function* () {
        const tokens = yield* service
        const none = RawServer.json(200, "[]")
        const line = (call: ReturnType<typeof tokens.list>) => Effect.map(sent(call, none), ({ line }) => line)
        assert.strictEqual(yield* line(tokens.list()), `GET ${collection}?limit=20&offset=0 HTTP/1.1`)
        assert.strictEqual(
          yield* line(tokens.list({ permanent: null })),
          `GET ${collection}?limit=20&offset=0 HTTP/1.1`,
        )
        assert.strictEqual(
          yield* line(tokens.list({ permanent: true, limit: 7, offset: 3 })),
          `GET ${collection}?limit=7&offset=3&permanent=true HTTP/1.1`,
        )
        assert.strictEqual(
          yield* line(tokens.list({ permanent: false })),
          `GET ${collection}?limit=20&offset=0&permanent=false HTTP/1.1`,
        )
        const { body, headers } = yield* sent(tokens.list(), none)
        assert.strictEqual(body, "")
        assert.isUndefined(headers["content-type"])
      }),
    )

    it.effect("get, by id and by key", () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* sent(get(TokenId.make(42)), one)).line, `GET ${collection}42/ HTTP/1.1`)
        assert.strictEqual((yield* sent(get(Redacted.make("abcd")), one)).line, `GET ${collection}abcd/ HTTP/1.1`)
      }),
    )

    it.effect("a key is one segment, whatever is in it", () =>
      Effect.gen(function* () {
        const line = (key: string) => Effect.map(sent(get(Redacted.make(key)), one), (request) => request.line)
        assert.strictEqual(yield* line("a/b?c#d e"), `GET ${collection}a%2Fb%3Fc%23d%20e/ HTTP/1.1`)
        assert.strictEqual(yield* line("../tokens"), `GET ${collection}..%2Ftokens/ HTTP/1.1`)
        assert.strictEqual(yield* line("%2e%2e"), `GET ${collection}%252e%252e/ HTTP/1.1`)
        assert.strictEqual(yield* line("ключ"), `GET ${collection}%D0%BA%D0%BB%D1%8E%D1%87/ HTTP/1.1`)
        assert.strictEqual(yield* line("a\r\nx: y"), `GET ${collection}a%0D%0Ax%3A%20y/ HTTP/1.1`)
        assert.strictEqual(yield* line("..."), `GET ${collection}.../ HTTP/1.1`)
      }),
    )

    it.effect("update", () =>
      Effect.gen(function* () {
        const tokens = yield* service
        const off = yield* sent(tokens.update(TokenId.make(42), { isActive: false }), one)
        assert.strictEqual(off.line, `PATCH ${collection}42/ HTTP/1.1`)
        assert.strictEqual(off.headers["content-type"], "application/json")
        assert.strictEqual(off.body, '{"is_active":false}')
        const on = yield* sent(tokens.update(Redacted.make("k/1"), { isActive: true }), one)
        assert.strictEqual(on.line, `PATCH ${collection}k%2F1/ HTTP/1.1`)
        assert.strictEqual(on.body, '{"is_active":true}')
      }),
    )

    it.effect("delete", () =>
      Effect.gen(function* () {
        const tokens = yield* service
        const { body, headers, line, value } = yield* sent(tokens.delete(TokenId.make(42)), RawServer.noContent)
        assert.strictEqual(line, `DELETE ${collection}42/ HTTP/1.1`)
        assert.strictEqual(body, "")
        assert.isUndefined(headers["content-type"])
        assert.isUndefined(value)
      }),
    )

    it.effect("deleteList", () =>
      Effect.gen(function* () {
        const tokens = yield* service
        const line = (permanent: boolean | null) =>
          Effect.map(sent(tokens.deleteList({ permanent }), RawServer.noContent), (request) => request.line)
        assert.strictEqual(yield* line(true), `DELETE ${collection}?permanent=true HTTP/1.1`)
        assert.strictEqual(yield* line(false), `DELETE ${collection}?permanent=false HTTP/1.1`)
        assert.strictEqual(yield* line(null), `DELETE ${collection} HTTP/1.1`)
      }),
    )

    describe("answers", () => {
      it.effect("the vendor's example of a token", () =>
        Effect.gen(function* () {
          const { value } = yield* sent(get(TokenId.make(1)), one)
          assert.strictEqual(value.id, TokenId.make(1))
          assert.strictEqual(Redacted.value(value.key), "abcd")
          assert.isTrue(value.isActive)
          assert.strictEqual(DateTime.formatIso(value.created), "2021-05-28T10:37:51.433Z")
          assert.strictEqual(value.expires && DateTime.formatIso(value.expires), "2021-05-29T10:37:51.433Z")
        }),
      )

      it.effect("a permanent token, fields that are not known, and another offset", () =>
        Effect.gen(function* () {
          const answer = { ...RawServer.token({ expires: null, created: "2021-05-28T12:37:51+02:00" }), note: [1] }
          const { value } = yield* sent(get(TokenId.make(1)), RawServer.json(200, JSON.stringify(answer)))
          assert.isNull(value.expires)
          assert.strictEqual(DateTime.formatIso(value.created), "2021-05-28T10:37:51.000Z")
        }),
      )
    })
  })
}

for (const transport of ["undici", "fetch"] as const) {
  layer(layerWith({}, transport))(`the wire of ApiTokens over ${transport}`, (it) => {
    const id = ApiTokenId.make("Token:019542f5-b3e7-1d02-0000-000000000001")
    const secret = { clientSecret: undefined }
    const made = RawServer.json(201, JSON.stringify(RawServer.apiToken()))
    const one = RawServer.json(200, JSON.stringify(RawServer.apiToken(secret)))
    const page = (more: object) => RawServer.json(200, JSON.stringify({ data: [], hasMore: false, ...more }))

    it.effect("headers: HTTP Basic, what is accepted, and what the transport adds", () =>
      Effect.gen(function* () {
        const { url } = yield* RawServer.RawServer
        const apiTokens = yield* ApiTokens
        const { headers } = yield* sent(apiTokens.get(id), one)
        const { accept, authorization, host } = headers
        assert.deepStrictEqual([accept, host], ["application/json", url.slice("http://".length)])
        // printf 'client-1:secret-0123456789' | base64
        assert.strictEqual(authorization, "Basic Y2xpZW50LTE6c2VjcmV0LTAxMjM0NTY3ODk=")
        const ofTransport = {
          undici: ["accept-encoding", "connection", "user-agent"],
          fetch: ["accept-encoding", "accept-language", "connection", "sec-fetch-mode", "user-agent"],
        }
        const names = ["accept", "authorization", "host", ...ofTransport[transport]]
        assert.sameMembers(Object.keys(headers), names)
      }),
    )

    it.effect("create", () =>
      Effect.gen(function* () {
        const apiTokens = yield* ApiTokens
        const create = (name: string, permissions: ReadonlyArray<KnownPermission>) =>
          sent(apiTokens.create({ name, permissions }), made)
        const { body, headers, line } = yield* create("reports", ["VIEW", "TRANSACT"])
        assert.strictEqual(line, "POST /umaaas/v1/tokens HTTP/1.1")
        assert.strictEqual(headers["content-type"], "application/json")
        assert.strictEqual(headers["content-length"], String(body.length))
        assert.strictEqual(body, '{"name":"reports","permissions":["VIEW","TRANSACT"]}')
        const strange = yield* create('"\\\n', ["MANAGE", "MANAGE"])
        assert.strictEqual(strange.body, '{"name":"\\"\\\\\\n","permissions":["MANAGE","MANAGE"]}')
        // The raw server keeps bytes, not characters.
        const inUtf8 = yield* create("отчёты 📈", ["VIEW"])
        assert.strictEqual(Buffer.from(inUtf8.body, "latin1").toString(), '{"name":"отчёты 📈","permissions":["VIEW"]}')
      }),
    )

    it.effect("list: nothing but what is set, and times in UTC", () =>
      Effect.gen(function* () {
        const apiTokens = yield* ApiTokens
        const query = (options: Parameters<typeof apiTokens.list>[0]) =>
          Effect.map(sent(apiTokens.list(options), page({})), ({ body, headers, line }) => {
            assert.strictEqual(body, "")
            assert.isUndefined(headers["content-type"])
            return /^GET \/umaaas\/v1\/tokens\?(.*) HTTP\/1\.1$/.exec(line)?.[1]
          })
        assert.strictEqual(yield* query(undefined), "limit=20")
        assert.strictEqual(yield* query({ limit: 100, cursor: "a+b/c==" }), "limit=100&cursor=a%2Bb%2Fc%3D%3D")
        assert.strictEqual(yield* query({ name: "a&b=c d+é" }), "name=a%26b%3Dc%20d%2B%C3%A9&limit=20")
        const unset = { name: undefined, createdAfter: undefined, updatedBefore: undefined, cursor: undefined }
        assert.strictEqual(yield* query({ ...unset, limit: undefined }), "limit=20")
        assert.strictEqual(
          yield* query({
            createdAfter: new Date("2025-01-01T01:00:00+01:00"),
            createdBefore: DateTime.makeZonedUnsafe("2025-06-01T00:00:00Z", { timeZone: "America/New_York" }),
            updatedAfter: DateTime.makeUnsafe("2025-01-01T00:00:00.001Z"),
            updatedBefore: DateTime.makeZonedUnsafe("2025-06-01T00:00:00Z", {
              timeZone: DateTime.zoneMakeOffset(19_800_000),
            }),
          }),
          [
            "createdAfter=2025-01-01T00%3A00%3A00.000Z",
            "createdBefore=2025-06-01T00%3A00%3A00.000Z",
            "updatedAfter=2025-01-01T00%3A00%3A00.001Z",
            "updatedBefore=2025-06-01T00%3A00%3A00.000Z",
            "limit=20",
          ].join("&"),
        )
        const ends = {
          createdAfter: new Date("0000-01-01T00:00:00Z"),
          createdBefore: new Date("9999-12-31T23:59:59.999Z"),
        }
        assert.strictEqual(
          yield* query(ends),
          "createdAfter=0000-01-01T00%3A00%3A00.000Z&createdBefore=9999-12-31T23%3A59%3A59.999Z&limit=20",
        )
      }),
    )

    it.effect("stream asks for whole pages, with the filters on each", () =>
      Effect.gen(function* () {
        const server = yield* RawServer.RawServer
        const apiTokens = yield* ApiTokens
        server.requests.length = 0
        server.answer = (_, index) => page(index === 0 ? { hasMore: true, nextCursor: "next:1" } : {})
        yield* Stream.runDrain(apiTokens.stream({ name: "reports", createdAfter: new Date(0) }))
        const query = "?name=reports&createdAfter=1970-01-01T00%3A00%3A00.000Z&limit=100"
        assert.deepStrictEqual(
          server.requests.map(({ text }) => text.slice(0, text.indexOf("\r"))),
          [`GET /umaaas/v1/tokens${query} HTTP/1.1`, `GET /umaaas/v1/tokens${query}&cursor=next%3A1 HTTP/1.1`],
        )
      }),
    )

    it.effect("get: the id is one segment, colons encoded", () =>
      Effect.gen(function* () {
        const apiTokens = yield* ApiTokens
        const path = (id: string) =>
          Effect.map(sent(apiTokens.get(ApiTokenId.make(id)), one), ({ line }) =>
            line.replace("GET /umaaas/v1/tokens/", "").replace(" HTTP/1.1", ""),
          )
        assert.strictEqual(yield* path(id), "Token%3A019542f5-b3e7-1d02-0000-000000000001")
        assert.strictEqual(yield* path("a/b?c#d e"), "a%2Fb%3Fc%23d%20e")
        assert.strictEqual(yield* path("../tokens"), "..%2Ftokens")
        assert.strictEqual(yield* path("%2e%2e"), "%252e%252e")
        assert.strictEqual(yield* path("..."), "...")
        assert.strictEqual(yield* path(" HTTP/1.1\r\nx: y"), "%20HTTP%2F1.1%0D%0Ax%3A%20y")
      }),
    )

    it.effect("delete", () =>
      Effect.gen(function* () {
        const apiTokens = yield* ApiTokens
        const { body, headers, line, value } = yield* sent(apiTokens.delete(id), RawServer.noContent)
        assert.strictEqual(line, "DELETE /umaaas/v1/tokens/Token%3A019542f5-b3e7-1d02-0000-000000000001 HTTP/1.1")
        assert.strictEqual(body, "")
        assert.isUndefined(headers["content-type"])
        assert.isUndefined(value)
      }),
    )

    describe("answers", () => {
      it.effect("the secret is there once, and times are to the millisecond", () =>
        Effect.gen(function* () {
          const apiTokens = yield* ApiTokens
          const created = yield* sent(apiTokens.create({ name: "reports", permissions: ["VIEW"] }), made)
          assert.strictEqual(created.value.clientSecret && Redacted.value(created.value.clientSecret), "efgh")
          const { value } = yield* sent(apiTokens.get(id), one)
          const { clientId, clientSecret, createdAt, name, permissions, updatedAt } = value
          assert.deepStrictEqual([value.id, name, clientId, clientSecret], [id, "reports", "client-2", undefined])
          assert.deepStrictEqual(permissions, ["VIEW", "TRANSACT"])
          assert.strictEqual(DateTime.formatIso(createdAt), "2025-07-21T17:32:28.000Z")
          assert.strictEqual(DateTime.formatIso(updatedAt), "2025-07-22T06:00:00.123Z")
        }),
      )

      it.effect("permissions and fields that nobody knows", () =>
        Effect.gen(function* () {
          const apiTokens = yield* ApiTokens
          const permissions = ["VIEW", "AUDIT", ""]
          const token = { ...RawServer.apiToken({ ...secret, permissions }), note: [1] }
          const answer = page({ data: [token], hasMore: false, nextCursor: "left over", totalCount: 45, note: 1 })
          const { value } = yield* sent(apiTokens.list(), answer)
          assert.deepStrictEqual(value.data[0]?.permissions, permissions)
          assert.deepStrictEqual([value.hasMore, value.nextCursor, value.totalCount], [false, "left over", 45])
          const without = yield* sent(apiTokens.list(), page({}))
          assert.deepStrictEqual([without.value.nextCursor, without.value.totalCount], [undefined, undefined])
        }),
      )
    })
  })
}
