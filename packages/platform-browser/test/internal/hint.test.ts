/** Hints at why there is no response, from what the page knows. */
import { Neuroio, Tokens } from "@effect-tokens/core"
import { BrowserTransport } from "@effect-tokens/platform-browser"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { afterEach, vi } from "vitest"

afterEach(() => {
  vi.unstubAllGlobals()
})

/** A browser at a page, whose calls all fail. */
const failureAt = (page: string, iamUrl: string, onLine: boolean) =>
  Effect.gen(function* () {
    vi.stubGlobal("location", { href: page })
    vi.stubGlobal("origin", new URL(page).origin)
    vi.stubGlobal("navigator", { onLine })
    const error = yield* Effect.flatMap(Tokens, (tokens) => tokens.list()).pipe(
      Effect.provide(
        Neuroio.layer({ apiToken: Redacted.make("credential"), iamUrl, retries: 0 }).pipe(
          Layer.provide(BrowserTransport.layer()),
        ),
      ),
      Effect.provideService(FetchHttpClient.Fetch, () => Promise.reject(new TypeError("Failed to fetch"))),
      Effect.flip,
    )
    return error._tag === "ConnectionFailed" ? error : assert.fail(`unexpected ${error._tag}`)
  })

const cors = "the server cannot be reached, or it does not allow this page's origin (CORS)"

describe("no response", () => {
  it.effect.each([
    ["http://localhost:3000/", "https://iam.example", true, cors],
    ["https://app.example/", "https://iam.example", true, cors],
    [
      "https://app.example/",
      "http://localhost:1",
      true,
      `${cors}, or the browser keeps a page of https: from calling http:`,
    ],
    ["https://app.example/", "/neuroio", true, undefined],
    ["https://app.example/", "https://iam.example", false, "the browser is offline"],
    ["https://app.example/", "/neuroio", false, "the browser is offline"],
  ] as const)("on %s from %s, online %s: %s", ([page, url, onLine, hint]) =>
    Effect.gen(function* () {
      const error = yield* failureAt(page, url, onLine)
      // That it calls itself offline is no proof that nothing was sent.
      assert.deepStrictEqual([error.hint, error.sent], [hint, true])
    }),
  )
})
