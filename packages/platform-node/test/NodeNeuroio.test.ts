import { StreamTokens, TokenId, Tokens } from "@effect-tokens/core"
import { NodeNeuroio } from "@effect-tokens/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { readFileSync } from "node:fs"
import { version } from "../src/internal/version.ts"
import { makeCertificates } from "./support/certificates.ts"
import { platform, proxy } from "./support/servers.ts"

const apiToken = Redacted.make("credential")

const list = Effect.flatMap(Tokens, (tokens) => tokens.list())

/** Sets variables of the real environment, which the proxy settings are read from. */
const withEnvironment = (variables: Readonly<Record<string, string>>) => {
  const names = [
    ...new Set([
      ...Object.keys(variables),
      "HTTP_PROXY",
      "HTTPS_PROXY",
      "NO_PROXY",
      "http_proxy",
      "https_proxy",
      "no_proxy",
    ]),
  ]
  return Effect.acquireRelease(
    Effect.sync(() => {
      const before = names.map((name) => [name, process.env[name]] as const)
      for (const name of names) delete process.env[name]
      Object.assign(process.env, variables)
      return before
    }),
    (before) =>
      Effect.sync(() => {
        for (const [name, value] of before) {
          if (value === undefined) delete process.env[name]
          else process.env[name] = value
        }
      }),
  )
}

describe("connections", () => {
  it.effect("are kept and shared, also after answers without a body and errors", () =>
    Effect.gen(function* () {
      const server = yield* platform()
      yield* Effect.gen(function* () {
        const tokens = yield* Tokens
        for (let i = 0; i < 20; i++) {
          yield* tokens.list()
          yield* tokens.deleteList({ permanent: true })
          yield* Effect.flip(tokens.get(TokenId.make(1)))
        }
      }).pipe(Effect.provide(NodeNeuroio.layer({ apiToken, iamUrl: server.url })))
      assert.strictEqual(server.seen.length, 60)
      // undici marks a connection as free a little after the answer has ended: the next call may open a second one.
      assert.isAtMost(server.connections(), 2)
    }),
  )

  it.effect("are no more than twice the calls at once", () =>
    Effect.gen(function* () {
      const server = yield* platform()
      yield* Effect.gen(function* () {
        const tokens = yield* Tokens
        for (let round = 0; round < 20; round++) {
          yield* Effect.all(
            Array.from({ length: 8 }, () => tokens.list()),
            { concurrency: "unbounded" },
          )
        }
      }).pipe(Effect.provide(NodeNeuroio.layer({ apiToken, iamUrl: server.url })))
      assert.isAtMost(server.connections(), 16)
    }),
  )

  it.effect("are closed with the scope of the layer", () =>
    Effect.gen(function* () {
      const server = yield* platform()
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(NodeNeuroio.layer({ apiToken, iamUrl: server.url }), scope)
      yield* Effect.provide(list, context)
      assert.isAtLeast(server.open(), 1)
      yield* Scope.close(scope, Exit.void)
      yield* server.allClosed
      assert.strictEqual((yield* Effect.flip(Effect.provide(list, context)))._tag, "ConnectionFailed")
    }),
  )

  it.effect("serve both services", () =>
    Effect.gen(function* () {
      const [iam, api] = [yield* platform(), yield* platform()]
      yield* Effect.gen(function* () {
        yield* list
        yield* Effect.flatMap(StreamTokens, (tokens) => tokens.list())
      }).pipe(Effect.provide(NodeNeuroio.layer({ apiToken, iamUrl: iam.url, apiUrl: api.url })))
      assert.deepStrictEqual(
        [iam, api].map(({ seen }) => seen.map(({ path }) => path)),
        [["/v1/tokens/?limit=20&offset=0"], ["/v1/streams/tokens/?limit=20&offset=0"]],
      )
    }),
  )
})

describe("the user agent", () => {
  it("has the package's version", () => {
    const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
    assert.strictEqual(version, manifest.version)
  })

  it.effect("is sent", () =>
    Effect.gen(function* () {
      const server = yield* platform()
      yield* Effect.provide(list, NodeNeuroio.layer({ apiToken, iamUrl: server.url }))
      assert.strictEqual(server.seen[0]?.userAgent, `effect-tokens/${version} (node)`)
    }),
  )
})

describe("proxies", () => {
  const through = (variables: (proxyUrl: string) => Record<string, string>, tls: boolean) =>
    Effect.gen(function* () {
      const certificates = tls ? makeCertificates() : undefined
      const server = yield* platform(certificates)
      const { asked, url } = yield* proxy()
      yield* withEnvironment(variables(url))
      const options = certificates === undefined ? {} : { extraCaCertificates: certificates.ca }
      yield* Effect.provide(list, NodeNeuroio.layer({ apiToken, iamUrl: server.url, ...options }))
      assert.strictEqual(server.seen.length, 1)
      return { asked, server }
    })

  it.effect.each(["HTTP_PROXY", "http_proxy"])("%s for http:", (name) =>
    Effect.gen(function* () {
      const { asked, server } = yield* through((url) => ({ [name]: url }), false)
      assert.deepStrictEqual(asked, [`GET ${server.url}/v1/tokens/?limit=20&offset=0`])
    }),
  )

  it.effect.each(["HTTPS_PROXY", "https_proxy"])("%s for https:, which it cannot read", (name) =>
    Effect.gen(function* () {
      const { asked, server } = yield* through((url) => ({ [name]: url }), true)
      assert.deepStrictEqual(asked, [`CONNECT ${server.url.slice("https://".length)}`])
    }),
  )

  it.effect.each(["NO_PROXY", "no_proxy"])("%s goes around them", (name) =>
    Effect.gen(function* () {
      const { asked } = yield* through((url) => ({ HTTP_PROXY: url, [name]: "127.0.0.1" }), false)
      assert.deepStrictEqual(asked, [])
    }),
  )

  it.effect("a setting that is no URL is refused, and not repeated", () =>
    Effect.gen(function* () {
      yield* withEnvironment({ HTTP_PROXY: "canary:canary@@" })
      const error = yield* Effect.flip(Effect.provide(list, NodeNeuroio.layer({ apiToken })))
      if (error._tag !== "InvalidRequest") return assert.fail(`unexpected ${error._tag}`)
      assert.include(error.field, "HTTP_PROXY")
      assert.notInclude(error.message, "canary")
    }),
  )
})

describe("extra certificate authorities", () => {
  const { ca, cert, key } = makeCertificates()

  it.effect("without them a connection to an unknown one is refused, and nothing is sent", () =>
    Effect.gen(function* () {
      const server = yield* platform({ ca, cert, key })
      const error = yield* Effect.flip(Effect.provide(list, NodeNeuroio.layer({ apiToken, iamUrl: server.url })))
      if (error._tag !== "ConnectionFailed") return assert.fail(`unexpected ${error._tag}`)
      assert.isFalse(error.sent)
      assert.strictEqual(error.code, "SELF_SIGNED_CERT_IN_CHAIN")
      assert.strictEqual(server.seen.length, 0)
    }),
  )

  const other = makeCertificates().ca

  it.effect.each([
    ["one", ca],
    ["a list", [ca]],
    ["a bundle", `${other}\n# a comment\n${ca}`],
    ["two", [other, ca]],
  ] as const)("%s", ([, extraCaCertificates]) =>
    Effect.gen(function* () {
      const server = yield* platform({ ca, cert, key })
      const layer = NodeNeuroio.layer({ apiToken, iamUrl: server.url, extraCaCertificates })
      assert.deepStrictEqual(yield* Effect.provide(list, layer), [])
    }),
  )

  it.effect.each(["", "not PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", key])(
    "what is no certificate is refused when the layer is built",
    (extraCaCertificates) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Effect.provide(list, NodeNeuroio.layer({ apiToken, extraCaCertificates })))
        if (error._tag !== "InvalidRequest") return assert.fail(`unexpected ${error._tag}`)
        assert.strictEqual(error.field, "extraCaCertificates")
      }),
  )
})

describe("layerConfig", () => {
  const withConfig = (env: Record<string, string>) =>
    list.pipe(
      Effect.provide(NodeNeuroio.layerConfig),
      Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
    )

  it.effect("reads the credential and the URLs", () =>
    Effect.gen(function* () {
      const server = yield* platform()
      yield* withConfig({ NEUROIO_API_TOKEN: "abcd", NEUROIO_IAM_URL: server.url, NEUROIO_API_URL: server.url })
      assert.strictEqual(server.seen.length, 1)
    }),
  )

  it.effect("says which variable is missing", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(withConfig({}))
      assert.strictEqual(error._tag, "ConfigError")
      assert.include(error.message, "NEUROIO_API_TOKEN")
    }),
  )

  it.effect("refuses a URL in the clear, by the name of its option", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(withConfig({ NEUROIO_API_TOKEN: "abcd", NEUROIO_IAM_URL: "http://example.com" }))
      if (error._tag !== "InvalidRequest") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.field, "iamUrl")
    }),
  )
})
