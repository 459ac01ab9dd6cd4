/** Measures a call over real sockets, beside clients that do the same or less. */
import { atLeast, compared, type Goal, type Section, times } from "./report.ts"
import { cpuOf, fromModule, type Measured, type Plan, rateOf, ratio, startServer, takeTurns } from "./rounds.ts"

const atOnce = 16

/** The subjects, named by their modules, in the order of the titles. The SDK is the first. */
const measure = async (
  subjects: ReadonlyArray<readonly [title: string, module: string, options?: Readonly<Record<string, string>>]>,
  options: Readonly<Record<string, number>>,
  plan: Plan,
): Promise<ReadonlyArray<Measured>> => {
  const server = await startServer(new URL("./servers/loopback.ts", import.meta.url))
  const started = await Promise.all(
    subjects.map(([title, module, own]) =>
      fromModule(title, module, { origin: server.origin, atOnce, ...options, ...own }),
    ),
  )
  const measured = await takeTurns(started, plan)
  server.close()
  return measured
}

const find = (measured: ReadonlyArray<Measured>, title: string): Measured => {
  const one = measured.find((subject) => subject.title === title)
  if (one === undefined) throw new Error(`${title} was not measured.`)
  return one
}

const ours = "this SDK"
const limit = "undici.request + JSON.parse"

export const measureGet = async (plan: Plan): Promise<Section> => {
  const measured = await measure(
    [
      [ours, "tokens"],
      [limit, "undici"],
      ["openai, its generic get", "openai"],
      ["stripe, its rawRequest", "stripe"],
      ["@neuroio/rest-api", "neuroioRestApi"],
      ["HttpApiClient, derived", "httpApiClient"],
    ],
    {},
    plan,
  )
  const get = find(measured, ours)
  const what = "`Tokens.get` over undici, 16 at once"
  const goal = (title: string, least: number): Goal =>
    atLeast({ what, against: title }, get, find(measured, title), least)
  const cpu = ratio(get, find(measured, limit), cpuOf)
  return {
    title: "`Tokens.get` over undici, 16 at once",
    ...compared({ subject: "client", unit: "calls" }, measured),
    notes:
      "Against a loopback server in another process that answers bytes it made before. The first row does all that a client does: checks, limits of time, redaction, spans if there is a tracer, metrics.",
    goals: [
      goal(limit, 0.85),
      {
        what,
        against: limit,
        toReach: "at most 1.25× its CPU time a call",
        measured: times(cpu),
        isReached: cpu <= 1.25,
      },
      goal("openai, its generic get", 2.5),
      goal("stripe, its rawRequest", 1.8),
      goal("@neuroio/rest-api", 1.5),
      goal("HttpApiClient, derived", 1.3),
    ],
  }
}

export const measureList = async (plan: Plan): Promise<Section> => {
  const withKeys = "the same, with a Redacted for each key"
  const withAll = "the same, with two DateTime for its times as well"
  const measured = await measure(
    [
      [ours, "tokens"],
      [limit, "undici"],
      [withKeys, "undici", { values: "keys" }],
      [withAll, "undici", { values: "all" }],
    ],
    { limit: 100 },
    plan,
  )
  const list = find(measured, ours)
  const bare = find(measured, limit)
  const left = (title: string) => times(ratio(find(measured, title), bare, rateOf))
  return {
    title: "`Tokens.list` of 100, decoded and validated, 16 at once",
    ...compared({ subject: "client", unit: "lists" }, measured),
    notes:
      "The last two rows make of each token what this SDK makes of it, in the fastest way that Effect has, and check nothing.",
    goals: [
      atLeast(
        {
          what: "`Tokens.list` of 100",
          against: limit,
          reason: `To make a \`Redacted\` of each key, and nothing else, leaves the limit ${left(withKeys)} of its throughput: each goes into one \`WeakMap\`, which the garbage collector walks through. Two \`DateTime\` for each token, whose making defines a hidden property, leave it ${left(withAll)}; that is all but what the client takes, which with its checks has ${times(ratio(list, find(measured, withAll), cpuOf))} the CPU time of that. Times that are made only when they are read would be no fields of a token any more: it could not be spread, compared or printed.`,
        },
        list,
        bare,
        0.75,
      ),
    ],
  }
}
