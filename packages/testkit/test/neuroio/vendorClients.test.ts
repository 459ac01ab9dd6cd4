/**
 * The vendor's own clients against the sandbox, unmodified: the JavaScript one as it comes from the registry, the Python
 * one, which no registry of this project has, by the requests that it puts on the wire.
 */
import { SandboxServer } from "@effect-tokens/cli"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createRequire } from "node:module"
import * as Net from "node:net"

interface VendorToken {
  readonly id: number
  readonly key: string
  readonly is_active: boolean
  readonly expires: string | null
}

type Method<Input, Output> = (input?: Input) => Promise<Output>

interface Filter {
  readonly permanent?: boolean
  readonly limit?: number
  readonly offset?: number
}

interface VendorApi {
  readonly setEndpoint: (endpoint: { readonly base: string; readonly auth: string }) => void
  readonly tokens: {
    readonly createToken: Method<{ readonly permanent?: boolean }, VendorToken>
    readonly getTokens: Method<Filter, ReadonlyArray<VendorToken>>
    readonly getToken: Method<number | string, VendorToken>
    readonly updateToken: Method<{ readonly id: number; readonly is_active: boolean }, VendorToken>
    readonly deleteToken: Method<number | string, unknown>
    readonly deleteTokens: Method<Filter, unknown>
  }
  readonly streamTokens: {
    readonly createStreamToken: Method<{ readonly permanent?: boolean }, VendorToken>
    readonly getStreamTokens: Method<Filter, ReadonlyArray<VendorToken>>
    readonly getStreamToken: Method<number | string, VendorToken>
    readonly updateStreamToken: Method<{ readonly id: number; readonly is_active: boolean }, VendorToken>
    readonly deleteStreamToken: Method<number | string, unknown>
    readonly deleteStreamTokens: Method<Filter, unknown>
  }
}

const vendor: {
  readonly createNeuroioRestApi: (options: { readonly version: number; readonly token: string }) => VendorApi
} = createRequire(import.meta.url)("@neuroio/rest-api")

/** What the client's error tells of the answer. */
const rejected = async (promise: Promise<unknown>): Promise<{ status: number; data: unknown }> => {
  try {
    await promise
  } catch (error) {
    const { response } = Object(error)
    return { status: response.status, data: response.data }
  }
  throw new Error("it was not refused")
}

layer(SandboxServer.layer({ port: 0 }))("@neuroio/rest-api 4.2.2", (it) => {
  const api = Effect.map(SandboxServer.SandboxServer, ({ credentials, url }) => {
    const connect = (token: string) => {
      const api = vendor.createNeuroioRestApi({ version: 1, token })
      api.setEndpoint({ base: `${url}/v1/`, auth: `${url}/v1/` })
      return api
    }
    return {
      connect,
      account: connect(Redacted.value(credentials.neuroio.account)),
      manager: connect(Redacted.value(credentials.neuroio.manager)),
    }
  })

  const scenario = (
    create: Method<{ readonly permanent?: boolean }, VendorToken>,
    list: Method<Filter, ReadonlyArray<VendorToken>>,
    get: Method<number | string, VendorToken>,
    update: Method<{ readonly id: number; readonly is_active: boolean }, VendorToken>,
    deleteOne: Method<number | string, unknown>,
    deleteMany: Method<Filter, unknown>,
  ) =>
    Effect.promise(async () => {
      await deleteMany()
      assert.isString((await create()).expires)
      const temporary = await create({ permanent: false })
      const permanent = await create({ permanent: true })
      assert.isNull(permanent.expires)
      assert.strictEqual((await list({})).length, 3)
      assert.deepStrictEqual(await list({ permanent: true }), [permanent])
      assert.deepStrictEqual(await list({ offset: 1, permanent: false, limit: 1 }), [temporary])
      assert.deepStrictEqual(await get(temporary.id), temporary)
      assert.deepStrictEqual(await get(temporary.key), temporary)
      assert.deepStrictEqual(await update({ id: temporary.id, is_active: false }), { ...temporary, is_active: false })
      await deleteOne(temporary.id)
      assert.strictEqual((await rejected(get(temporary.id))).status, 404)
      for (let i = 0; i < 4; i++) await create({ permanent: true })
      const refusal = await rejected(create({ permanent: true }))
      assert.strictEqual(refusal.status, 400)
      assert.strictEqual(Object(refusal.data).fields[0].name, "permanent")
      await deleteMany({ permanent: false })
      assert.strictEqual((await list({})).length, 5)
      await deleteMany({ permanent: true })
      assert.deepStrictEqual(await list({}), [])
    })

  it.effect("tokens", () =>
    Effect.flatMap(api, ({ account: { tokens } }) =>
      scenario(
        tokens.createToken,
        tokens.getTokens,
        tokens.getToken,
        tokens.updateToken,
        tokens.deleteToken,
        tokens.deleteTokens,
      ),
    ),
  )

  it.effect("stream tokens", () =>
    Effect.flatMap(api, ({ account: { streamTokens } }) =>
      scenario(
        streamTokens.createStreamToken,
        streamTokens.getStreamTokens,
        streamTokens.getStreamToken,
        streamTokens.updateStreamToken,
        streamTokens.deleteStreamToken,
        streamTokens.deleteStreamTokens,
      ),
    ),
  )

  it.effect("refusals", () =>
    Effect.gen(function* () {
      const { connect, manager } = yield* api
      const forbidden = yield* Effect.promise(() => rejected(manager.streamTokens.getStreamTokens({})))
      assert.strictEqual(forbidden.status, 403)
      const unknown = yield* Effect.promise(() => rejected(connect("unknown").tokens.getTokens({})))
      assert.strictEqual(unknown.status, 401)
    }),
  )
})

/**
 * Recorded from `neuroio` 0.1.1 and 0.1.2 over httpx 0.23 and 0.28, sync and async. The versions differ in the order of
 * the query, in `permanent=` for "no filter", and in how httpx writes JSON and booleans in forms.
 */
interface PythonRequest {
  readonly method: string
  readonly target: (collection: string, ref: string) => string
  readonly contentType?: string
  readonly body?: string
  readonly status: number
}

const json = "application/json"
const form = "application/x-www-form-urlencoded"

const pythonRequests: ReadonlyArray<PythonRequest> = [
  { method: "POST", target: (c) => c, contentType: json, body: '{"permanent": false}', status: 201 },
  { method: "POST", target: (c) => c, contentType: json, body: '{"permanent":false}', status: 201 },
  { method: "POST", target: (c) => c, contentType: json, body: '{"permanent": true}', status: 201 },
  { method: "GET", target: (c) => `${c}?limit=20&offset=0`, status: 200 },
  { method: "GET", target: (c) => `${c}?permanent=&limit=20&offset=0`, status: 200 },
  { method: "GET", target: (c) => `${c}?limit=2&offset=1&permanent=true`, status: 200 },
  { method: "GET", target: (c) => `${c}?permanent=false&limit=20&offset=0`, status: 200 },
  { method: "GET", target: (c, ref) => `${c}${ref}/`, status: 200 },
  {
    method: "PATCH",
    target: (c, ref) => `${c}${ref}/`,
    contentType: form,
    body: "is_active=false",
    status: 200,
  },
  { method: "PATCH", target: (c, ref) => `${c}${ref}/`, contentType: form, body: "is_active=True", status: 200 },
  { method: "DELETE", target: (c, ref) => `${c}${ref}/`, status: 204 },
  { method: "DELETE", target: (c) => `${c}?permanent=true`, status: 204 },
  { method: "DELETE", target: (c) => `${c}?permanent=false`, status: 204 },
  { method: "DELETE", target: (c) => c, status: 204 },
]

layer(SandboxServer.layer({ port: 0 }))("neuroio for Python", (it) => {
  const send = (url: string, key: string, { body, contentType, method }: PythonRequest, target: string) =>
    Effect.callback<string>((resume) => {
      const head = [
        `${method} ${target} HTTP/1.1`,
        `Host: ${new URL(url).host}`,
        "Accept: */*",
        "Accept-Encoding: gzip, deflate",
        "Connection: close",
        "User-Agent: neuroio-python/0.1.2",
        ...(body === undefined ? [] : [`Content-Length: ${body.length}`, `Content-Type: ${contentType}`]),
        `Authorization: Token ${key}`,
      ]
      let answer = ""
      const socket = Net.connect(Number(new URL(url).port), "127.0.0.1")
      socket.on("data", (chunk) => {
        answer += chunk.toString()
      })
      socket.on("close", () => resume(Effect.succeed(answer)))
      socket.write(`${head.join("\r\n")}\r\n\r\n${body ?? ""}`)
    })

  it.effect.each(["/v1/tokens/", "/v1/streams/tokens/"])("%s", (collection) =>
    Effect.gen(function* () {
      const { credentials, url } = yield* SandboxServer.SandboxServer
      const key = Redacted.value(credentials.neuroio.account)
      let ref = ""
      for (const request of pythonRequests) {
        const target = request.target(collection, ref)
        const answer = yield* send(url, key, request, target)
        assert.match(answer, new RegExp(`^HTTP/1\\.1 ${request.status} `), `${request.method} ${target}`)
        const body = answer.slice(answer.indexOf("\r\n\r\n") + 4)
        if (request.status === 201) ref = Object(JSON.parse(body)).key
        if (request.method === "PATCH") {
          assert.strictEqual(Object(JSON.parse(body)).is_active, request.body !== "is_active=false")
        }
        if (request.status === 204) assert.strictEqual(body, "")
      }
    }),
  )
})
