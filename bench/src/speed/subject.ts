/** Runs one subject in its own process: it receives a number of calls, and reports their time. */
import type { Round } from "./rounds.ts"

/** Makes that many calls. */
export type Calls = (calls: number) => Promise<unknown>

const [, , module = "", options = "{}"] = process.argv

const { start }: { readonly start: (options: unknown) => Promise<Calls> } = await import(`./subjects/${module}.ts`)
const makeCalls = await start(JSON.parse(options))

const measure = async (calls: number): Promise<Round> => {
  const usedBefore = process.cpuUsage()
  const startedAt = performance.now()
  await makeCalls(calls)
  const seconds = (performance.now() - startedAt) / 1000
  const { system, user } = process.cpuUsage(usedBefore)
  return { calls, seconds, cpu: (user + system) / 1e6 }
}

process.on("message", (calls: number) => {
  void measure(calls).then((round) => process.send?.(JSON.stringify(round)))
})
process.on("disconnect", () => process.exit())
process.send?.("ready")
