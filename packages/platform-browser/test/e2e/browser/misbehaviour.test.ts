/** A fault on the wire has the same outcome in a browser as over Node's fetch, with the exceptions that stand here. */
import { Neuroio, Umaaas } from "@effect-tokens/core"
import { BrowserTransport } from "@effect-tokens/platform-browser"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { inject } from "vitest"
import { calls, outcomeOf } from "../../support/calls.ts"

const apiToken = Redacted.make("credential")

/** Responses that Chromium takes and Node does not, and why. */
const differences: Readonly<Record<string, string>> = {
  "closed within the head": "to it a head that is cut off is whole",
  "a header without a colon": "it passes over what is no header",
  "a length, and chunks": "it goes by the chunks",
  "100, then the answer": "it passes over any answer that is not final",
}

describe("a call has the same outcome as over Node's fetch", () => {
  it.live.each(inject("misbehaviours"))("$name", ({ expectations, name }) =>
    Effect.gen(function* () {
      const outcomes = yield* Effect.forEach(
        expectations,
        ({ operation, service, url }) =>
          outcomeOf(calls[service][operation] ?? assert.fail(`there is no ${service}.${operation}`)).pipe(
            Effect.provide(
              Layer.merge(
                Neuroio.layer({ apiToken, iamUrl: url, apiUrl: url, retries: 0 }).pipe(
                  Layer.provide(BrowserTransport.layer()),
                ),
                Umaaas.layer({ clientId: "client-1", clientSecret: apiToken, url, retries: 0 }).pipe(
                  Layer.provide(BrowserTransport.layer()),
                ),
              ),
            ),
          ),
        { concurrency: "unbounded" },
      )
      const came = expectations.map(({ operation }, i) => `${operation}: ${outcomes[i]}`)
      const expected = expectations.map(({ operation, outcome }) => `${operation}: ${outcome}`)
      const difference = differences[name]
      if (difference === undefined) assert.deepStrictEqual(came, expected)
      else assert.notDeepEqual(came, expected, difference)
    }),
  )

  it("wherever nothing else is said", () => {
    const names = inject("misbehaviours").map(({ name }) => name)
    assert.isAtLeast(names.length, 60)
    for (const name of Object.keys(differences)) assert.include(names, name)
  })
})
