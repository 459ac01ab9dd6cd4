/** What would make another request of one: line breaks in a key, in the credential, in a header of the transport's own. */
import { Neuroio, Tokens, Transport } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import { assert, describe, it } from "@effect/vitest"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { apiToken } from "./support/client.ts"

const injection = " HTTP/1.1\r\nevil: 1\r\n\r\nDELETE /v1/tokens/ HTTP/1.1\r\n\r\n"

const transports = [
  ["undici", NodeTransport.layer(), NodeHttpClient.layerUndici],
  ["fetch", Transport.layerHttpClient.pipe(Layer.provide(FetchHttpClient.layer)), FetchHttpClient.layer],
] as const

const get = Effect.flatMap(Tokens, (tokens) => tokens.get(Redacted.make("key")))

const withUserAgent = (userAgent: string) =>
  Layer.effect(
    HttpClient.HttpClient,
    Effect.map(HttpClient.HttpClient, HttpClient.mapRequest(HttpClientRequest.setHeader("user-agent", userAgent))),
  )

describe.each(transports)("over %s", (_, transport, httpClient) => {
  it.effect("a key stays one segment of the path", () =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      server.answer = () => RawServer.json(200, JSON.stringify(RawServer.token()))
      yield* Effect.flatMap(Tokens, (tokens) => tokens.get(Redacted.make(`key${injection}`))).pipe(
        Effect.provide(Neuroio.layer({ apiToken, iamUrl: server.url }).pipe(Layer.provide(transport))),
      )
      assert.strictEqual(server.requests.length, 1)
      assert.match(
        server.requests[0]?.text ?? "",
        /^GET \/v1\/tokens\/key%20HTTP%2F1\.1%0D%0Aevil%3A[^ ]*\/ HTTP\/1\.1\r\n/,
      )
      assert.notMatch(server.requests[0]?.text ?? "", /^evil/m)
    }).pipe(Effect.provide(RawServer.layer)),
  )

  it.effect("a credential with a line break is refused when the layer is built", () =>
    Effect.gen(function* () {
      const options = { apiToken: Redacted.make(`key${injection}`) }
      const error = yield* Effect.flip(Layer.build(Neuroio.layer(options).pipe(Layer.provide(transport))))
      assert.deepStrictEqual([error._tag, error.field], ["InvalidOptions", "apiToken"])
    }),
  )

  it.effect.each(["\r\n", "\n", "\0"])("a header of the transport's own with %j", (separator) =>
    Effect.gen(function* () {
      const server = yield* RawServer.RawServer
      const layer = Neuroio.layer({ retries: 0, apiToken, iamUrl: server.url }).pipe(
        Layer.provide(Transport.layerHttpClient),
        Layer.provide(withUserAgent(`x${separator}evil: 1`)),
        Layer.provide(httpClient),
      )
      const error = yield* Effect.flip(Effect.provide(get, layer))
      if (error._tag !== "ConnectionFailed") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(server.connections(), 0)
      assert.isFalse(error.sent)
    }).pipe(Effect.provide(RawServer.layer)),
  )
})

it.effect("fetch cuts off line breaks around a header of the transport's own", () =>
  Effect.gen(function* () {
    const server = yield* RawServer.RawServer
    server.answer = () => RawServer.json(200, JSON.stringify(RawServer.token()))
    const layer = Neuroio.layer({ apiToken, iamUrl: server.url }).pipe(
      Layer.provide(Transport.layerHttpClient),
      Layer.provide(withUserAgent("x\r\n\r\n")),
      Layer.provide(FetchHttpClient.layer),
    )
    yield* Effect.provide(get, layer)
    assert.match(server.requests[0]?.text ?? "", /\r\nuser-agent: x\r\n[a-z]/i)
  }).pipe(Effect.provide(RawServer.layer)),
)

it.effect.each([HttpClientError.InvalidUrlError, HttpClientError.EncodeError])(
  "a request that cannot be put into bytes was never sent",
  (Reason) =>
    Effect.gen(function* () {
      const client = HttpClient.make((request) =>
        Effect.fail(new HttpClientError.HttpClientError({ reason: new Reason({ request }) })),
      )
      const layer = Neuroio.layer({ retries: 0, apiToken }).pipe(
        Layer.provide(Transport.layerHttpClient),
        Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
      )
      const error = yield* Effect.flip(
        Effect.provide(
          Effect.flatMap(Tokens, (tokens) => tokens.create()),
          layer,
        ),
      )
      if (error._tag !== "ConnectionFailed") return assert.fail(`unexpected ${error._tag}`)
      assert.isFalse(error.sent)
    }),
)
