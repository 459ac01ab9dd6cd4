/** The vendor's own clients against the sandbox, unmodified. */
import { SandboxServer } from "@effect-tokens/cli"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createRequire } from "node:module"

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
