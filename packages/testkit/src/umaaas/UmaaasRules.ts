/**
 * The rules of UMAaaS's API tokens, U1 to U12, as a pure state machine: this is the only place where they are
 * implemented. The service in memory and the sandbox's routes both run it.
 *
 * Each operation is a function of the state, the time, the caller and what is asked for, and gives an answer and the
 * next state. A refusal leaves the state as it was. A state is never changed, so that one can be kept and gone back to.
 *
 * @since 0.1.0
 */
import type { KnownPermission } from "@effect-tokens/core"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import { makeKey, makeShort, readKey, readShort } from "../internal/keys.ts"
import * as OrderStatisticMap from "../internal/collections/orderStatisticMap.ts"

/**
 * A token as the platform keeps it. `number` counts in the order of creation; `createdAt` is in milliseconds since 1970,
 * and is when it was updated last as well: nothing updates one (U2).
 *
 * @since 0.1.0
 */
export interface StoredApiToken {
  readonly number: number
  readonly id: string
  readonly name: string
  readonly permissions: ReadonlyArray<KnownPermission>
  readonly clientId: string
  readonly clientSecret: string
  readonly createdAt: number
}

type Collection = OrderStatisticMap.OrderStatisticMap<StoredApiToken>

/** @since 0.1.0 */
export interface State {
  readonly seed: number
  readonly nextNumber: number
  readonly tokens: Collection
  /** The same tokens once more, so that those of one name are found among many. */
  readonly byName: HashMap.HashMap<string, Collection>
}

/**
 * Who calls: whoever holds the credential of a token, or `undefined` without one.
 *
 * @since 0.1.0
 */
export type Caller = { readonly clientId: string; readonly clientSecret: string } | undefined

/**
 * What the platform answers when it does not do what it was asked for.
 *
 * @since 0.1.0
 */
export interface ErrorResponse {
  readonly _tag: "Refusal"
  readonly status: 400 | 401 | 403 | 404
  readonly code: "INVALID_INPUT" | "UNAUTHORIZED" | "FORBIDDEN" | "TOKEN_NOT_FOUND"
  readonly message: string
}

/**
 * One operation of the platform. `now` is in milliseconds since 1970.
 *
 * @since 0.1.0
 */
export type Transition<Input, Output> = (
  state: State,
  now: number,
  caller: Caller,
  input: Input,
) => readonly [Output | ErrorResponse, State]

const refusal = (status: ErrorResponse["status"], code: ErrorResponse["code"], message: string): ErrorResponse => ({
  _tag: "Refusal",
  status,
  code,
  message,
})

/**
 * Says of a request that it is not acceptable (U4, U11).
 *
 * @since 0.1.0
 */
export const invalid = (message: string): ErrorResponse => refusal(400, "INVALID_INPUT", message)

const unauthorized = refusal(401, "UNAUTHORIZED", "The credential is missing, malformed, unknown or deleted.")
const forbidden = refusal(403, "FORBIDDEN", "The token's permissions do not allow this.")
const notFound = refusal(404, "TOKEN_NOT_FOUND", "Token not found.")

/** @since 0.1.0 */
export const isErrorResponse = <A>(answer: A | ErrorResponse): answer is ErrorResponse =>
  typeof answer === "object" && answer !== null && "_tag" in answer && answer._tag === "Refusal"

const emptyShelf: Collection = OrderStatisticMap.empty<StoredApiToken>(() => false)

/** What is made from the seed differs by what it is for. */
const purposes = { id: 1, clientId: 2, clientSecret: 3, cursor: 4 } as const

const seedOf = (state: Pick<State, "seed">, purpose: keyof typeof purposes): number =>
  (state.seed ^ Math.imul(purposes[purpose], 0x9e3779b1)) | 0

/** As the vendor's look: `Token:` and a UUID. */
const makeId = (state: State, number: number): string => {
  const digits = makeShort(seedOf(state, "id"), number)
  return `Token:${digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")}`
}

const readId = (state: State, id: string): number | undefined => {
  const [, uuid] = /^Token:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(id) ?? []
  return uuid === undefined ? undefined : readShort(seedOf(state, "id"), uuid.replaceAll("-", ""))
}

const find = (state: State, id: string): StoredApiToken | undefined => {
  const number = readId(state, id)
  return number === undefined ? undefined : OrderStatisticMap.get(state.tokens, number)
}

/**
 * All tokens, in the order of creation.
 *
 * @since 0.1.0
 */
export const tokens = (state: State): ReadonlyArray<StoredApiToken> =>
  OrderStatisticMap.slice(state.tokens, null, 0, Number.POSITIVE_INFINITY)

/** Whose credential this is, if it is any's (U8, U9). */
const authenticate = (state: State, caller: Caller): StoredApiToken | undefined => {
  if (caller === undefined) return undefined
  const address = readKey(seedOf(state, "clientId"), caller.clientId)
  const token = address && OrderStatisticMap.get(state.tokens, address.id)
  return token?.clientId === caller.clientId && token.clientSecret === caller.clientSecret ? token : undefined
}

/**
 * The id of the token whose credential this is, or was: it may be deleted by now.
 *
 * @since 0.1.0
 */
export const identify = (state: State, caller: Caller): string | undefined => {
  const address = caller && readKey(seedOf(state, "clientId"), caller.clientId)
  const proof = caller && readKey(seedOf(state, "clientSecret"), caller.clientSecret)
  return address && address.id === proof?.id ? makeId(state, address.id) : undefined
}

/**
 * Why the caller may do none of what these permissions are for, if so: found out before anything else of a request is
 * looked at (U9, U10).
 *
 * @since 0.1.0
 */
export const refusalOf = (
  state: State,
  caller: Caller,
  oneOf: ReadonlyArray<KnownPermission>,
): ErrorResponse | undefined => {
  const token = authenticate(state, caller)
  if (token === undefined) return unauthorized
  return token.permissions.some((permission) => oneOf.includes(permission)) ? undefined : forbidden
}

/**
 * What each operation needs one of (U10).
 *
 * @since 0.1.0
 */
export const needs: Readonly<Record<"create" | "list" | "get" | "delete", ReadonlyArray<KnownPermission>>> = {
  create: ["MANAGE"],
  list: ["VIEW", "MANAGE"],
  get: ["VIEW", "MANAGE"],
  delete: ["MANAGE"],
}

const known: ReadonlySet<string> = new Set<KnownPermission>(["VIEW", "TRANSACT", "MANAGE"])

const isKnown = (permission: string): permission is KnownPermission => known.has(permission)

const collectionOf = (state: State, name: string): Collection =>
  Option.getOrElse(HashMap.get(state.byName, name), () => emptyShelf)

const withToken = (state: State, token: StoredApiToken): State => ({
  seed: state.seed,
  nextNumber: token.number + 1,
  tokens: OrderStatisticMap.set(state.tokens, token.number, token),
  byName: HashMap.set(
    state.byName,
    token.name,
    OrderStatisticMap.set(collectionOf(state, token.name), token.number, token),
  ),
})

const withoutToken = (state: State, token: StoredApiToken): State => {
  const namesakes = OrderStatisticMap.remove(collectionOf(state, token.name), token.number)
  return {
    seed: state.seed,
    nextNumber: state.nextNumber,
    tokens: OrderStatisticMap.remove(state.tokens, token.number),
    byName:
      OrderStatisticMap.count(namesakes, null) === 0
        ? HashMap.remove(state.byName, token.name)
        : HashMap.set(state.byName, token.name, namesakes),
  }
}

const makeToken = (
  state: State,
  now: number,
  name: string,
  permissions: ReadonlyArray<KnownPermission>,
): StoredApiToken => {
  const number = state.nextNumber
  const address = { owner: 0, id: number }
  // The order of creation is that of the times, also where a state of later was gone back to.
  const [last] = OrderStatisticMap.slice(state.tokens, null, OrderStatisticMap.count(state.tokens, null) - 1, 1)
  return {
    number,
    id: makeId(state, number),
    name,
    permissions,
    clientId: makeKey(seedOf(state, "clientId"), address),
    clientSecret: makeKey(seedOf(state, "clientSecret"), address),
    createdAt: Math.max(now, last?.createdAt ?? now),
  }
}

/**
 * A platform with one token, which has all permissions: without any, nobody could call. All ids and credentials follow
 * from the seed, a whole number of up to 32 bits.
 *
 * @since 0.1.0
 */
export const make = (seed: number, now: number): readonly [first: StoredApiToken, state: State] => {
  const empty: State = { seed, nextNumber: 1, tokens: emptyShelf, byName: HashMap.empty() }
  const first = makeToken(empty, now, "first", ["VIEW", "TRANSACT", "MANAGE"])
  return [first, withToken(empty, first)]
}

/** @since 0.1.0 */
export const create: Transition<
  { readonly name: string; readonly permissions: ReadonlyArray<string> },
  StoredApiToken
> = (state, now, caller, { name, permissions }) => {
  const refused = refusalOf(state, caller, needs.create)
  if (refused !== undefined) return [refused, state]
  if (name === "") return [invalid("name must not be empty."), state]
  const asked = [...new Set(permissions)]
  if (asked.length === 0 || !asked.every(isKnown)) {
    return [invalid(`permissions must be one or more of ${[...known].join(", ")}.`), state]
  }
  const token = makeToken(state, now, name, asked)
  return [token, withToken(state, token)]
}

/**
 * Which tokens: those that all of these fit. Times are in milliseconds since 1970, and inclusive (U3).
 *
 * @since 0.1.0
 */
export interface Filters {
  readonly name?: string | undefined
  readonly createdAfter?: number | undefined
  readonly createdBefore?: number | undefined
  readonly updatedAfter?: number | undefined
  readonly updatedBefore?: number | undefined
}

/** @since 0.1.0 */
export interface Page {
  readonly data: ReadonlyArray<StoredApiToken>
  readonly hasMore: boolean
  readonly nextCursor: string | undefined
  readonly totalCount: number
}

const isLimit = (limit: number): boolean => Number.isSafeInteger(limit) && limit >= 1 && limit <= 100

const latest = (...times: ReadonlyArray<number | undefined>): number =>
  Math.max(Number.NEGATIVE_INFINITY, ...times.filter((time) => time !== undefined))

const earliest = (...times: ReadonlyArray<number | undefined>): number =>
  Math.min(Number.POSITIVE_INFINITY, ...times.filter((time) => time !== undefined))

/**
 * The order of creation is that of the times of creation too, since time does not go back: what fits is one stretch of
 * all tokens, or of those of one name.
 *
 * @since 0.1.0
 */
export const list: Transition<Filters & { readonly limit: number; readonly cursor: string | undefined }, Page> = (
  state,
  _now,
  caller,
  { cursor, limit, ...filters },
) => {
  const refused = refusalOf(state, caller, needs.list)
  if (refused !== undefined) return [refused, state]
  if (!isLimit(limit)) return [invalid("limit must be a whole number from 1 to 100."), state]
  const last = cursor === undefined ? 0 : readShort(seedOf(state, "cursor"), cursor)
  if (last === undefined) return [invalid("cursor must be the nextCursor of a page."), state]

  const collection = filters.name === undefined ? state.tokens : collectionOf(state, filters.name)
  const since = latest(filters.createdAfter, filters.updatedAfter)
  const until = earliest(filters.createdBefore, filters.updatedBefore)
  const start = OrderStatisticMap.rankWhere(collection, ({ createdAt }) => createdAt >= since)
  const end = Math.max(
    start,
    OrderStatisticMap.rankWhere(collection, ({ createdAt }) => createdAt > until),
  )
  const from = Math.max(start, OrderStatisticMap.rank(collection, last + 1))
  const data = OrderStatisticMap.slice(collection, null, from, Math.max(0, Math.min(limit, end - from)))
  const hasMore = from + data.length < end
  const lastOfPage = data.at(-1)
  return [
    {
      data,
      hasMore,
      nextCursor:
        hasMore && lastOfPage !== undefined ? makeShort(seedOf(state, "cursor"), lastOfPage.number) : undefined,
      totalCount: end - start,
    },
    state,
  ]
}

/** @since 0.1.0 */
export const get: Transition<{ readonly id: string }, StoredApiToken> = (state, _now, caller, { id }) => {
  const refused = refusalOf(state, caller, needs.get)
  return [refused ?? find(state, id) ?? notFound, state]
}

const delete_: Transition<{ readonly id: string }, null> = (state, _now, caller, { id }) => {
  const refused = refusalOf(state, caller, needs.delete)
  if (refused !== undefined) return [refused, state]
  const token = find(state, id)
  return token === undefined ? [notFound, state] : [null, withoutToken(state, token)]
}

export {
  /** @since 0.1.0 */
  delete_ as delete,
}
