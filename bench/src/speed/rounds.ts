/**
 * Subjects in turns, A B A B …, so that a noisy neighbour hits all alike. Each has a process of its own, and the others
 * rest meanwhile: code that all of them run would be compiled for none of them.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { median } from "../table.ts"

/** What one round of a subject took. */
export interface Round {
  readonly calls: number
  readonly seconds: number
  /** Of all threads of the process, in seconds. */
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

/** How many rounds, and how long one is to take; and how long each subject warms up before. In seconds. */
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

/** Runs until it is warm: as many calls as then take the time of a round. */
const warm = async ({ run }: Subject, { seconds, warmUp }: Plan): Promise<number> => {
  const goOn = async (calls: number, left: number): Promise<number> => {
    const round = await run(calls)
    // At first they are slow: what they take says little of the next ones.
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

/** In microseconds a call. */
export const cpuOf = ({ calls, cpu }: Round): number => (cpu / calls) * 1e6

/** Round by round, and then the median: the neighbour is noisier in some. */
export const ratio = (a: Measured, b: Measured, of: (round: Round) => number): number =>
  median(a.rounds.flatMap((round, i) => (b.rounds[i] === undefined ? [] : [of(round) / of(b.rounds[i])])))

/** A process that answers one message with one. */
const startProcess = async (program: URL, args: ReadonlyArray<string> = []) => {
  const child = fork(program, args)
  const ended = once(child, "exit").then(() => Promise.reject(new Error(`${program.pathname} ended by itself.`)))
  // That it ends after `close` is nobody's business.
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

/** A module of `subjects/` in a process of its own, and what its `start` is given. */
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

/** A server in a process of its own. */
export interface Server {
  readonly origin: string
  /** What its process has used of the processor until now, in seconds. */
  readonly cpu: () => Promise<number>
  readonly close: () => void
}

/** Its greeting is where it listens. */
export const startServer = async (program: URL, args: ReadonlyArray<string> = []): Promise<Server> => {
  const { ask, close, greeting } = await startProcess(program, args)
  return { origin: String(greeting), cpu: async () => Number(await ask("cpu")), close }
}
