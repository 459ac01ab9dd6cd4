/** What an option must be where a page is, and where none is: refused by name, and nothing is sent. */
import { Tokens } from "@effect-tokens/core"
import { BrowserNeuroio, BrowserUmaaas } from "@effect-tokens/platform-browser"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { afterEach, vi } from "vitest"

const apiToken = Redacted.make("canary")
const umaaas = { clientId: "client-1", clientSecret: apiToken }

/** What JavaScript may pass. */
const loosely = <A>(value: unknown): A => JSON.parse(JSON.stringify({ value })).value

const page = (href: string) => {
  vi.stubGlobal("location", { href })
  vi.stubGlobal("origin", new URL(href).origin)
}

afterEach(() => {
  vi.unstubAllGlobals()
})

const build = <A, E>(layer: Layer.Layer<A, E>): Effect.Effect<unknown, E> => Effect.scoped(Layer.build(layer))

describe("without a page", () => {
  it.effect("a URL must be whole, and so must the credential", () =>
    Effect.gen(function* () {
      const relative = yield* Effect.flip(build(BrowserNeuroio.layer({ apiToken, iamUrl: "/neuroio" })))
      assert.deepStrictEqual([relative.operation, relative.field], ["Neuroio.layer", "iamUrl"])
      const bare = yield* Effect.flip(
        build(BrowserNeuroio.layer({ iamUrl: "https://app.example", apiUrl: "https://app.example" })),
      )
      assert.deepStrictEqual([bare.operation, bare.field], ["BrowserNeuroio.layer", "apiToken"])
    }),
  )

  it.effect("with both it is a client over fetch", () => build(BrowserNeuroio.layer({ apiToken })))
})

/** Where a list of tokens is asked for. */
const urlOf = (options: BrowserNeuroio.Options) =>
  Effect.gen(function* () {
    const seen: Array<string> = []
    yield* Effect.flatMap(Tokens, (tokens) => tokens.list()).pipe(
      Effect.provide(BrowserNeuroio.layer(options)),
      Effect.provideService(FetchHttpClient.Fetch, (url) => {
        seen.push(url instanceof Request ? url.url : String(url))
        return Promise.resolve(Response.json([]))
      }),
    )
    return seen.join()
  })

describe("a URL that is relative", () => {
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
      const error = yield* Effect.flip(build(BrowserNeuroio.layer({ apiToken, iamUrl })))
      assert.deepStrictEqual([error.operation, error.field], ["Neuroio.layer", "iamUrl"])
    }),
  )

  it.effect.each(["neuroio", "", " /neuroio", "."])("nor is %j without a credential", (iamUrl) =>
    Effect.gen(function* () {
      page("https://app.example/")
      assert.strictEqual((yield* Effect.flip(build(BrowserNeuroio.layer({ iamUrl, apiUrl: "/" })))).field, "iamUrl")
      assert.strictEqual((yield* Effect.flip(build(BrowserUmaaas.layer({ url: iamUrl })))).field, "url")
    }),
  )

  it.effect("is relative to what the page says that it is", () =>
    Effect.gen(function* () {
      page("https://app.example/a/b.html")
      vi.stubGlobal("document", { baseURI: "https://app.example/base/" })
      assert.strictEqual(
        yield* urlOf({ apiToken, iamUrl: "./neuroio" }),
        `https://app.example/base/neuroio/v1/tokens/${query}`,
      )
    }),
  )

  it.effect("is of no origin in a frame that is kept apart", () =>
    Effect.gen(function* () {
      page("https://app.example/")
      vi.stubGlobal("origin", "null")
      const error = yield* Effect.flip(build(BrowserNeuroio.layer({ iamUrl: "/", apiUrl: "/" })))
      assert.deepStrictEqual([error.operation, error.field], ["BrowserNeuroio.layer", "apiToken"])
    }),
  )

  it.effect("does not go in the clear either (C9)", () =>
    Effect.gen(function* () {
      page("http://app.example/")
      const error = yield* Effect.flip(build(BrowserNeuroio.layer({ iamUrl: "/", apiUrl: "/" })))
      assert.deepStrictEqual([error.operation, error.field], ["Neuroio.layerWithoutCredential", "iamUrl"])
      yield* build(BrowserNeuroio.layer({ iamUrl: "/", apiUrl: "/", allowInsecure: true }))
    }),
  )
})

describe("what cannot be right", () => {
  it.effect.each([
    ["apiToken", build(BrowserNeuroio.layer())],
    ["apiToken", build(BrowserNeuroio.layer({ iamUrl: "/", apiUrl: "https://api.neuroio.com" }))],
    ["apiToken", build(BrowserNeuroio.layer({ iamUrl: "/" }))],
    ["apiToken", build(BrowserNeuroio.layer({ iamUrl: "//other.example", apiUrl: "/" }))],
    ["apiToken", build(BrowserNeuroio.layer({ iamUrl: "http://app.example", apiUrl: "/" }))],
    ["credentials", build(BrowserNeuroio.layer({ apiToken, credentials: loosely("always") }))],
    ["clientId", build(BrowserUmaaas.layer())],
    ["clientId", build(BrowserUmaaas.layer({ url: "https://api.lightspark.com/umaaas/v1" }))],
    ["clientId", build(BrowserUmaaas.layer({ clientSecret: apiToken, url: "/" }))],
    ["clientSecret", build(BrowserUmaaas.layer({ clientId: "client-1", url: "/" }))],
    ["credentials", build(BrowserUmaaas.layer({ ...umaaas, credentials: loosely(true) }))],
  ] as const)("is refused by the name of its option: %s", ([field, building]) =>
    Effect.gen(function* () {
      page("https://app.example/")
      const error = yield* Effect.flip(building)
      assert.match(error.operation, /^Browser(?:Neuroio|Umaaas)\.layer$/)
      assert.strictEqual(error.field, field)
      assert.match(error.message, /must/)
      assert.notInclude(error.message + JSON.stringify(error), "canary")
    }),
  )
})
