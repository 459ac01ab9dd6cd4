/** Records the calls of one run, and formats them as a story. */
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type { Step } from "../../Laws.ts"

/** A call of a service, with its input under the names of the operation. */
interface ServiceCall {
  readonly service: string
  readonly method: string
  readonly input: object
}

/** Texts of a vendor's tokens in a story. */
export interface TokenFormatter<Token> {
  readonly isToken: (value: unknown) => value is Token
  /** Field of a call's input that refers to a token. */
  readonly reference: string
  /** The id of a token, and each key that refers to it as well. */
  readonly references: (token: Token) => readonly [id: number | string, ...keys: ReadonlyArray<Redacted.Redacted>]
  /** The properties of a token that laws look at. */
  readonly describe: (token: Token) => string
}

export interface History {
  /** Records that a call begins. The result records how it ended. */
  readonly began: (actor: string, call: ServiceCall) => (exit: Exit.Exit<unknown, unknown>) => void
  readonly advanced: (millis: number) => void
  /** Numbers an event that happens now. */
  readonly tick: () => number
  /** The number of steps so far, which is the number of the last one. */
  readonly length: () => number
  /** Names a token: `#3` is the third that an answer has shown. */
  readonly name: (service: string, reference: unknown) => string
  readonly story: () => ReadonlyArray<Step>
}

/** A call, with the numbers of the events at which it began and ended. */
interface Entry {
  readonly actor: string
  readonly call: ServiceCall
  /** The vendor's time since the run began, in milliseconds. */
  readonly at: number
  readonly began: number
  ended: number
  exit: Exit.Exit<unknown, unknown> | undefined
}

interface Advance {
  readonly at: number
  readonly millis: number
}

interface Page {
  readonly data: ReadonlyArray<unknown>
  readonly hasMore: boolean
  readonly nextCursor?: string | undefined
  readonly totalCount?: number | undefined
}

/** A wrapper may make pages of its own class. */
const isPage = (value: unknown): value is Page => Predicate.hasProperty(value, "hasMore")

/** Ids belong to a service. Keys are unique. */
const address = (service: string, reference: unknown): string =>
  Redacted.isRedacted(reference) ? String(Redacted.value(reference)) : `${service} ${String(reference)}`

/** Names tokens by the order in which answers have shown them, and cursors by the last token of their page. */
const makeFormatter = <Token>({ describe, isToken, reference, references }: TokenFormatter<Token>) => {
  const names = new Map<string, string>()
  const cursors = new Map<unknown, string>()
  let count = 0

  const name = (service: string, reference: unknown): string => {
    const known = names.get(address(service, reference))
    if (Redacted.isRedacted(reference)) return known === undefined ? "an unknown key" : `key of ${known}`
    return known ?? (Predicate.isString(reference) ? JSON.stringify(reference) : `id ${String(reference)}`)
  }

  const tokensOf = (value: unknown): ReadonlyArray<Token> => {
    const values = isPage(value) ? value.data : Array.isArray(value) ? value : [value]
    return values.filter(isToken)
  }

  const describeToken = (service: string, token: Token) => `${name(service, references(token)[0])} ${describe(token)}`

  const describeValue = (field: string, value: unknown): string => {
    if (field === "cursor" && Predicate.isString(value)) return cursors.get(value) ?? "of no page"
    if (Predicate.isString(value)) return JSON.stringify(value)
    if (Array.isArray(value)) return `[${value.join(", ")}]`
    if (DateTime.isDateTime(value)) return DateTime.formatIso(value)
    // An invalid date has no ISO form.
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString()
    return String(value)
  }

  return {
    name,
    see: ({ service }: ServiceCall, value: unknown) => {
      for (const token of tokensOf(value)) {
        const [id, ...keys] = references(token)
        if (names.has(address(service, id))) continue
        count++
        for (const reference of [id, ...keys]) names.set(address(service, reference), `#${count}`)
      }
      if (!isPage(value) || value.nextCursor === undefined) return
      const last = tokensOf(value).at(-1)
      cursors.set(
        value.nextCursor,
        last === undefined ? "of an empty page" : `after ${name(service, references(last)[0])}`,
      )
    },
    call: ({ input, method, service }: ServiceCall): string => {
      const fields: ReadonlyArray<readonly [string, unknown]> = Object.entries(input)
      const given = fields.filter(([, value]) => value !== undefined)
      const options = given.filter(([field]) => field !== reference)
      const args = [
        ...given.flatMap(([field, value]) => (field === reference ? [name(service, value)] : [])),
        ...(options.length === 0
          ? []
          : [`{ ${options.map(([field, value]) => `${field}: ${describeValue(field, value)}`).join(", ")} }`]),
      ]
      return `${service}.${method}(${args.join(", ")})`
    },
    answer: ({ service }: ServiceCall, value: unknown): string => {
      if (isToken(value)) return describeToken(service, value)
      if (!isPage(value) && !Array.isArray(value)) return "done"
      const described = tokensOf(value).map((token) => describeToken(service, token))
      const tokens = `[${described.join("; ")}]`
      if (!isPage(value)) return tokens
      const total = value.totalCount === undefined ? "" : `, ${value.totalCount} in all`
      return `${tokens}${value.hasMore ? " and more" : ""}${total}`
    },
  }
}

export const makeHistory = <Token>(tokenFormatter: TokenFormatter<Token>): History => {
  const formatter = makeFormatter(tokenFormatter)
  const steps: Array<Entry | Advance> = []
  let clock = 0
  let at = 0

  const describeExit = ({ call, exit }: Entry): string => {
    if (exit === undefined) return "no answer yet"
    if (Exit.isSuccess(exit)) return formatter.answer(call, exit.value)
    if (Cause.hasInterruptsOnly(exit.cause)) return "given up before an answer"
    const error: unknown = Cause.squash(exit.cause)
    return Predicate.hasProperty(error, "_tag") ? String(error._tag) : String(error)
  }

  return {
    name: formatter.name,
    length: () => steps.length,
    tick: () => clock++,
    began: (actor, call) => {
      const entry: Entry = { actor, call, at, began: clock++, ended: Number.POSITIVE_INFINITY, exit: undefined }
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
        const { actor, at, call } = step
        return { number, at, actor, call: formatter.call(call), answer: describeExit(step), overlaps }
      }),
  }
}
