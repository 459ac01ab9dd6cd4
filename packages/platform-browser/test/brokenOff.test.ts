/** A response that breaks off: its request was sent (C4). */
import { Neuroio, Tokens } from "@effect-tokens/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { BrowserTransport } from "../src/index.ts"

describe("a response that breaks off", () => {
  it.live("was a response, whatever the error code: a create is not sent again", () =>
    Effect.gen(function* () {
      let sent = 0
      const fetch: typeof globalThis.fetch = async () => {
        sent++
        const body = new ReadableStream({
          pull: (controller) =>
            controller.error(Object.assign(new TypeError("network error"), { cause: { code: "ECONNREFUSED" } })),
        })
        return new Response(body, { status: 201, headers: { "content-type": "application/json" } })
      }
      const layer = Neuroio.layer({ apiToken: Redacted.make("s"), iamUrl: "http://127.0.0.1:1" }).pipe(
        Layer.provide(BrowserTransport.layer()),
        Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)),
      )
      const error = yield* Effect.flip(
        Effect.provide(
          Tokens.use((tokens) => tokens.create()),
          layer,
        ),
      )
      assert.strictEqual(error._tag, "OutcomeUnknown")
      assert.strictEqual(sent, 1)
    }),
  )
})
