/** Measures a call in a test: in memory, through the sandbox in process, and through msw. */
import { atLeast, compared, type Section } from "./report.ts"
import { fromModule, type Measured, type Plan, takeTurns } from "./rounds.ts"

const throughMsw = "client, fetch through msw"

const measure = async (plan: Plan): Promise<ReadonlyArray<Measured>> =>
  takeTurns(
    await Promise.all([
      fromModule("in memory", "pairs", { on: "memory" }),
      fromModule("client, sandbox in process", "pairs", { on: "sandbox" }),
      fromModule(throughMsw, "pairs", { on: "msw" }),
    ]),
    plan,
  )

export const measurePairs = async (plan: Plan): Promise<Section> => {
  const measured = await measure(plan)
  const [memory, , msw] = measured
  return {
    title: "The platform in memory, `create` and `get`",
    ...compared({ subject: "Tokens", unit: "pairs" }, measured),
    notes: "A pair is a `create` and a `get` of what it made, one after another in one fiber.",
    goals:
      memory === undefined || msw === undefined
        ? []
        : [atLeast({ what: "memory layer, `create` + `get`", against: "the same through msw" }, memory, msw, 100)],
  }
}
