/** The one function of the sandbox: each documented endpoint with each documented response, and a defect. */
import { assert, describe, it } from "@effect/vitest"
import * as HttpApi from "effect/http-api/HttpApi"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { openapi, SandboxApi } from "../../../src/internal/sandbox/document.ts"
import { handle } from "../../../src/internal/sandbox/handle.ts"
import type { Request, Response } from "../../../src/internal/sandbox/request.ts"
import { makeSandbox } from "../../../src/internal/sandbox/state.ts"

const json = { "content-type": "application/json" }

const basic = (clientId: string, clientSecret: string) => ({
  authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`,
})

const jsonOf = ({ body }: Response): Record<string, unknown> => Object(JSON.parse(String(body)))

/** A sandbox where each family has a token, UMAaaS has one that may not manage, and a snapshot is kept. */
const makeFixture = () => {
  const sandbox = makeSandbox(0, 0)
  const { neuroio, umaaas } = sandbox.vendors
  const as = {
    account: { authorization: `Token ${Redacted.value(neuroio.credentials.account)}` },
    manager: { authorization: `Token ${Redacted.value(neuroio.credentials.manager)}` },
    root: basic(umaaas.credentials.clientId, Redacted.value(umaaas.credentials.clientSecret)),
  }
  const ask = (method: string, path: string, request: Partial<Request> = {}) =>
    handle(sandbox, { headers: {}, body: undefined, ...request, method, path }, 0)
  ask("POST", "/_sandbox/snapshots")
  const token = jsonOf(ask("POST", "/v1/tokens/", { headers: as.account }))["id"]
  const streamToken = jsonOf(ask("POST", "/v1/streams/tokens/", { headers: as.account }))["id"]
  const body = '{"name": "a", "permissions": ["TRANSACT"]}'
  const apiToken = jsonOf(ask("POST", "/umaaas/v1/tokens", { headers: { ...as.root, ...json }, body }))
  const trader = basic(String(apiToken["clientId"]), String(apiToken["clientSecret"]))
  const ids: Readonly<Record<string, string>> = {
    tokens: String(token),
    streamTokens: String(streamToken),
    apiTokens: String(apiToken["id"]),
    sandbox: "1",
  }
  return { ask, ids, as: { ...as, trader } }
}

type Fixture = ReturnType<typeof makeFixture>

/** The bodies that endpoints accept. */
const payloads: Readonly<Record<string, string>> = {
  "tokens.create": '{"permanent": true}',
  "tokens.update": '{"is_active": false}',
  "tokens.replace": '{"is_active": false}',
  "streamTokens.create": "{}",
  "streamTokens.update": '{"is_active": true}',
  "streamTokens.replace": '{"is_active": true}',
  "apiTokens.create": '{"name": "b", "permissions": ["VIEW"]}',
  "sandbox.setClock": '{"frozen": true, "advance": 1000}',
  "sandbox.addSpace": '{"kind": "space"}',
  "sandbox.setFaults": '{"_tag": "Random", "seed": 1, "rate": 0}',
}

/** Headers that nobody can read: a defect. */
const broken = {
  get authorization(): string {
    throw new Error("canary: this is a defect")
  },
}

const tooLarge = `{"note": "${"x".repeat(70_000)}"}`

/** Changes a request that succeeds into one with the response of that status. */
const changes: Readonly<
  Record<number, (request: Request, group: string, fixture: Fixture) => Partial<Request> & { readonly id?: string }>
> = {
  400: ({ body, path }) => (body === undefined ? { path: `${path}?limit=x&permanent=x`, id: "%ZZ" } : { body: "[]" }),
  401: () => ({ headers: json }),
  403: (_request, group, { as }) => ({
    headers: { ...(group === "apiTokens" ? as.trader : as.manager), ...json },
  }),
  404: () => ({ id: "777" }),
  413: () => ({ body: tooLarge }),
  415: ({ headers }) => ({ headers: { ...headers, "content-type": "text/xml" } }),
  500: () => ({ headers: broken }),
}

interface Documented {
  readonly name: string
  readonly group: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly schemas: ReadonlyArray<Schema.Top>
}

const documented: Array<Documented> = []

HttpApi.reflect(SandboxApi, {
  onGroup: () => {},
  onEndpoint: ({ endpoint, errors, group, successes }) => {
    for (const [status, schemas] of [...successes, ...errors]) {
      const { identifier: name, method, path } = endpoint
      documented.push({ group: group.identifier, name, method, path, status, schemas })
    }
  },
})

describe("each documented response", () => {
  it.each(documented.map((one) => ({ ...one, title: `${one.method} ${one.path}` })))(
    "$title is $status",
    ({ group, method, name, path, schemas, status }) => {
      const fixture = makeFixture()
      const succeeding: Request = {
        method,
        path,
        headers: { ...(group === "apiTokens" ? fixture.as.root : fixture.as.account), ...json },
        body: payloads[`${group}.${name}`],
      }
      const { id = fixture.ids[group] ?? "", ...changed } = changes[status]?.(succeeding, group, fixture) ?? {}
      const request = { ...succeeding, ...changed }
      const response = fixture.ask(method, request.path.replace(/:\w+/, id), request)
      assert.strictEqual(response.status, status, String(response.body))
      if (status === 204) return assert.deepStrictEqual([response.body, response.headers], [undefined, {}])
      assert.strictEqual(response.headers["content-type"], "application/json")
      assert.strictEqual(response.headers["www-authenticate"] !== undefined, status === 401)
      const [schema] = schemas
      if (schema === undefined) return assert.fail("no schema")
      const decode = Schema.decodeUnknownResult(Schema.toEncoded(schema), { onExcessProperty: "error" })
      assert.strictEqual(decode(JSON.parse(String(response.body)))._tag, "Success", String(response.body))
    },
  )

  it("a path has the methods that are documented", () => {
    const { ask, ids } = makeFixture()
    const methods = new Map<string, Array<string>>()
    for (const { group, method, path } of documented) {
      const target = path.replace(/:\w+/, ids[group] ?? "")
      methods.set(target, [...(methods.get(target) ?? []), ...(method === "GET" ? ["GET", "HEAD"] : [method])])
    }
    for (const [path, expected] of methods) {
      const { headers, status } = ask("TRACE", path)
      assert.strictEqual(status, 405)
      assert.sameMembers(headers["allow"]?.split(", ") ?? [], [...new Set(expected)], path)
    }
  })
})

describe("the document", () => {
  const { components, paths } = Object(JSON.parse(String(openapi().body)))
  const lists = [
    { path: "/v1/tokens/", as: "account" },
    { path: "/v1/streams/tokens/", as: "account" },
    { path: "/umaaas/v1/tokens", as: "root" },
  ] as const

  it.each(lists)("has the bounds of the numbers of $path, and booleans", ({ as, path }) => {
    const fixture = makeFixture()
    const status = (name: string, value: unknown) =>
      fixture.ask("GET", `${path}?${name}=${String(value)}`, { headers: fixture.as[as] }).status
    const found: Record<string, unknown> = {}
    for (const { name, schema } of paths[path].get.parameters) {
      found[name] = schema.type
      if (schema.type === "boolean") assert.deepStrictEqual([status(name, true), status(name, "x")], [200, 400])
      if (schema.type !== "integer") continue
      assert.deepStrictEqual([status(name, schema.minimum), status(name, schema.minimum - 1)], [200, 400])
      assert.strictEqual(status(name, schema.maximum ?? 1e15), 200)
      if (as === "root") assert.strictEqual(status(name, schema.maximum + 1), 400)
    }
    const types = as === "root" ? { limit: "integer" } : { limit: "integer", offset: "integer", permanent: "boolean" }
    assert.deepInclude(found, types)
  })

  it("says that times are times, and that a page may come without its count", () => {
    const { ApiToken, ApiTokenPage, Token } = components.schemas
    const { createdAt, updatedAt } = ApiToken.properties
    const [expires] = Token.properties.expires.anyOf
    for (const { format } of [createdAt, updatedAt, Token.properties.created, expires]) {
      assert.strictEqual(format, "date-time")
    }
    assert.notInclude(ApiTokenPage.required, "totalCount")
  })
})

describe("a defect", () => {
  it("is a 500 in the vendor's shape that does not show it", () => {
    const { ask } = makeFixture()
    for (const path of ["/v1/tokens/", "/umaaas/v1/tokens"]) {
      const answer = ask("GET", path, { headers: broken })
      assert.strictEqual(answer.status, 500)
      assert.match(String(answer.body), /"message":"The sandbox failed. Its log says how."/)
      assert.notMatch(String(answer.body), /canary|\bat .*:\d+:\d+/)
      assert.match(String(answer.defect), /canary/)
    }
  })
})
