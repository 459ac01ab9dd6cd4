/** Control of UMAaaS: other credentials, time, snapshots. The same wherever the platform is. */
import { SandboxServer } from "@effect-tokens/cli"
import { ApiTokens, Tokens } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import { NeuroioControl, Sandbox, UmaaasControl, UmaaasMemory } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"

const create = Effect.flatMap(ApiTokens, (tokens) => tokens.create({ name: "reports", permissions: ["VIEW"] }))
const list = Effect.flatMap(ApiTokens, (tokens) => tokens.list())
const ids = Effect.map(list, ({ data }) => data.map(({ id }) => id))

const served = Layer.unwrap(Effect.map(SandboxServer.SandboxServer, ({ url }) => Sandbox.layerRemote({ url }))).pipe(
  Layer.provide(NodeTransport.layer()),
  Layer.provide(SandboxServer.layer({ port: 0 })),
  Layer.orDie,
)

const platforms: ReadonlyArray<readonly [name: string, layer: Layer.Layer<ApiTokens | UmaaasControl.UmaaasControl>]> = [
  ["in memory", UmaaasMemory.layer],
  ["in process", Sandbox.layer()],
  ["served", served],
]

for (const [name, layer] of platforms) {
  describe(`control of UMAaaS ${name}`, () => {
    it.live("acts as the holder of another token, or of none", () =>
      Effect.gen(function* () {
        const control = yield* UmaaasControl.UmaaasControl
        const token = yield* create
        const asToken = control.as(token)
        assert.deepStrictEqual(yield* Effect.provide(ids, asToken), [control.rootToken.id, token.id])
        assert.strictEqual((yield* Effect.flip(Effect.provide(create, asToken)))._tag, "Forbidden")
        for (const stranger of [
          { clientId: token.clientId, clientSecret: undefined },
          { clientId: token.clientId, clientSecret: control.rootToken.clientSecret },
          { clientId: "made-up", clientSecret: Redacted.make("made-up") },
        ]) {
          const error = yield* Effect.flip(Effect.provide(list, control.as(stranger)))
          assert.strictEqual(error._tag, "Unauthorized")
        }
        yield* Effect.flatMap(ApiTokens, (tokens) => tokens.delete(token.id))
        assert.strictEqual((yield* Effect.flip(Effect.provide(list, asToken)))._tag, "Unauthorized")
      }).pipe(Effect.provide(layer)),
    )

    it.live("reads all tokens, whoever may see them, without their secrets", () =>
      Effect.gen(function* () {
        const control = yield* UmaaasControl.UmaaasControl
        assert.isDefined(control.rootToken.clientSecret)
        const token = yield* create
        yield* Effect.flatMap(ApiTokens, (tokens) => tokens.delete(control.rootToken.id))
        const tokens = yield* control.tokens
        assert.isTrue(
          Equal.equals(tokens, yield* Effect.map(Effect.provide(list, control.as(token)), ({ data }) => data)),
        )
        assert.isUndefined(tokens[0]?.clientSecret)
        assert.lengthOf(tokens, 1)
      }).pipe(Effect.provide(layer)),
    )

    it.live("goes back to a snapshot, and to the beginning, without giving an id again", () =>
      Effect.gen(function* () {
        const control = yield* UmaaasControl.UmaaasControl
        const kept = yield* create
        const { restore } = yield* control.snapshot
        const lost = yield* create
        yield* restore
        assert.deepStrictEqual(yield* ids, [control.rootToken.id, kept.id])
        const next = yield* create
        assert.notInclude([kept.id, lost.id], next.id)
        yield* Effect.flatMap(ApiTokens, (tokens) => tokens.delete(control.rootToken.id))
        yield* control.reset
        assert.deepStrictEqual(yield* ids, [control.rootToken.id])
        assert.notInclude([kept.id, lost.id, next.id], (yield* create).id)
      }).pipe(Effect.provide(layer)),
    )

    it.live("stops and moves the time", () =>
      Effect.gen(function* () {
        const control = yield* UmaaasControl.UmaaasControl
        yield* control.freeze
        const now = yield* control.now
        yield* control.advance("2 hours")
        const { createdAt } = yield* create
        assert.strictEqual(DateTime.toEpochMillis(createdAt), DateTime.toEpochMillis(now) + 7_200_000)
        yield* control.reset
        assert.isBelow(DateTime.toEpochMillis(yield* control.now), DateTime.toEpochMillis(createdAt))
      }).pipe(Effect.provide(layer)),
    )
  })
}

const sandboxes = [
  ["in process", Sandbox.layer()],
  ["served", served],
] as const

for (const [name, layer] of sandboxes) {
  describe(`a sandbox of both platforms, ${name}`, () => {
    it.live("has one time, and goes back as a whole, through either control", () =>
      Effect.gen(function* () {
        const umaaas = yield* UmaaasControl.UmaaasControl
        const neuroio = yield* NeuroioControl.NeuroioControl
        const tokens = yield* Tokens
        const counts = Effect.all([
          Effect.map(ids, ({ length }) => length),
          Effect.map(tokens.list(), ({ length }) => length),
        ])
        yield* neuroio.freeze
        yield* umaaas.advance("1 hour")
        yield* neuroio.advance("1 hour")
        assert.isTrue(Equal.equals(yield* umaaas.now, yield* neuroio.now))
        assert.isTrue(Equal.equals((yield* create).createdAt, (yield* tokens.create()).created))

        const snapshots = [yield* umaaas.snapshot, yield* neuroio.snapshot]
        for (const { restore } of snapshots) {
          yield* create
          yield* tokens.create()
          assert.deepStrictEqual(yield* counts, [3, 2])
          yield* restore
          assert.deepStrictEqual(yield* counts, [2, 1])
        }
        for (const { reset } of [umaaas, neuroio]) {
          yield* create
          yield* tokens.create()
          yield* reset
          assert.deepStrictEqual(yield* counts, [1, 0])
          assert.isTrue(Equal.equals(DateTime.removeTime(yield* umaaas.now), DateTime.removeTime(yield* neuroio.now)))
        }
      }).pipe(Effect.provide(layer)),
    )
  })
}

describe("the sandbox without a socket", () => {
  it.effect("lives on the clock of the test", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(DateTime.toEpochMillis((yield* create).createdAt), 60_000)
    }).pipe(Effect.provide(Sandbox.layer())),
  )
})
