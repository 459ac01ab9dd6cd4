/** C1: what goes over the socket, byte for byte, beside what the vendor's page says. */
import { TokenId, type TokenRef } from "@effect-tokens/core"
import { assert, describe, layer } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { families, layer as layerClient } from "./support/client.ts"
import * as RawServer from "./support/rawServer.ts"

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

for (const { collection, name, service } of families) {
  layer(layerClient)(`the wire of ${name}`, (it) => {
    const sent = <A, E, R>(call: Effect.Effect<A, E, R>, answer: RawServer.Answer) =>
      Effect.gen(function* () {
        const server = yield* RawServer.RawServer
        server.requests.length = 0
        server.answer = () => answer
        const value = yield* call
        assert.strictEqual(server.requests.length, 1)
        return { value, ...parse(server.requests[0]?.text ?? "") }
      })

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
