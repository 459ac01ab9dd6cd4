/** The whole client over the sandbox, without a socket and on the clock of the test. */
import { Neuroio, StreamTokens, TokenId, Tokens, Transport } from "@effect-tokens/core"
import { NeuroioMemory, Sandbox } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"

const client = Layer.unwrap(
  Effect.map(Sandbox.Credentials, ({ neuroio }) => Neuroio.layer({ apiToken: neuroio.account })),
)

const overTransport = client.pipe(Layer.provideMerge(Sandbox.layerTransport()))

const overHttpClient = client.pipe(
  Layer.provideMerge(Transport.layerHttpClient),
  Layer.provideMerge(Sandbox.layerHttpClient()),
)

describe.each([
  ["a transport", overTransport],
  ["an HttpClient", overHttpClient],
] as const)("the sandbox as %s", (_title, layer) => {
  it.effect("all operations of both services", () =>
    Effect.gen(function* () {
      for (const tokens of [yield* Tokens, yield* StreamTokens]) {
        const temporary = yield* tokens.create()
        const permanent = yield* tokens.create({ permanent: true })
        assert.isTrue(Equal.equals(yield* tokens.list(), [temporary, permanent]))
        assert.isTrue(Equal.equals(yield* tokens.get(temporary.key), temporary))
        assert.isFalse((yield* tokens.update(temporary.id, { isActive: false })).isActive)
        yield* tokens.delete(temporary.id)
        assert.strictEqual((yield* Effect.flip(tokens.get(temporary.id)))._tag, "NotFound")
        for (let i = 0; i < 4; i++) yield* tokens.create({ permanent: true })
        assert.strictEqual((yield* Effect.flip(tokens.create({ permanent: true })))._tag, "PermanentTokenLimitReached")
        yield* tokens.deleteList({ permanent: null })
        assert.deepStrictEqual(yield* tokens.list(), [])
      }
    }).pipe(Effect.provide(layer)),
  )

  it.effect("reads a key that looks like an id as the platform in memory does", () =>
    Effect.gen(function* () {
      const program = Effect.gen(function* () {
        const tokens = yield* Tokens
        yield* tokens.create()
        return (yield* tokens.get(Redacted.make("1"))).id
      })
      assert.strictEqual(yield* program, yield* Effect.provide(program, NeuroioMemory.layer))
    }).pipe(Effect.provide(layer)),
  )

  it.effect("takes keys as long as over HTTP", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const error = yield* Effect.flip(tokens.get(Redacted.make("k".repeat(5000))))
      if (error._tag !== "NotFound") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.serverMessage, "Not found.")
    }).pipe(Effect.provide(layer)),
  )

  it.effect("lives on the clock of the test", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const token = yield* tokens.create()
      assert.strictEqual(DateTime.toEpochMillis(token.created), 0)
      const asToken = Effect.provide(
        Effect.flatMap(Tokens, (tokens) => tokens.list()),
        Neuroio.layer({ apiToken: token.key }),
      )
      assert.strictEqual((yield* asToken).length, 1)
      yield* TestClock.adjust("24 hours")
      assert.strictEqual((yield* Effect.flip(asToken))._tag, "Unauthorized")
    }).pipe(Effect.provide(layer)),
  )

  it.effect("is a platform of its own each time", () =>
    Effect.gen(function* () {
      const create = Effect.flatMap(Tokens, (tokens) => tokens.create())
      const first = yield* Effect.provide(create, Layer.fresh(layer))
      const second = yield* Effect.provide(create, Layer.fresh(layer))
      assert.deepStrictEqual([first.id, second.id], [TokenId.make(1), TokenId.make(1)])
      assert.strictEqual(Redacted.value(first.key), Redacted.value(second.key))
    }),
  )
})
