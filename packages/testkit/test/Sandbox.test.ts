/** The sandbox over HTTP, as any program sees it: status, headers and the vendor's shapes. */
import { SandboxServer } from "@effect-tokens/cli"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { readFileSync } from "node:fs"
import * as Http from "node:http"
import * as Net from "node:net"

const paths = ["/v1/tokens/", "/v1/streams/tokens/"]

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: unknown
}

interface Init {
  readonly key?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

const request = (method: string, path: string, init: Init = {}) =>
  Effect.gen(function* () {
    const { credentials, url } = yield* SandboxServer.SandboxServer
    const authorization = `Token ${init.key ?? Redacted.value(credentials.neuroio.account)}`
    return yield* Effect.promise(async (signal): Promise<Answer> => {
      const response = await fetch(url + path, {
        method,
        signal,
        headers: { authorization, ...init.headers },
        body: init.body ?? null,
        redirect: "manual",
      })
      const text = await response.text()
      const isJson = response.headers.get("content-type")?.startsWith("application/json") === true
      return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
    })
  })

const form = { "content-type": "application/x-www-form-urlencoded" }
const jsonType = { "content-type": "application/json" }

const create = (path: string, permanent = false) =>
  Effect.map(
    request("POST", path, { headers: jsonType, body: JSON.stringify({ permanent }) }),
    ({ json }): { id: number; key: string; is_active: boolean; created: string; expires: string | null } =>
      Object(json),
  )

/** The vendor's shape of an error, whole and nothing else. */
const assertVendorError = ({ headers, json, text }: Answer, status: number, fields: Array<string> = []) => {
  assert.match(headers.get("content-type") ?? "", /^application\/json/)
  const error: { error_codes: unknown; message: unknown; fields: Array<Record<string, unknown>> } = Object(json)
  assert.deepStrictEqual(Object.keys(error).toSorted(), ["error_codes", "fields", "message"])
  assert.deepStrictEqual(error.error_codes, [status])
  assert.isString(error.message)
  assert.deepStrictEqual(
    error.fields.map((field) => field["name"]),
    fields,
  )
  for (const field of error.fields) {
    assert.deepStrictEqual(Object.keys(field).toSorted(), ["error_code", "message", "name"])
    assert.isString(field["message"])
    assert.strictEqual(field["error_code"], status)
  }
  assert.notMatch(text, /\bat .*:\d+:\d+|node_modules|\.ts\b/)
}

/** Bytes in, bytes out: for what no HTTP client would send. */
const exchange = (bytes: string | Uint8Array) =>
  Effect.flatMap(SandboxServer.SandboxServer, ({ url }) =>
    Effect.callback<string>((resume) => {
      let answer = ""
      const socket = Net.connect(Number(new URL(url).port), "127.0.0.1", () => {
        socket.end(bytes)
      })
      socket.on("data", (chunk) => {
        answer += chunk.toString()
      })
      socket.on("close", () => resume(Effect.succeed(answer)))
      socket.on("error", () => {})
    }),
  )

const fresh = Layer.fresh(SandboxServer.layer({ port: 0 }))

for (const path of paths) {
  layer(fresh)(`the sandbox at ${path}`, (it) => {
    it.effect("a token in the vendor's shape", () =>
      Effect.gen(function* () {
        const answer = yield* request("POST", path, { headers: jsonType, body: '{"permanent": false}' })
        assert.strictEqual(answer.status, 201)
        const token: Record<string, unknown> = Object(answer.json)
        assert.deepStrictEqual(Object.keys(token), ["id", "key", "is_active", "created", "expires"])
        const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/
        assert.match(String(token["created"]), time)
        assert.match(String(token["expires"]), time)
        assert.isNull((yield* create(path, true)).expires)
      }),
    )

    it.effect.each([
      ["no body at all", {}, null],
      ["an empty JSON body", jsonType, ""],
      ["an object without the field", jsonType, "{}"],
      ["fields that are not known", jsonType, '{"note": 1}'],
      ["a form", form, "permanent=false"],
      ["a form as Python writes it", form, "permanent=False"],
      ["a charset", { "content-type": "application/json; charset=utf-8" }, "{}"],
    ] as const)("create takes %s for a temporary token", ([, headers, body]) =>
      Effect.gen(function* () {
        const answer = yield* request("POST", path, { headers, ...(body === null ? {} : { body }) })
        assert.strictEqual(answer.status, 201)
        assert.isString(Object(answer.json).expires)
      }),
    )

    it.effect("the credential in either header", () =>
      Effect.gen(function* () {
        const { credentials, url } = yield* SandboxServer.SandboxServer
        const key = Redacted.value(credentials.neuroio.account)
        const status = (headers: Record<string, string>) =>
          Effect.promise(() => fetch(url + path, { headers }).then((response) => response.status))
        assert.strictEqual(yield* status({ authorization: `Token ${key}` }), 200)
        assert.strictEqual(yield* status({ token: `Token ${key}` }), 200)
        assert.strictEqual(yield* status({ token: `Token ${key}`, authorization: "Token wrong" }), 200)
        for (const headers of [
          {},
          { authorization: key },
          { authorization: `Bearer ${key}` },
          { authorization: "Token" },
          { authorization: "Token " },
          { token: key },
          { token: `Bearer ${key}` },
          { token: `Tokens ${key}` },
          { token: "Token wrong" },
          { authorization: "Token wrong" },
        ]) {
          assert.strictEqual(yield* status(headers), 401)
        }
      }),
    )

    it.effect.each([
      ["PATCH", jsonType, '{"is_active": false}'],
      ["PUT", jsonType, '{"is_active": false}'],
      ["PATCH", form, "is_active=false"],
      ["PATCH", form, "is_active=False"],
      ["PUT", form, "is_active=false"],
    ] as const)("update by %s with %j %s, by id and by key", ([method, headers, body]) =>
      Effect.gen(function* () {
        const token = yield* create(path)
        for (const ref of [token.id, token.key]) {
          const answer = yield* request(method, `${path}${ref}/`, { headers, body })
          assert.strictEqual(answer.status, 200)
          assert.deepStrictEqual(answer.json, { ...token, is_active: false })
        }
      }),
    )

    it.effect("query parameters in any order, and `permanent=` for no filter", () =>
      Effect.gen(function* () {
        yield* request("DELETE", path)
        const made = [yield* create(path), yield* create(path, true), yield* create(path)]
        const list = (query: string) => Effect.map(request("GET", path + query), ({ json }) => json)
        assert.deepStrictEqual(yield* list(""), made)
        assert.deepStrictEqual(yield* list("?permanent=&limit=20&offset=0"), made)
        assert.deepStrictEqual(yield* list("?offset=1&limit=1"), [made[1]])
        assert.deepStrictEqual(yield* list("?limit=1&offset=1"), [made[1]])
        assert.deepStrictEqual(yield* list("?offset=0&permanent=True&limit=5"), [made[1]])
        assert.deepStrictEqual(yield* list("?other=1&permanent=false"), [made[0], made[2]])
        assert.deepStrictEqual(yield* list("?offset=99"), [])
        assert.deepStrictEqual(yield* list("?limit=99999999999999999999"), made)
        assert.deepStrictEqual(yield* list("?offset=99999999999999999999"), [])
      }),
    )

    it.effect("deletions are 204 and empty", () =>
      Effect.gen(function* () {
        const token = yield* create(path)
        assert.strictEqual((yield* request("GET", `${path}0${token.id}/`)).status, 404)
        assert.strictEqual((yield* request("GET", `${path}${token.id}.0/`)).status, 404)
        for (const target of [`${path}${token.key}/`, `${path}?permanent=true`, `${path}?permanent=false`, path]) {
          const answer = yield* request("DELETE", target)
          assert.strictEqual(answer.status, 204)
          assert.strictEqual(answer.text, "")
        }
      }),
    )

    it.effect("a sixth permanent token, also when fifty are asked for at once", () =>
      Effect.gen(function* () {
        yield* request("DELETE", path)
        const body = { headers: jsonType, body: '{"permanent": true}' }
        const answers = yield* Effect.all(
          Array.from({ length: 50 }, () => request("POST", path, body)),
          { concurrency: 20 },
        )
        assert.strictEqual(answers.filter(({ status }) => status === 201).length, 5)
        for (const answer of answers.filter(({ status }) => status !== 201)) {
          assert.strictEqual(answer.status, 400)
          assertVendorError(answer, 400, ["permanent"])
        }
      }),
    )

    const refusals: ReadonlyArray<
      readonly [method: string, path: string, init: Init, status: number, fields?: Array<string>]
    > = [
      ["GET", path, { key: "wrong" }, 401],
      ["POST", path, { key: "wrong", headers: jsonType, body: "{" }, 401],
      ["GET", `${path}?limit=x`, { key: "wrong" }, 401],
      ["GET", `${path}?limit=0`, {}, 400, ["limit"]],
      ["GET", `${path}?limit=x`, {}, 400, ["limit"]],
      ["GET", `${path}?limit=1.5`, {}, 400, ["limit"]],
      ["GET", `${path}?limit=`, {}, 400, ["limit"]],
      ["GET", `${path}?limit=1&limit=2`, {}, 400, ["limit"]],
      ["GET", `${path}?limit=-99999999999999999999`, {}, 400, ["limit"]],
      ["GET", `${path}?offset=-1`, {}, 400, ["offset"]],
      ["GET", `${path}?permanent=yes`, {}, 400, ["permanent"]],
      ["GET", `${path}?permanent=true&permanent=false`, {}, 400, ["permanent"]],
      ["DELETE", `${path}?permanent=yes`, {}, 400, ["permanent"]],
      ["DELETE", `${path}?permanent=`, {}, 400, ["permanent"]],
      ["DELETE", `${path}?permanent=true&permanent=false`, {}, 400, ["permanent"]],
      ["POST", path, { headers: jsonType, body: '{"permanent": "true"}' }, 400, ["permanent"]],
      ["POST", path, { headers: jsonType, body: '{"permanent": null}' }, 400, ["permanent"]],
      ["POST", path, { headers: form, body: "permanent=yes" }, 400, ["permanent"]],
      ["POST", path, { headers: form, body: "permanent=true&permanent=false" }, 400, ["permanent"]],
      ["POST", path, { headers: jsonType, body: '{"permanent":' }, 400],
      ["POST", path, { headers: jsonType, body: "[]" }, 400],
      ["POST", path, { headers: jsonType, body: '"text"' }, 400],
      ["POST", path, { headers: jsonType, body: "null" }, 400],
      ["POST", path, { headers: { "content-type": "text/xml" }, body: "<a/>" }, 415],
      ["POST", path, { headers: jsonType, body: `{"a": "${"x".repeat(70_000)}"}` }, 413],
      ["PATCH", `${path}1/`, { headers: jsonType, body: "{}" }, 400, ["is_active"]],
      ["PATCH", `${path}1/`, { headers: jsonType, body: '{"is_active": 1}' }, 400, ["is_active"]],
      ["PUT", `${path}1/`, { headers: form, body: "is_active=" }, 400, ["is_active"]],
      ["GET", `${path}0/`, {}, 404],
      ["GET", `${path}-1/`, {}, 404],
      ["GET", `${path}1.5/`, {}, 404],
      ["GET", `${path}99999999999999999999/`, {}, 404],
      ["GET", `${path}${"9".repeat(400)}/`, {}, 404],
      ["GET", `${path}abcd/`, {}, 404],
      ["GET", `${path}a%2Fb/`, {}, 404],
      ["GET", `${path}%00/`, {}, 404],
      ["GET", `${path}%ZZ/`, {}, 400],
      ["GET", `${path};1/`, {}, 404],
      ["GET", `${path}1;a=b/`, {}, 404],
      ["DELETE", `${path};abc/`, {}, 404],
      ["DELETE", `${path}1/;x`, {}, 404],
      ["POST", `${path};1/`, {}, 405],
      ["POST", "/docs", {}, 405],
      ["DELETE", "/openapi.json?x", {}, 405],
      ["POST", path, { headers: { ...jsonType, "content-encoding": "gzip" }, body: "{}" }, 415],
      ["DELETE", `${path}%c3%28/`, {}, 400],
      ["GET", `${path}%F0%9F%92%A9/`, {}, 404],
      ["GET", `${path}${"k".repeat(5000)}/`, {}, 404],
      ["DELETE", `${path}77777/`, {}, 404],
      ["PATCH", `${path}77777/`, { headers: jsonType, body: '{"is_active": true}' }, 404],
      ["GET", path.slice(0, -1), {}, 404],
      ["GET", `${path}1`, {}, 404],
      ["GET", `${path}1/2/`, {}, 404],
      ["GET", `${path}/`, {}, 404],
      ["GET", path.toUpperCase(), {}, 404],
      ["GET", "/", {}, 404],
      ["POST", "/nowhere", {}, 404],
      ["PUT", path, {}, 405],
      ["PATCH", path, {}, 405],
      ["OPTIONS", path, {}, 405],
      ["POST", `${path}1/`, {}, 405],
      ["OPTIONS", `${path}abcd/?x=1`, {}, 405],
    ]

    it.effect.each(
      refusals.map(([method, target, init, status, fields]) => ({ method, target, init, status, fields })),
    )("$method $target is $status", ({ fields, init, method, status, target }) =>
      Effect.gen(function* () {
        yield* create(path)
        const answer = yield* request(method, target, init)
        assert.strictEqual(answer.status, status, answer.text)
        assertVendorError(answer, status, fields)
        if (status === 401) assert.strictEqual(answer.headers.get("www-authenticate"), "Token")
        if (status === 405) assert.match(answer.headers.get("allow") ?? "", /GET/)
      }),
    )

    it.effect("a manager's credential (N15)", () =>
      Effect.gen(function* () {
        const { credentials } = yield* SandboxServer.SandboxServer
        const answer = yield* request("GET", path, { key: Redacted.value(credentials.neuroio.manager) })
        if (path === "/v1/tokens/") assert.strictEqual(answer.status, 200)
        else {
          assert.strictEqual(answer.status, 403)
          assertVendorError(answer, 403)
        }
      }),
    )

    it.effect("a token as a credential: until it is deactivated, and until it deletes itself (N13, N17)", () =>
      Effect.gen(function* () {
        yield* request("DELETE", "/v1/tokens/")
        const { id, key } = yield* create("/v1/tokens/")
        const use = Effect.map(request("GET", path, { key }), ({ status }) => status)
        assert.strictEqual(yield* use, 200)
        const update = (is_active: boolean) =>
          request("PATCH", `/v1/tokens/${id}/`, { headers: jsonType, body: JSON.stringify({ is_active }) })
        yield* update(false)
        assert.strictEqual(yield* use, 401)
        yield* update(true)
        assert.strictEqual(yield* use, 200)
        assert.strictEqual((yield* request("DELETE", "/v1/tokens/?permanent=false", { key })).status, 204)
        assert.strictEqual(yield* use, 401)
      }),
    )
  })
}

layer(fresh)("the sandbox", (it) => {
  it.effect("describes itself", () =>
    Effect.gen(function* () {
      const { json, status } = yield* request("GET", "/openapi.json")
      assert.strictEqual(status, 200)
      const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
      assert.strictEqual(Object(json).info.version, manifest.version)
      const spec: { paths: Record<string, Record<string, unknown>>; components: { securitySchemes: unknown } } =
        Object(json)
      for (const path of paths) {
        assert.deepStrictEqual(Object.keys(spec.paths[path] ?? {}).toSorted(), ["delete", "get", "post"])
        assert.deepStrictEqual(Object.keys(spec.paths[`${path}{token}/`] ?? {}).toSorted(), [
          "delete",
          "get",
          "patch",
          "put",
        ])
      }
      assert.deepStrictEqual(spec.components.securitySchemes, {
        authorization: { type: "http", scheme: "Token" },
        token: { type: "apiKey", in: "header", name: "token" },
        clientCredential: { type: "http", scheme: "basic" },
      })
      assert.deepStrictEqual(Object.keys(spec.paths["/umaaas/v1/tokens"] ?? {}).toSorted(), ["get", "post"])
      assert.deepStrictEqual(Object.keys(spec.paths["/umaaas/v1/tokens/{tokenId}"] ?? {}).toSorted(), ["delete", "get"])
      const docs = yield* request("GET", "/docs")
      assert.strictEqual(docs.status, 200)
      assert.match(docs.headers.get("content-type") ?? "", /^text\/html/)
      assert.include(docs.text, "/v1/streams/tokens/")
      // The page works without a network: nothing is loaded from elsewhere.
      assert.notMatch(docs.text, /<script[^>]+src=/)
      assert.include(docs.text, '"withDefaultFonts":false')
    }),
  )

  it.effect("gives both owners separate tokens", () =>
    Effect.gen(function* () {
      const { credentials } = yield* SandboxServer.SandboxServer
      const { id, key } = yield* create("/v1/tokens/")
      const manager = { key: Redacted.value(credentials.neuroio.manager) }
      assert.deepStrictEqual((yield* request("GET", "/v1/tokens/", manager)).json, [])
      for (const ref of [id, key]) {
        assert.strictEqual((yield* request("GET", `/v1/tokens/${ref}/`, manager)).status, 404)
      }
    }),
  )

  it.effect("a manager is refused stream tokens before anything else is looked at (N15)", () =>
    Effect.gen(function* () {
      const { credentials } = yield* SandboxServer.SandboxServer
      const key = Redacted.value(credentials.neuroio.manager)
      const path = "/v1/streams/tokens/"
      for (const [method, target, init] of [
        ["GET", `${path}?limit=x`, {}],
        ["DELETE", `${path}?permanent=x`, {}],
        ["POST", path, { headers: jsonType, body: "{" }],
        ["POST", path, { headers: { "content-type": "text/xml" }, body: "<a/>" }],
        ["PATCH", `${path}1/`, { headers: jsonType, body: "{}" }],
      ] as const) {
        assertVendorError(yield* request(method, target, { key, ...init }), 403)
      }
    }),
  )

  it.effect("deletes nothing for a target that ends early to a careless reader", () =>
    Effect.gen(function* () {
      const { id } = yield* create("/v1/tokens/")
      for (const target of ["/v1/tokens/;abc/", `/v1/tokens/${id}/;x`, "/v1/tokens/%3Babc/"]) {
        assert.strictEqual((yield* request("DELETE", target)).status, 404)
      }
      const raw = yield* exchange(`DELETE /v1/tokens/#abc/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
      assert.match(raw, /^HTTP\/1\.1 400 [\s\S]*"error_codes":\[400\]/)
      assert.strictEqual((yield* request("GET", `/v1/tokens/${id}/`)).status, 200)
    }),
  )

  it.effect("a body that is not UTF-8", () =>
    Effect.gen(function* () {
      const { credentials } = yield* SandboxServer.SandboxServer
      const head = [
        "POST /v1/tokens/ HTTP/1.1",
        "host: x",
        "connection: close",
        `authorization: Token ${Redacted.value(credentials.neuroio.account)}`,
        "content-type: application/json",
        "content-length: 12",
      ].join("\r\n")
      const answer = yield* exchange(
        Buffer.concat([Buffer.from(`${head}\r\n\r\n{"note": "`), Buffer.from([0xff, 0x7d])]),
      )
      assert.match(answer, /^HTTP\/1\.1 400 [\s\S]*not valid UTF-8/)
    }),
  )

  it.effect("survives what is not HTTP, and what breaks off", () =>
    Effect.gen(function* () {
      yield* exchange(
        "POST /v1/tokens/ HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{",
      )
      for (const [bytes, status] of [
        ["nonsense\r\n\r\n", 400],
        ["GET /v1/tokens/\u00e9/ HTTP/1.1\r\nhost: x\r\n\r\n", 400],
        ["get /v1/tokens/ HTTP/1.1\r\nhost: x\r\n\r\n", 400],
        ["POST /v1/tokens/ HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n", 400],
        [`GET /v1/tokens/ HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(20_000)}\r\n\r\n`, 431],
        ["GET /v1/tokens/ HTTP/1.1\r\nhost: x\r\nexpect: wat\r\nconnection: close\r\n\r\n", 417],
        ["CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n", 405],
        ["GET /v1/tokens/ HTTP/1.1\r\nconnection: close\r\n\r\n", 401],
      ] as const) {
        const answer = yield* exchange(bytes)
        assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), bytes)
        assert.match(answer, new RegExp(`\\{"error_codes":\\[${status}\\],"message":"[^"]+","fields":\\[\\]\\}`), bytes)
      }
      assert.strictEqual((yield* request("GET", "/v1/tokens/")).status, 200)
    }),
  )

  it.effect("takes a body that does not say how large it is, up to 64 KiB", () =>
    Effect.gen(function* () {
      const { credentials, url } = yield* SandboxServer.SandboxServer
      const post = (size: number) =>
        Effect.callback<number>((resume) => {
          const sent = Http.request(`${url}/v1/tokens/`, {
            method: "POST",
            headers: {
              authorization: `Token ${Redacted.value(credentials.neuroio.account)}`,
              "transfer-encoding": "chunked",
              ...jsonType,
            },
          })
          sent.on("response", (response) => resume(Effect.succeed(response.statusCode ?? 0)))
          sent.on("error", () => resume(Effect.succeed(0)))
          sent.end(`{"note": "${"x".repeat(size)}"}`)
        })
      assert.strictEqual(yield* post(10), 201)
      assert.strictEqual(yield* post(70_000), 413)
    }),
  )
})
