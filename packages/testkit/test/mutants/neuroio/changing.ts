/** Platforms that are wrong about `update`, `delete` and `deleteList` (N10 to N12, N17). */
import type { Token } from "@effect-tokens/core"
import type { NeuroioRules } from "@effect-tokens/testkit"
import * as Effect from "effect/Effect"
import {
  answering,
  expired,
  insteadOf,
  isErrorResponse,
  leaving,
  listing,
  type Mutant,
  mutant,
  mutantOf,
  notFound,
  otherFamily,
  ownersOf,
  refuse,
  remembering,
  right,
  rightPage,
  type Rules,
  sparing,
  type State,
  type StoredToken,
  tokensOf,
  withTokens,
  wrapping,
} from "./wrong.ts"

/** Keeps another version of the token than it should; `answered` is what it answers, `kept` what there is then. */
const updating = (
  change: (call: { readonly token: StoredToken; readonly old: StoredToken; readonly now: number }) => {
    readonly answered?: StoredToken
    readonly kept?: StoredToken
  },
): Pick<Rules, "update"> => ({
  update: (state, now, caller, input) => {
    const [old] = right.get(state, now, caller, input)
    if (isErrorResponse(old)) return right.update(state, now, caller, input)
    const change_ = (token: StoredToken) => change({ token, old, now })
    return answering(
      leaving(right.update, ({ after, answer, owner }) =>
        withTokens(
          after,
          owner,
          input.family,
          tokensOf(after, owner, input.family).map((token) =>
            token.id === answer.id ? (change_(answer).kept ?? token) : token,
          ),
        ),
      ),
      ({ answer }) => change_(answer).answered ?? answer,
    )(state, now, caller, input)
  },
})

const withActive =
  (isActive: boolean) =>
  (token: StoredToken): StoredToken => ({ ...token, isActive })

const updates: ReadonlyArray<Mutant> = [
  mutant(
    "an update begins the 24 hours anew",
    updating(({ now, token }) => ({ answered: { ...token, created: now }, kept: { ...token, created: now } })),
  ),
  mutant(
    "the activation of an expired token begins its 24 hours anew",
    updating(({ now, token }) => {
      const renewed = token.isActive && expired(token, now) ? { ...token, created: now } : token
      return { answered: renewed, kept: renewed }
    }),
  ),
  mutant(
    "an update turns isActive around, whatever is asked for",
    updating(({ old, token }) => {
      const turned = { ...token, isActive: !old.isActive }
      return { answered: turned, kept: turned }
    }),
  ),
  mutant(
    "an update answers with the token as it was",
    updating(({ old }) => ({ answered: old })),
  ),
  mutant(
    "an update answers with the new token, and keeps the old one",
    updating(({ old }) => ({ kept: old })),
  ),
  mutant(
    "an update can only make inactive",
    updating(({ old, token }) => ({ kept: token.isActive ? old : token })),
  ),
  mutant(
    "an update makes a temporary token permanent",
    updating(({ token }) => ({ answered: { ...token, permanent: true }, kept: { ...token, permanent: true } })),
  ),
  mutant("an update changes all tokens of the owner", {
    update: leaving(right.update, ({ after, input: { family, isActive }, owner }) =>
      withTokens(after, owner, family, tokensOf(after, owner, family).map(withActive(isActive))),
    ),
  }),
  mutant("an update changes the token with that place in the list", {
    update: (state, now, caller, input) => {
      const [found] = right.get(state, now, caller, input)
      if (isErrorResponse(found)) return [found, state]
      const [list] = right.list(state, now, caller, { ...input, permanent: null, offset: 0, limit: found.id })
      const token = isErrorResponse(list) ? undefined : list[found.id - 1]
      return right.update(state, now, caller, { ...input, token: token?.id ?? found.id })
    },
  }),
  mutant("an update that changes nothing is refused", {
    update: answering(right.update, ({ answer, before, input: { family }, owner }) =>
      tokensOf(before, owner, family).some(({ id, isActive }) => id === answer.id && isActive === answer.isActive)
        ? refuse(400)
        : answer,
    ),
  }),
  mutantOf("an updated token moves to the end of the list", () => {
    const touched = new Map<string, number>()
    const place = ({ id, key }: StoredToken) => touched.get(key) ?? id
    return {
      rules: {
        ...right,
        update: leaving(right.update, ({ after, answer }) => {
          touched.set(answer.key, 1_000_000 + touched.size)
          return after
        }),
        ...listing((tokens, input) =>
          rightPage(
            tokens.toSorted((a, b) => place(a) - place(b)),
            input,
          ),
        ),
      },
    }
  }),
  mutant("an update by key finds nothing", {
    update: (state, now, caller, input) =>
      right.update(state, now, caller, typeof input.token === "string" ? { ...input, token: 0 } : input),
  }),
  mutant("an expired token cannot be updated", {
    update: (state, now, caller, input) => {
      const [found] = right.get(state, now, caller, input)
      if (!isErrorResponse(found) && expired(found, now)) return [notFound, state]
      return right.update(state, now, caller, input)
    },
  }),
  mutant("get does not show that a token is inactive", {
    get: answering(right.get, ({ answer }) => ({ ...answer, isActive: true })),
  }),
  mutant("get by key does not show that a token is inactive", {
    get: answering(right.get, ({ answer, input }) =>
      typeof input.token === "string" ? { ...answer, isActive: true } : answer,
    ),
  }),
  mutant("list does not show that a token is inactive", {
    list: answering(right.list, ({ answer }) => answer.map((token) => ({ ...token, isActive: true }))),
  }),
  wrapping("each caller keeps its lists until it makes or deletes a token", (operations) => {
    const kept = new Map<string, ReadonlyArray<Token>>()
    const forget = Effect.sync(() => kept.clear())
    return {
      ...operations,
      create: (options) => Effect.ensuring(operations.create(options), forget),
      delete: (token) => Effect.ensuring(operations.delete(token), forget),
      deleteList: (filter) => Effect.ensuring(operations.deleteList(filter), forget),
      list: (options) =>
        Effect.suspend(() => {
          const address = JSON.stringify(options)
          const page = kept.get(address)
          if (page !== undefined) return Effect.succeed(page)
          return Effect.tap(operations.list(options), (read) => Effect.sync(() => kept.set(address, read)))
        }),
    }
  }),
]

/** Without the tokens that are to go as well. */
const without = (
  state: State,
  owner: number,
  family: NeuroioRules.Family,
  isGone: (token: StoredToken) => boolean,
): State =>
  withTokens(
    state,
    owner,
    family,
    tokensOf(state, owner, family).filter((token) => !isGone(token)),
  )

const deletions: ReadonlyArray<Mutant> = [
  remembering("a deleted token can still be read by key", (made) => ({
    get: insteadOf(404, right.get, (state, _now, _caller, { token }) => [
      made.get(String(token))?.token ?? notFound,
      state,
    ]),
  })),
  remembering("a deleted token can be updated", (made) => ({
    update: insteadOf(404, right.update, (state, _now, _caller, { isActive, token }) => {
      const found = made.get(String(token))?.token
      return [found === undefined ? notFound : { ...found, isActive }, state]
    }),
  })),
  remembering("a second delete of a token succeeds", (made) => ({
    delete: insteadOf(404, right.delete, (state, _now, _caller, { token }) => [
      [...made.values()].some((one) => one.token.id === token || one.token.key === token) ? null : notFound,
      state,
    ]),
  })),
  mutant("delete of what is not there succeeds", {
    delete: insteadOf(404, right.delete, (state) => [null, state]),
  }),
  mutant("delete only makes inactive", {
    delete: (state, now, caller, input) => {
      const [answer, next] = right.update(state, now, caller, { ...input, isActive: false })
      return [isErrorResponse(answer) ? answer : null, next]
    },
  }),
  mutant("delete takes the next token with it", {
    delete: leaving(right.delete, ({ after, before, input: { family }, owner }) => {
      const rest = tokensOf(after, owner, family)
      const place = tokensOf(before, owner, family).findIndex((token, i) => token !== rest[i])
      return without(after, owner, family, (token) => token === rest[place])
    }),
  }),
  mutant("delete by key deletes nothing", {
    delete: leaving(right.delete, ({ after, before, input }) => (typeof input.token === "string" ? before : after)),
  }),
  mutant("an inactive token cannot be deleted", {
    delete: (state, now, caller, input) => {
      const [found] = right.get(state, now, caller, input)
      if (!isErrorResponse(found) && !found.isActive) return [notFound, state]
      return right.delete(state, now, caller, input)
    },
  }),
  mutant("an expired token cannot be deleted", {
    delete: (state, now, caller, input) => {
      const [found] = right.get(state, now, caller, input)
      if (!isErrorResponse(found) && expired(found, now)) return [notFound, state]
      return right.delete(state, now, caller, input)
    },
  }),
  mutant("a token cannot delete itself", {
    delete: (state, now, caller, input) => {
      const [found] = right.get(state, now, caller, input)
      if (!isErrorResponse(found) && caller._tag === "Credential" && found.key === caller.key)
        return [refuse(403), state]
      return right.delete(state, now, caller, input)
    },
  }),
]

const lists: ReadonlyArray<Mutant> = [
  mutant("the filter of deleteList is turned around", {
    deleteList: (state, now, caller, input) =>
      right.deleteList(state, now, caller, {
        ...input,
        permanent: input.permanent === null ? null : !input.permanent,
      }),
  }),
  mutant("deleteList with `false` deletes all", {
    deleteList: (state, now, caller, input) =>
      right.deleteList(state, now, caller, { ...input, permanent: input.permanent || null }),
  }),
  mutant("deleteList with `true` deletes all", {
    deleteList: (state, now, caller, input) =>
      right.deleteList(state, now, caller, { ...input, permanent: input.permanent === true ? null : input.permanent }),
  }),
  mutant("deleteList with `null` deletes temporary tokens only", {
    deleteList: (state, now, caller, input) =>
      right.deleteList(state, now, caller, { ...input, permanent: input.permanent ?? false }),
  }),
  mutant("deleteList with `null` deletes nothing", {
    deleteList: (state, now, caller, input) =>
      input.permanent === null ? [null, state] : right.deleteList(state, now, caller, input),
  }),
  mutant("deleteList leaves one", {
    deleteList: leaving(right.deleteList, ({ after, before, input: { family }, owner }) => {
      const rest = tokensOf(after, owner, family)
      const last = tokensOf(before, owner, family).findLast((token) => !rest.includes(token))
      return last === undefined ? after : withTokens(after, owner, family, [...rest, last])
    }),
  }),
  mutant("deleteList deletes 5 at the most", {
    deleteList: leaving(right.deleteList, ({ after, before, input: { family }, owner }) => {
      const rest = tokensOf(after, owner, family)
      const gone = tokensOf(before, owner, family).filter((token) => !rest.includes(token))
      return withTokens(after, owner, family, [...rest, ...gone.slice(5)])
    }),
  }),
  mutant("deleteList deletes in both families", {
    deleteList: leaving(right.deleteList, ({ after, input: { family, permanent }, owner }) =>
      without(after, owner, otherFamily(family), (token) => permanent === null || token.permanent === permanent),
    ),
  }),
  mutant("deleteList deletes all owners' tokens", {
    deleteList: leaving(right.deleteList, ({ after, input: { family, permanent } }) =>
      ownersOf(after).reduce(
        (state, owner) => without(state, owner, family, (token) => permanent === null || token.permanent === permanent),
        after,
      ),
    ),
  }),
  mutant("deleteList that finds nothing is 404", {
    deleteList: answering(right.deleteList, ({ after, before, input: { family }, owner }) =>
      tokensOf(before, owner, family).length === tokensOf(after, owner, family).length ? notFound : null,
    ),
  }),
  mutant(
    "deleteList spares inactive tokens",
    sparing((token) => !token.isActive),
  ),
  mutant(
    "deleteList spares expired tokens",
    sparing((token, { now }) => expired(token, now)),
  ),
  mutant(
    "deleteList deletes expired tokens only",
    sparing((token, { now }) => !token.permanent && !expired(token, now)),
  ),
  mutant(
    "deleteList spares the token that it is called with",
    sparing(({ key }, { caller }) => caller._tag === "Credential" && caller.key === key),
  ),
]

export const changing = [...updates, ...deletions, ...lists]
