/**
 * The rules of API tokens a second time, as short as possible: the right answer to a call, one call after another. The
 * model knows nothing of the state machine. The vendor chooses ids, credentials and cursors, and the model learns them.
 *
 * Rules: docs/rules/umaaas.md
 */
import type { ApiToken, ApiTokenPage } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import type { Specification } from "../../../internal/laws/specification.ts"
import type { Call, Filters, Value } from "./calls.ts"
import { hasSamePermissions } from "./expectations.ts"

/** A property is `undefined` until an answer has shown it. */
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
 * `now` is `undefined` where the vendor's time is unknown. `tokens` are all that there ever were, in the order of creation.
 * `ends` maps each cursor to the id of the last token of its page, which may be deleted by now.
 */
export interface Model {
  readonly now: number | undefined
  readonly tokens: ReadonlyArray<ModelToken>
  readonly ends: ReadonlyMap<string, string>
}

/** The caller is the account, or the holder of a credential. */
export type ModelCall = Call & {
  readonly caller: "account" | { readonly clientId: string; readonly clientSecret: string }
}

/** The right answer, and the model after it. */
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

/** The actual answer. */
export type Observed =
  | { readonly _tag: "Token"; readonly token: ApiToken }
  | { readonly _tag: "Page"; readonly page: ApiTokenPage }
  | { readonly _tag: "Done" }
  | { readonly _tag: "Error"; readonly error: string }

export const observe = (value: Value): Observed => {
  if (value === undefined) return { _tag: "Done" }
  return "hasMore" in value ? { _tag: "Page", page: value } : { _tag: "Token", token: value }
}

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

/** U3. An unknown time is not checked. */
const fits =
  ({ createdAfter, createdBefore, name, updatedAfter, updatedBefore }: Filters) =>
  (token: ModelToken): boolean => {
    const time = token.createdAt ?? 0
    return (
      (name === undefined || token.name === name) &&
      [createdAfter, updatedAfter].every((bound) => bound === undefined || bound <= time) &&
      [createdBefore, updatedBefore].every((bound) => bound === undefined || time <= bound)
    )
  }

/** A cursor continues with the filters of its own page. */
const cursorOf = (filters: Filters, cursor: string): string => `${JSON.stringify(filters)} ${cursor}`

const answer = (model: Model, call: ModelCall): Answer => {
  const refuse = (error: string): Answer => ({ _tag: "Error", error, model })
  const permissions = permissionsOf(model, call.caller)
  if (permissions === undefined) return refuse("Unauthorized")
  if (!needed[call.do].some((permission) => permissions.includes(permission))) return refuse("Forbidden")

  switch (call.do) {
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
      if (call.do === "get") return { _tag: "Token", token: found, model }
      const tokens = model.tokens.map((token) => (token === found ? { ...token, deleted: true } : token))
      return { _tag: "Done", model: { ...model, tokens } }
    }
  }
}

/** The model after it has recognised the token in an answer (U1, U2). `undefined` if the answer shows another. */
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
  filters: Filters,
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
      return observed._tag === "Page" && call.do === "list"
        ? acceptPage(expected, call.filters, observed.page)
        : undefined
    case "Created":
    case "Token":
      return observed._tag === "Token"
        ? recognise(expected.model, expected.token, observed.token, expected._tag === "Created")
        : undefined
  }
}

/** Time is left out: no call changes it. So are cursors: they depend on the answered calls alone. */
const fingerprint = (model: Model): string =>
  model.tokens
    .map(({ deleted, id, name, permissions }) => `${id ?? `${name} ${permissions.join("+")}`} ${deleted}`)
    .join("\n")

const describe = (model: Model, call: ModelCall, name: (service: string, id: unknown) => string): string => {
  const expected = answer(model, call)
  const describeToken = (token: ModelToken) =>
    `${token.id === undefined ? "a new one," : name("ApiTokens", token.id)} ${JSON.stringify(token.name)} ${token.permissions.join("+")}`
  switch (expected._tag) {
    case "Error":
      return expected.error
    case "Done":
      return "done"
    case "Created":
      return `${describeToken(expected.token)} with its secret, created and updated now`
    case "Token":
      return `${describeToken(expected.token)}, without a secret`
    case "Page":
      return `[${expected.tokens.map(describeToken).join("; ")}]${expected.hasMore ? " and more" : ""}, ${expected.total} in all, without secrets`
  }
}

export const apiTokenSpecification: Specification<Model, ModelCall, Observed> = {
  accept,
  takeEffect: (model, call) => answer(model, call).model,
  advance: (model, millis) => ({ ...model, now: (model.now ?? 0) + millis }),
  fingerprint,
  describe,
}

/** The model of the tokens that are there before a law begins. Nobody calls with their credentials. */
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
