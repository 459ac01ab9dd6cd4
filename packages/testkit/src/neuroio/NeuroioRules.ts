/**
 * The rules of NeuroIO's tokens, N1 to N18, as a pure state machine: this is the only place where they are implemented.
 * The services in memory and the sandbox's routes both run it.
 *
 * Each operation is a function of the state, the time, the caller and what is asked for, and gives an answer and the
 * next state. A refusal leaves the state as it was. A state is never changed, so that one can be kept and gone back to.
 *
 * @since 0.1.0
 */
import { makeKey, readKey } from "../internal/keys.ts"
import * as OrderStatisticMap from "../internal/collections/orderStatisticMap.ts"

/**
 * What an owner is. A manager may manage its tokens, but has no stream tokens (N15).
 *
 * @since 0.1.0
 */
export type OwnerKind = "account" | "space" | "manager"

/** @since 0.1.0 */
export type Family = "tokens" | "streamTokens"

/**
 * A token as the platform keeps it. `created` is in milliseconds since 1970.
 *
 * @since 0.1.0
 */
export interface StoredToken {
  readonly id: number
  readonly key: string
  readonly permanent: boolean
  readonly isActive: boolean
  readonly created: number
}

interface Owner {
  readonly number: number
  readonly kind: OwnerKind
  readonly tokens: OrderStatisticMap.OrderStatisticMap<StoredToken>
  readonly streamTokens: OrderStatisticMap.OrderStatisticMap<StoredToken>
}

/** @since 0.1.0 */
export interface State {
  readonly seed: number
  readonly nextOwner: number
  readonly nextId: number
  readonly owners: OrderStatisticMap.OrderStatisticMap<Owner>
}

/**
 * Who calls: an owner by itself, or whoever holds a credential. An owner has a credential of its own, `ownerKey`, that
 * is none of its tokens: it is not listed, does not count, and neither expires nor can be deleted.
 *
 * @since 0.1.0
 */
export type Caller =
  | { readonly _tag: "Owner"; readonly owner: number }
  | { readonly _tag: "Credential"; readonly key: string | undefined }

/**
 * What the platform answers when it does not do what it was asked for.
 *
 * @since 0.1.0
 */
export interface ErrorResponse {
  readonly _tag: "Refusal"
  readonly status: 400 | 401 | 403 | 404
  readonly message: string
  readonly fields: ReadonlyArray<{ readonly name: string; readonly message: string }>
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
  input: Input & { readonly family: Family },
) => readonly [Output | ErrorResponse, State]

/** N2, in milliseconds. */
const lifetime = 24 * 60 * 60 * 1000

/** N4. */
const permanentCap = 5

const refusal = (
  status: ErrorResponse["status"],
  message: string,
  fields: ErrorResponse["fields"] = [],
): ErrorResponse => ({
  _tag: "Refusal",
  status,
  message,
  fields,
})

/**
 * Says of the request what the vendor says of every request that is not acceptable.
 *
 * @since 0.1.0
 */
export const invalid = (...fields: ErrorResponse["fields"]): ErrorResponse => refusal(400, "Validation error.", fields)

const unauthorized = refusal(401, "The credential is missing, unknown, expired, inactive or deleted.")
const forbidden = refusal(403, "A manager has no stream tokens.")
const notFound = refusal(404, "Not found.")

/** @since 0.1.0 */
export const isErrorResponse = <A>(answer: A | ErrorResponse): answer is ErrorResponse =>
  typeof answer === "object" && answer !== null && "_tag" in answer && answer._tag === "Refusal"

/**
 * When the token ceases to be valid, in milliseconds since 1970, or `null` for never (N2).
 *
 * @since 0.1.0
 */
export const expiresAt = (token: StoredToken): number | null => (token.permanent ? null : token.created + lifetime)

const noTokens = OrderStatisticMap.empty<StoredToken>((token) => token.permanent)

/**
 * A platform without owners. Ids and keys follow from the seed, a whole number of up to 32 bits.
 *
 * @since 0.1.0
 */
export const make = (seed: number): State => ({
  seed,
  nextOwner: 1,
  nextId: 1,
  owners: OrderStatisticMap.empty<Owner>(() => false),
})

/**
 * Adds an owner without tokens and gives its number.
 *
 * @since 0.1.0
 */
export const addOwner = (state: State, kind: OwnerKind): readonly [owner: number, state: State] => [
  state.nextOwner,
  {
    ...state,
    nextOwner: state.nextOwner + 1,
    owners: OrderStatisticMap.set(state.owners, state.nextOwner, {
      number: state.nextOwner,
      kind,
      tokens: noTokens,
      streamTokens: noTokens,
    }),
  },
]

/**
 * All owners, in the order in which they were added.
 *
 * @since 0.1.0
 */
export const owners = (state: State): ReadonlyArray<{ readonly number: number; readonly kind: OwnerKind }> =>
  OrderStatisticMap.slice(state.owners, null, 0, Number.POSITIVE_INFINITY).map(({ kind, number }) => ({ number, kind }))

/**
 * The owner's own credential.
 *
 * @since 0.1.0
 */
export const ownerKey = (state: State, owner: number): string => makeKey(state.seed, { owner, id: 0 })

/**
 * Whose credential this is, if it is any's and is valid now (N13).
 *
 * @since 0.1.0
 */
export const authenticate = (state: State, now: number, caller: Caller): number | ErrorResponse => {
  if (caller._tag === "Owner") {
    return OrderStatisticMap.get(state.owners, caller.owner) === undefined ? unauthorized : caller.owner
  }
  if (caller.key === undefined) return unauthorized
  const address = readKey(state.seed, caller.key)
  const owner = address === undefined ? undefined : OrderStatisticMap.get(state.owners, address.owner)
  if (address === undefined || owner === undefined) return unauthorized
  if (address.id === 0) return address.owner
  // A stream token is not among them: it opens streams, not this API.
  const token = OrderStatisticMap.get(owner.tokens, address.id)
  if (token === undefined || token.key !== caller.key || !token.isActive) return unauthorized
  const expires = expiresAt(token)
  return expires === null || now < expires ? address.owner : unauthorized
}

/**
 * Whose a key is, or was: of an owner itself (`id` is then 0) or of one of its tokens. Valid or not, deleted or not.
 *
 * @since 0.1.0
 */
export const identify = (
  state: State,
  key: string,
): { readonly owner: number; readonly kind: OwnerKind; readonly id: number } | undefined => {
  const address = readKey(state.seed, key)
  const owner = address && OrderStatisticMap.get(state.owners, address.owner)
  return address && owner && { ...address, kind: owner.kind }
}

interface Access {
  readonly number: number
  readonly owner: Owner
  readonly collection: OrderStatisticMap.OrderStatisticMap<StoredToken>
}

const enter = (state: State, now: number, caller: Caller, family: Family): Access | ErrorResponse => {
  const number = authenticate(state, now, caller)
  if (isErrorResponse(number)) return number
  const owner = OrderStatisticMap.get(state.owners, number)
  if (owner === undefined) return unauthorized
  if (family === "streamTokens" && owner.kind === "manager") return forbidden
  return { number, owner, collection: owner[family] }
}

/**
 * Why the caller may not use this family at all, if so: found out before anything else of a request is looked at (N13,
 * N15).
 *
 * @since 0.1.0
 */
export const refusalOf = (state: State, now: number, caller: Caller, family: Family): ErrorResponse | undefined => {
  const access = enter(state, now, caller, family)
  return isErrorResponse(access) ? access : undefined
}

/**
 * What points at a token, as it stands in a path: the number that the platform gave it, or whatever else may be a key.
 *
 * @since 0.1.0
 */
export const readRef = (text: string): number | string => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : text)

/** Each field by name: a call that changes something is done in half the time that spreading takes. */
const withShelf = (
  state: State,
  { number, owner }: Access,
  family: Family,
  collection: Access["collection"],
  nextId: number = state.nextId,
): State => ({
  seed: state.seed,
  nextOwner: state.nextOwner,
  nextId,
  owners: OrderStatisticMap.set(state.owners, number, {
    number,
    kind: owner.kind,
    tokens: family === "tokens" ? collection : owner.tokens,
    streamTokens: family === "streamTokens" ? collection : owner.streamTokens,
  }),
})

/** By id, or by key: both only among the owner's tokens of this family (N9, N16). */
const find = (state: State, collection: Access["collection"], token: number | string): StoredToken | undefined => {
  if (typeof token === "number") return OrderStatisticMap.get(collection, token)
  const address = readKey(state.seed, token)
  const found = address === undefined ? undefined : OrderStatisticMap.get(collection, address.id)
  return found?.key === token ? found : undefined
}

/** @since 0.1.0 */
export const create: Transition<{ readonly permanent: boolean }, StoredToken> = (state, now, caller, input) => {
  const access = enter(state, now, caller, input.family)
  if (isErrorResponse(access)) return [access, state]
  if (input.permanent && OrderStatisticMap.count(access.collection, true) >= permanentCap) {
    const message = `At most ${permanentCap} permanent tokens are allowed.`
    return [invalid({ name: "permanent", message }), state]
  }
  const id = state.nextId
  const key = makeKey(state.seed, { owner: access.number, id })
  const token: StoredToken = { id, key, permanent: input.permanent, isActive: true, created: now }
  return [token, withShelf(state, access, input.family, OrderStatisticMap.set(access.collection, id, token), id + 1)]
}

const isWhole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least

/** @since 0.1.0 */
export const list: Transition<
  { readonly permanent: boolean | null; readonly limit: number; readonly offset: number },
  ReadonlyArray<StoredToken>
> = (state, now, caller, input) => {
  const access = enter(state, now, caller, input.family)
  if (isErrorResponse(access)) return [access, state]
  const problems = [
    ...(isWhole(input.limit, 1) ? [] : [{ name: "limit", message: "A whole number of at least 1 is required." }]),
    ...(isWhole(input.offset, 0) ? [] : [{ name: "offset", message: "A whole number of at least 0 is required." }]),
  ]
  if (problems.length > 0) return [invalid(...problems), state]
  return [OrderStatisticMap.slice(access.collection, input.permanent, input.offset, input.limit), state]
}

/** @since 0.1.0 */
export const get: Transition<{ readonly token: number | string }, StoredToken> = (state, now, caller, input) => {
  const access = enter(state, now, caller, input.family)
  if (isErrorResponse(access)) return [access, state]
  return [find(state, access.collection, input.token) ?? notFound, state]
}

/** @since 0.1.0 */
export const update: Transition<{ readonly token: number | string; readonly isActive: boolean }, StoredToken> = (
  state,
  now,
  caller,
  input,
) => {
  const access = enter(state, now, caller, input.family)
  if (isErrorResponse(access)) return [access, state]
  const found = find(state, access.collection, input.token)
  if (found === undefined) return [notFound, state]
  const token: StoredToken = { ...found, isActive: input.isActive }
  return [token, withShelf(state, access, input.family, OrderStatisticMap.set(access.collection, token.id, token))]
}

const delete_: Transition<{ readonly token: number | string }, null> = (state, now, caller, input) => {
  const access = enter(state, now, caller, input.family)
  if (isErrorResponse(access)) return [access, state]
  const found = find(state, access.collection, input.token)
  if (found === undefined) return [notFound, state]
  return [null, withShelf(state, access, input.family, OrderStatisticMap.remove(access.collection, found.id))]
}

export {
  /** @since 0.1.0 */
  delete_ as delete,
}

/**
 * `true` deletes the permanent ones, `false` the temporary ones, `null` all (N12).
 *
 * @since 0.1.0
 */
export const deleteList: Transition<{ readonly permanent: boolean | null }, null> = (state, now, caller, input) => {
  const access = enter(state, now, caller, input.family)
  if (isErrorResponse(access)) return [access, state]
  // What stays is put together anew where that is the smaller part: permanent ones are few (N4).
  const permanent = OrderStatisticMap.slice(access.collection, true, 0, Number.POSITIVE_INFINITY)
  const rest =
    input.permanent === null
      ? noTokens
      : input.permanent
        ? permanent.reduce((collection, token) => OrderStatisticMap.remove(collection, token.id), access.collection)
        : permanent.reduce((collection, token) => OrderStatisticMap.set(collection, token.id, token), noTokens)
  return [null, withShelf(state, access, input.family, rest)]
}
