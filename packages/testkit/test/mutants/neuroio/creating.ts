/** Platforms that are wrong about `create` (N1 to N5). */
import { Token } from "@effect-tokens/core"
import { NeuroioRules } from "@effect-tokens/testkit"
import * as DateTime from "effect/DateTime"
import {
  answering,
  authenticating,
  capped,
  expired,
  isErrorResponse,
  keyed,
  leaving,
  listing,
  millis,
  type Mutant,
  mutant,
  mutantOf,
  otherFamily,
  ownersOf,
  refuse,
  right,
  rightPage,
  showing,
  type State,
  tokensOf,
  withTokens,
  wrapping,
} from "./wrong.ts"

const permanents = (state: State, owner: number, family: NeuroioRules.Family) =>
  tokensOf(state, owner, family).filter((token) => token.permanent)

const caps: ReadonlyArray<Mutant> = [
  mutant("the cap counts only active tokens", {
    create: capped(
      ({ family, owner, state }) => permanents(state, owner, family).filter((token) => token.isActive).length >= 5,
    ),
  }),
  mutant("the cap is 6", {
    create: capped(({ family, owner, state }) => permanents(state, owner, family).length >= 6),
  }),
  mutant("the cap is 4", {
    create: capped(({ family, owner, state }) => permanents(state, owner, family).length >= 4),
  }),
  mutant("there is no cap", { create: capped(() => false) }),
  mutant("the cap counts temporary tokens too", {
    create: capped(({ family, owner, state }) => tokensOf(state, owner, family).length >= 5),
  }),
  mutant("the cap counts expired temporary tokens too", {
    create: (state, now, caller, input) =>
      capped(
        ({ family, owner }) =>
          tokensOf(state, owner, family).filter((token) => token.permanent || expired(token, now)).length >= 5,
      )(state, now, caller, input),
  }),
  mutant("the cap holds for temporary tokens as well", {
    create: (state, now, caller, input) => {
      const [full] = right.create(state, now, caller, { ...input, permanent: true })
      return isErrorResponse(full) ? [full, state] : right.create(state, now, caller, input)
    },
  }),
  mutant("both families share a cap", {
    create: capped(
      ({ family, owner, state }) =>
        permanents(state, owner, family).length + permanents(state, owner, otherFamily(family)).length >= 5,
    ),
  }),
  mutant("all owners share a cap", {
    create: capped(
      ({ family, state }) => ownersOf(state).flatMap((owner) => permanents(state, owner, family)).length >= 5,
    ),
  }),
  // Counters that go up with each create and are not looked after elsewhere.
  mutantOf("a deletion frees no slot", () => {
    const used = new Map<string, number>()
    const create = leaving(
      capped(({ family, owner }) => (used.get(`${owner} ${family}`) ?? 0) >= 5),
      ({ after, input: { family, permanent }, owner }) => {
        const address = `${owner} ${family}`
        if (permanent) used.set(address, (used.get(address) ?? 0) + 1)
        return after
      },
    )
    return { rules: { ...right, create } }
  }),
  mutantOf("the deletion of a list frees no slot", () => {
    const lost = new Map<string, number>()
    const create = capped(
      ({ family, owner, state }) =>
        permanents(state, owner, family).length + (lost.get(`${owner} ${family}`) ?? 0) >= 5,
    )
    const deleteList = leaving(right.deleteList, ({ after, before, input: { family }, owner }) => {
      const gone = permanents(before, owner, family).length - permanents(after, owner, family).length
      lost.set(`${owner} ${family}`, (lost.get(`${owner} ${family}`) ?? 0) + gone)
      return after
    })
    return { rules: { ...right, create, deleteList } }
  }),
  mutant("a permanent create beyond the cap makes a temporary token and is refused", {
    create: (state, now, caller, input) => {
      const [answer, next] = right.create(state, now, caller, input)
      if (!isErrorResponse(answer) || answer.status !== 400) return [answer, next]
      return [answer, right.create(state, now, caller, { ...input, permanent: false })[1]]
    },
  }),
  mutant("a permanent create beyond the cap makes a temporary token instead", {
    create: (state, now, caller, input) => {
      const made = right.create(state, now, caller, input)
      return isErrorResponse(made[0]) ? right.create(state, now, caller, { ...input, permanent: false }) : made
    },
  }),
  mutant("a permanent create beyond the cap takes the place of the oldest permanent token", {
    create: leaving(
      capped(() => false),
      ({ after, before, input: { family, permanent }, owner }) => {
        const old = permanents(before, owner, family)
        if (!permanent || old.length < 5) return after
        return withTokens(
          after,
          owner,
          family,
          tokensOf(after, owner, family).filter((token) => token.id !== old[0]?.id),
        )
      },
    ),
  }),
  mutant("beyond the cap the refusal does not name the field", {
    create: (state, now, caller, input) => {
      const [answer, next] = right.create(state, now, caller, input)
      return [isErrorResponse(answer) && answer.status === 400 ? refuse(400) : answer, next]
    },
  }),
]

const lifetimes: ReadonlyArray<Mutant> = [
  wrapping(
    "a temporary token lives 23 hours",
    showing((token) =>
      token.expires === null ? token : new Token({ ...token, expires: DateTime.subtract(token.expires, { hours: 1 }) }),
    ),
    authenticating((state, now, caller) => NeuroioRules.authenticate(state, now + millis.hour, caller)),
  ),
  wrapping(
    "a temporary token lives 24 hours and a millisecond",
    showing((token) =>
      token.expires === null
        ? token
        : new Token({ ...token, expires: DateTime.add(token.expires, { milliseconds: 1 }) }),
    ),
    authenticating((state, now, caller) => NeuroioRules.authenticate(state, now - 1, caller)),
  ),
  wrapping(
    "a permanent token shows an expiry",
    showing((token) => new Token({ ...token, expires: DateTime.add(token.created, { hours: 24 }) })),
  ),
  wrapping(
    "a permanent token shows an expiry in a hundred years",
    showing((token) =>
      token.expires === null ? new Token({ ...token, expires: DateTime.add(token.created, { years: 100 }) }) : token,
    ),
  ),
  wrapping("a create makes a permanent token unless told otherwise", (operations) => ({
    ...operations,
    create: (options) => operations.create({ permanent: options?.permanent ?? true }),
  })),
  mutant("a create makes temporary tokens only", {
    create: (state, now, caller, input) => right.create(state, now, caller, { ...input, permanent: false }),
  }),
  mutant("the time of creation is cut to whole seconds", {
    create: (state, now, caller, input) => right.create(state, now - (now % millis.second), caller, input),
  }),
  mutant("new tokens are inactive", {
    create: leaving(
      answering(right.create, ({ answer }) => ({ ...answer, isActive: false })),
      ({ after, answer, before, input: { family }, owner }) =>
        withTokens(after, owner, family, [...tokensOf(before, owner, family), answer]),
    ),
  }),
  mutant("a new token is answered, but not kept", {
    create: leaving(right.create, ({ after, before }) => ({ ...before, nextId: after.nextId })),
  }),
]

const highestId = (state: State): number =>
  Math.max(
    0,
    ...ownersOf(state).flatMap((owner) =>
      [...tokensOf(state, owner, "tokens"), ...tokensOf(state, owner, "streamTokens")].map(({ id }) => id),
    ),
  )

/** Gives the next token the id after the highest that there is. */
const reusingIds = {
  create: (state, now, caller, input) => right.create({ ...state, nextId: highestId(state) + 1 }, now, caller, input),
} satisfies Partial<typeof right>

const identities: ReadonlyArray<Mutant> = [
  mutant("ids and keys are used again after a deletion", reusingIds),
  mutantOf("ids are used again after a deletion", () => {
    let keys = 0
    return { rules: keyed(() => `key-${keys++}`, { ...right, ...reusingIds }) }
  }),
  mutant("ids fall", {
    create: (state, now, caller, input) => {
      const [token, next] = right.create({ ...state, nextId: 1_000_000 - state.nextId }, now, caller, input)
      return [token, { ...next, nextId: state.nextId + 1 }]
    },
    ...listing((tokens, input) => rightPage(tokens.toReversed(), input)),
  }),
  mutant("each owner counts its ids from 1", {
    create: (state, now, caller, input) => {
      const owner = NeuroioRules.authenticate(state, now, caller)
      if (isErrorResponse(owner)) return [owner, state]
      // Ids of one owner and another must not meet in one shelf's key, so each has its own count of all it ever made.
      const own = [...tokensOf(state, owner, "tokens"), ...tokensOf(state, owner, "streamTokens")]
      const nextId = Math.max(0, ...own.map(({ id }) => id)) + 1
      return right.create({ ...state, nextId }, now, caller, input)
    },
  }),
  mutantOf("a key is used again once its token is deleted", () => ({
    rules: keyed(({ before, family, owner }) => {
      const count = tokensOf(before, owner, family).length
      return `key-${owner}-${family}-${count + 1}`
    }),
  })),
  mutantOf("a token and a stream token have the same key", () => {
    const counts = new Map<string, number>()
    return {
      rules: keyed(({ family, owner }) => {
        const count = (counts.get(`${owner} ${family}`) ?? 0) + 1
        counts.set(`${owner} ${family}`, count)
        return `key-${owner}-${count}`
      }),
    }
  }),
  mutantOf("tokens of two owners have the same key", () => {
    const counts = new Map<string, number>()
    return {
      rules: keyed(({ family, owner }) => {
        const count = (counts.get(`${owner} ${family}`) ?? 0) + 1
        counts.set(`${owner} ${family}`, count)
        return `key-${family}-${count}`
      }),
    }
  }),
]

export const creating = [...caps, ...lifetimes, ...identities]
