/** Tests the key ring on a platform in memory, where a week passes at once. */
import type { TokenKey, TokenOperations } from "@effect-tokens/core"
import { Faults, Journal } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { KeyRing } from "../src/KeyRing.ts"
import { authenticates, elsewhere, platform } from "./platform.ts"

const Platform = (...rules: ReadonlyArray<Faults.Rule>) => platform(Faults.script(...rules))

const Ring = (...rules: ReadonlyArray<Faults.Rule>) => Layer.provideMerge(KeyRing.layer(), Platform(...rules))

const current = Effect.flatMap(KeyRing, (ring) => ring.current)

const listed = elsewhere((tokens) => Effect.map(tokens.list(), (all) => all.map(({ id }) => id)))

describe("a key ring", () => {
  it.effect("replaces its token before it expires, and then the old one stops working", () =>
    Effect.gen(function* () {
      const first = yield* current
      yield* TestClock.adjust("19 hours")
      assert.strictEqual((yield* current).id, first.id)

      yield* TestClock.adjust("1 hour")
      const second = yield* current
      assert.notStrictEqual(second.id, first.id)
      assert.deepStrictEqual([yield* authenticates(first.key), yield* authenticates(second.key)], [true, true])

      yield* TestClock.adjust("15 minutes")
      assert.deepStrictEqual([yield* authenticates(first.key), yield* authenticates(second.key)], [false, true])
    }).pipe(Effect.provide(Ring())),
  )

  it.effect("leaves one token after a week, and keeps those of others", () =>
    Effect.gen(function* () {
      const journal = yield* Journal.Journal
      const theirs = yield* elsewhere((tokens) => tokens.create())

      yield* TestClock.adjust("7 days")

      assert.deepStrictEqual(yield* listed, [theirs.id, (yield* current).id])
      // Each token is used for 20 hours, and a week has 168.
      const calls = Journal.format(yield* journal.snapshot)
      assert.lengthOf(yield* journal.calls("Tokens.create"), 9, calls)
      assert.lengthOf(yield* journal.calls("Tokens.delete"), 8, calls)
      assert.lengthOf(yield* journal.calls("Tokens.deleteList"), 0, calls)
    }).pipe(Effect.provide(Ring())),
  )

  it.effect.each<[string, (tokens: TokenOperations.TokenOperations, key: TokenKey) => Effect.Effect<unknown, unknown>]>(
    [
      ["deactivates", (tokens, key) => tokens.update(key, { isActive: false })],
      ["deletes", (tokens, key) => tokens.delete(key)],
    ],
  )("replaces a token that somebody %s", ([, revoke]) =>
    Effect.gen(function* () {
      const { key } = yield* current
      yield* elsewhere((tokens) => revoke(tokens, key))
      yield* TestClock.adjust("15 minutes")
      assert.isTrue(yield* authenticates((yield* current).key))
      yield* TestClock.adjust("15 minutes")
      assert.deepStrictEqual(yield* listed, [(yield* current).id])
    }).pipe(Effect.provide(Ring())),
  )

  it.effect("uses the token whose answer was lost, and creates no other", () =>
    Effect.gen(function* () {
      const journal = yield* Journal.Journal
      const ring = yield* Effect.forkChild(Effect.provide(current, KeyRing.layer()))
      yield* TestClock.adjust("15 seconds")
      const token = yield* Fiber.join(ring)
      assert.deepStrictEqual(yield* listed, [token.id])
      const calls = (yield* journal.entries).map(({ operation }) => operation)
      assert.deepStrictEqual(calls, ["Tokens.list", "Tokens.create", "Tokens.list"])
    }).pipe(Effect.provide(Platform(Faults.on("Tokens.create", Faults.reset({ afterEffect: true }), { call: 1 })))),
  )

  it.effect("fails by name when it has no valid token, and gets one when the platform is back", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("24 hours")
      assert.strictEqual((yield* Effect.flip(current))._tag, "NoKey")
      yield* TestClock.adjust("10 hours")
      assert.isTrue(yield* authenticates((yield* current).key))
    }).pipe(Effect.provide(Ring(Faults.on("Tokens.create", Faults.status(503), { from: 2, times: 100 })))),
  )

  it.effect("fails at once when a retry cannot help", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.provide(current, KeyRing.layer()))
      assert.strictEqual(error._tag, "Unauthorized")
    }).pipe(Effect.provide(Platform(Faults.on("any", Faults.status(401))))),
  )

  it.effect("deletes its tokens when its scope closes", () =>
    Effect.gen(function* () {
      const theirs = yield* elsewhere((tokens) => tokens.create())
      yield* Effect.provide(Effect.andThen(TestClock.adjust("20 hours"), current), KeyRing.layer())
      assert.deepStrictEqual(yield* listed, [theirs.id])
    }).pipe(Effect.provide(Platform())),
  )
})
