/** Keeps what is called in one run, so that it can be told as a story. */
import { Token, type TokenKey, type TokenOperations } from "@effect-tokens/core"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type { Step } from "../../Laws.ts"
import { type Call, observe, type ServiceName } from "../observe.ts"

/** A call, and when it began and ended: each event of a run has a number of its own. */
interface Entry {
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

export interface StoryRecorder {
  readonly watch: (
    actor: string,
    service: ServiceName,
    operations: TokenOperations.TokenOperations,
  ) => TokenOperations.TokenOperations
  readonly advanced: (millis: number) => void
  readonly name: (service: ServiceName, token: Token) => string
  readonly nameOfId: (service: ServiceName, id: number) => string
  /** The number of an event that happens now. */
  readonly tick: () => number
  /** How many steps the story has by now: the number of the last one. */
  readonly length: () => number
  readonly story: () => ReadonlyArray<Step>
}

const tokensOf = (exit: Entry["exit"]): ReadonlyArray<Token> => {
  if (exit === undefined || Exit.isFailure(exit)) return []
  const { value } = exit
  if (value instanceof Token) return [value]
  return Array.isArray(value) ? value.filter((item) => item instanceof Token) : []
}

/** Tokens are called by the order in which they were seen. */
const makeNames = () => {
  const names = new Map<string, string>()
  const keys = new Map<string, string>()
  return {
    see: (service: ServiceName, exit: Entry["exit"]) => {
      for (const token of tokensOf(exit)) {
        const address = `${service} ${token.id}`
        if (names.has(address)) continue
        const name = `#${names.size + 1}`
        names.set(address, name)
        keys.set(Redacted.value(token.key), name)
      }
    },
    ofId: (service: ServiceName, id: number) => names.get(`${service} ${id}`) ?? `id ${id}`,
    ofKey: (key: TokenKey) => {
      const name = keys.get(Redacted.value(key))
      return name === undefined ? "an unknown key" : `key of ${name}`
    },
  }
}

type Names = ReturnType<typeof makeNames>

const describeCall = (names: Names, { input, method, service }: Call): string => {
  const { token, ...rest } = input
  const options = Object.entries(rest).filter(([, value]) => value !== undefined)
  const given = [
    ...(token === undefined ? [] : [Redacted.isRedacted(token) ? names.ofKey(token) : names.ofId(service, token)]),
    ...(options.length === 0 ? [] : [`{ ${options.map(([name, value]) => `${name}: ${String(value)}`).join(", ")} }`]),
  ]
  return `${service}.${method}(${given.join(", ")})`
}

const describeToken = (names: Names, service: ServiceName, token: Token): string => {
  const kind = token.expires === null ? "permanent" : "temporary"
  return `${names.ofId(service, token.id)} ${kind}${token.isActive ? "" : ", inactive"}`
}

const describeExit = (names: Names, service: ServiceName, exit: Entry["exit"]): string => {
  if (exit === undefined) return "no answer yet"
  if (Exit.isFailure(exit)) {
    if (Cause.hasInterruptsOnly(exit.cause)) return "given up before an answer"
    const error: unknown = Cause.squash(exit.cause)
    return Predicate.hasProperty(error, "_tag") ? String(error._tag) : String(error)
  }
  const { value } = exit
  if (value instanceof Token) return describeToken(names, service, value)
  if (!Array.isArray(value)) return "done"
  return `[${tokensOf(exit)
    .map((token) => describeToken(names, service, token))
    .join("; ")}]`
}

export const makeStoryRecorder = (): StoryRecorder => {
  const steps: Array<Entry | Advance> = []
  const names = makeNames()
  let clock = 0
  let at = 0

  return {
    length: () => steps.length,
    watch: (actor, service, operations) =>
      observe(service, operations, (call) => {
        const entry: Entry = { actor, call, at, began: clock++, ended: Number.POSITIVE_INFINITY, exit: undefined }
        steps.push(entry)
        return (exit) => {
          entry.ended = clock++
          entry.exit = exit
          names.see(service, exit)
        }
      }),
    advanced: (millis) => {
      steps.push({ at, millis })
      at += millis
    },
    name: (service, token) => names.ofId(service, token.id),
    nameOfId: names.ofId,
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
          call: describeCall(names, step.call),
          answer: describeExit(names, step.call.service, step.exit),
          overlaps,
        }
      }),
  }
}
