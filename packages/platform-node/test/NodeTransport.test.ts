import { ApiTokens, Neuroio, StreamTokens, TokenId, Tokens, Transport, Umaaas, version } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import { createSecureServer } from "node:http2"
import * as Net from "node:net"
import { ca, otherCa, server as certificates } from "./support/certificates.ts"
import { withEnvironment } from "./support/environment.ts"
import { platform, proxy } from "./support/servers.ts"

const apiToken = Redacted.make("credential")

const list = Effect.flatMap(Tokens, (tokens) => tokens.list())

const neuroio = (options: Partial<Neuroio.Options> = {}, transport: NodeTransport.Options = {}) =>
  Neuroio.layer({ retries: 0, apiToken, ...options }).pipe(Layer.provide(NodeTransport.layer(transport)))

describe("one transport", () => {
  it.effect("carries the calls of many credentials and vendors", () =>
    Effect.gen(function* () {
      const server = yield* platform()
      yield* Effect.gen(function* () {
        for (const key of ["one", "two"]) {
          yield* Effect.provide(list, Neuroio.layer({ apiToken: Redacted.make(key), iamUrl: server.url }))
        }
        const umaaas = Umaaas.layer({ clientId: "three", clientSecret: Redacted.make("secret"), url: server.url })
        yield* Effect.flip(
          Effect.provide(
            Effect.flatMap(ApiTokens, (apiTokens) => apiTokens.list()),
            umaaas,
          ),
        )
      }).pipe(Effect.provide(NodeTransport.layer()))
      assert.deepStrictEqual(
        server.seen.map(({ headers }) => headers.authorization),
        ["Token one", "Token two", `Basic ${btoa("three:secret")}`],
      )
      assert.strictEqual(server.connections(), 1)
    }),
  )

  it.effect("resolves no relative URL, and is of no origin", () =>
    Effect.gen(function* () {
      const transport = yield* Effect.provide(Transport.Transport, NodeTransport.layer())
      assert.strictEqual(transport.baseUrl, undefined)
      assert.isFalse(transport.isSameOrigin("http://localhost:3000"))
    }),
  )
})

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
      }).pipe(Effect.provide(neuroio({ iamUrl: server.url })))
      assert.strictEqual(server.seen.length, 60)
      assert.strictEqual(server.connections(), 1)
    }),
  )

  it.effect("are no more than the calls at once", () =>
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
      }).pipe(Effect.provide(neuroio({ iamUrl: server.url })))
      assert.isAtMost(server.connections(), 8)
    }),
  )

  it.effect("are closed with the scope of the layer", () =>
    Effect.gen(function* () {
      const server = yield* platform()
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(neuroio({ iamUrl: server.url }), scope)
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
      }).pipe(Effect.provide(neuroio({ iamUrl: iam.url, apiUrl: api.url })))
      assert.deepStrictEqual(
        [iam, api].map(({ seen }) => seen.map(({ path }) => path)),
        [["/v1/tokens/?limit=20&offset=0"], ["/v1/streams/tokens/?limit=20&offset=0"]],
      )
    }),
  )
})

describe("the user agent", () => {
  it.effect("is sent", () =>
    Effect.gen(function* () {
      const server = yield* platform()
      yield* Effect.provide(list, neuroio({ iamUrl: server.url }))
      assert.strictEqual(server.seen[0]?.headers["user-agent"], `effect-tokens/${version} (node)`)
    }),
  )
})

describe("proxies", () => {
  const through = (variables: (proxyUrl: string) => Record<string, string>, tls: boolean) =>
    Effect.gen(function* () {
      const server = yield* platform(tls ? { tls: certificates } : {})
      const { asked, url } = yield* proxy()
      yield* withEnvironment(variables(url))
      // A name that only the proxy knows: what goes to this machine goes through no proxy.
      const iamUrl = `${tls ? "https" : "http"}://platform.test:${server.port}`
      const layer = neuroio({ iamUrl, allowInsecure: true }, { extraCaCertificates: ca })
      const outcome = yield* Effect.exit(Effect.provide(list, layer))
      return { asked, iamUrl, outcome, server }
    })

  it.effect.each(["HTTP_PROXY", "http_proxy"])("%s for http:", (name) =>
    Effect.gen(function* () {
      const { asked, iamUrl, server } = yield* through((url) => ({ [name]: url }), false)
      assert.deepStrictEqual(asked, [`GET ${iamUrl}/v1/tokens/?limit=20&offset=0`])
      assert.strictEqual(server.seen.length, 1)
    }),
  )

  it.effect.each(["HTTPS_PROXY", "https_proxy", "HTTP_PROXY"])("%s for https:, which it cannot read", (name) =>
    Effect.gen(function* () {
      const { asked, iamUrl, server } = yield* through((url) => ({ [name]: url }), true)
      assert.deepStrictEqual(asked, [`CONNECT ${iamUrl.slice("https://".length)}`])
      assert.strictEqual(server.seen.length, 1)
    }),
  )

  it.effect.each([false, true])("over TLS to the proxy, to a server with TLS: %s", (tls) =>
    Effect.gen(function* () {
      const server = yield* platform(tls ? { tls: certificates } : {})
      const { asked, url } = yield* proxy({ tls: certificates })
      yield* withEnvironment({ HTTP_PROXY: url })
      const host = `platform.test:${server.port}`
      const iamUrl = `${tls ? "https" : "http"}://${host}`
      yield* Effect.gen(function* () {
        yield* list
        yield* list
      }).pipe(Effect.provide(neuroio({ iamUrl, allowInsecure: true }, { extraCaCertificates: ca })))
      const forwarded = `GET ${iamUrl}/v1/tokens/?limit=20&offset=0`
      assert.deepStrictEqual(asked, tls ? [`CONNECT ${host}`] : [forwarded, forwarded])
      assert.deepStrictEqual(
        server.seen.map(({ headers }) => headers.host),
        [host, host],
      )
    }),
  )

  it.effect.each([
    ["NO_PROXY", "platform.test"],
    ["no_proxy", "other.test, platform.test"],
    ["NO_PROXY", "*"],
  ] as const)("%s=%s goes around them", ([name, value]) =>
    Effect.gen(function* () {
      const { asked, outcome } = yield* through((url) => ({ HTTP_PROXY: url, [name]: value }), false)
      assert.deepStrictEqual(asked, [])
      // Without the proxy nobody knows the name.
      assert.isTrue(Exit.isFailure(outcome))
    }),
  )

  it.effect.each(["localhost", "127.0.0.1", "127.9.8.7"])("%s goes through none (C9)", (host) =>
    Effect.gen(function* () {
      const server = yield* platform()
      const { asked, url } = yield* proxy()
      yield* withEnvironment({ HTTP_PROXY: url, HTTPS_PROXY: url })
      const iamUrl = `http://${host}:${server.port}`
      yield* Effect.exit(Effect.provide(list, neuroio({ iamUrl })))
      assert.deepStrictEqual(asked, [])
    }),
  )

  it.effect.each([403, 407, 502])("a proxy that refuses the tunnel with %i: nothing was sent", (status) =>
    Effect.gen(function* () {
      const { url } = yield* proxy({ refusal: status })
      yield* withEnvironment({ HTTPS_PROXY: url })
      const create = Effect.flatMap(Tokens, (tokens) => tokens.create())
      const error = yield* Effect.flip(create).pipe(Effect.provide(neuroio({ iamUrl: "https://platform.test" })))
      if (error._tag !== "ConnectionFailed") return assert.fail(`unexpected ${error._tag}`)
      assert.isFalse(error.sent)
    }),
  )

  it.effect("a setting that is no URL is refused, and not repeated", () =>
    Effect.gen(function* () {
      yield* withEnvironment({ HTTP_PROXY: "canary:canary@@" })
      const error = yield* Effect.flip(Effect.provide(list, neuroio()))
      if (error._tag !== "InvalidOptions") return assert.fail(`unexpected ${error._tag}`)
      assert.include(error.field, "HTTP_PROXY")
      assert.notInclude(error.message, "canary")
    }),
  )
})

describe("extra certificate authorities", () => {
  it.effect("without them a connection to an unknown one is refused, and nothing is sent", () =>
    Effect.gen(function* () {
      const server = yield* platform({ tls: certificates })
      const error = yield* Effect.flip(Effect.provide(list, neuroio({ iamUrl: server.url })))
      if (error._tag !== "ConnectionFailed") return assert.fail(`unexpected ${error._tag}`)
      assert.isFalse(error.sent)
      assert.strictEqual(error.code, "UNABLE_TO_VERIFY_LEAF_SIGNATURE")
      assert.strictEqual(server.seen.length, 0)
    }),
  )

  it.effect.each([
    ["one", ca],
    ["a list", [ca]],
    ["a bundle", `${otherCa}\n# a comment\n${ca}`],
    ["two", [otherCa, ca]],
  ] as const)("%s", ([, extraCaCertificates]) =>
    Effect.gen(function* () {
      const server = yield* platform({ tls: certificates })
      const layer = neuroio({ iamUrl: server.url }, { extraCaCertificates })
      assert.deepStrictEqual(yield* Effect.provide(list, layer), [])
    }),
  )

  it.effect.each([
    "",
    "not PEM",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    certificates.key,
    ca.slice(0, -40),
    `${ca}\n${otherCa.slice(0, -40)}`,
    JSON.parse("5"),
    JSON.parse("[5]"),
    JSON.parse("{}"),
  ])("what is no certificate is refused when the layer is built", (extraCaCertificates) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.provide(list, neuroio({}, { extraCaCertificates })))
      if (error._tag !== "InvalidOptions") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.field, "extraCaCertificates")
    }),
  )
})

it.effect.each([0, -1, Number.NaN, JSON.parse('"soon"')])("a connectTimeout of %s is refused", (connectTimeout) =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(Layer.build(NodeTransport.layer({ connectTimeout })))
    assert.deepStrictEqual([error.layer, error.field], ["NodeTransport.layer", "connectTimeout"])
    assert.match(error.problem, /above zero/)
  }),
)

describe("a connection that does not come about", () => {
  const create = Effect.flatMap(Tokens, (tokens) => tokens.create())

  const neverSent = (iamUrl: string, transport: NodeTransport.Options = {}) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(create).pipe(Effect.provide(neuroio({ iamUrl }, transport)))
      if (error._tag !== "ConnectionFailed") return assert.fail(`unexpected ${error._tag}`)
      assert.isFalse(error.sent)
      return error
    })

  /** A server on which every connection ends as this says. */
  const tcp = (onConnection: (socket: Net.Socket) => void) =>
    Effect.acquireRelease(
      Effect.callback<{ readonly url: string; readonly close: () => void }>((resume) => {
        const sockets = new Set<Net.Socket>()
        const server = Net.createServer((socket) => {
          sockets.add(socket)
          socket.on("error", () => {})
          onConnection(socket)
        }).listen(0, "127.0.0.1", () => {
          const address = server.address()
          const port = typeof address === "object" && address !== null ? address.port : 0
          const close = () => {
            for (const socket of sockets) socket.destroy()
            server.close()
          }
          resume(Effect.succeed({ url: `https://127.0.0.1:${port}`, close }))
        })
      }),
      ({ close }) => Effect.sync(close),
    )

  /** Once the client has begun. */
  const hangUp =
    (how: (socket: Net.Socket) => Net.Socket) =>
    (socket: Net.Socket): void => {
      socket.once("data", () => how(socket))
    }

  it.effect.each([
    ["ends in the middle of TLS", hangUp((socket) => socket.end())],
    ["is reset in the middle of TLS", hangUp((socket) => socket.resetAndDestroy())],
    ["is met with plain HTTP", hangUp((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))],
  ] as const)("%s: nothing was sent", ([, onConnection]) =>
    Effect.gen(function* () {
      yield* neverSent((yield* tcp(onConnection)).url)
    }),
  )

  it.effect("never completes TLS: the connection has a limit", () =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const { url } = yield* tcp(() => Deferred.doneUnsafe(begun, Exit.void))
      const fiber = yield* Effect.forkChild(neverSent(url, { connectTimeout: "750 millis" }))
      yield* Deferred.await(begun)
      yield* TestClock.adjust("749 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.strictEqual((yield* Fiber.join(fiber)).code, "UND_ERR_CONNECT_TIMEOUT")
    }),
  )

  it.effect("speaks HTTP/1.1, also to a server that would rather speak HTTP/2", () =>
    Effect.gen(function* () {
      let spoken = ""
      const server = createSecureServer({ ...certificates, allowHTTP1: true }, (request, response) => {
        spoken = request.httpVersion
        response.writeHead(200, { "content-type": "application/json" })
        response.end("[]")
      })
      const port = yield* Effect.acquireRelease(
        Effect.callback<number>((resume) => {
          server.listen(0, "127.0.0.1", () => {
            const address = server.address()
            resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
          })
        }),
        () => Effect.sync(() => server.close()),
      )
      const layer = neuroio(
        {
          iamUrl: `https://127.0.0.1:${port}`,
        },
        { extraCaCertificates: ca },
      )
      yield* Effect.provide(list, layer)
      assert.strictEqual(spoken, "1.1")
    }),
  )
})
