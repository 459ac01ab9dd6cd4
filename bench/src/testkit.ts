/**
 * What a test pays for a call: the platform in memory, and the whole client on the sandbox's routes or on `fetch` that
 * msw answers. A pair is a `create` and a `get` of what it made, one after another in one fiber.
 *
 * Rounds take turns over the subjects, so that a noisy neighbour hits all alike. Each subject has a process of its
 * own, and the others rest meanwhile: code that all of them run would be compiled for none of them.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import * as Effect from "effect/Effect"
import { timeLaws } from "./laws.ts"
import { median, table } from "./table.ts"

const rounds = 15
const warmUp = 3

/** As many pairs as take some tenths of a second. */
const subjects = [
  { name: "memory", title: "in memory", pairs: 100_000 },
  { name: "sandbox", title: "client, routes in process", pairs: 200 },
  { name: "msw", title: "client, fetch through msw", pairs: 200 },
].map(({ name, pairs, title }) => {
  const child = fork(new URL("./testkitSubject.ts", import.meta.url), [name])
  const rates: Array<number> = []
  const round = async () => {
    child.send(pairs)
    const [rate]: Array<unknown> = await once(child, "message")
    rates.push(Number(rate))
  }
  return { title, rates, round, child }
})

const takeTurns = async (left: number): Promise<void> => {
  if (left === 0) return
  await subjects.reduce((before, { round }) => before.then(round), Promise.resolve())
  return takeTurns(left - 1)
}

await takeTurns(warmUp + rounds)
for (const { child } of subjects) child.disconnect()

const count = (value: number): string => Math.round(value).toLocaleString("en")

const memory = subjects[0]?.rates.slice(warmUp) ?? []
const rows = subjects.map(({ rates, title }) => {
  const counted = rates.slice(warmUp)
  // Round by round: the neighbour is noisier in some.
  const ratio = median(counted.map((rate, round) => (memory[round] ?? Number.NaN) / rate))
  const spread = `${count(Math.min(...counted))} – ${count(Math.max(...counted))}`
  return [title, count(median(counted)), spread, (1e6 / median(counted)).toFixed(1), `${ratio.toFixed(0)}×`]
})
const heads = ["create and get", "pairs a second", "slowest – fastest", "µs a pair", "memory is faster by"]

process.stdout.write(`Node ${process.version}, one fiber, median of ${rounds} rounds\n${table(heads, rows)}`)

const lawHeads = ["all laws of both families", "laws passed", "runs of each", "seconds"]
process.stdout.write(`\n${table(lawHeads, await Effect.runPromise(timeLaws))}`)
