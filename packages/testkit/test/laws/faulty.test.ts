/**
 * The laws hold for the whole client while its transport fails: what goes wrong, it hides (C3, C4), and no call is lost
 * or done twice by that.
 */
import type { ApiError, ApiTokens, StreamTokens, Tokens } from "@effect-tokens/core"
import { ApiTokenLaws, Laws, TokenLaws } from "@effect-tokens/testkit"
import { testLaws } from "@effect-tokens/testkit/vitest"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FaultySandbox from "../support/faultySandbox.ts"

const plan: FaultySandbox.Plan = { seed: 1, inARow: 2, creates: ["certain"], writes: ["certain", "lost", "done"] }

/**
 * A write that is sent again after a loss is done twice. One after another, nobody can tell; but what others did between
 * the two is then undone, as idempotence does not speak of others.
 */
const racePlan: FaultySandbox.Plan = { ...plan, writes: ["certain"] }

const half = <Subject, R>(suite: Laws.Suite<Subject, R>, concurrent: boolean): Laws.Suite<Subject, R> => ({
  ...suite,
  laws: suite.laws.filter(
    // A thousand owners take as long as all others together: in memory and in process is enough.
    ({ id, needs }) => needs.includes("concurrency") === concurrent && !id.endsWith(".many-owners"),
  ),
})

for (const [seed, suite] of [TokenLaws.tokens, TokenLaws.streamTokens].entries()) {
  testLaws(half(suite, false), FaultySandbox.layer({ ...plan, seed }), { runs: 4 })
  testLaws(half(suite, true), FaultySandbox.layer({ ...racePlan, seed }), { runs: 10 })
}
testLaws(half(ApiTokenLaws.apiTokens, false), FaultySandbox.layer({ ...plan, seed: 2 }), { runs: 4 })
testLaws(half(ApiTokenLaws.apiTokens, true), FaultySandbox.layer({ ...racePlan, seed: 2 }), { runs: 6 })

/** Two deletions of one token at once. */
const deletions = [1, 2].map(() => [
  {
    call: { do: "delete", as: "account", family: "tokens", ref: { token: 1, by: "id" } },
    before: 0,
    after: 0,
    patience: null,
  },
])

interface Tried {
  readonly name: string
  /** All but `create`. */
  readonly methods: ReadonlyArray<string>
  readonly run: (
    options: Laws.Options,
  ) => Effect.Effect<ReadonlyArray<Laws.LawReport>, ApiError.InvalidRequest, Tokens | StreamTokens | ApiTokens>
}

const tokens: Tried = {
  name: "tokens",
  methods: ["list", "get", "update", "delete", "deleteList"],
  run: (options) => Laws.run(TokenLaws.tokens, options),
}

const apiTokens: Tried = {
  name: "apiTokens",
  methods: ["list", "get", "delete"],
  run: (options) => Laws.run(ApiTokenLaws.apiTokens, options),
}

const failed = ({ run }: Tried, plan: FaultySandbox.Plan, options: Laws.Options, retries?: number) =>
  Effect.map(run(options), (reports) => reports.filter(({ _tag }) => _tag === "Failed").map(({ law }) => law.id)).pipe(
    Effect.provide(FaultySandbox.layer(plan, retries)),
  )

describe.each([tokens, apiTokens])("the faults under the laws of $name", (tried) => {
  const story = `${tried.name}.story`

  it.effect("strike each operation before and after its effect, each of them something", () =>
    Effect.gen(function* () {
      yield* tried.run({ seed: 1, runs: 30, laws: [story] })
      const strikes = yield* FaultySandbox.Strikes
      const kinds = (method: string) =>
        [...new Set(strikes.filter((strike) => strike.method === method).map(({ kind }) => kind))].toSorted()
      assert.deepStrictEqual(kinds("create"), ["certain"])
      for (const method of tried.methods) assert.deepStrictEqual(kinds(method), ["certain", "done", "lost"], method)
      assert.strictEqual(new Set(strikes.map(({ fault }) => fault)).size, FaultySandbox.faultCount)
    }).pipe(Effect.provide(FaultySandbox.layer(plan))),
  )

  it.effect.each([
    ["a client that sends once", plan, 0],
    ["one fault more in a row than the client sends again", { ...plan, inARow: 3 }, undefined],
    ["creates that are lost", { ...plan, creates: ["lost"] }, undefined],
    ["creates that are done", { ...plan, creates: ["done"] }, undefined],
  ] as const)("break a law with %s", ([, plan, retries]) =>
    Effect.gen(function* () {
      const options = { seed: 1, runs: 20, shrink: false, laws: [story] }
      assert.deepStrictEqual(yield* failed(tried, plan, options, retries), [story])
    }),
  )
})

describe("the faults", () => {
  it.effect("break the law of races with writes that are lost", () =>
    Effect.gen(function* () {
      const create = { do: "create", as: "account", family: "tokens", permanent: false }
      const input = { slots: 0, before: [create], branches: deletions }
      const options = { replay: { law: "tokens.race", input } }
      // One of the two is lost before the other is done, and takes the 404 that it then gets for its own doing.
      const lost: FaultySandbox.Plan = { ...plan, creates: [], writes: ["lost"] }
      const seeds = Array.from({ length: 20 }, (_, i) => i)
      const reports = yield* Effect.forEach(seeds, (seed) => failed(tokens, { ...lost, seed }, options))
      assert.include(reports.flat(), "tokens.race")
    }),
  )
})
