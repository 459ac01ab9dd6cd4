/** Options in a page and without one: wrong ones are refused by name. */
import { type ApiError, Neuroio, Tokens, type Transport, Umaaas } from "@effect-tokens/core"
import { BrowserTransport } from "@effect-tokens/platform-browser"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { afterEach, vi } from "vitest"

const apiToken = Redacted.make("canary")

/** A value of a wrong type, as JavaScript may pass it. */
const loosely = <A>(value: unknown): A => JSON.parse(JSON.stringify({ value })).value

const page = (href: string) => {
  vi.stubGlobal("location", { href })
  vi.stubGlobal("origin", new URL(href).origin)
}

afterEach(() => {
  vi.unstubAllGlobals()
})

const build = <A, E>(
  layer: Layer.Layer<A, E, Transport.Transport>,
): Effect.Effect<unknown, E | ApiError.InvalidOptions> =>
  Effect.scoped(Layer.build(layer.pipe(Layer.provide(BrowserTransport.layer()))))

describe("without a page", () => {
  it.effect("a URL must be absolute, and the credential must be given", () =>
    Effect.gen(function* () {
      const relative = yield* Effect.flip(build(Neuroio.layer({ apiToken, iamUrl: "/neuroio" })))
      assert.deepStrictEqual([relative.layer, relative.field], ["Neuroio.layer", "iamUrl"])
      const bare = yield* Effect.flip(
        build(Neuroio.layer({ iamUrl: "https://app.example", apiUrl: "https://app.example" })),
      )
      assert.deepStrictEqual([bare.layer, bare.field], ["Neuroio.layer", "apiToken"])
    }),
  )

  it.effect("with both it is a client over fetch", () => build(Neuroio.layer({ apiToken })))
})

/** The URL that a list of tokens is requested from. */
const urlOf = (options: Neuroio.Options) =>
  Effect.gen(function* () {
    const seen: Array<string> = []
    yield* Effect.flatMap(Tokens, (tokens) => tokens.list()).pipe(
      Effect.provide(Neuroio.layer(options)),
      Effect.provide(BrowserTransport.layer()),
      Effect.provideService(FetchHttpClient.Fetch, (url) => {
        seen.push(url instanceof Request ? url.url : String(url))
        return Promise.resolve(Response.json([]))
      }),
    )
    return seen.join()
  })

describe("a relative URL", () => {
  const query = "?limit=20&offset=0"

  it.effect.each([
    ["https://app.example/a/b.html?c#d", "/", "https://app.example/v1/tokens/"],
    ["https://app.example/a/b.html?c#d", "/neuroio/", "https://app.example/neuroio/v1/tokens/"],
    ["https://app.example/a/b.html?c#d", "./neuroio", "https://app.example/a/neuroio/v1/tokens/"],
    ["https://app.example/a/b.html?c#d", "../neuroio", "https://app.example/neuroio/v1/tokens/"],
    ["http://localhost:3000/", "/neuroio", "http://localhost:3000/neuroio/v1/tokens/"],
    ["blob:https://app.example/5d1c", "/neuroio", "https://app.example/neuroio/v1/tokens/"],
    ["https://app.example/", "//other.example", "https://other.example/v1/tokens/"],
  ] as const)("on %s, %s is %s", ([href, iamUrl, expected]) =>
    Effect.gen(function* () {
      page(href)
      assert.strictEqual(yield* urlOf({ apiToken, iamUrl }), expected + query)
    }),
  )

  it.effect.each(["neuroio", "", "iam.neuroio.com", "?a", "/?a", "/#a"])("is not %j", (iamUrl) =>
    Effect.gen(function* () {
      page("https://app.example/")
      const error = yield* Effect.flip(build(Neuroio.layer({ apiToken, iamUrl })))
      assert.deepStrictEqual([error.layer, error.field], ["Neuroio.layer", "iamUrl"])
    }),
  )

  it.effect.each(["neuroio", "", " /neuroio", "."])("nor is %j without a credential", (iamUrl) =>
    Effect.gen(function* () {
      page("https://app.example/")
      assert.strictEqual((yield* Effect.flip(build(Neuroio.layer({ iamUrl, apiUrl: "/" })))).field, "iamUrl")
      assert.strictEqual((yield* Effect.flip(build(Umaaas.layer({ url: iamUrl })))).field, "url")
    }),
  )

  it.effect("is resolved against the base URI of the document", () =>
    Effect.gen(function* () {
      page("https://app.example/a/b.html")
      vi.stubGlobal("document", { baseURI: "https://app.example/base/" })
      assert.strictEqual(
        yield* urlOf({ apiToken, iamUrl: "./neuroio" }),
        `https://app.example/base/neuroio/v1/tokens/${query}`,
      )
    }),
  )

  it.effect("is of no origin in a sandboxed frame", () =>
    Effect.gen(function* () {
      page("https://app.example/")
      vi.stubGlobal("origin", "null")
      const error = yield* Effect.flip(build(Neuroio.layer({ iamUrl: "/", apiUrl: "/" })))
      assert.deepStrictEqual([error.layer, error.field], ["Neuroio.layer", "apiToken"])
    }),
  )

  it.effect("does not lead to http: either (C9)", () =>
    Effect.gen(function* () {
      page("http://app.example/")
      const error = yield* Effect.flip(build(Neuroio.layer({ iamUrl: "/", apiUrl: "/" })))
      assert.deepStrictEqual([error.layer, error.field], ["Neuroio.layer", "iamUrl"])
      yield* build(Neuroio.layer({ iamUrl: "/", apiUrl: "/", allowInsecure: true }))
    }),
  )
})

describe("an option that cannot be right", () => {
  it.effect.each([
    ["apiToken", build(Neuroio.layer({}))],
    ["apiToken", build(Neuroio.layer({ iamUrl: "/", apiUrl: "https://api.neuroio.com" }))],
    ["apiToken", build(Neuroio.layer({ iamUrl: "/" }))],
    ["apiToken", build(Neuroio.layer({ iamUrl: "//other.example", apiUrl: "/" }))],
    ["iamUrl", build(Neuroio.layer({ iamUrl: "http://app.example", apiUrl: "/" }))],
    ["credentials", build(BrowserTransport.layer({ credentials: loosely("always") }))],
    ["clientId", build(Umaaas.layer({}))],
    ["clientId", build(Umaaas.layer({ url: "https://api.lightspark.com/umaaas/v1" }))],
    ["clientId", build(Umaaas.layer({ clientSecret: apiToken, url: "/" }))],
    ["clientSecret", build(Umaaas.layer({ clientId: "client-1", url: "/" }))],
    ["credentials", build(BrowserTransport.layer({ credentials: loosely(true) }))],
  ] as const)("is refused by name: %s", ([field, building]) =>
    Effect.gen(function* () {
      page("https://app.example/")
      const error = yield* Effect.flip(building)
      assert.match(error.layer, /^(?:Neuroio|Umaaas|BrowserTransport)\.layer$/)
      assert.strictEqual(error.field, field)
      assert.match(error.message, /must/)
      assert.notInclude(error.message + JSON.stringify(error), "canary")
    }),
  )
})
