/** Control of a platform: other owners, tokens as credentials, time, snapshots. The same wherever the platform is. */
import { SandboxServer } from "@effect-tokens/cli"
import { StreamTokens, Tokens } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import { NeuroioControl, NeuroioMemory, Sandbox } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"

const list = Effect.flatMap(Tokens, (tokens) => tokens.list())
const create = Effect.flatMap(Tokens, (tokens) => tokens.create())

const served = Layer.unwrap(Effect.map(SandboxServer.SandboxServer, ({ url }) => Sandbox.layerRemote({ url }))).pipe(
  Layer.provide(NodeTransport.layer()),
  Layer.provide(SandboxServer.layer({ port: 0 })),
  Layer.orDie,
)

const platforms: ReadonlyArray<
  readonly [name: string, layer: Layer.Layer<Tokens | StreamTokens | NeuroioControl.NeuroioControl>]
> = [
  ["in memory", NeuroioMemory.layer],
  ["in process", Sandbox.layer()],
  ["served", served],
]

for (const [name, layer] of platforms) {
  describe(`control of a platform ${name}`, () => {
    it.live("acts as another owner", () =>
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
      }).pipe(Effect.provide(layer)),
    )

    it.live("acts as a manager, which has no stream tokens (N15)", () =>
      Effect.gen(function* () {
        const control = yield* NeuroioControl.NeuroioControl
        const manager = control.as(yield* control.addOwner("manager"))
        yield* Effect.provide(create, manager)
        const streams = Effect.flatMap(StreamTokens, (tokens) => tokens.list())
        assert.strictEqual((yield* Effect.flip(Effect.provide(streams, manager)))._tag, "Forbidden")
      }).pipe(Effect.provide(layer)),
    )

    it.live("acts as a token, until it expires (N13) or deletes itself (N17)", () =>
      Effect.gen(function* () {
        const control = yield* NeuroioControl.NeuroioControl
        const { key } = yield* create
        const asToken = control.as(key)
        assert.strictEqual((yield* Effect.provide(list, asToken)).length, 1)
        yield* control.advance("24 hours")
        assert.strictEqual((yield* Effect.flip(Effect.provide(list, asToken)))._tag, "Unauthorized")
        const fresh = control.as((yield* create).key)
        yield* Effect.provide(
          Effect.flatMap(Tokens, (tokens) => tokens.deleteList({ permanent: false })),
          fresh,
        )
        assert.strictEqual((yield* Effect.flip(Effect.provide(list, fresh)))._tag, "Unauthorized")
      }).pipe(Effect.provide(layer)),
    )

    it.live("reads the whole state", () =>
      Effect.gen(function* () {
        const control = yield* NeuroioControl.NeuroioControl
        const manager = yield* control.addOwner("manager")
        const token = yield* create
        const stream = yield* Effect.flatMap(StreamTokens, (tokens) => tokens.create({ permanent: true }))
        const managers = yield* Effect.provide(create, control.as(manager))
        const state = yield* control.state
        const of = (number: number) => state.find(({ owner }) => owner.number === number)
        assert.isTrue(Equal.equals([of(control.account.number)?.tokens, [stream]], [[token], of(1)?.streamTokens]))
        assert.isTrue(Equal.equals(of(manager.number), { owner: manager, tokens: [managers], streamTokens: [] }))
        assert.strictEqual(state[0]?.owner.number, control.account.number)
      }).pipe(Effect.provide(layer)),
    )

    it.live("goes back to a snapshot, more than once, and to the beginning", () =>
      Effect.gen(function* () {
        const control = yield* NeuroioControl.NeuroioControl
        yield* control.freeze
        const token = yield* create
        const snapshot = yield* control.snapshot
        for (const isActive of [false, true]) {
          yield* create
          yield* Effect.flatMap(Tokens, (tokens) => tokens.update(token.id, { isActive }))
          yield* snapshot.restore
          assert.isTrue(Equal.equals(yield* list, [token]))
        }
        yield* control.reset
        assert.deepStrictEqual(yield* list, [])
        const again = yield* create
        assert.deepStrictEqual([again.id, Redacted.value(again.key)], [token.id, Redacted.value(token.key)])
      }).pipe(Effect.provide(layer)),
    )

    it.live("gives no id and no owner again after a snapshot was gone back to (N3)", () =>
      Effect.gen(function* () {
        const control = yield* NeuroioControl.NeuroioControl
        const { restore } = yield* control.snapshot
        const [token, space] = yield* Effect.all([create, control.addOwner("space")])
        yield* restore
        const [other, account] = yield* Effect.all([create, control.addOwner("account")])
        assert.isAbove(other.id, token.id)
        assert.isAbove(account.number, space.number)
      }).pipe(Effect.provide(layer)),
    )

    it.live("gives no owner's credential again after a reset", () =>
      Effect.gen(function* () {
        const control = yield* NeuroioControl.NeuroioControl
        const space = yield* control.addOwner("space")
        yield* control.reset
        const other = yield* control.addOwner("space")
        assert.notStrictEqual(Redacted.value(other.key), Redacted.value(space.key))
        assert.strictEqual((yield* Effect.flip(Effect.provide(list, control.as(space))))._tag, "Unauthorized")
        assert.deepStrictEqual(yield* Effect.provide(list, control.as(other.key)), [])
      }).pipe(Effect.provide(layer)),
    )

    it.live("lets time stand still, moves it, and lets it go on from there", () =>
      Effect.gen(function* () {
        const control = yield* NeuroioControl.NeuroioControl
        const millis = Effect.map(control.now, DateTime.toEpochMillis)
        yield* control.freeze
        const start = yield* millis
        yield* control.advance("25 hours")
        assert.strictEqual(yield* millis, start + 90_000_000)
        assert.strictEqual(DateTime.toEpochMillis((yield* create).created), start + 90_000_000)
        yield* control.advance(-5)
        assert.strictEqual(yield* millis, start + 90_000_000)
        yield* control.unfreeze
        assert.isAtLeast(yield* millis, start + 90_000_000)
        yield* control.reset
        assert.isBelow(yield* millis, start + 90_000_000)
      }).pipe(Effect.provide(layer)),
    )
  })
}

for (const [name, layer] of platforms.slice(0, 2)) {
  it.effect(`the clock of the test is the time of a platform ${name}, unless control says otherwise`, () =>
    Effect.gen(function* () {
      const control = yield* NeuroioControl.NeuroioControl
      const millis = Effect.map(control.now, DateTime.toEpochMillis)
      yield* TestClock.adjust("1 second")
      yield* control.advance("1 minute")
      assert.strictEqual(yield* millis, 61_000)
      yield* control.freeze
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* millis, 61_000)
      yield* control.unfreeze
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* millis, 62_000)
      yield* control.advance("Infinity")
      assert.strictEqual(yield* millis, Date.UTC(9999, 11, 30))
      assert.strictEqual(DateTime.toEpochMillis((yield* create).created), Date.UTC(9999, 11, 30))
      yield* control.reset
      assert.strictEqual(yield* millis, 3000)
    }).pipe(Effect.provide(layer)),
  )
}
