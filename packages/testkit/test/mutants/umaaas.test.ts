/** The laws of API tokens are checked too: platforms that are wrong in one point do not pass them. */
import { ApiTokenLaws } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { killBy, tryLaw } from "./umaaas/kill.ts"
import { mutants, plain } from "./umaaas/mutants.ts"
import { races } from "./umaaas/races.ts"

const seed = 1

const rules = Array.from({ length: 12 }, (_, i) => `U${i + 1}`)

describe("the laws", () => {
  it("speak of each rule, several of them", () => {
    const { laws } = ApiTokenLaws.apiTokens
    for (const rule of rules) {
      const count = laws.filter((law) => law.rules.includes(rule)).length
      assert.isAtLeast(count, 2, rule)
    }
    const ids = laws.map(({ id }) => id)
    assert.strictEqual(new Set(ids).size, ids.length)
    assert.isTrue(ids.every((id) => id.startsWith("apiTokens.")))
  })
})

it("each rule is broken by several wrong platforms", () => {
  for (const rule of rules) assert.isAtLeast(mutants.filter((mutant) => mutant.rule === rule).length, 3, rule)
})

describe("is killed by a law of its rule", () => {
  it.for(plain.map((mutant) => [mutant.rule, mutant.bug, mutant] as const))("%s: %s", async ([rule, , mutant]) => {
    assert.isDefined(await Effect.runPromise(killBy(rule, mutant, { seed, runs: 100 })))
  })
})

describe("is seen by the race law", () => {
  it.for(races.map((mutant) => [mutant.bug, mutant] as const))("%s", async ([, mutant]) => {
    for (let other = seed; other < seed + 5; other++) {
      const report = await Effect.runPromise(tryLaw(mutant, "apiTokens.race", { seed: other, runs: 1000 }))
      assert.isDefined(report, `seed ${other}`)
    }
  })
})
