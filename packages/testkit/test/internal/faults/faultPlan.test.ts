import { Faults } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import { makeSwitch, injectedFaultOf } from "../../../src/internal/faults/faultPlan.ts"

const struckCalls = (rule: Faults.Rule) => {
  const planner = makeSwitch(Faults.script(rule)).planner
  return Array.from({ length: 6 }, (_, i) => planner(i % 2 === 0 ? "Tokens.create" : "Tokens.list")).flatMap(
    ({ fault }, i) => (fault === undefined ? [] : [i + 1]),
  )
}

describe("a rule", () => {
  // Of six calls, the odd ones are creates.
  it.each([
    ["every call", Faults.on("any", Faults.refused), [1, 2, 3, 4, 5, 6]],
    ["one of all", Faults.on("any", Faults.refused, { call: 3 }), [3]],
    ["one of its operation", Faults.on("Tokens.create", Faults.refused, { call: 2 }), [3]],
    ["from one on", Faults.on("Tokens.list", Faults.refused, { from: 2 }), [4, 6]],
    ["the first ones", Faults.on("Tokens.create", Faults.refused, { times: 2 }), [1, 3]],
    ["some from one on", Faults.on("any", Faults.refused, { from: 2, times: 3 }), [2, 3, 4]],
    ["none of what was not called", Faults.on("StreamTokens.create", Faults.refused), []],
  ] as const)("strikes %s", (_, rule, expected) => {
    assert.deepStrictEqual(struckCalls(rule), [...expected])
  })
})

describe("a script", () => {
  it("adds latencies up, and takes the first other fault", () => {
    const plan = Faults.script(
      Faults.on("any", Faults.latency(100)),
      Faults.on("any", Faults.reset()),
      Faults.on("any", Faults.refused),
      Faults.on("Tokens.get", Faults.latency(20)),
    )
    const strike = injectedFaultOf(plan, { operation: "Tokens.get", ofOperation: 1, ofAll: 1 })
    assert.deepStrictEqual(strike, { latency: 120, fault: { _tag: "Reset" } })
  })
})

describe("a random plan", () => {
  const plan = Faults.random({ seed: 3, rate: 0.2 })
  const draws = (operation: Faults.Operation) =>
    Array.from({ length: 5000 }, (_, i) => injectedFaultOf(plan, { operation, ofOperation: i + 1, ofAll: 1 }))

  it("strikes about as many calls as its rate says, with all its faults", () => {
    const struck = draws("Tokens.create").filter(({ fault, latency }) => fault !== undefined || latency > 0)
    assert.approximately(struck.length / 5000, 0.2, 0.02)
    assert.lengthOf([...new Set(struck.map((strike) => JSON.stringify(strike)))], 16)
  })

  it("strikes each operation differently", () => {
    assert.notDeepEqual(draws("Tokens.create"), draws("StreamTokens.create"))
  })

  it("strikes the same calls of an operation, whatever else is called", () => {
    const alone = makeSwitch(plan).planner
    const among = makeSwitch(plan).planner
    for (let i = 0; i < 100; i++) {
      among("Tokens.list")
      assert.deepStrictEqual(among("Tokens.get"), alone("Tokens.get"))
    }
  })
})
