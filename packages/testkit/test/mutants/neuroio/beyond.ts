/** Platforms and wrappers that are right for one account with some tokens, and wrong beyond that. */
import { NeuroioRules } from "@effect-tokens/testkit"
import * as Stream from "effect/Stream"
import {
  authenticating,
  capped,
  leaving,
  listing,
  type Mutant,
  millis,
  mutant,
  right,
  rightPage,
  type State,
  tokensOf,
  withTokens,
  wrapping,
} from "./wrong.ts"

const kindOf = (state: State, owner: number): NeuroioRules.OwnerKind | undefined =>
  NeuroioRules.owners(state).find(({ number }) => number === owner)?.kind

const permanentCount = (state: State, owner: number, family: NeuroioRules.Family): number =>
  tokensOf(state, owner, family).filter(({ permanent }) => permanent).length

const cappedFor = (...kinds: ReadonlyArray<NeuroioRules.OwnerKind>) => ({
  create: capped(({ family, owner, state }) => {
    const kind = kindOf(state, owner)
    return kind !== undefined && kinds.includes(kind) && permanentCount(state, owner, family) >= 5
  }),
})

const deletingAllOf = (kind: NeuroioRules.OwnerKind) => ({
  deleteList: leaving(right.deleteList, ({ after, input, owner }) =>
    kindOf(after, owner) === kind ? withTokens(after, owner, input.family, []) : after,
  ),
})

export const beyond: ReadonlyArray<Mutant> = [
  mutant("the cap is for accounts alone", cappedFor("account")),
  mutant("the cap is not for spaces", cappedFor("account", "manager")),
  mutant("the cap is not for managers", cappedFor("account", "space")),
  mutant("a space's deletion of a list ignores its filter", deletingAllOf("space")),
  mutant("a manager's deletion of a list ignores its filter", deletingAllOf("manager")),
  mutant("the deletion of a list ends after 20 tokens", {
    deleteList: leaving(right.deleteList, ({ before, input, owner }) => {
      const tokens = tokensOf(before, owner, input.family)
      const gone = new Set(
        tokens.filter(({ permanent }) => input.permanent === null || permanent === input.permanent).slice(0, 20),
      )
      return withTokens(
        before,
        owner,
        input.family,
        tokens.filter((token) => !gone.has(token)),
      )
    }),
  }),
  mutant(
    "no list has more than 50 tokens",
    listing((tokens, page) => rightPage(tokens, { ...page, limit: Math.min(50, page.limit) })),
  ),
  wrapping("the stream ends after 100 tokens", (operations) => ({
    ...operations,
    stream: (options) => Stream.take(operations.stream(options), 100),
  })),
  wrapping("the stream is empty to those who may not read it", (operations) => ({
    ...operations,
    stream: (options) => Stream.catchTag(operations.stream(options), "Unauthorized", () => Stream.empty),
  })),
  wrapping("a stream with a filter and nothing else ignores it", (operations) => ({
    ...operations,
    stream: (options) => (options?.pageSize === undefined ? operations.stream() : operations.stream(options)),
  })),
  wrapping("a list with a filter and nothing else ignores it", (operations) => ({
    ...operations,
    list: (options) => (options?.limit === undefined ? operations.list() : operations.list(options)),
  })),
  mutant(
    "a permanent credential expires after a week",
    authenticating((state, now, caller) => {
      const isOld = (key: string | undefined) =>
        NeuroioRules.owners(state)
          .flatMap(({ number }) => tokensOf(state, number, "tokens"))
          .some((token) => token.key === key && token.permanent && token.created + 7 * millis.day <= now)
      const isRefused = caller._tag === "Credential" && isOld(caller.key)
      return NeuroioRules.authenticate(state, now, isRefused ? { _tag: "Credential", key: undefined } : caller)
    }),
  ),
  wrapping("a deletion without a filter deletes all", (operations) => ({
    ...operations,
    deleteList: (filter) => operations.deleteList({ permanent: filter.permanent ?? null }),
  })),
]
