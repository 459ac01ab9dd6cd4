/** Platforms that are wrong about `list`, `stream` and `get` (N6 to N9, N14, N16). */
import { Token } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { NeuroioRules } from "@effect-tokens/testkit"
import {
  answering,
  expired,
  insteadOf,
  isErrorResponse,
  leaving,
  listing,
  type Mutant,
  mutant,
  notFound,
  otherFamily,
  ownersOf,
  right,
  rightPage,
  type Rules,
  type State,
  tokensOf,
  withTokens,
  wrapping,
} from "./wrong.ts"

type Caller = NeuroioRules.Caller
type Family = NeuroioRules.Family

const pages: ReadonlyArray<Mutant> = [
  mutant(
    "pages overlap by one",
    listing((tokens, input) => rightPage(tokens, { ...input, offset: Math.max(0, input.offset - 1) })),
  ),
  mutant(
    "the offset counts from 1",
    listing((tokens, input) => rightPage(tokens, { ...input, offset: Math.max(1, input.offset) - 1 })),
  ),
  mutant(
    "the offset is ignored",
    listing((tokens, input) => rightPage(tokens, { ...input, offset: 0 })),
  ),
  mutant(
    "the offset counts before the filter is applied",
    listing((tokens, input) => rightPage(tokens.slice(input.offset), { ...input, offset: 0 })),
  ),
  mutant(
    "the offset is rounded down to whole pages",
    listing((tokens, input) => rightPage(tokens, { ...input, offset: input.offset - (input.offset % input.limit) })),
  ),
  mutant(
    "the limit is one too high",
    listing((tokens, input) => rightPage(tokens, { ...input, limit: input.limit + 1 })),
  ),
  mutant(
    "the limit is one too low, but for 1",
    listing((tokens, input) => rightPage(tokens, { ...input, limit: Math.max(1, input.limit - 1) })),
  ),
  mutant(
    "the limit is ignored",
    listing((tokens, input) => rightPage(tokens, { ...input, limit: Number.POSITIVE_INFINITY })),
  ),
  mutant(
    "past the end comes the last page again",
    listing((tokens, input) => {
      const page = rightPage(tokens, input)
      return page.length > 0
        ? page
        : rightPage(tokens, { ...input, limit: tokens.length, offset: 0 }).slice(-input.limit)
    }),
  ),
  mutant(
    "past the end is 404",
    listing((tokens, input) => {
      const page = rightPage(tokens, input)
      return page.length === 0 && input.offset > 0 ? notFound : page
    }),
  ),
  mutant(
    "an empty list is 404",
    listing((tokens, input) => (tokens.length === 0 ? notFound : rightPage(tokens, input))),
  ),
  wrapping("a list without a limit has 10 tokens", (operations) => ({
    ...operations,
    list: (options) => operations.list({ limit: 10, ...options }),
  })),
  wrapping("a list without a limit has all tokens", (operations) => ({
    ...operations,
    list: (options) => operations.list({ limit: 1000, ...options }),
  })),
  wrapping("a list without a filter has the temporary tokens", (operations) => ({
    ...operations,
    list: (options) => operations.list({ ...options, permanent: options?.permanent ?? false }),
  })),
  wrapping("a limit of 0 is no limit", (operations) => ({
    ...operations,
    list: (options) => operations.list(options?.limit === 0 ? { ...options, limit: 1000 } : options),
  })),
  wrapping("an offset below 0 is taken for 0", (operations) => ({
    ...operations,
    list: (options) => operations.list({ ...options, offset: Math.max(0, options?.offset ?? 0) }),
  })),
  wrapping("a limit that is a fraction is rounded up", (operations) => ({
    ...operations,
    list: (options) => operations.list(options?.limit ? { ...options, limit: Math.ceil(options.limit) } : options),
  })),
  wrapping("the stream ends after its first page", (operations) => ({
    ...operations,
    stream: (options) =>
      Stream.unwrap(
        Effect.map(
          operations.list({ permanent: options?.permanent, limit: options?.pageSize ?? 100 }),
          Stream.fromIterable,
        ),
      ),
  })),
  wrapping("the stream ignores its filter", (operations) => ({
    ...operations,
    stream: (options) => operations.stream({ ...options, permanent: null }),
  })),
]

const lists: ReadonlyArray<Mutant> = [
  mutant(
    "a list has the newest first",
    listing((tokens, input) => rightPage(tokens.toReversed(), input)),
  ),
  mutant(
    "a list has the permanent tokens first",
    listing((tokens, input) =>
      rightPage(
        tokens.toSorted((a, b) => Number(b.permanent) - Number(a.permanent)),
        input,
      ),
    ),
  ),
  mutant(
    "a list has inactive tokens last",
    listing((tokens, input) =>
      rightPage(
        tokens.toSorted((a, b) => Number(b.isActive) - Number(a.isActive)),
        input,
      ),
    ),
  ),
  mutant(
    "a list is in the order of the keys",
    listing((tokens, input) =>
      rightPage(
        tokens.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
        input,
      ),
    ),
  ),
  mutant(
    "a list hides expired tokens",
    listing((tokens, input, now) =>
      rightPage(
        tokens.filter((token) => !expired(token, now)),
        input,
      ),
    ),
  ),
  mutant(
    "a list hides inactive tokens",
    listing((tokens, input) =>
      rightPage(
        tokens.filter((token) => token.isActive),
        input,
      ),
    ),
  ),
  mutant(
    "the filter of a list is ignored",
    listing((tokens, input) => rightPage(tokens, { ...input, permanent: null })),
  ),
  mutant(
    "`false` as the filter of a list is taken for none",
    listing((tokens, input) => rightPage(tokens, { ...input, permanent: input.permanent || null })),
  ),
  mutant(
    "the filter of a list is turned around",
    listing((tokens, input) =>
      rightPage(tokens, { ...input, permanent: input.permanent === null ? null : !input.permanent }),
    ),
  ),
  mutant("a list has the tokens of both families", {
    list: (state, now, caller, input) => {
      const all = { permanent: null, limit: Number.MAX_SAFE_INTEGER, offset: 0 }
      const [own] = right.list(state, now, caller, { ...input, ...all })
      const [others] = right.list(state, now, caller, { ...input, ...all, family: otherFamily(input.family) })
      if (isErrorResponse(own)) return [own, state]
      const both = [...own, ...(isErrorResponse(others) ? [] : others)].toSorted((a, b) => a.id - b.id)
      return [rightPage(both, input), state]
    },
  }),
  mutant("a list has the tokens of all owners", {
    list: (state, now, caller, input) => {
      const [own] = right.list(state, now, caller, input)
      if (isErrorResponse(own)) return [own, state]
      const all = ownersOf(state).flatMap((owner) => tokensOf(state, owner, input.family))
      return [
        rightPage(
          all.toSorted((a, b) => a.id - b.id),
          input,
        ),
        state,
      ]
    },
  }),
  wrapping("a list masks the keys", (operations) => ({
    ...operations,
    list: (options) =>
      Effect.map(operations.list(options), (tokens) =>
        tokens.map((token) => new Token({ ...token, key: Redacted.make("****") })),
      ),
  })),
]

type Pointing = "get" | "update" | "delete"

/** Where one of these operations finds no token, it looks for it by another family or as another owner. */
const elsewhere = (
  by: "id" | "key",
  method: Pointing,
  places: (state: State, input: { readonly family: Family }) => ReadonlyArray<readonly [caller: Caller | null, Family]>,
): Partial<Rules> => {
  const search =
    <Input extends { readonly token: number | string }, Output>(
      transition: NeuroioRules.Transition<Input, Output>,
    ): NeuroioRules.Transition<Input, Output> =>
    (state, now, caller, input) => {
      const [answer, next] = transition(state, now, caller, input)
      const points = (typeof input.token === "number") === (by === "id")
      if (!isErrorResponse(answer) || answer.status !== 404 || !points) return [answer, next]
      for (const [other, family] of places(state, input)) {
        const found = transition(state, now, other ?? caller, { ...input, family })
        if (!isErrorResponse(found[0])) return found
      }
      return [answer, state]
    }
  return {
    get: { get: search(right.get) },
    update: { update: search(right.update) },
    delete: { delete: search(right.delete) },
  }[method]
}

const methods = ["get", "update", "delete"] as const
const bys = ["id", "key"] as const

const strays: ReadonlyArray<Mutant> = methods.flatMap((method) =>
  bys.flatMap((by) => [
    mutant(
      `${method} finds a token of the other family by its ${by}`,
      elsewhere(by, method, (_state, { family }) => [[null, otherFamily(family)]]),
    ),
    mutant(
      `${method} finds another owner's token by its ${by}`,
      elsewhere(by, method, (state, { family }) =>
        ownersOf(state).map((owner) => [{ _tag: "Owner", owner }, family] as const),
      ),
    ),
  ]),
)

const findsNoKey: Rules["get"] = (state, now, caller, input) =>
  right.get(state, now, caller, typeof input.token === "string" ? { ...input, token: 0 } : input)

const gets: ReadonlyArray<Mutant> = [
  mutant("get by key finds nothing", { get: findsNoKey }),
  mutant("get finds a token by the beginning of its key", {
    get: insteadOf(404, right.get, (state, now, caller, input) => {
      const owner = NeuroioRules.authenticate(state, now, caller)
      if (isErrorResponse(owner)) return [owner, state]
      const { family, token } = input
      const found = tokensOf(state, owner, family).find(({ key }) => typeof token === "string" && key.startsWith(token))
      return [found ?? notFound, state]
    }),
  }),
  mutant("get does not mind the case of letters in a key", {
    get: (state, now, caller, input) =>
      right.get(state, now, caller, {
        ...input,
        token: typeof input.token === "string" ? input.token.toLowerCase() : input.token,
      }),
  }),
  mutant("get of an expired token is 404", {
    get: answering(right.get, ({ answer, now }) => (expired(answer, now) ? notFound : answer)),
  }),
  mutant("get of an inactive token is 404", {
    get: answering(right.get, ({ answer }) => (answer.isActive ? answer : notFound)),
  }),
  mutant("get shows an expired token as inactive", {
    get: answering(right.get, ({ answer, now }) => ({ ...answer, isActive: answer.isActive && !expired(answer, now) })),
  }),
  mutant("get deletes the token once it has expired", {
    get: leaving(right.get, ({ after, answer, input: { family }, now, owner }) =>
      expired(answer, now)
        ? withTokens(
            after,
            owner,
            family,
            tokensOf(after, owner, family).filter(({ id }) => id !== answer.id),
          )
        : after,
    ),
  }),
  mutant("a create deletes what has expired", {
    create: leaving(right.create, ({ after, input: { family }, now, owner }) =>
      withTokens(
        after,
        owner,
        family,
        tokensOf(after, owner, family).filter((token) => !expired(token, now)),
      ),
    ),
  }),
]

export const reading = [...pages, ...lists, ...strays, ...gets]
