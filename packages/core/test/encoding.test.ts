/** C7: no schema of this package writes a key or a secret, and storing one on purpose works. */
import { ApiToken, ApiTokenId, ApiTokenPage, CreatedApiToken, Token, TokenId, TokenKey } from "@effect-tokens/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const at = DateTime.makeUnsafe("2025-07-21T17:32:28Z")
const key = Redacted.make("canary")
const token = new Token({ id: TokenId.make(1), key, isActive: true, created: at, expires: null })
const fields = { id: ApiTokenId.make("1"), name: "a", permissions: [], clientId: "c", createdAt: at, updatedAt: at }
const created = new CreatedApiToken({ ...fields, clientSecret: key })
const shown = new ApiToken({ ...fields, clientSecret: key })
const page = new ApiTokenPage({ data: [shown], hasMore: false, nextCursor: undefined, totalCount: undefined })

const values: ReadonlyArray<readonly [string, Schema.Codec<unknown, unknown>, unknown]> = [
  ["TokenKey", TokenKey, key],
  ["Token", Token, token],
  ["ApiToken", ApiToken, shown],
  ["CreatedApiToken", CreatedApiToken, created],
  ["ApiTokenPage", ApiTokenPage, page],
]

describe.each(values)("%s", (_, schema, value) => {
  const wrapped: ReadonlyArray<readonly [string, Schema.Codec<unknown, unknown>, unknown]> = [
    ["by itself", schema, value],
    ["in an array", Schema.Array(schema), [value]],
    ["in a struct", Schema.Struct({ value: schema }), { value }],
    ["in an option", Schema.NullOr(schema), value],
  ]

  it.effect.each(wrapped)("is written by no codec: %s", ([, schema, value]) =>
    Effect.gen(function* () {
      const codecs = [
        schema,
        Schema.toCodecJson(schema),
        Schema.fromJsonString(schema),
        Schema.fromJsonString(Schema.toCodecJson(schema)),
        Schema.toCodecStringTree(schema),
      ]
      for (const codec of codecs) {
        const exit = yield* Effect.exit(Schema.encodeUnknownEffect(codec)(value))
        assert.isTrue(Exit.isFailure(exit))
        assert.notInclude(String(exit) + JSON.stringify(exit), "canary")
      }
    }),
  )
})

it.effect("an API token without its secret is written", () =>
  Effect.gen(function* () {
    const codec = Schema.fromJsonString(Schema.toCodecJson(ApiToken))
    const token = new ApiToken({ ...fields, clientSecret: undefined })
    const text = yield* Schema.encodeEffect(codec)(token)
    assert.isTrue(Equal.equals(yield* Schema.decodeEffect(codec)(text), token))
  }),
)

it.effect("a token is stored on purpose as the documentation of TokenKey has it", () =>
  Effect.gen(function* () {
    const StoredToken = Schema.Struct({ ...Token.fields, key: Schema.RedactedFromValue(Schema.String) }).pipe(
      Schema.toCodecJson,
      Schema.fromJsonString,
    )
    const text = yield* Schema.encodeEffect(StoredToken)(token)
    assert.include(text, "canary")
    const loaded = new Token(yield* Schema.decodeEffect(StoredToken)(text))
    assert.isTrue(Equal.equals(loaded, token))
    assert.strictEqual(Redacted.value(loaded.key), "canary")
  }),
)
