/** Measures the cost of an item as the work grows: calls at once, tokens in a page, tokens in memory. */
import * as Effect from "effect/Effect"
import * as Memory from "../neuroioMemory.ts"
import { median } from "../table.ts"
import { type Goal, type Section, times } from "./report.ts"
import { cpuOf, fromModule, type Plan, rateOf, type Round, type Subject, startServer, takeTurns } from "./rounds.ts"

/** The growth of the cost that still counts as flat: these machines are noisy. */
const flat = 1.25

/** Compares the cost of an item at the last size with that at the first. */
const goal = (what: string, items: string, costs: ReadonlyArray<number>, reason?: string): Goal => {
  const growth = (costs.at(-1) ?? Number.NaN) / (costs[0] ?? Number.NaN)
  return {
    what: "cost as work grows",
    against: what,
    toReach: `CPU time per ${items} flat (at most ${times(flat)}) or better`,
    measured: times(growth),
    isReached: growth <= flat,
    reason,
  }
}

const micros = (value: number): string => value.toFixed(value < 10 ? 2 : 1)

export const measureCallsAtOnce = async (plan: Plan, numbers: ReadonlyArray<number>): Promise<Section> => {
  const server = await startServer(new URL("./servers/loopback.ts", import.meta.url))
  const measured = await takeTurns(
    await Promise.all(numbers.map((atOnce) => fromModule(String(atOnce), "tokens", { origin: server.origin, atOnce }))),
    plan,
  )
  server.close()
  const costs = measured.map(({ rounds }) => median(rounds.map(cpuOf)))
  return {
    title: "Growth: calls at once",
    heads: ["`Tokens.get`, at once", "calls a second", "CPU, µs a call"],
    rows: measured.map(({ rounds, title }, i) => [
      title,
      median(rounds.map(rateOf)).toFixed(0),
      micros(costs[i] ?? Number.NaN),
    ]),
    notes: "",
    goals: [goal("1 → 1,024 calls at once", "call", costs)],
  }
}

export const measurePages = async (plan: Plan, lengths: ReadonlyArray<number>): Promise<Section> => {
  const server = await startServer(new URL("./servers/loopback.ts", import.meta.url))
  const measured = await takeTurns(
    await Promise.all(
      lengths.map((limit) => fromModule(String(limit), "tokens", { origin: server.origin, atOnce: 1, limit })),
    ),
    plan,
  )
  server.close()
  const costs = measured.map(({ rounds }, i) => median(rounds.map(cpuOf)) / (lengths[i] ?? Number.NaN))
  return {
    title: "Growth: tokens in a page",
    heads: ["`Tokens.list`, tokens a page", "pages a second", "CPU, µs a token"],
    rows: measured.map(({ rounds, title }, i) => [
      Number(title).toLocaleString("en"),
      median(rounds.map(rateOf)).toFixed(0),
      micros(costs[i] ?? Number.NaN),
    ]),
    notes:
      "One at a time. The 10,000 have short keys and no end, so that they fit into the 1 MiB that an answer may have (C10).",
    goals: [goal("pages of 20 → 10,000", "token", costs)],
  }
}

const sizes = [1000, 10_000, 100_000]

export const measureMemory = async (plan: Plan): Promise<Section> => {
  const names = ["service: get", "service: create and delete", "service: page of 20, anywhere"] as const
  const platforms = Effect.runSync(Effect.forEach(sizes, Memory.makeSubject))
  const tables = await names.reduce<Promise<ReadonlyArray<ReadonlyArray<number>>>>(
    (before, name) =>
      before.then(async (done) => {
        const measure = Memory.measures[name]
        if (measure === undefined) throw new Error(`${name} is not measured.`)
        const subjects = platforms.map((subject): Subject => ({
          title: String(subject.size),
          run: async (calls): Promise<Round> => {
            const used = process.cpuUsage()
            const startedAt = performance.now()
            measure(subject, calls)
            const seconds = (performance.now() - startedAt) / 1000
            const { system, user } = process.cpuUsage(used)
            return { calls, seconds, cpu: (system + user) / 1e6 }
          },
          close: () => {},
        }))
        const measured = await takeTurns(subjects, plan)
        return [...done, measured.map(({ rounds }) => median(rounds.map(cpuOf)))]
      }),
    Promise.resolve([]),
  )
  return {
    title: "Growth: tokens in memory",
    heads: ["CPU, µs a call, with tokens", ...sizes.map((size) => size.toLocaleString("en"))],
    rows: names.map((name, i) => [name, ...(tables[i] ?? []).map(micros)]),
    notes: "One owner's. `npm run bench:memory` measures every operation of both platforms.",
    goals: names.map((name, i) =>
      goal(
        `10³ → 10⁵ tokens in memory, ${name.replace("service: ", "")}`,
        "call",
        tables[i] ?? [],
        "A token is found through a trie of base 32, which has two levels with 1,000 tokens and four with 100,000, more than the caches of the processor hold. `npm run bench:memory` shows it without the service.",
      ),
    ),
  }
}
