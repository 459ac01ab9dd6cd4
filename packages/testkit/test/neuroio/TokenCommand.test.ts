/** Commands: what they are drawn from, and what they do. */
import { StreamTokens, Tokens } from "@effect-tokens/core"
import { Journal, NeuroioControl, NeuroioMemory, TokenCommand } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"

const sample = <A>(arbitrary: fc.Arbitrary<A>): ReadonlyArray<A> => fc.sample(arbitrary, { numRuns: 1000, seed: 1 })

describe("commands", () => {
  it("come from the callers and the families that are asked for, the first of them most", () => {
    const calls = sample(TokenCommand.call({ callers: ["space", "token"], families: ["streamTokens"] }))
    const spaces = calls.filter(({ as }) => as === "space").length
    const holders = calls.filter(({ as }) => typeof as === "object").length
    assert.strictEqual(spaces + holders, 1000)
    assert.isAbove(spaces, 500)
    assert.isAbove(holders, 100)
    assert.isTrue(calls.every(({ family }) => family === "streamTokens"))
  })

  it("are of every kind, and are the account's unless others are asked for", () => {
    const commands = sample(TokenCommand.command())
    assert.deepStrictEqual([...new Set(commands.map((command) => command.do))].toSorted(), [
      "advance",
      "create",
      "delete",
      "deleteList",
      "get",
      "list",
      "update",
    ])
    assert.deepStrictEqual(
      [...new Set(commands.map((command) => (command.do === "advance" ? "account" : command.as)))],
      ["account"],
    )
  })

  it("are known again from JSON", () => {
    const arbitrary = TokenCommand.command({ callers: ["account", "space", "manager", "token"] })
    for (const command of sample(arbitrary)) {
      assert.isTrue(arbitrary.canShrinkWithoutContext(JSON.parse(JSON.stringify(command))))
    }
    assert.isFalse(arbitrary.canShrinkWithoutContext({ do: "steal" }))
  })
})

const platform = NeuroioMemory.layer.pipe(Journal.recordCallers())

const account = { as: "account", family: "tokens" } as const

describe("an interpreter", () => {
  it.effect("makes each call, as whoever it is for, on what was made before", () =>
    Effect.gen(function* () {
      const interpret = yield* TokenCommand.makeInterpreter()
      yield* interpret({ ...account, do: "create", permanent: false })
      yield* interpret({ as: "space", family: "streamTokens", do: "create", permanent: true })
      yield* interpret({ as: { token: 1 }, family: "tokens", do: "get", ref: { token: 1, by: "key" } })
      yield* interpret({
        as: "space",
        family: "streamTokens",
        do: "update",
        ref: { token: 2, by: "id" },
        isActive: false,
      })
      yield* interpret({ ...account, do: "list", permanent: false, limit: 3, offset: 1 })
      yield* interpret({ ...account, do: "delete", ref: { token: 1, by: "id" } })
      yield* interpret({ as: "manager", family: "tokens", do: "deleteList", permanent: null })
      const { entries } = yield* Journal.Journal
      assert.deepStrictEqual(
        (yield* entries).map(({ caller, input, operation }) => [caller, operation, input]),
        [
          ["account 1", "Tokens.create", { permanent: false }],
          ["space 2", "StreamTokens.create", { permanent: true }],
          ["token 1 of account 1", "Tokens.get", { token: "<key>" }],
          ["space 2", "StreamTokens.update", { token: 2, isActive: false }],
          ["account 1", "Tokens.list", { permanent: false, limit: 3, offset: 1 }],
          ["account 1", "Tokens.delete", { token: 1 }],
          ["manager 3", "Tokens.deleteList", { permanent: null }],
        ],
      )
      const control = yield* NeuroioControl.NeuroioControl
      assert.lengthOf(yield* control.owners, 3, "a space and a manager once each")
    }).pipe(Effect.provide(platform)),
  )

  it.effect("fails as the call fails, and points at nothing where there is nothing", () =>
    Effect.gen(function* () {
      const interpret = yield* TokenCommand.makeInterpreter()
      for (const by of ["id", "key"] as const) {
        const error = yield* Effect.flip(interpret({ ...account, do: "get", ref: { token: 1, by } }))
        assert.strictEqual(error._tag, "NotFound")
      }
      const error = yield* Effect.flip(interpret({ as: { token: 1 }, family: "tokens", do: "create", permanent: true }))
      assert.strictEqual(error._tag, "Unauthorized")
    }).pipe(Effect.provide(platform)),
  )

  it.effect("lets time pass on the platform, or as it is told to", () =>
    Effect.gen(function* () {
      const control = yield* NeuroioControl.NeuroioControl
      const times = Effect.all([control.now, DateTime.now]).pipe(
        Effect.map((times) => times.map(DateTime.toEpochMillis)),
      )
      yield* (yield* TokenCommand.makeInterpreter())({ do: "advance", millis: 1000 })
      assert.deepStrictEqual(yield* times, [1000, 0])
      yield* (yield* TokenCommand.makeInterpreter({ advance: TestClock.adjust }))({ do: "advance", millis: 500 })
      assert.deepStrictEqual(yield* times, [1500, 500])
      yield* Effect.all([Tokens, StreamTokens])
    }).pipe(Effect.provide(platform)),
  )
})
