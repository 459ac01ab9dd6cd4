/** Keeps what is called in one run, so that it can be told as a story. */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import type { Step } from "../../Laws.ts"

/** How calls and what they give are told. */
export interface Formatter<Call> {
  /** Is told what a call gave as soon as it is there: things are called by the order in which they were seen. */
  readonly see: (call: Call, value: unknown) => void
  readonly call: (call: Call) => string
  readonly answer: (call: Call, value: unknown) => string
}

/** A call, and when it began and ended: each event of a run has a number of its own. */
interface Entry<Call> {
  readonly actor: string
  readonly call: Call
  /** The platform's time since the run began, in milliseconds. */
  readonly at: number
  readonly began: number
  ended: number
  exit: Exit.Exit<unknown, unknown> | undefined
}

interface Advance {
  readonly at: number
  readonly millis: number
}

export interface HistoryRecorder<Call> {
  /** A call begins; what it gives is to be told how it ended. */
  readonly began: (actor: string, call: Call) => (exit: Exit.Exit<unknown, unknown>) => void
  readonly advanced: (millis: number) => void
  /** The number of an event that happens now. */
  readonly tick: () => number
  /** How many steps the story has by now: the number of the last one. */
  readonly length: () => number
  readonly story: () => ReadonlyArray<Step>
}

const describeExit = <Call>(formatter: Formatter<Call>, { call, exit }: Entry<Call>): string => {
  if (exit === undefined) return "no answer yet"
  if (Exit.isSuccess(exit)) return formatter.answer(call, exit.value)
  if (Cause.hasInterruptsOnly(exit.cause)) return "given up before an answer"
  const error: unknown = Cause.squash(exit.cause)
  return Predicate.hasProperty(error, "_tag") ? String(error._tag) : String(error)
}

export const makeHistoryRecorder = <Call>(formatter: Formatter<Call>): HistoryRecorder<Call> => {
  const steps: Array<Entry<Call> | Advance> = []
  let clock = 0
  let at = 0

  return {
    length: () => steps.length,
    began: (actor, call) => {
      const entry: Entry<Call> = { actor, call, at, began: clock++, ended: Number.POSITIVE_INFINITY, exit: undefined }
      steps.push(entry)
      return (exit) => {
        entry.ended = clock++
        entry.exit = exit
        if (Exit.isSuccess(exit)) formatter.see(call, exit.value)
      }
    },
    advanced: (millis) => {
      steps.push({ at, millis })
      at += millis
    },
    tick: () => clock++,
    story: () =>
      steps.map((step, i): Step => {
        const number = i + 1
        if (!("call" in step)) {
          const call = `advance ${Duration.format(Duration.millis(step.millis))}`
          return { number, at: step.at, actor: "clock", call, answer: "done", overlaps: [] }
        }
        const overlaps = steps.flatMap((other, j) =>
          other !== step && "call" in other && other.began < step.ended && step.began < other.ended ? [j + 1] : [],
        )
        return {
          number,
          at: step.at,
          actor: step.actor,
          call: formatter.call(step.call),
          answer: describeExit(formatter, step),
          overlaps,
        }
      }),
  }
}
