/** What wrong platforms are made of: the right rules, and ways to go wrong in one point. */
import { StreamTokens, type Token, type TokenOperations, Tokens } from "@effect-tokens/core"
import { NeuroioControl, NeuroioRules } from "@effect-tokens/testkit"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { makeMemory } from "../../../src/neuroio/internal/control.ts"
import type * as Kill from "../kill.ts"
import * as OrderStatisticMap from "../../../src/internal/collections/orderStatisticMap.ts"
import type { Transitions as Rules, PerformNeuroio as Perform } from "../../../src/neuroio/internal/simulation.ts"

export type { Transitions as Rules, PerformNeuroio as Perform } from "../../../src/neuroio/internal/simulation.ts"
export type State = NeuroioRules.State
export type StoredToken = NeuroioRules.StoredToken
type Caller = NeuroioRules.Caller
type Family = NeuroioRules.Family
type Refusal = NeuroioRules.ErrorResponse
type Transition<Input, Output> = NeuroioRules.Transition<Input, Output>

export type Mutant = Kill.Mutant<Tokens | StreamTokens | NeuroioControl.NeuroioControl>

export const { isErrorResponse } = NeuroioRules

export const right: Rules = NeuroioRules

export const millis = { second: 1000, hour: 60 * 60 * 1000, day: 24 * 60 * 60 * 1000 }

/** `make` is called for each platform, so that what it keeps besides the state is of that platform alone. */
export const mutantOf = (
  bug: string,
  make: () => { readonly rules?: Rules; readonly perform?: Perform },
  wrapper?: (operations: TokenOperations.TokenOperations) => TokenOperations.TokenOperations,
): Mutant => {
  const platform: Mutant["platform"] = Layer.effectContext(
    Effect.sync(() => {
      const { control, services } = makeMemory(make())
      return Context.add(services, NeuroioControl.NeuroioControl, control)
    }),
  )
  if (wrapper === undefined) return { bug, platform }
  const wrapped = Layer.merge(
    Layer.effect(Tokens, Effect.map(Tokens, wrapper)),
    Layer.effect(StreamTokens, Effect.map(StreamTokens, wrapper)),
  )
  return { bug, platform: NeuroioControl.layerWrapped(wrapped).pipe(Layer.provide(platform)) }
}

/** Wrong in some of the rules. */
export const mutant = (bug: string, rules: Partial<Rules>): Mutant =>
  mutantOf(bug, () => ({ rules: { ...right, ...rules } }))

/** Wrong in what the services make of the right answers. */
export const wrapping = (
  bug: string,
  wrapper: (operations: TokenOperations.TokenOperations) => TokenOperations.TokenOperations,
  rules: Partial<Rules> = {},
): Mutant => mutantOf(bug, () => ({ rules: { ...right, ...rules } }), wrapper)

/** Shows each token otherwise, wherever it is shown. */
export const showing =
  (show: (token: Token) => Token) =>
  (operations: TokenOperations.TokenOperations): TokenOperations.TokenOperations => ({
    ...operations,
    create: (options) => Effect.map(operations.create(options), show),
    list: (options) => Effect.map(operations.list(options), (tokens) => tokens.map(show)),
    stream: (options) => Stream.map(operations.stream(options), show),
    get: (token) => Effect.map(operations.get(token), show),
    update: (token, changes) => Effect.map(operations.update(token, changes), show),
  })

export const refuse = (status: Refusal["status"], ...fields: Refusal["fields"]): Refusal => ({
  ...NeuroioRules.invalid(...fields),
  status,
})

export const notFound = refuse(404)

const families: ReadonlyArray<Family> = ["tokens", "streamTokens"]

export const otherFamily = (family: Family): Family => (family === "tokens" ? "streamTokens" : "tokens")

export const expired = (token: StoredToken, now: number): boolean => {
  const expires = NeuroioRules.expiresAt(token)
  return expires !== null && expires <= now
}

/** The numbers of all owners. */
export const ownersOf = (state: State): ReadonlyArray<number> =>
  Array.from({ length: state.nextOwner - 1 }, (_, i) => i + 1).filter((owner) =>
    OrderStatisticMap.get(state.owners, owner),
  )

/** The tokens of an owner, in the order of their ids. */
export const tokensOf = (state: State, owner: number, family: Family): ReadonlyArray<StoredToken> => {
  const shelf = OrderStatisticMap.get(state.owners, owner)?.[family]
  return shelf === undefined ? [] : OrderStatisticMap.slice(shelf, null, 0, Number.POSITIVE_INFINITY)
}

/** The same platform where the tokens of that owner are these. */
export const withTokens = (state: State, owner: number, family: Family, tokens: ReadonlyArray<StoredToken>): State => {
  const found = OrderStatisticMap.get(state.owners, owner)
  if (found === undefined) return state
  const shelf = tokens.reduce(
    (rest, token) => OrderStatisticMap.set(rest, token.id, token),
    OrderStatisticMap.empty<StoredToken>((token) => token.permanent),
  )
  return { ...state, owners: OrderStatisticMap.set(state.owners, owner, { ...found, [family]: shelf }) }
}

/** The same platform with each token changed, whosever it is. */
export const mapTokens = (state: State, change: (token: StoredToken) => StoredToken): State =>
  ownersOf(state).reduce(
    (edited, owner) =>
      families.reduce(
        (next, family) => withTokens(next, owner, family, tokensOf(next, owner, family).map(change)),
        edited,
      ),
    state,
  )

/** The same platform where that owner is of this kind. */
export const withKind = (state: State, owner: number, kind: NeuroioRules.OwnerKind): State => {
  const found = OrderStatisticMap.get(state.owners, owner)
  return found === undefined
    ? state
    : { ...state, owners: OrderStatisticMap.set(state.owners, owner, { ...found, kind }) }
}

/** Does to all operations what is wrong with them. */
export const every = (
  wrap: <Input, Output>(transition: Transition<Input, Output>) => Transition<Input, Output>,
  rules: Rules = right,
): Rules => ({
  ...rules,
  create: wrap(rules.create),
  list: wrap(rules.list),
  get: wrap(rules.get),
  update: wrap(rules.update),
  delete: wrap(rules.delete),
  deleteList: wrap(rules.deleteList),
})

/** Lets callers in by another rule. */
export const authenticating = (authenticate: typeof NeuroioRules.authenticate): Rules =>
  every((transition) => (state, now, caller, input) => {
    const owner = authenticate(state, now, caller)
    return isErrorResponse(owner) ? [owner, state] : transition(state, now, { _tag: "Owner", owner }, input)
  })

/** One call that was answered, and not with a refusal. */
interface Answered<Input, Output> {
  readonly answer: Output
  readonly before: State
  readonly after: State
  readonly now: number
  readonly owner: number
  readonly caller: Caller
  readonly input: Input & { readonly family: Family }
}

const onAnswer =
  <Input, Output>(
    transition: Transition<Input, Output>,
    change: (call: Answered<Input, Output>) => readonly [Output | Refusal, State],
  ): Transition<Input, Output> =>
  (before, now, caller, input) => {
    const [answer, after] = transition(before, now, caller, input)
    const owner = NeuroioRules.authenticate(before, now, caller)
    if (isErrorResponse(answer) || isErrorResponse(owner)) return [answer, after]
    return change({ answer, before, after, now, owner, caller, input })
  }

/** Answers as it should, and does more or less than it should. */
export const leaving = <Input, Output>(
  transition: Transition<Input, Output>,
  change: (call: Answered<Input, Output>) => State,
): Transition<Input, Output> => onAnswer(transition, (call) => [call.answer, change(call)])

/** Does what it should, and answers something else. */
export const answering = <Input, Output>(
  transition: Transition<Input, Output>,
  change: (call: Answered<Input, Output>) => Output | Refusal,
): Transition<Input, Output> => onAnswer(transition, (call) => [change(call), call.after])

/** Tries something else where it should refuse with this status. */
export const insteadOf =
  <Input, Output>(
    status: Refusal["status"],
    transition: Transition<Input, Output>,
    other: Transition<Input, Output>,
  ): Transition<Input, Output> =>
  (state, now, caller, input) => {
    const [answer, next] = transition(state, now, caller, input)
    return isErrorResponse(answer) && answer.status === status ? other(state, now, caller, input) : [answer, next]
  }

/** What makes a create permanent that was made as a temporary one, so that no cap was asked. */
const createUncapped: Rules["create"] = (state, now, caller, input) => {
  const [made, next] = right.create(state, now, caller, { ...input, permanent: false })
  const owner = NeuroioRules.authenticate(state, now, caller)
  if (isErrorResponse(made) || isErrorResponse(owner)) return [made, next]
  const token = { ...made, permanent: input.permanent }
  return [token, withTokens(next, owner, input.family, [...tokensOf(state, owner, input.family), token])]
}

/** Refuses permanent tokens by another rule. */
export const capped = (
  isFull: (call: { readonly state: State; readonly owner: number; readonly family: Family }) => boolean,
): Rules["create"] => {
  return (state, now, caller, input) => {
    const owner = NeuroioRules.authenticate(state, now, caller)
    const [made, next] = createUncapped(state, now, caller, input)
    if (isErrorResponse(made) || isErrorResponse(owner)) return [made, next]
    if (!input.permanent || !isFull({ state, owner, family: input.family })) return [made, next]
    return [refuse(400, { name: "permanent", message: "There are too many." }), state]
  }
}

interface Page {
  readonly permanent: boolean | null
  readonly limit: number
  readonly offset: number
}

/** The page as it should be. */
export const rightPage = (tokens: ReadonlyArray<StoredToken>, { limit, offset, permanent }: Page) =>
  tokens.filter((token) => permanent === null || token.permanent === permanent).slice(offset, offset + limit)

/** Makes a page in another way of all tokens that the owner has in this family. */
export const listing = (
  page: (tokens: ReadonlyArray<StoredToken>, input: Page, now: number) => ReadonlyArray<StoredToken> | Refusal,
): Pick<Rules, "list"> => ({
  list: (state, now, caller, input) => {
    const all = { family: input.family, permanent: null, limit: Number.MAX_SAFE_INTEGER, offset: 0 }
    const [tokens] = right.list(state, now, caller, all)
    return [isErrorResponse(tokens) ? tokens : page(tokens, input, now), state]
  },
})

/** Puts back what a list of deletions should not have spared. */
export const sparing = (
  isSpared: (token: StoredToken, call: Pick<Answered<unknown, unknown>, "now" | "caller">) => boolean,
): Pick<Rules, "deleteList"> => ({
  deleteList: leaving(right.deleteList, ({ after, before, caller, input, now, owner }) => {
    const rest = tokensOf(after, owner, input.family)
    const spared = tokensOf(before, owner, input.family).filter(
      (token) => rest.includes(token) || isSpared(token, { now, caller }),
    )
    return withTokens(after, owner, input.family, spared)
  }),
})

interface Made {
  readonly owner: number
  readonly family: Family
  readonly token: StoredToken
}

/** Keeps by their keys all tokens that were ever made. */
export const remembering = (bug: string, rules: (made: ReadonlyMap<string, Made>) => Partial<Rules>): Mutant =>
  mutantOf(bug, () => {
    const made = new Map<string, Made>()
    const wrong = { ...right, ...rules(made) }
    const create = leaving(wrong.create, ({ after, answer, input, owner }) => {
      made.set(answer.key, { owner, family: input.family, token: answer })
      return after
    })
    return { rules: { ...wrong, create } }
  })

/** Has keys of its own, which it looks up among the tokens that there are. `keyOf` gives that of a new token. */
export const keyed = (
  keyOf: (call: { readonly before: State; readonly owner: number; readonly family: Family }) => string,
  rules: Rules = right,
): Rules => {
  const ownKeys = new Map<string, string>()
  const show = (token: StoredToken): StoredToken => ({ ...token, key: ownKeys.get(token.key) ?? token.key })
  const rightKey = (tokens: ReadonlyArray<StoredToken>, key: string): string =>
    tokens.find((token) => ownKeys.get(token.key) === key)?.key ?? key

  const entering = every(
    (transition) => (state, now, caller, input) => {
      if (caller._tag === "Owner" || caller.key === undefined) return transition(state, now, caller, input)
      const tokens = ownersOf(state).flatMap((owner) => tokensOf(state, owner, "tokens"))
      return transition(state, now, { ...caller, key: rightKey(tokens, caller.key) }, input)
    },
    {
      ...rules,
      create: answering(rules.create, ({ answer, before, input, owner }) => {
        ownKeys.set(answer.key, keyOf({ before, owner, family: input.family }))
        return show(answer)
      }),
      list: answering(rules.list, ({ answer }) => answer.map(show)),
      get: answering(rules.get, ({ answer }) => show(answer)),
      update: answering(rules.update, ({ answer }) => show(answer)),
    },
  )
  const finding =
    <Input extends { readonly token: number | string }, Output>(
      transition: Transition<Input, Output>,
    ): Transition<Input, Output> =>
    (state, now, caller, input) => {
      if (typeof input.token === "number") return transition(state, now, caller, input)
      const tokens = ownersOf(state).flatMap((owner) => tokensOf(state, owner, input.family))
      return transition(state, now, caller, { ...input, token: rightKey(tokens, input.token) })
    }
  return {
    ...entering,
    get: finding(entering.get),
    update: finding(entering.update),
    delete: finding(entering.delete),
  }
}
