/** Tells calls about API tokens. */
import { ApiToken, type ApiTokenOperations, type ApiTokenPage } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Predicate from "effect/Predicate"
import { type ApiTokenCall, observeApiTokens } from "../observe.ts"
import { makeHistoryRecorder, type HistoryRecorder } from "../../../internal/laws/historyRecorder.ts"

export interface ApiTokenHistory extends HistoryRecorder<ApiTokenCall> {
  readonly watch: (
    actor: string,
    operations: ApiTokenOperations.ApiTokenOperations,
  ) => ApiTokenOperations.ApiTokenOperations
  readonly nameOfId: (id: string) => string
}

/** A wrapper may make pages of its own. */
const isPage = (value: unknown): value is ApiTokenPage => Predicate.hasProperty(value, "hasMore")

const tokensOf = (value: unknown): ReadonlyArray<ApiToken> => {
  if (value instanceof ApiToken) return [value]
  if (isPage(value)) return value.data
  return Array.isArray(value) ? value.filter((item) => item instanceof ApiToken) : []
}

/** Tokens are called by the order in which they were seen, and cursors by the last token of their page. */
const makeNames = () => {
  const names = new Map<string, string>()
  const cursors = new Map<string, string>()
  const ofId = (id: string) => names.get(id) ?? JSON.stringify(id)
  return {
    see: (value: unknown) => {
      for (const { id } of tokensOf(value)) if (!names.has(id)) names.set(id, `#${names.size + 1}`)
      if (isPage(value) && value.nextCursor !== undefined) {
        const last = value.data.at(-1)
        cursors.set(value.nextCursor, last === undefined ? "of an empty page" : `after ${ofId(last.id)}`)
      }
    },
    ofId,
    ofCursor: (cursor: string) => cursors.get(cursor) ?? "of no page",
  }
}

type Names = ReturnType<typeof makeNames>

const describeValue = (names: Names, name: string, value: unknown): string => {
  if (name === "cursor" && Predicate.isString(value)) return names.ofCursor(value)
  if (Predicate.isString(value)) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.join(", ")}]`
  if (DateTime.isDateTime(value)) return DateTime.formatIso(value)
  // An invalid one has no other form.
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString()
  return String(value)
}

const describeCall = (names: Names, { input, method }: ApiTokenCall): string => {
  const { id, ...rest } = input
  const options = Object.entries(rest).filter(([, value]) => value !== undefined)
  const given = [
    ...(id === undefined ? [] : [names.ofId(id)]),
    ...(options.length === 0
      ? []
      : [`{ ${options.map(([name, value]) => `${name}: ${describeValue(names, name, value)}`).join(", ")} }`]),
  ]
  return `ApiTokens.${method}(${given.join(", ")})`
}

const describeToken = (names: Names, { clientSecret, id, name, permissions }: ApiToken): string =>
  `${names.ofId(id)} ${JSON.stringify(name)} ${permissions.join("+")}${clientSecret === undefined ? "" : " with its secret"}`

const describeAnswer = (names: Names, value: unknown): string => {
  if (value instanceof ApiToken) return describeToken(names, value)
  if (!isPage(value) && !Array.isArray(value)) return "done"
  const tokens = `[${tokensOf(value)
    .map((token) => describeToken(names, token))
    .join("; ")}]`
  if (!isPage(value)) return tokens
  return `${tokens}${value.hasMore ? " and more" : ""}${value.totalCount === undefined ? "" : `, ${value.totalCount} in all`}`
}

export const makeApiTokenHistory = (): ApiTokenHistory => {
  const names = makeNames()
  const recorder = makeHistoryRecorder<ApiTokenCall>({
    see: (_call, value) => names.see(value),
    call: (call) => describeCall(names, call),
    answer: (_call, value) => describeAnswer(names, value),
  })
  return {
    ...recorder,
    watch: (actor, operations) => observeApiTokens(operations, (call) => recorder.began(actor, call)),
    nameOfId: names.ofId,
  }
}
