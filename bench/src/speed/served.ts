/** Measures the sandbox over HTTP, beside Node's own server and Effect's, which only answer. */
import { makeLoad } from "./load.ts"
import { atLeast, compared, type Section, times } from "./report.ts"
import { type Plan, rateOf, ratio, type Server, startServer, type Subject, takeTurns } from "./rounds.ts"

const atOnce = 16
const path = "/v1/tokens/1/"

const start = (program: string): Promise<Server> => startServer(new URL(`./servers/${program}.ts`, import.meta.url))

/** Measures the server: its throughput, and the CPU time of its process. */
const subject = (title: string, { close, cpu }: Server, origin: string, token: string): Subject => {
  const load = makeLoad(origin, atOnce, path, token)
  return {
    title,
    run: async (calls) => {
      const before = await cpu()
      const startedAt = performance.now()
      const made = await load.run(calls)
      return { calls: made, seconds: (performance.now() - startedAt) / 1000, cpu: (await cpu()) - before }
    },
    close: () => {
      load.close()
      close()
    },
  }
}

export const measureServed = async (plan: Plan): Promise<Section> => {
  const sandbox = await start("sandbox")
  const node = await start("node")
  const effect = await start("effect")
  const { token, url }: { readonly token: string; readonly url: string } = JSON.parse(sandbox.origin)
  const measured = await takeTurns(
    [
      subject("the sandbox", sandbox, url, token),
      subject("node:http that answers a constant", node, node.origin, token),
      subject("Effect's HttpServer and router that answer a constant", effect, effect.origin, token),
    ],
    plan,
  )
  const [ours, bare, floor] = measured
  if (ours === undefined || bare === undefined || floor === undefined) throw new Error("Nothing was measured.")
  return {
    title: "The sandbox over HTTP, `get`, 16 at once",
    ...compared({ subject: "server", unit: "requests" }, measured),
    notes:
      "The load is bytes on sockets, so that the servers are what takes time. CPU is that of the server's process.",
    goals: [
      atLeast(
        {
          what: "sandbox over HTTP, `get`",
          against: "node:http that answers a constant",
          reason: `All that is done for a call takes the rest: authentication, rules, journal. Effect's own server and router, which answer what does not succeed, reach ${times(ratio(floor, bare, rateOf))} when they answer a constant, and the sandbox ${times(ratio(ours, floor, rateOf))} of that.`,
        },
        ours,
        bare,
        0.5,
      ),
    ],
  }
}
