/**
 * The rules of API tokens, once more and as short as they can be said: what a platform must answer to a call, one call
 * after another. It knows nothing of the state machine. Ids, credentials and cursors are the platform's to choose: the
 * model learns them.
 *
 * Rules: docs/rules/umaaas.md
 */
import type { ApiToken, ApiTokenPage } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import type { Specification } from "../../../internal/laws/specification.ts"
import { hasSamePermissions } from "./expectations.ts"

/** What an answer has not shown yet is not known. */
interface ModelToken {
  readonly id: string | undefined
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
  readonly name: string
  readonly permissions: ReadonlyArray<string>
  readonly createdAt: number | undefined
  readonly deleted: boolean
}

/**
 * `now` is `undefined` where the platform's time is not known. `tokens` are all that there ever were, in the order of
 * creation. `ends` says of each cursor the id of the last token of its page, which may be gone by now.
 */
export interface Model {
  readonly now: number | undefined
  readonly tokens: ReadonlyArray<ModelToken>
  readonly ends: ReadonlyMap<string, string>
}

/** Times are in milliseconds. */
export interface ModelFilters {
  readonly name?: string | undefined
  readonly createdAfter?: number | undefined
  readonly createdBefore?: number | undefined
  readonly updatedAfter?: number | undefined
  readonly updatedBefore?: number | undefined
}

export type ModelCall = {
  readonly caller: "account" | { readonly clientId: string; readonly clientSecret: string }
} & (
  | { readonly method: "create"; readonly name: string; readonly permissions: ReadonlyArray<string> }
  | {
      readonly method: "list"
      readonly filters: ModelFilters
      readonly limit: number
      readonly cursor: string | undefined
    }
  | { readonly method: "get" | "delete"; readonly id: string }
)

type Answer =
  | { readonly _tag: "Created" | "Token"; readonly token: ModelToken; readonly model: Model }
  | {
      readonly _tag: "Page"
      readonly tokens: ReadonlyArray<ModelToken>
      readonly hasMore: boolean
      readonly total: number
      readonly model: Model
    }
  | { readonly _tag: "Done"; readonly model: Model }
  | { readonly _tag: "Error"; readonly error: string; readonly model: Model }

/** What was answered in fact. */
export type Observed =
  | { readonly _tag: "Token"; readonly token: ApiToken }
  | { readonly _tag: "Page"; readonly page: ApiTokenPage }
  | { readonly _tag: "Done" }
  | { readonly _tag: "Error"; readonly error: string }

/** U8, U9. */
const permissionsOf = ({ tokens }: Model, caller: ModelCall["caller"]): ReadonlyArray<string> | undefined =>
  caller === "account"
    ? ["VIEW", "TRANSACT", "MANAGE"]
    : tokens.find(
        ({ clientId, clientSecret, deleted }) =>
          !deleted && clientId === caller.clientId && clientSecret === caller.clientSecret,
      )?.permissions

/** U10. */
const needed = { create: ["MANAGE"], delete: ["MANAGE"], get: ["VIEW", "MANAGE"], list: ["VIEW", "MANAGE"] } as const

/** U3. Where a time is not known, nothing is asked of it. */
const fits =
  ({ createdAfter, createdBefore, name, updatedAfter, updatedBefore }: ModelFilters) =>
  (token: ModelToken): boolean => {
    const time = token.createdAt ?? 0
    return (
      (name === undefined || token.name === name) &&
      [createdAfter, updatedAfter].every((bound) => bound === undefined || bound <= time) &&
      [createdBefore, updatedBefore].every((bound) => bound === undefined || time <= bound)
    )
  }

/** A cursor goes on with the filters that it came from. */
const cursorOf = (filters: ModelFilters, cursor: string): string => `${JSON.stringify(filters)} ${cursor}`

/** What the call must be answered, and what there is afterwards. */
const answer = (model: Model, call: ModelCall): Answer => {
  const refuse = (error: string): Answer => ({ _tag: "Error", error, model })
  const permissions = permissionsOf(model, call.caller)
  if (permissions === undefined) return refuse("Unauthorized")
  if (!needed[call.method].some((permission) => permissions.includes(permission))) return refuse("Forbidden")

  switch (call.method) {
    case "create": {
      const token: ModelToken = {
        id: undefined,
        clientId: undefined,
        clientSecret: undefined,
        name: call.name,
        permissions: call.permissions,
        createdAt: model.now,
        deleted: false,
      }
      return { _tag: "Created", token, model: { ...model, tokens: [...model.tokens, token] } }
    }
    case "list": {
      const { cursor, filters, limit } = call
      const end = cursor === undefined ? undefined : model.ends.get(cursorOf(filters, cursor))
      if (cursor !== undefined && end === undefined) return refuse("BadRequest")
      const isMatch = (token: ModelToken) => !token.deleted && fits(filters)(token)
      const start = end === undefined ? 0 : model.tokens.findIndex(({ id }) => id === end) + 1
      const left = model.tokens.slice(start).filter(isMatch)
      const total = model.tokens.filter(isMatch).length
      return { _tag: "Page", tokens: left.slice(0, limit), hasMore: left.length > limit, total, model }
    }
    case "get":
    case "delete": {
      const found = model.tokens.find(({ deleted, id }) => !deleted && id === call.id)
      if (found === undefined) return refuse("NotFound")
      if (call.method === "get") return { _tag: "Token", token: found, model }
      const tokens = model.tokens.map((token) => (token === found ? { ...token, deleted: true } : token))
      return { _tag: "Done", model: { ...model, tokens } }
    }
  }
}

/** Whether the one can be the other; if so, what is known then (U1, U2). */
const recognise = (model: Model, token: ModelToken, seen: ApiToken, isCreated: boolean): Model | undefined => {
  const createdAt = DateTime.toEpochMillis(seen.createdAt)
  const clientSecret = seen.clientSecret && Redacted.value(seen.clientSecret)
  const looksLikeIt =
    seen.name === token.name &&
    hasSamePermissions(seen.permissions, token.permissions) &&
    (token.createdAt === undefined || token.createdAt === createdAt) &&
    DateTime.toEpochMillis(seen.updatedAt) === createdAt &&
    (clientSecret !== undefined) === isCreated &&
    clientSecret !== ""
  if (!looksLikeIt) return undefined
  if (token.id !== undefined) return token.id === seen.id && token.clientId === seen.clientId ? model : undefined
  const isKnown = model.tokens.some(
    (other) =>
      other.id === seen.id ||
      other.clientId === seen.clientId ||
      (clientSecret !== undefined && other.clientSecret === clientSecret),
  )
  if (isKnown) return undefined
  const { clientId, id } = seen
  return {
    ...model,
    tokens: model.tokens.map((other) =>
      other === token ? { ...token, id, clientId, clientSecret, createdAt } : other,
    ),
  }
}

const acceptPage = (
  { hasMore, model, tokens, total }: Extract<Answer, { _tag: "Page" }>,
  filters: ModelFilters,
  page: ApiTokenPage,
): Model | undefined => {
  if (page.data.length !== tokens.length || page.hasMore !== hasMore) return undefined
  if (page.totalCount !== undefined && page.totalCount !== total) return undefined
  if ((page.nextCursor !== undefined) !== hasMore) return undefined
  const known = tokens.reduce<Model | undefined>((known, token, i) => {
    const seen = page.data[i]
    return known === undefined || seen === undefined ? undefined : recognise(known, token, seen, false)
  }, model)
  const last = page.data.at(-1)
  if (known === undefined || page.nextCursor === undefined || last === undefined) return known
  return { ...known, ends: new Map(known.ends).set(cursorOf(filters, page.nextCursor), last.id) }
}

const accept = (model: Model, call: ModelCall, observed: Observed): Model | undefined => {
  const expected = answer(model, call)
  switch (expected._tag) {
    case "Error":
      return observed._tag === "Error" && observed.error === expected.error ? expected.model : undefined
    case "Done":
      return observed._tag === "Done" ? expected.model : undefined
    case "Page":
      return observed._tag === "Page" && call.method === "list"
        ? acceptPage(expected, call.filters, observed.page)
        : undefined
    case "Created":
    case "Token":
      return observed._tag === "Token"
        ? recognise(expected.model, expected.token, observed.token, expected._tag === "Created")
        : undefined
  }
}

/** Time is left out: no call changes it. So are cursors, which the calls that were answered decide. */
const fingerprint = (model: Model): string =>
  model.tokens
    .map(({ deleted, id, name, permissions }) => `${id ?? `${name} ${permissions.join("+")}`} ${deleted}`)
    .join("\n")

export const apiTokenSpecification: Specification<Model, ModelCall, Observed> = {
  accept,
  takeEffect: (model, call) => answer(model, call).model,
  fingerprint,
}

/** The expected answer in words. */
export const describeAnswer = (model: Model, call: ModelCall, name: (id: string) => string): string => {
  const expected = answer(model, call)
  const describe = (token: ModelToken) =>
    `${token.id === undefined ? "a new one," : name(token.id)} ${JSON.stringify(token.name)} ${token.permissions.join("+")}`
  switch (expected._tag) {
    case "Error":
      return expected.error
    case "Done":
      return "done"
    case "Created":
      return `${describe(expected.token)} with its secret, created and updated now`
    case "Token":
      return `${describe(expected.token)}, without a secret`
    case "Page":
      return `[${expected.tokens.map(describe).join("; ")}]${expected.hasMore ? " and more" : ""}, ${expected.total} in all, without secrets`
  }
}

/** What was there before the law made any. Nobody calls with the credentials of those. */
export const modelOf = (tokens: ReadonlyArray<ApiToken>, now: number | undefined): Model => ({
  now,
  tokens: tokens.map(({ clientId, createdAt, id, name, permissions }) => ({
    id,
    clientId,
    clientSecret: undefined,
    name,
    permissions,
    createdAt: DateTime.toEpochMillis(createdAt),
    deleted: false,
  })),
  ends: new Map(),
})
