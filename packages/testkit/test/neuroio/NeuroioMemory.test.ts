import { inspect } from "node:util"
import { StreamTokens, Token, TokenId, type TokenOperations, Tokens } from "@effect-tokens/core"
import { NeuroioMemory } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"

const families: ReadonlyArray<{
  readonly name: string
  readonly service: Effect.Effect<TokenOperations.TokenOperations, never, Tokens | StreamTokens>
}> = [
  { name: "Tokens", service: Tokens },
  { name: "StreamTokens", service: StreamTokens },
]

for (const { name, service } of families) {
  describe(`${name} in memory`, () => {
    it.effect("all operations", () =>
      Effect.gen(function* () {
        const tokens = yield* service
        const temporary = yield* tokens.create()
        const permanent = yield* tokens.create({ permanent: true })
        assert.strictEqual(
          temporary.expires && DateTime.toEpochMillis(temporary.expires) - DateTime.toEpochMillis(temporary.created),
          24 * 60 * 60 * 1000,
        )
        assert.isNull(permanent.expires)
        assert.isTrue(Equal.equals(yield* tokens.get(temporary.key), temporary))
        assert.isTrue(Equal.equals(yield* tokens.list(), [temporary, permanent]))
        assert.isTrue(Equal.equals(yield* tokens.list({ permanent: true }), [permanent]))
        assert.isTrue(Equal.equals(yield* Stream.runCollect(tokens.stream({ pageSize: 1 })), [temporary, permanent]))
        assert.isFalse((yield* tokens.update(temporary.id, { isActive: false })).isActive)
        yield* tokens.delete(permanent.key)
        yield* tokens.deleteList({ permanent: false })
        assert.deepStrictEqual(yield* tokens.list(), [])
      }).pipe(Effect.provide(NeuroioMemory.layer)),
    )

    it.effect("refuses as the platform does, with the client's errors", () =>
      Effect.gen(function* () {
        const tokens = yield* service
        yield* Effect.replicateEffect(tokens.create({ permanent: true }), 5)
        const limit = yield* Effect.flip(tokens.create({ permanent: true }))
        assert.strictEqual(limit._tag, "PermanentTokenLimitReached")
        assert.strictEqual(limit.operation, `${name}.create`)
        const missing = yield* Effect.flip(tokens.get(TokenId.make(99)))
        assert.strictEqual(missing._tag, "NotFound")
        assert.strictEqual(missing.message, `${name}.get was answered 404 Not Found. The server says: Not found.`)
        const invalid = yield* Effect.flip(tokens.list({ limit: 0 }))
        assert.strictEqual(invalid._tag, "InvalidRequest")
      }).pipe(Effect.provide(NeuroioMemory.layer)),
    )

    it.effect("the cap holds under a race (N18)", () =>
      Effect.gen(function* () {
        const tokens = yield* service
        const outcomes = yield* Effect.all(
          Array.from({ length: 50 }, () => Effect.exit(tokens.create({ permanent: true }))),
          { concurrency: "unbounded" },
        )
        assert.strictEqual(outcomes.filter(({ _tag }) => _tag === "Success").length, 5)
        assert.strictEqual((yield* tokens.list({ permanent: true })).length, 5)
      }).pipe(Effect.provide(NeuroioMemory.layer)),
    )
  })
}

describe("a platform in memory", () => {
  it.effect("lives on the clock of the test", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const token = yield* tokens.create()
      assert.isTrue(Token.isValidAt(token, yield* DateTime.now))
      yield* TestClock.adjust("24 hours")
      assert.isFalse(Token.isValidAt(token, yield* DateTime.now))
      assert.isTrue(Equal.equals(yield* tokens.get(token.id), token))
      assert.strictEqual(DateTime.toEpochMillis((yield* tokens.create()).created), 24 * 60 * 60 * 1000)
    }).pipe(Effect.provide(NeuroioMemory.layer)),
  )

  it.effect("gives tokens that are what the model makes, each with a secret of its own", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      for (const permanent of [false, true]) {
        const created = yield* tokens.create({ permanent })
        yield* TestClock.adjust("1500 micros")
        const found = yield* tokens.get(created.id)
        const made = new Token({ ...created })
        for (const token of [created, found]) {
          assert.instanceOf(token, Token)
          assert.strictEqual(Object.getPrototypeOf(token), Object.getPrototypeOf(made))
          assert.deepStrictEqual(Object.getOwnPropertyDescriptors(token), Object.getOwnPropertyDescriptors(made))
          assert.deepStrictEqual(Object.keys(token), Object.keys(made))
          assert.isTrue(Equal.equals(token, made))
          assert.strictEqual(Hash.hash(token), Hash.hash(made))
          assert.isTrue(Schema.is(Token)(token))
          assert.strictEqual(inspect(token), inspect(made))
        }
        Redacted.wipeUnsafe(created.key)
        assert.match(Redacted.value(found.key), /^[0-9a-f]{40}$/)
        assert.match(Redacted.value((yield* tokens.get(created.id)).key), /^[0-9a-f]{40}$/)
      }
    }).pipe(Effect.provide(NeuroioMemory.layer)),
  )

  it.effect("is another one each time that it is built, and gives the same ids and keys", () =>
    Effect.gen(function* () {
      const one = Effect.flatMap(Tokens, (tokens) => tokens.create())
      const first = yield* Effect.provide(one, NeuroioMemory.layer)
      const second = yield* Effect.provide(one, NeuroioMemory.layer)
      assert.strictEqual(first.id, second.id)
      assert.strictEqual(Redacted.value(first.key), Redacted.value(second.key))
    }),
  )
})
