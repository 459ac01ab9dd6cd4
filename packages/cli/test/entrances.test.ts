/**
 * The sandbox has two entrances over HTTP, and nobody can tell which one a request came in by: the same requests to one
 * that has both and to one that has the routes alone, byte for byte, and what their journals say.
 */
import { SandboxServer } from "@effect-tokens/cli"
import * as Sandbox from "@effect-tokens/testkit/Sandbox"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import * as Tracer from "effect/Tracer"
import { once } from "node:events"
import * as Net from "node:net"
import { makeDrainingServer } from "../src/drainingServer.ts"

interface Server {
  readonly url: string
  readonly credentials: Sandbox.Credentials["Service"]
}

class RoutesAlone extends Context.Service<RoutesAlone, Server>()("@effect-tokens/cli/test/RoutesAlone") {}

const layerRoutesAlone = Layer.effect(
  RoutesAlone,
  Effect.gen(function* () {
    const { address } = yield* HttpServer.HttpServer
    return { url: HttpServer.formatAddress(address), credentials: yield* Sandbox.Credentials }
  }),
).pipe(
  Layer.provide(
    HttpRouter.serve(Sandbox.layerRoutes(), {
      routerConfig: Sandbox.routerConfig,
      disableLogger: true,
      disableListenLog: true,
    }),
  ),
  Layer.provide(NodeHttpServer.layer(makeDrainingServer, { port: 0, host: "127.0.0.1" })),
)

/** What Effect's server has of a request is a span. */
const spans: Array<string> = []

const layerSpans = Layer.succeed(
  Tracer.Tracer,
  Tracer.make({
    span: (options) => {
      if (options.kind === "server") spans.push(options.name)
      return new Tracer.NativeSpan(options)
    },
  }),
)

const servers = Layer.merge(SandboxServer.layer({ port: 0 }).pipe(Layer.provide(layerSpans)), layerRoutesAlone)

interface Request {
  readonly method: string
  readonly target: string
  readonly headers?: ReadonlyArray<string>
  readonly body?: string | Uint8Array
}

const bytesOf = ({ body = "", headers = [], method, target }: Request): ReadonlyArray<Uint8Array> => {
  const bytes = Buffer.from(body)
  const length = bytes.length === 0 ? [] : [`content-length: ${bytes.length}`]
  const head = [`${method} ${target} HTTP/1.1`, "host: sandbox", ...headers, ...length, "", ""]
  return [Buffer.from(head.join("\r\n")), bytes]
}

/** All that a server sends until it closes the connection, but for the date. */
const exchange = ({ url }: Server, write: (socket: Net.Socket) => unknown) =>
  Effect.promise(async () => {
    const socket = Net.connect(Number(new URL(url).port), "127.0.0.1")
    const chunks: Array<Buffer> = []
    socket.on("data", (chunk) => chunks.push(chunk))
    await once(socket, "connect")
    await write(socket)
    await once(socket, "close")
    return Buffer.concat(chunks)
      .toString()
      .replaceAll(/^date: .*\r\n/gim, "")
  })

/** To both servers: what both answer. */
const exchangeWithBoth = (write: (socket: Net.Socket) => unknown, what: string) =>
  Effect.gen(function* () {
    const [both, routes] = yield* Effect.all(
      [exchange(yield* SandboxServer.SandboxServer, write), exchange(yield* RoutesAlone, write)],
      { concurrency: 2 },
    )
    assert.strictEqual(both, routes, what)
    return both
  })

const send = (request: Request) =>
  exchangeWithBoth(
    (socket) => {
      const [head, body] = bytesOf({ ...request, headers: [...(request.headers ?? []), "connection: close"] })
      socket.write(Buffer.concat([head ?? "", body ?? ""].map((part) => Buffer.from(part))))
    },
    `${request.method} ${request.target} ${request.headers?.join(", ")} ${request.body?.slice(0, 100)}`,
  )

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])

const jsonOf = (answer: string): Record<string, unknown> => Object(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n"))))

const journal = Effect.map(send({ method: "GET", target: "/_sandbox/journal" }), jsonOf)

const json = "content-type: application/json"
const form = "content-type: application/x-www-form-urlencoded"

const basic = (clientId: string, clientSecret: string) =>
  `authorization: Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`

const credentials = Effect.map(SandboxServer.SandboxServer, ({ credentials: { neuroio, umaaas } }) => ({
  account: Redacted.value(neuroio.account),
  manager: Redacted.value(neuroio.manager),
  clientId: umaaas.clientId,
  clientSecret: Redacted.value(umaaas.clientSecret),
}))

const bodies: ReadonlyArray<readonly [type: string | undefined, body: string | Uint8Array]> = [
  [undefined, ""],
  [undefined, "{}"],
  [json, ""],
  [json, "{}"],
  [json, "[]"],
  [json, "null"],
  [json, "{"],
  [json, '"text"'],
  [json, '{"permanent": true, "is_active": true}'],
  [json, '{"permanent": false, "is_active": false, "note": "ü"}'],
  [json, '{"permanent": "true", "is_active": "true"}'],
  [json, '{"permanent": null, "is_active": null}'],
  [json, '{"__proto__": {"permanent": true}}'],
  [json, '\uFEFF{"permanent": false, "is_active": true}'],
  [json, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  [json, `{"note": "${"x".repeat(30_000)}", "is_active": true}`],
  [json, `{"note": "${"x".repeat(70_000)}", "is_active": true}`],
  ["content-type: Application/JSON; charset=latin1", '{"is_active": true}'],
  ["content-type: text/json", '{"is_active": true}'],
  [form, ""],
  [form, "permanent=false&is_active=False"],
  [form, "permanent=TRUE&is_active=true"],
  [form, "permanent=true&permanent=false&is_active=true&is_active=true"],
  [form, "permanent=&is_active="],
  [form, "permanent=%ZZ&is_active=tru%65"],
  ["content-type: text/xml", "<a/>"],
  [`${json}\r\ncontent-encoding: gzip`, "{}"],
  [`${json}\r\ncontent-encoding: identity`, '{"is_active": true}'],
]

const queries = [
  "",
  "?",
  "?limit=2",
  "?limit=2&offset=1",
  "?limit=0",
  "?limit=x",
  "?limit=1&limit=2",
  "?limit=%31&offset=0",
  "?limit=99999999999999999999",
  "?offset=-1",
  "?offset=+1",
  "?permanent=",
  "?permanent",
  "?permanent=true",
  "?permanent=False&limit=1",
  "?permanent=yes",
  "?permanent=true&permanent=true",
  "?permanent=%74rue",
  "?permanent=%ZZ",
  "?note=%c3%28",
  "?note=1&note=2",
  "?permanent=true#x",
  "?permanent=true?x",
  "?permanent=true;limit=1",
  "?__proto__=1",
]

const odd = [
  "0",
  "-1",
  "1.5",
  "01",
  "abcd",
  "99999999999999999999",
  "%31",
  "%2531",
  "%00",
  "%ZZ",
  "%c3%28",
  "1%2F",
  "1;a=b",
  ";1",
  "1#x",
  "..",
  "Token:1",
  "k".repeat(5000),
]

describe.each([
  ["tokens", "/v1/tokens/"],
  ["stream tokens", "/v1/streams/tokens/"],
] as const)("NeuroIO's %s", (_family, path) => {
  it.effect("whatever is asked for", () =>
    Effect.gen(function* () {
      const { account, manager } = yield* credentials
      const as = `authorization: Token ${account}`
      const keys: Array<string> = []
      for (const [type, body] of bodies) {
        const headers = type === undefined ? [as] : [as, type]
        const made = yield* send({ method: "POST", target: path, headers, body })
        if (statusOf(made) === 201) keys.push(String(jsonOf(made)["key"]))
      }
      const [key = "", other = "", third = ""] = keys
      for (const query of queries) yield* send({ method: "GET", target: path + query, headers: [as] })
      for (const one of [...odd, "1", "2", key, key.toUpperCase(), encodeURIComponent(key).replace(/^./, "%3$&")]) {
        for (const method of ["GET", "HEAD", "OPTIONS", "POST", "DELETE"]) {
          if (method !== "DELETE" || !keys.includes(one)) {
            yield* send({ method, target: `${path}${one}/`, headers: [as] })
            yield* send({ method, target: `${path}${one}/?x=1`, headers: [as] })
          }
        }
      }
      for (const [type, body] of bodies) {
        for (const method of ["PATCH", "PUT", "GET"]) {
          const headers = type === undefined ? [as] : [as, type]
          yield* send({ method, target: `${path}${other}/`, headers, body })
        }
      }
      const callers: ReadonlyArray<ReadonlyArray<string>> = [
        [],
        [`token: Token ${account}`],
        [`token: token   ${account}`],
        [`token: ${account}`],
        [`authorization: token   ${account}`],
        [`authorization: TOKEN ${account} `],
        [`authorization: Token ${account} x`],
        [`authorization: ${account}`],
        [`authorization: Bearer ${account}`],
        ["authorization: Token wrong", `token: Token ${account}`],
        [`authorization: Token ${manager}`, `token: Token ${account}`],
        [`authorization: Token ${account}`, `authorization: Token ${manager}`],
        [`token: Token ${account}`, `token: Token ${manager}`],
        [`authorization: Token ${manager}`],
        [`authorization: Token ${third}`],
        [`authorization: Token ${account.toUpperCase()}`],
        [as, "if-none-match: *", "range: bytes=0-1", "accept: text/html", "accept-encoding: gzip"],
        [as, "origin: https://app.example"],
        [as, "cookie: a=b"],
        [as, "expect: 100-continue"],
        [as, "content-length: 0"],
        [as, "transfer-encoding: chunked"],
      ]
      for (const headers of callers) {
        if (!headers.includes("transfer-encoding: chunked")) {
          yield* send({ method: "GET", target: path, headers })
          yield* send({ method: "GET", target: `${path}${key}/`, headers })
          yield* send({ method: "DELETE", target: `${path}?permanent=no`, headers })
        }
        const body = headers.includes("transfer-encoding: chunked") ? "" : "{}"
        if (body !== "" && !headers.includes("content-length: 0")) {
          yield* send({ method: "POST", target: path, headers: [...headers, json], body })
        }
      }
      for (const target of [
        path.slice(0, -1),
        `/${path}`,
        path.replace("v1", "v%31"),
        path.toUpperCase(),
        `http://sandbox${path}`,
        `http://elsewhere${path}${key}/`,
        `${path}./`,
        `${path}../tokens/`,
        "*",
      ]) {
        yield* send({ method: "GET", target, headers: [as] })
      }
      for (const method of ["PUT", "PATCH", "HEAD", "OPTIONS", "TRACE"]) {
        yield* send({ method, target: path, headers: [as] })
      }
      yield* send({ method: "DELETE", target: `${path}${key}/`, headers: [as], body: "{}" })
      yield* send({ method: "DELETE", target: `${path}${other}/`, headers: [as] })
      yield* send({ method: "DELETE", target: `${path}${other}/`, headers: [as] })
      for (const query of ["?permanent=", "?permanent=true#x", "?permanent=true", "?x", "?permanent=false", ""]) {
        yield* send({ method: "DELETE", target: path + query, headers: [as] })
        yield* send({ method: "GET", target: path, headers: [as] })
      }
      const text = JSON.stringify(yield* journal)
      for (const secret of [account, manager, ...keys]) assert.notInclude(text, secret)
    }).pipe(Effect.provide(servers)),
  )
})

describe("UMAaaS", () => {
  it.effect("whatever is asked for", () =>
    Effect.gen(function* () {
      const path = "/umaaas/v1/tokens"
      const { clientId, clientSecret } = yield* credentials
      const as = basic(clientId, clientSecret)
      const post = (body: string, ...headers: ReadonlyArray<string>) =>
        send({ method: "POST", target: path, headers: [as, ...headers], body })
      const secrets = [clientSecret, as.slice("authorization: Basic ".length)]
      const made: Array<Record<string, unknown>> = []
      for (const permissions of [["VIEW"], ["TRANSACT"], ["MANAGE", "MANAGE"], ["VIEW", "TRANSACT", "MANAGE"]]) {
        const token = jsonOf(yield* post(JSON.stringify({ name: `a & b+c ü ${permissions[0]}`, permissions }), json))
        secrets.push(String(token["clientSecret"]))
        made.push(token)
        yield* TestClock.adjust("1 minute")
      }
      for (const body of [
        "",
        "{}",
        "[]",
        "{",
        '{"name": "", "permissions": ["VIEW"]}',
        '{"name": 1, "permissions": ["VIEW"]}',
        '{"name": "a", "permissions": []}',
        '{"name": "a", "permissions": "VIEW"}',
        '{"name": "a", "permissions": ["VIEW", "FLY"]}',
        '{"name": "a", "permissions": ["VIEW", 1]}',
        `{"name": "${"n".repeat(200)}", "permissions": ["VIEW"]}`,
        '{"name": "%c3%28", "permissions": ["VIEW"]}',
      ]) {
        yield* post(body, json)
        yield* post(body)
      }
      yield* post("name=a&permissions=VIEW", form)

      const createdAt = String(made[1]?.["createdAt"])
      const page = jsonOf(yield* send({ method: "GET", target: `${path}?limit=2`, headers: [as] }))
      for (const query of [
        ...queries,
        "?limit=100",
        "?limit=101",
        `?cursor=${String(page["nextCursor"])}`,
        "?cursor=",
        "?cursor=forged",
        "?name=a%20%26%20b%2Bc%20%C3%BC%20VIEW",
        "?name=a+%26+b%2Bc+%c3%bc+VIEW",
        "?name=first",
        "?name=%c3%28",
        "?name=%25c3%2528",
        "?name=",
        "?name=a&name=b",
        ...["createdAfter", "createdBefore", "updatedAfter", "updatedBefore"].flatMap((name) => [
          `?${name}=${createdAt}`,
          `?${name}=${encodeURIComponent(createdAt)}&limit=1`,
          `?${name}=${createdAt.replace("Z", "%2B00:00")}`,
          `?${name}=${createdAt.replace("Z", "+00:00")}`,
          `?${name}=yesterday`,
        ]),
      ]) {
        yield* send({ method: "GET", target: path + query, headers: [as] })
      }
      const ids = made.map(({ id }) => String(id))
      for (const id of ids) {
        for (const one of [id, encodeURIComponent(id), id.replace(":", "%3a"), id.replace("T", "%54"), `${id}/`]) {
          for (const method of ["GET", "HEAD", "OPTIONS", "PATCH"]) {
            yield* send({ method, target: `${path}/${one}`, headers: [as] })
          }
        }
      }
      for (const one of odd) {
        for (const method of ["GET", "DELETE"]) yield* send({ method, target: `${path}/${one}`, headers: [as] })
      }
      const callers: ReadonlyArray<ReadonlyArray<string>> = [
        [],
        ["authorization: Basic"],
        ["authorization: Basic %%%"],
        [`authorization: Basic ${Buffer.from("no colon").toString("base64")}`],
        [`authorization: Basic ${Buffer.from(`${clientId}:`).toString("base64")}`],
        [as.replace("Basic", "bASIC  ")],
        [`${as}=`],
        [basic(clientId.toUpperCase(), clientSecret)],
        [basic(clientId, `${clientSecret}x`)],
        ...made.map((token) => [basic(String(token["clientId"]), String(token["clientSecret"]))]),
      ]
      for (const headers of callers) {
        yield* send({ method: "GET", target: path, headers })
        yield* send({ method: "GET", target: `${path}/${ids[0]}`, headers })
        yield* send({ method: "DELETE", target: `${path}/nothing`, headers })
        const body = '{"name": "a", "permissions": ["VIEW"]}'
        yield* send({ method: "POST", target: path, headers: [...headers, json], body })
      }
      const [, , third, own] = made
      yield* send({ method: "DELETE", target: `${path}/${String(third?.["id"])}`, headers: [as] })
      const itself = [basic(String(own?.["clientId"]), String(own?.["clientSecret"]))]
      yield* send({ method: "DELETE", target: `${path}/${String(own?.["id"])}`, headers: itself })
      yield* send({ method: "GET", target: path, headers: itself })
      yield* send({ method: "GET", target: path, headers: [as] })
      const text = JSON.stringify(yield* journal)
      for (const secret of secrets) assert.notInclude(text, secret)
    }).pipe(Effect.provide(servers)),
  )
})

describe("both entrances", () => {
  it.effect("a connection that is kept, requests that do not wait, bodies that come late or in pieces", () =>
    Effect.gen(function* () {
      const { account } = yield* credentials
      const as = `authorization: Token ${account}`
      const create: Request = {
        method: "POST",
        target: "/v1/tokens/",
        headers: [as, json],
        body: '{"permanent": false}',
      }
      const requests: ReadonlyArray<Request> = [
        create,
        { method: "GET", target: "/v1/tokens/1/", headers: [as] },
        { method: "GET", target: "/v1/tokens/nothing/", headers: [as] },
        { method: "PATCH", target: "/v1/tokens/1/", headers: [as, json], body: '{"is_active": 1}' },
        { method: "PATCH", target: "/v1/tokens/1/", headers: [as, json], body: '{"is_active": false}' },
        { method: "GET", target: "/v1/tokens/1/", headers: [as] },
        { method: "DELETE", target: "/v1/tokens/1/", headers: [as] },
        { method: "GET", target: "/v1/tokens/", headers: [as, "connection: close"] },
      ]
      const inTurn = yield* exchangeWithBoth(async (socket) => {
        for (const request of requests) {
          socket.write(Buffer.concat(bytesOf(request)))
          if (request !== requests.at(-1)) await once(socket, "data")
        }
      }, "one after another")
      assert.deepStrictEqual(inTurn.match(/(?<=HTTP\/1\.1 )\d+/g), [
        "201",
        "200",
        "404",
        "400",
        "200",
        "200",
        "204",
        "200",
      ])
      const pause = () => new Promise((resolve) => setImmediate(resolve))
      for (const request of [create, { ...create, body: '{"permanent":' }]) {
        const [head = new Uint8Array(0), body = new Uint8Array(0)] = bytesOf({
          ...request,
          headers: [as, json, "connection: close"],
        })
        yield* exchangeWithBoth(async (socket) => {
          socket.write(head)
          await pause()
          socket.write(body.subarray(0, 5))
          await pause()
          socket.write(body.subarray(5))
        }, "a body that comes late")
        const chunked = `${request.method} ${request.target} HTTP/1.1\r\nhost: x\r\n${as}\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n`
        yield* exchangeWithBoth(
          (socket) =>
            socket.write(`${chunked}${body.length.toString(16)}\r\n${Buffer.from(body).toString()}\r\n0\r\n\r\n`),
          "a body in chunks",
        )
      }
      yield* exchangeWithBoth(
        (socket) => socket.write(`GET /v1/tokens/ HTTP/1.0\r\n${as}\r\n\r\n`),
        "a client that is older than connections that are kept",
      )
      yield* journal
    }).pipe(Effect.provide(servers)),
  )

  it.effect("what is set by the control holds at once: time, faults, snapshots, reset", () =>
    Effect.gen(function* () {
      const { account } = yield* credentials
      const as = `authorization: Token ${account}`
      const tokens = "/v1/tokens/"
      const call = (method: string, target = tokens, headers: ReadonlyArray<string> = [as]) =>
        Effect.map(send({ method, target, headers }), statusOf)
      const control = (method: string, target: string, body = "") =>
        send({ method, target: `/_sandbox/${target}`, headers: [json], body })

      const { key } = jsonOf(yield* send({ method: "POST", target: tokens, headers: [as] }))
      const asToken = [`authorization: Token ${String(key)}`]
      assert.strictEqual(yield* call("GET", tokens, asToken), 200)
      yield* control("POST", "snapshots")
      yield* TestClock.adjust("23 hours")
      assert.strictEqual(yield* call("GET", tokens, asToken), 200)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* call("GET", tokens, asToken), 401)
      yield* control("PATCH", "clock", '{"frozen": true}')
      const { id } = jsonOf(yield* send({ method: "POST", target: tokens, headers: [as] }))
      yield* TestClock.adjust("1 hour")
      yield* control("PATCH", "clock", '{"advance": 60000}')
      const later = jsonOf(yield* send({ method: "POST", target: tokens, headers: [as] }))
      assert.strictEqual(later["created"], "1970-01-02T00:01:00.000000+00:00")

      const rule = { operation: "Tokens.get", call: 2, fault: { _tag: "Status", status: 503, retryAfter: 7 } }
      yield* control("PUT", "faults", JSON.stringify({ _tag: "Script", rules: [rule] }))
      const get = call("GET", `${tokens}${String(id)}/`)
      assert.deepStrictEqual([yield* get, yield* get, yield* get], [200, 503, 200])
      yield* control("DELETE", "faults")
      assert.deepStrictEqual([yield* get, yield* get], [200, 200])

      yield* control("POST", "snapshots/1/restore")
      assert.deepStrictEqual([yield* get, yield* call("DELETE"), yield* call("GET")], [404, 204, 200])
      yield* journal
      yield* control("DELETE", "journal")
      yield* call("GET")
      yield* journal
      yield* control("POST", "reset")
      assert.deepStrictEqual((yield* journal)["entries"], [])
      yield* call("POST")
      yield* call("GET")
      yield* journal
    }).pipe(Effect.provide(servers)),
  )

  it.effect("Effect's server gets to see what does not succeed, and no other call", () =>
    Effect.gen(function* () {
      const { account, clientId, clientSecret } = yield* credentials
      const as = [`authorization: Token ${account}`]
      const asFirst = [basic(clientId, clientSecret)]
      const seen = (request: Request) =>
        Effect.gen(function* () {
          spans.length = 0
          const answer = yield* send(request)
          return [statusOf(answer), spans.length > 0]
        })
      for (const path of ["/v1/tokens/", "/v1/streams/tokens/"]) {
        const id = path === "/v1/tokens/" ? 1 : 2
        const update = { target: `${path}${id}/`, headers: [...as, json], body: '{"is_active": true}' }
        assert.deepStrictEqual(
          [
            yield* seen({ method: "POST", target: path, headers: [...as, json], body: "{}" }),
            yield* seen({ method: "GET", target: `${path}?limit=1&permanent=false`, headers: as }),
            yield* seen({ method: "GET", target: `${path}${id}/`, headers: as }),
            yield* seen({ method: "PATCH", ...update }),
            yield* seen({ method: "PUT", ...update }),
            yield* seen({ method: "DELETE", target: `${path}${id}/`, headers: as }),
            yield* seen({ method: "DELETE", target: path, headers: as }),
            yield* seen({ method: "GET", target: `${path}${id}/`, headers: as }),
          ],
          [...[201, 200, 200, 200, 200, 204, 204].map((status) => [status, false]), [404, true]],
        )
      }
      const target = "/umaaas/v1/tokens"
      const body = '{"name": "a", "permissions": ["VIEW"]}'
      const made = yield* send({ method: "POST", target, headers: [...asFirst, json], body })
      const one = `${target}/${encodeURIComponent(String(jsonOf(made)["id"]))}`
      assert.deepStrictEqual(
        [
          yield* seen({ method: "POST", target, headers: [...asFirst, json], body }),
          yield* seen({ method: "GET", target: `${target}?limit=1`, headers: asFirst }),
          yield* seen({ method: "GET", target: one, headers: asFirst }),
          yield* seen({ method: "DELETE", target: one, headers: asFirst }),
          yield* seen({ method: "GET", target: one, headers: asFirst }),
          yield* seen({ method: "GET", target: "/_sandbox/clock", headers: [] }),
        ],
        [
          [201, false],
          [200, false],
          [200, false],
          [204, false],
          [404, true],
          [200, true],
        ],
      )
    }).pipe(Effect.provide(servers)),
  )
})
