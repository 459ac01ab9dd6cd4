/** Platforms that are wrong about who may call (N13, N15). */
import { NeuroioRules } from "@effect-tokens/testkit"
import { readKey } from "../../../src/internal/keys.ts"
import {
  answering,
  authenticating,
  every,
  expired,
  insteadOf,
  isErrorResponse,
  leaving,
  mapTokens,
  millis,
  type Mutant,
  mutant,
  mutantOf,
  notFound,
  ownersOf,
  refuse,
  remembering,
  right,
  type Rules,
  type State,
  tokensOf,
  withKind,
} from "./wrong.ts"

const { authenticate } = NeuroioRules

const unauthorized = refuse(401)

const active = (state: State): State => mapTokens(state, (token) => ({ ...token, isActive: true }))

const valid = (token: NeuroioRules.StoredToken, now: number) => token.isActive && !expired(token, now)

/** Looks among all tokens for one with this key, when there is no other way to let a caller in. */
const finding = (
  bug: string,
  isFound: (call: { readonly token: NeuroioRules.StoredToken; readonly key: string; readonly now: number }) => boolean,
  family: NeuroioRules.Family = "tokens",
): Mutant =>
  mutant(
    bug,
    authenticating((state, now, caller) => {
      const owner = authenticate(state, now, caller)
      if (!isErrorResponse(owner) || caller._tag === "Owner" || caller.key === undefined) return owner
      const key = caller.key
      const found = ownersOf(state).find((number) =>
        tokensOf(state, number, family).some((token) => isFound({ token, key, now })),
      )
      return found ?? unauthorized
    }),
  )

const lifetimes: ReadonlyArray<Mutant> = [
  mutant(
    "a credential works at 24 hours still",
    authenticating((state, now, caller) => authenticate(state, now - 1, caller)),
  ),
  mutant(
    "a credential stops working a millisecond early",
    authenticating((state, now, caller) => authenticate(state, now + 1, caller)),
  ),
  mutant(
    "a credential works for 24 hours and a minute, so that clocks may differ",
    authenticating((state, now, caller) => authenticate(state, now - 60 * millis.second, caller)),
  ),
  mutant(
    "a credential never expires",
    authenticating((state, _now, caller) => authenticate(state, 0, caller)),
  ),
  mutant(
    "a permanent credential expires after 24 hours as well",
    authenticating((state, now, caller) =>
      authenticate(
        mapTokens(state, (token) => ({ ...token, permanent: false })),
        now,
        caller,
      ),
    ),
  ),
  mutantOf("each call with a credential begins its 24 hours anew", () => {
    const used = new Map<string, number>()
    return {
      rules: authenticating((state, now, caller) => {
        const key = caller._tag === "Credential" ? String(caller.key) : ""
        const renewed = mapTokens(state, (token) => ({ ...token, created: used.get(token.key) ?? token.created }))
        const owner = authenticate(renewed, now, caller)
        if (!isErrorResponse(owner)) used.set(key, now)
        return owner
      }),
    }
  }),
]

const refusals: ReadonlyArray<Mutant> = [
  mutant(
    "an inactive credential works",
    authenticating((state, now, caller) => authenticate(active(state), now, caller)),
  ),
  mutantOf("a credential that has worked once always works", () => {
    const known = new Map<string, number>()
    return {
      rules: authenticating((state, now, caller) => {
        const key = caller._tag === "Credential" ? String(caller.key) : ""
        const owner = authenticate(state, now, caller)
        if (isErrorResponse(owner)) return known.get(key) ?? owner
        if (caller._tag === "Credential") known.set(key, owner)
        return owner
      }),
    }
  }),
  remembering("a deleted credential works", (made) =>
    authenticating((state, now, caller) => {
      const owner = authenticate(state, now, caller)
      if (!isErrorResponse(owner) || caller._tag === "Owner") return owner
      const gone = made.get(String(caller.key))
      if (gone === undefined || gone.family === "streamTokens") return owner
      return tokensOf(state, gone.owner, "tokens").some(({ id }) => id === gone.token.id) ? owner : gone.owner
    }),
  ),
  mutant(
    "an unknown credential works",
    authenticating((state, now, caller) => {
      const unknown = caller._tag === "Credential" && readKey(state.seed, String(caller.key)) === undefined
      return unknown ? 1 : authenticate(state, now, caller)
    }),
  ),
  finding(
    "the beginning of a key is credential enough",
    ({ key, now, token }) => valid(token, now) && token.key.startsWith(key),
  ),
  finding("a key and more is a credential", ({ key, now, token }) => valid(token, now) && key.startsWith(token.key)),
  finding(
    "a key in capital letters is a credential",
    ({ key, now, token }) => valid(token, now) && token.key === key.toLowerCase(),
  ),
  finding("the id of a token is a credential", ({ key, now, token }) => valid(token, now) && String(token.id) === key),
  finding(
    "a stream token is a credential",
    ({ key, now, token }) => valid(token, now) && token.key === key,
    "streamTokens",
  ),
  mutant(
    "a credential that does not work is 403",
    every((transition) => insteadOf(401, transition, (state) => [refuse(403), state])),
  ),
  mutant(
    "a credential that does not work is 404",
    every((transition) => insteadOf(401, transition, (state) => [notFound, state])),
  ),
]

/** Whoever holds a token of an owner, rather than the owner by itself. */
const isHolder = (state: State, caller: NeuroioRules.Caller): boolean =>
  caller._tag === "Credential" && !ownersOf(state).some((owner) => NeuroioRules.ownerKey(state, owner) === caller.key)

const admittingManagers = (isAdmitted: (state: State, caller: NeuroioRules.Caller) => boolean): Rules =>
  every((transition) =>
    insteadOf(403, transition, (state, now, caller, input) => {
      const owner = authenticate(state, now, caller)
      if (isErrorResponse(owner)) return [owner, state]
      if (!isAdmitted(state, caller)) return [refuse(403), state]
      const [answer, next] = transition(withKind(state, owner, "account"), now, caller, input)
      return [answer, withKind(next, owner, "manager")]
    }),
  )

/** Refuses managers by another rule. */
const managersRefused = (status: 401 | 403 | 404, family: NeuroioRules.Family): Rules =>
  every((transition) => (state, now, caller, input) => {
    // A manager is whom the right rules keep from stream tokens.
    const refused = NeuroioRules.refusalOf(state, now, caller, "streamTokens")
    return refused?.status === 403 && input.family === family
      ? [refuse(status), state]
      : transition(state, now, caller, input)
  })

const callers: ReadonlyArray<Mutant> = [
  mutant(
    "a manager may use stream tokens",
    admittingManagers(() => true),
  ),
  mutant("the holder of a manager's token may use stream tokens", admittingManagers(isHolder)),
  mutant("a manager may not use tokens", managersRefused(403, "tokens")),
  mutant("stream tokens are 404 to a manager", managersRefused(404, "streamTokens")),
  mutant("stream tokens are 401 to a manager", managersRefused(401, "streamTokens")),
  mutant(
    "stream tokens are 403 to an expired token of a manager",
    every((transition) =>
      insteadOf(401, transition, (state, _now, caller, input) => {
        const before = transition(state, 0, caller, input)[0]
        return [isErrorResponse(before) && before.status === 403 ? before : refuse(401), state]
      }),
    ),
  ),
  mutantOf("the holder of a token sees only what it has made itself", () => {
    const makers = new Map<string, string>()
    return {
      rules: {
        ...right,
        create: leaving(right.create, ({ after, answer, caller }) => {
          if (caller._tag === "Credential") makers.set(answer.key, String(caller.key))
          return after
        }),
        list: answering(right.list, ({ answer, before, caller }) =>
          caller._tag === "Credential" && isHolder(before, caller)
            ? answer.filter((token) => makers.get(token.key) === caller.key)
            : answer,
        ),
      },
    }
  }),
  mutant("the holder of a token cannot make a permanent one", {
    create: (state, now, caller, input) =>
      input.permanent && isHolder(state, caller) && !isErrorResponse(authenticate(state, now, caller))
        ? [refuse(403), state]
        : right.create(state, now, caller, input),
  }),
]

const names = ["create", "list", "get", "update", "delete", "deleteList"] as const

/** Lets callers in by another rule where one operation is concerned. */
const only = (name: (typeof names)[number], rules: Rules): Partial<Rules> =>
  ({
    create: { create: rules.create },
    list: { list: rules.list },
    get: { get: rules.get },
    update: { update: rules.update },
    delete: { delete: rules.delete },
    deleteList: { deleteList: rules.deleteList },
  })[name]

const perOperation: ReadonlyArray<Mutant> = names.flatMap((name) => [
  mutant(
    `${name} lets an inactive credential in`,
    only(
      name,
      authenticating((state, now, caller) => authenticate(active(state), now, caller)),
    ),
  ),
  mutant(
    `${name} lets an expired credential in`,
    only(
      name,
      authenticating((state, _now, caller) => authenticate(state, 0, caller)),
    ),
  ),
  mutant(
    `${name} lets a manager at stream tokens`,
    only(
      name,
      admittingManagers(() => true),
    ),
  ),
])

export const credentials = [...lifetimes, ...refusals, ...callers, ...perOperation]
