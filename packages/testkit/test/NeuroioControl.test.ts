/** Control of a platform in memory: other owners, tokens as credentials, snapshots. */
import { StreamTokens, Tokens } from "@effect-tokens/core"
import { NeuroioControl, NeuroioMemory } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"

const list = Effect.flatMap(Tokens, (tokens) => tokens.list())
const create = Effect.flatMap(Tokens, (tokens) => tokens.create())

describe("control", () => {
  it.effect("acts as another owner", () =>
    Effect.gen(function* () {
      const control = yield* NeuroioControl.NeuroioControl
      const space = yield* control.addOwner("space")
      const token = yield* create
      assert.deepStrictEqual(yield* Effect.provide(list, control.as(space)), [])
      const foreign = yield* Effect.provide(
        Effect.flip(Effect.flatMap(Tokens, (tokens) => tokens.get(token.id))),
        control.as(space),
      )
      assert.strictEqual(foreign._tag, "NotFound")
      yield* Effect.provide(create, control.as(space))
      assert.isTrue(Equal.equals(yield* Effect.provide(list, control.as(control.account)), [token]))
    }).pipe(Effect.provide(NeuroioMemory.layer)),
  )

  it.effect("acts as a manager, which has no stream tokens (N15)", () =>
    Effect.gen(function* () {
      const control = yield* NeuroioControl.NeuroioControl
      const manager = control.as(yield* control.addOwner("manager"))
      yield* Effect.provide(create, manager)
      const streams = Effect.flatMap(StreamTokens, (tokens) => tokens.list())
      assert.strictEqual((yield* Effect.flip(Effect.provide(streams, manager)))._tag, "Forbidden")
    }).pipe(Effect.provide(NeuroioMemory.layer)),
  )

  it.effect("acts as a token, until it expires (N13) or deletes itself (N17)", () =>
    Effect.gen(function* () {
      const control = yield* NeuroioControl.NeuroioControl
      const { key } = yield* create
      const asToken = control.as(key)
      assert.strictEqual((yield* Effect.provide(list, asToken)).length, 1)
      yield* TestClock.adjust("24 hours")
      assert.strictEqual((yield* Effect.flip(Effect.provide(list, asToken)))._tag, "Unauthorized")
      const fresh = control.as((yield* create).key)
      yield* Effect.provide(
        Effect.flatMap(Tokens, (tokens) => tokens.deleteList({ permanent: false })),
        fresh,
      )
      assert.strictEqual((yield* Effect.flip(Effect.provide(list, fresh)))._tag, "Unauthorized")
    }).pipe(Effect.provide(NeuroioMemory.layer)),
  )

  it.effect("goes back to a snapshot, and to the beginning", () =>
    Effect.gen(function* () {
      const control = yield* NeuroioControl.NeuroioControl
      const token = yield* create
      const snapshot = yield* control.snapshot
      yield* create
      yield* Effect.flatMap(Tokens, (tokens) => tokens.update(token.id, { isActive: false }))
      yield* control.restore(snapshot)
      assert.isTrue(Equal.equals(yield* list, [token]))
      yield* control.reset
      assert.deepStrictEqual(yield* list, [])
      assert.isTrue(Equal.equals(yield* create, token), "the same ids and keys come again")
    }).pipe(Effect.provide(NeuroioMemory.layer)),
  )

  it.effect("gives no owner's credential again after a reset", () =>
    Effect.gen(function* () {
      const control = yield* NeuroioControl.NeuroioControl
      const space = yield* control.addOwner("space")
      yield* control.reset
      const other = yield* control.addOwner("space")
      assert.notStrictEqual(Redacted.value(other.key), Redacted.value(space.key))
      assert.strictEqual((yield* Effect.flip(Effect.provide(list, control.as(space))))._tag, "Unauthorized")
      assert.deepStrictEqual(yield* Effect.provide(list, control.as(other.key)), [])
    }).pipe(Effect.provide(NeuroioMemory.layer)),
  )

  it.effect("has the time in its hands", () =>
    Effect.gen(function* () {
      const control = yield* NeuroioControl.NeuroioControl
      const millis = Effect.map(control.now, DateTime.toEpochMillis)
      yield* TestClock.adjust("1 second")
      yield* control.advance("1 minute")
      assert.strictEqual(yield* millis, 61_000)
      yield* control.freeze
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* millis, 61_000)
      yield* control.advance("1 minute")
      assert.strictEqual(DateTime.toEpochMillis((yield* create).created), 121_000)
      yield* control.unfreeze
      assert.strictEqual(yield* millis, 121_000)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* millis, 122_000)
      yield* control.advance(-5)
      assert.strictEqual(yield* millis, 122_000)
      yield* control.reset
      assert.strictEqual(yield* millis, 3000)
    }).pipe(Effect.provide(NeuroioMemory.layer)),
  )
})
