import { ApiToken, ApiTokenId, ApiTokenPage } from "@effect-tokens/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const at = DateTime.makeUnsafe("2025-07-21T17:32:28Z")

const token = (clientSecret?: string) =>
  new ApiToken({
    id: ApiTokenId.make("Token:1"),
    name: "reports",
    permissions: ["VIEW", "SOMETHING_NEW"],
    clientId: "client-1",
    clientSecret: clientSecret === undefined ? undefined : Redacted.make(clientSecret),
    createdAt: at,
    updatedAt: at,
  })

const inJson = Schema.toCodecJson(ApiTokenPage)

describe("ApiToken", () => {
  it.effect("goes through JSON and back without a secret, and not with one", () =>
    Effect.gen(function* () {
      const page = new ApiTokenPage({ data: [token()], hasMore: false, nextCursor: undefined, totalCount: 1 })
      const text = JSON.stringify(yield* Schema.encodeEffect(inJson)(page))
      assert.isTrue(Equal.equals(yield* Schema.decodeUnknownEffect(inJson)(JSON.parse(text)), page))
      const shown = new ApiTokenPage({ ...page, data: [token("canary")] })
      const error = yield* Effect.flip(Schema.encodeEffect(inJson)(shown))
      assert.notInclude(String(error), "canary")
    }),
  )

  it("is equal to another one that says the same", () => {
    assert.isTrue(Equal.equals(token(), token()))
    assert.isFalse(Equal.equals(token(), token("secret")))
  })

  it("says nothing of its secret", () => {
    assert.notInclude(String(token("canary")) + JSON.stringify(token("canary")), "canary")
  })
})
