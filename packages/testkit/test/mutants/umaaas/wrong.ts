/** What wrong UMAaaS platforms are made of: the right rules, and ways to go wrong in one point. */
import { type ApiToken, type ApiTokenOperations, ApiTokens } from "@effect-tokens/core"
import { UmaaasControl, UmaaasRules } from "@effect-tokens/testkit"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { makeShort, readShort } from "../../../src/internal/keys.ts"
import * as OrderStatisticMap from "../../../src/internal/collections/orderStatisticMap.ts"
import { makeUmaaasMemory } from "../../../src/umaaas/internal/control.ts"
import type { PerformUmaaas, Transitions } from "../../../src/umaaas/internal/simulation.ts"
import type * as Kill from "../kill.ts"

export type Rules = Transitions
export type State = UmaaasRules.State
export type Stored = UmaaasRules.StoredApiToken
export type Caller = UmaaasRules.Caller
export type Transition<Input, Output> = UmaaasRules.Transition<Input, Output>
export type Operations = ApiTokenOperations.ApiTokenOperations
type Refusal = UmaaasRules.ErrorResponse

/** `rule` is the one that the bug breaks before all others. */
export interface Mutant extends Kill.Mutant<ApiTokens | UmaaasControl.UmaaasControl> {
  readonly rule: string
}

export const { isErrorResponse } = UmaaasRules

export const right: Rules = UmaaasRules

/** What a bug keeps is of one platform: both are made anew for each. */
interface Made {
  readonly rules?: Partial<Rules>
  readonly perform?: PerformUmaaas
  readonly wrapper?: (operations: Operations) => Operations
}

export const mutantOf = (rule: string, bug: string, make: () => Made): Mutant => {
  const platform = Layer.unwrap(
    Effect.clockWith((clock) =>
      Effect.sync(() => {
        const { perform, rules, wrapper } = make()
        const { control, service } = makeUmaaasMemory(clock.currentTimeMillisUnsafe(), {
          rules: { ...right, ...rules },
          ...(perform && { perform }),
        })
        const memory = Layer.succeedContext(
          Context.add(Context.make(ApiTokens, service), UmaaasControl.UmaaasControl, control),
        )
        if (wrapper === undefined) return memory
        const wrapped = Layer.effect(ApiTokens, Effect.map(ApiTokens, wrapper))
        return Layer.provide(UmaaasControl.layerWrapped(wrapped), memory)
      }),
    ),
  )
  return { rule, bug, platform }
}

/** Wrong in some of the rules. */
export const mutant = (rule: string, bug: string, rules: Partial<Rules>): Mutant =>
  mutantOf(rule, bug, () => ({ rules }))

/** Wrong in what the service makes of the right answers. */
export const wrapping = (rule: string, bug: string, change: (operations: Operations) => Partial<Operations>): Mutant =>
  mutantOf(rule, bug, () => ({ wrapper: (operations) => ({ ...operations, ...change(operations) }) }))

/** Shows each token otherwise, wherever it is shown after its creation. */
export const showing = (operations: Operations, show: (token: ApiToken) => ApiToken): Partial<Operations> => ({
  list: (options) => Effect.map(operations.list(options), (page) => ({ ...page, data: page.data.map(show) })),
  stream: (options) => Stream.map(operations.stream(options), show),
  get: (id) => Effect.map(operations.get(id), show),
})

export const refuse = (status: Refusal["status"], code: Refusal["code"]): Refusal => ({
  ...UmaaasRules.invalid("No."),
  status,
  code,
})

export const { tokens: tokensOf } = UmaaasRules

const shelfOf = (tokens: ReadonlyArray<Stored>) =>
  tokens.reduce(
    (shelf, token) => OrderStatisticMap.set(shelf, token.number, token),
    OrderStatisticMap.empty<Stored>(() => false),
  )

/** The same platform where the tokens are these. */
export const withTokens = (state: State, tokens: ReadonlyArray<Stored>): State => ({
  ...state,
  tokens: shelfOf(tokens),
  byName: HashMap.fromIterable(
    [...Map.groupBy(tokens, ({ name }) => name)].map(([name, namesakes]) => [name, shelfOf(namesakes)] as const),
  ),
})

/** Does to all operations what is wrong with them. */
export const every = (
  wrap: <Input, Output>(transition: Transition<Input, Output>) => Transition<Input, Output>,
): Partial<Rules> => ({
  create: wrap(right.create),
  list: wrap(right.list),
  get: wrap(right.get),
  delete: wrap(right.delete),
})

/** Whose credential it is. */
export const holderOf = (state: State, caller: Caller): Stored | undefined =>
  tokensOf(state).find(({ clientId }) => clientId === caller?.clientId)

/** Lets callers in as another: `who` says as whom. */
export const enteringAs = (who: (state: State, caller: Caller, now: number) => Caller): Partial<Rules> =>
  every((transition) => (state, now, caller, input) => transition(state, now, who(state, caller, now), input))

/** Makes another token of the one that the right rules have made, and keeps that. */
export const making = (
  change: (call: { readonly token: Stored; readonly before: State; readonly now: number }) => Stored,
): Partial<Rules> => ({
  create: (before, now, caller, input) => {
    const [answer, after] = right.create(before, now, caller, input)
    if (isErrorResponse(answer)) return [answer, after]
    const token = change({ token: answer, before, now })
    return [token, withTokens(after, [...tokensOf(before), token])]
  },
})

/** Does more or less than it should when a token was deleted. */
export const deleting = (
  change: (call: { readonly id: string; readonly before: State; readonly after: State }) => State,
): Partial<Rules> => ({
  delete: (before, now, caller, input) => {
    const [answer, after] = right.delete(before, now, caller, input)
    return [answer, isErrorResponse(answer) ? after : change({ id: input.id, before, after })]
  },
})

/** Asks for other permissions. `as` is whoever the call is made as where these have one of them. */
export const needing = (needs: Partial<typeof UmaaasRules.needs>): Partial<Rules> => {
  const ask =
    <Input, Output>(name: keyof typeof UmaaasRules.needs, transition: Transition<Input, Output>) =>
    (state: State, now: number, caller: Caller, input: Input): readonly [Output | Refusal, State] => {
      const needed = needs[name]
      const holder = holderOf(state, caller)
      if (needed === undefined || holder?.clientSecret !== caller?.clientSecret) {
        return transition(state, now, caller, input)
      }
      if (!needed.some((permission) => holder?.permissions.includes(permission))) {
        return [refuse(403, "FORBIDDEN"), state]
      }
      return transition(state, now, firstOf(state), input)
    }
  return {
    create: ask("create", right.create),
    list: ask("list", right.list),
    get: ask("get", right.get),
    delete: ask("delete", right.delete),
  }
}

/** The credential of the token that no law may delete, and which may do everything. */
export const firstOf = (state: State): Caller => tokensOf(state)[0]

type ListInput = UmaaasRules.Filters & { readonly limit: number; readonly cursor: string | undefined }

interface Page {
  readonly data: ReadonlyArray<Stored>
  readonly hasMore: boolean
  readonly nextCursor: string | undefined
  readonly totalCount: number
}

/** Cursors of lists that are made otherwise: nobody makes them up either. */
export const cursorOf = (number: number): string => makeShort(99, number)
export const readCursor = (cursor: string): number | undefined => readShort(99, cursor)

export const fits =
  ({ createdAfter, createdBefore, name, updatedAfter, updatedBefore }: UmaaasRules.Filters) =>
  (token: Stored): boolean =>
    (name === undefined || token.name === name) &&
    (createdAfter === undefined || token.createdAt >= createdAfter) &&
    (createdBefore === undefined || token.createdAt <= createdBefore) &&
    (updatedAfter === undefined || token.createdAt >= updatedAfter) &&
    (updatedBefore === undefined || token.createdAt <= updatedBefore)

/** The page as it should be, of those that match. */
export const pageOf = (matching: ReadonlyArray<Stored>, { cursor, limit }: ListInput): Page | Refusal => {
  const last = cursor === undefined ? 0 : readCursor(cursor)
  if (last === undefined) return refuse(400, "INVALID_INPUT")
  const left = matching.filter(({ number }) => number > last)
  const data = left.slice(0, limit)
  const hasMore = left.length > limit
  const end = data.at(-1)
  return {
    data,
    hasMore,
    nextCursor: hasMore && end !== undefined ? cursorOf(end.number) : undefined,
    totalCount: matching.length,
  }
}

/** Makes a page in another way of all tokens that there are. */
export const listing = (page: (tokens: ReadonlyArray<Stored>, input: ListInput) => Page | Refusal): Partial<Rules> => ({
  list: (state, now, caller, input) => {
    const [answer] = right.list(state, now, caller, { limit: 1, cursor: undefined })
    return [isErrorResponse(answer) ? answer : page(tokensOf(state), input), state]
  },
})

/** Filters in another way. */
export const filtering = (isMatch: (input: UmaaasRules.Filters) => (token: Stored) => boolean): Partial<Rules> =>
  listing((tokens, input) => pageOf(tokens.filter(isMatch(input)), input))

/** Changes the page that is right. */
export const paging = (
  change: (page: Page, input: ListInput, tokens: ReadonlyArray<Stored>) => Page | Refusal,
): Partial<Rules> =>
  listing((tokens, input) => {
    const page = pageOf(tokens.filter(fits(input)), input)
    return isErrorResponse(page) ? page : change(page, input, tokens)
  })

/** Keeps all tokens that were ever made. */
export const remembering = (
  rule: string,
  bug: string,
  rules: (made: ReadonlyArray<Stored>) => Partial<Rules>,
): Mutant =>
  mutantOf(rule, bug, () => {
    const made: Array<Stored> = []
    const wrong = { ...right, ...rules(made) }
    return {
      rules: {
        ...wrong,
        create: (state, now, caller, input) => {
          const [answer, next] = wrong.create(state, now, caller, input)
          if (!isErrorResponse(answer)) made.push(answer)
          return [answer, next]
        },
      },
    }
  })

/** Deleted tokens are put back for as long as this operation lasts. */
export const asIfThere =
  <Input, Output>(transition: Transition<Input, Output>, made: ReadonlyArray<Stored>): Transition<Input, Output> =>
  (state, now, caller, input) => {
    const there = new Set(tokensOf(state).map(({ number }) => number))
    const all = [...tokensOf(state), ...made.filter(({ number }) => !there.has(number))]
    const [answer] = transition(withTokens(state, all), now, caller, input)
    return [answer, state]
  }
