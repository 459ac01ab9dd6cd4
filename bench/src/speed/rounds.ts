/**
 * Runs subjects in turns, A B A B …, so that a noisy neighbour hits all alike. Each has its own process, and the
 * others rest meanwhile: in one process, shared code would be optimized for none of them.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { median } from "../table.ts"

/** The measures of one round of a subject. */
export interface Round {
  readonly calls: number
  readonly seconds: number
  /** The CPU time of all threads of the process, in seconds. */
  readonly cpu: number
}

export interface Subject {
  readonly title: string
  readonly run: (calls: number) => Promise<Round>
  readonly close: () => void
}

export interface Measured {
  readonly title: string
  readonly rounds: ReadonlyArray<Round>
}

/** The number of rounds, and the duration of a round and of the warm-up in seconds. */
export interface Plan {
  readonly rounds: number
  readonly seconds: number
  readonly warmUp: number
}

const inTurn = <A, B>(items: ReadonlyArray<A>, run: (item: A) => Promise<B>): Promise<ReadonlyArray<B>> =>
  items.reduce<Promise<ReadonlyArray<B>>>(
    (before, item) => before.then(async (done) => [...done, await run(item)]),
    Promise.resolve([]),
  )

/** Warms a subject up. Returns the number of calls that then take the time of a round. */
const warm = async ({ run }: Subject, { seconds, warmUp }: Plan): Promise<number> => {
  const goOn = async (calls: number, left: number): Promise<number> => {
    const round = await run(calls)
    // The first calls are slow, and tell little of the next ones.
    const next = Math.max(1, Math.min(Math.round((calls / round.seconds) * seconds), calls * 8))
    return left > round.seconds ? goOn(next, left - round.seconds) : next
  }
  return goOn(1, warmUp)
}

export const takeTurns = async (subjects: ReadonlyArray<Subject>, plan: Plan): Promise<ReadonlyArray<Measured>> => {
  const measured = await inTurn(subjects, async (subject) => {
    const done: Array<Round> = []
    return { subject, done, calls: await warm(subject, plan) }
  })
  await inTurn(Array.from({ length: plan.rounds }), () =>
    inTurn(measured, async ({ calls, done, subject }) => done.push(await subject.run(calls))),
  )
  for (const { close } of subjects) close()
  return measured.map(({ done, subject }) => ({ title: subject.title, rounds: done }))
}

export const rateOf = ({ calls, seconds }: Round): number => calls / seconds

/** The CPU time of a call in microseconds. */
export const cpuOf = ({ calls, cpu }: Round): number => (cpu / calls) * 1e6

/** The median of the ratios of each round: the neighbour is noisier in some. */
export const ratio = (a: Measured, b: Measured, of: (round: Round) => number): number =>
  median(a.rounds.flatMap((round, i) => (b.rounds[i] === undefined ? [] : [of(round) / of(b.rounds[i])])))

/** Starts a process that answers each message with one. */
const startProcess = async (program: URL, args: ReadonlyArray<string> = []) => {
  const child = fork(program, args)
  const ended = once(child, "exit").then(() => Promise.reject(new Error(`${program.pathname} ended by itself.`)))
  // An exit after `close` is expected.
  ended.catch(() => {})
  const answer = async (): Promise<unknown> => {
    const [message]: Array<unknown> = await Promise.race([once(child, "message"), ended])
    return message
  }
  return {
    greeting: await answer(),
    ask: (question: string | number): Promise<unknown> => {
      child.send(question)
      return answer()
    },
    close: () => child.disconnect(),
  }
}

/** Starts a module of `subjects/` in its own process, with the argument of its `start`. */
export const fromModule = async (
  title: string,
  module: string,
  options: Readonly<Record<string, string | number>> = {},
): Promise<Subject> => {
  const { ask, close } = await startProcess(new URL("./subject.ts", import.meta.url), [module, JSON.stringify(options)])
  return {
    title,
    run: async (calls) => {
      const round: Round = JSON.parse(String(await ask(calls)))
      return round
    },
    close,
  }
}

/** A server in its own process. */
export interface Server {
  readonly origin: string
  /** The CPU time of its process until now, in seconds. */
  readonly cpu: () => Promise<number>
  readonly close: () => void
}

/** Starts a server. Its first message is its URL. */
export const startServer = async (program: URL, args: ReadonlyArray<string> = []): Promise<Server> => {
  const { ask, close, greeting } = await startProcess(program, args)
  return { origin: String(greeting), cpu: async () => Number(await ask("cpu")), close }
}
