/** The laws are checked too: platforms that are wrong in one point do not pass them. That the right one does is `laws/`. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { kill, tryLaw } from "./kill.ts"
import { sequential } from "./neuroio/mutants.ts"
import { races } from "./neuroio/races.ts"

const seed = 1

describe("does not pass", () => {
  it.for(sequential.map((mutant) => [mutant.bug, mutant] as const))("%s", async ([, mutant]) => {
    assert.isDefined(await Effect.runPromise(kill(mutant, { seed, runs: 100 })))
  })
})

describe("is seen by the race law", () => {
  it.for(races.map((mutant) => [mutant.bug, mutant] as const))("%s", async ([, mutant]) => {
    for (let other = seed; other < seed + 10; other++) {
      const report = await Effect.runPromise(tryLaw(mutant, "tokens.race", { seed: other, runs: 1000 }))
      assert.isDefined(report, `seed ${other}`)
    }
  })
})
