/** Platforms that are wrong about `get` and `delete`, and about who may call (U7 to U10). */
import { ApiToken } from "@effect-tokens/core"
import type { UmaaasRules } from "@effect-tokens/testkit"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import {
  asIfThere,
  type Caller,
  deleting,
  enteringAs,
  every,
  firstOf,
  holderOf,
  isErrorResponse,
  type Mutant,
  mutant,
  mutantOf,
  needing,
  refuse,
  remembering,
  right,
  type State,
  tokensOf,
  type Transition,
  withTokens,
  wrapping,
} from "./wrong.ts"

const one =
  (change: (state: State, id: string) => string) =>
  <Output>(transition: Transition<{ readonly id: string }, Output>): Transition<{ readonly id: string }, Output> =>
  (state, now, caller, input) =>
    transition(state, now, caller, { id: change(state, input.id) })

/** Finds a token by an id that is not quite its own. */
const findingBy = (isIt: (id: string, wanted: string) => boolean) => {
  const finding = one((state, wanted) => tokensOf(state).find(({ id }) => isIt(id, wanted))?.id ?? wanted)
  return { get: finding(right.get), delete: finding(right.delete) }
}

const deletions: ReadonlyArray<Mutant> = [
  wrapping("U7", "a second deletion succeeds", (operations) => ({
    delete: (id) => Effect.catchTag(operations.delete(id), "NotFound", () => Effect.void),
  })),
  mutant("U7", "what is not found is 400", {
    get: (state, now, caller, input) => {
      const [answer, next] = right.get(state, now, caller, input)
      return [isErrorResponse(answer) && answer.status === 404 ? refuse(400, "INVALID_INPUT") : answer, next]
    },
  }),
  mutant("U7", "what is not found for a deletion is 403", {
    delete: (state, now, caller, input) => {
      const [answer, next] = right.delete(state, now, caller, input)
      return [isErrorResponse(answer) && answer.status === 404 ? refuse(403, "FORBIDDEN") : answer, next]
    },
  }),
  mutant("U7", "what is not found has the code of bad input", {
    get: (state, now, caller, input) => {
      const [answer, next] = right.get(state, now, caller, input)
      return [isErrorResponse(answer) && answer.status === 404 ? refuse(404, "INVALID_INPUT") : answer, next]
    },
  }),
  remembering("U7", "a deleted token is found by its id", (made) => ({ get: asIfThere(right.get, made) })),
  remembering("U7", "a deleted token stays listed", (made) => ({ list: asIfThere(right.list, made) })),
  mutant(
    "U7",
    "a deletion deletes nothing",
    deleting(({ before }) => before),
  ),
  mutant(
    "U7",
    "a deletion deletes all of that name",
    deleting(({ after, before, id }) => {
      const gone = tokensOf(before).find((token) => token.id === id)
      const [first, ...others] = tokensOf(after)
      const kept = others.filter(({ name }) => name !== gone?.name)
      return withTokens(after, first === undefined ? kept : [first, ...kept])
    }),
  ),
  mutant(
    "U7",
    "a deletion deletes the token that was made after that one as well",
    deleting(({ after, before, id }) => {
      const tokens = tokensOf(before)
      const next = tokens[tokens.findIndex((token) => token.id === id) + 1]
      return withTokens(
        after,
        tokensOf(after).filter(({ number }) => number !== next?.number),
      )
    }),
  ),
  mutant(
    "U7",
    "the beginning of an id is enough",
    findingBy((id, wanted) => wanted !== "" && id.startsWith(wanted)),
  ),
  mutant(
    "U7",
    "an id may have more at its end",
    findingBy((id, wanted) => wanted.startsWith(id)),
  ),
  mutant(
    "U7",
    "an id in capital letters is one",
    findingBy((id, wanted) => id.toLowerCase() === wanted.toLowerCase()),
  ),
  mutant(
    "U7",
    "an id without its kind is one",
    findingBy((id, wanted) => id === wanted || id === `Token:${wanted}`),
  ),
  mutant("U7", "an id that is unknown finds the newest token", {
    get: (state, now, caller, input) => {
      const [answer, next] = right.get(state, now, caller, input)
      const newest = tokensOf(state).at(-1)
      return [isErrorResponse(answer) && answer.status === 404 && newest !== undefined ? newest : answer, next]
    },
  }),
  wrapping("U7", "get calls a token by another name", (operations) => ({
    get: (id) => Effect.map(operations.get(id), (token) => new ApiToken({ ...token, name: `${token.name} ` })),
  })),
]

/** Whoever holds a deleted token gets in as if it were there, to do some of the operations. */
const remembers = (bug: string, names: ReadonlyArray<keyof typeof UmaaasRules.needs>): Mutant =>
  remembering("U8", bug, (made) => {
    const entering =
      <Input, Output>(transition: Transition<Input, Output>): Transition<Input, Output> =>
      (state, now, caller, input) => {
        const isThere = holderOf(state, caller) !== undefined
        const gone = made.find(({ clientId }) => clientId === caller?.clientId)
        const isKnown = !isThere && gone !== undefined && gone.clientSecret === caller?.clientSecret
        return transition(state, now, isKnown ? firstOf(state) : caller, input)
      }
    return {
      ...(names.includes("create") && { create: entering(right.create) }),
      ...(names.includes("list") && { list: entering(right.list) }),
      ...(names.includes("get") && { get: entering(right.get) }),
      ...(names.includes("delete") && { delete: entering(right.delete) }),
    }
  })

const deleted: ReadonlyArray<Mutant> = [
  remembers("a deleted credential works on", ["create", "list", "get", "delete"]),
  remembers("a deleted credential may list", ["list"]),
  remembers("a deleted credential may get", ["get"]),
  remembers("a deleted credential may delete", ["delete"]),
  remembers("a deleted credential may create", ["create"]),
  mutantOf("U8", "a token that deletes itself works on", () => {
    const itself = new Map<string, string>()
    const entering = every((transition) => (state, now, caller, input) => {
      const isItself = caller !== undefined && itself.get(caller.clientId) === caller.clientSecret
      return transition(state, now, isItself ? firstOf(state) : caller, input)
    })
    return {
      rules: {
        ...entering,
        delete: (state, now, caller, input) => {
          const holder = holderOf(state, caller)
          const [answer, next] = right.delete(state, now, caller, input)
          if (!isErrorResponse(answer) && holder?.id === input.id) itself.set(holder.clientId, holder.clientSecret)
          return [answer, next]
        },
      },
    }
  }),
  mutant("U8", "no token may delete itself", {
    delete: (state, now, caller, input) => {
      const [answer, next] = right.delete(state, now, caller, input)
      const isItself = !isErrorResponse(answer) && holderOf(state, caller)?.id === input.id
      return isItself ? [refuse(403, "FORBIDDEN"), state] : [answer, next]
    },
  }),
  mutantOf("U8", "whoever got in once gets in for good", () => {
    const known = new Map<string, string>()
    return {
      rules: every((transition) => (state, now, caller, input) => {
        const isKnown = caller !== undefined && known.get(caller.clientId) === caller.clientSecret
        if (isKnown && holderOf(state, caller) === undefined) return transition(state, now, firstOf(state), input)
        const [answer, next] = transition(state, now, caller, input)
        if (caller !== undefined && !isErrorResponse(answer)) known.set(caller.clientId, caller.clientSecret)
        return [answer, next]
      }),
    }
  }),
  mutant(
    "U8",
    "with the token that made it, a token is gone",
    deleting(({ after, before, id }) => {
      const maker = tokensOf(before).find((token) => token.id === id)
      return maker?.name !== "manager"
        ? after
        : withTokens(
            after,
            tokensOf(after).filter(({ name }) => name !== "made"),
          )
    }),
  ),
  mutant(
    "U8",
    "a deleted credential is 403",
    every((transition) => (state, now, caller, input) => {
      const isUnknown = caller !== undefined && holderOf(state, caller) === undefined
      return isUnknown ? [refuse(403, "FORBIDDEN"), state] : transition(state, now, caller, input)
    }),
  ),
]

const as = (caller: Caller, clientSecret: string | undefined): Caller =>
  caller === undefined || clientSecret === undefined ? caller : { ...caller, clientSecret }

const day = 24 * 60 * 60 * 1000

const wrong: ReadonlyArray<Mutant> = [
  mutant(
    "U9",
    "the secret is not looked at",
    enteringAs((state, caller) => as(caller, holderOf(state, caller)?.clientSecret)),
  ),
  mutant(
    "U9",
    "the secret of any token will do",
    enteringAs((state, caller) => {
      const isSomeones = tokensOf(state).some(({ clientSecret }) => clientSecret === caller?.clientSecret)
      return isSomeones ? as(caller, holderOf(state, caller)?.clientSecret) : caller
    }),
  ),
  mutant(
    "U9",
    "the first half of the secret is enough",
    enteringAs((state, caller) => {
      const secret = holderOf(state, caller)?.clientSecret
      const half = secret?.slice(0, 10)
      return half !== undefined && caller?.clientSecret.startsWith(half) === true ? as(caller, secret) : caller
    }),
  ),
  mutant(
    "U9",
    "the secret may have more at its end",
    enteringAs((state, caller) => {
      const secret = holderOf(state, caller)?.clientSecret
      return secret !== undefined && caller?.clientSecret.startsWith(secret) === true ? as(caller, secret) : caller
    }),
  ),
  mutant(
    "U9",
    "the secret may be in capital letters",
    enteringAs((_, caller) => as(caller, caller?.clientSecret.toLowerCase())),
  ),
  mutant(
    "U9",
    "the client id may be in capital letters",
    enteringAs((_, caller) => caller && { ...caller, clientId: caller.clientId.toLowerCase() }),
  ),
  mutant(
    "U9",
    "the secret alone is enough",
    enteringAs((state, caller) => {
      const token = tokensOf(state).find(({ clientSecret }) => clientSecret === caller?.clientSecret)
      return token ?? caller
    }),
  ),
  mutant(
    "U9",
    "an unknown client id is let in",
    enteringAs((state, caller) => (holderOf(state, caller) === undefined ? firstOf(state) : caller)),
  ),
  mutant(
    "U9",
    "a credential works for a day",
    enteringAs((state, caller, now) => {
      const token = holderOf(state, caller)
      const isOld = token !== undefined && token !== tokensOf(state)[0] && now >= token.createdAt + day
      return isOld ? undefined : caller
    }),
  ),
  mutant(
    "U9",
    "a credential works from the millisecond after its creation",
    enteringAs((state, caller, now) => {
      const token = holderOf(state, caller)
      return token !== undefined && token !== tokensOf(state)[0] && now <= token.createdAt ? undefined : caller
    }),
  ),
  mutant("U9", "a wrong secret is 403 to a list", {
    list: (state, now, caller, input) => {
      const [answer, next] = right.list(state, now, caller, input)
      return [isErrorResponse(answer) && answer.status === 401 ? refuse(403, "FORBIDDEN") : answer, next]
    },
  }),
  wrapping("U9", "a stream is empty to whoever is not let in", (operations) => ({
    stream: (options) => Stream.catchTag(operations.stream(options), "Unauthorized", () => Stream.empty),
  })),
]

const permissions: ReadonlyArray<Mutant> = [
  mutant("U10", "VIEW is enough to create", needing({ create: ["VIEW", "MANAGE"] })),
  mutant("U10", "TRANSACT is enough to create", needing({ create: ["TRANSACT", "MANAGE"] })),
  mutant("U10", "VIEW is enough to delete", needing({ delete: ["VIEW", "MANAGE"] })),
  mutant("U10", "any permission is enough to delete", needing({ delete: ["VIEW", "TRANSACT", "MANAGE"] })),
  mutant("U10", "TRANSACT is enough to list", needing({ list: ["VIEW", "TRANSACT", "MANAGE"] })),
  mutant("U10", "TRANSACT is enough to get", needing({ get: ["VIEW", "TRANSACT", "MANAGE"] })),
  mutant("U10", "MANAGE is not enough to list", needing({ list: ["VIEW"] })),
  mutant("U10", "MANAGE is not enough to get", needing({ get: ["VIEW"] })),
  mutant("U10", "VIEW is not enough to list", needing({ list: ["MANAGE"] })),
  mutant("U10", "VIEW is not enough to get", needing({ get: ["MANAGE"] })),
  mutant("U10", "only who may transact as well may create", needing({ create: ["TRANSACT"] })),
  mutant("U10", "what is forbidden to create is created", {
    create: (state, now, caller, input) => {
      const [answer, next] = right.create(state, now, caller, input)
      if (!isErrorResponse(answer) || answer.status !== 403) return [answer, next]
      return [answer, right.create(state, now, firstOf(state), input)[1]]
    },
  }),
  mutant("U10", "what is forbidden to delete is deleted", {
    delete: (state, now, caller, input) => {
      const [answer, next] = right.delete(state, now, caller, input)
      if (!isErrorResponse(answer) || answer.status !== 403) return [answer, next]
      return [answer, right.delete(state, now, firstOf(state), input)[1]]
    },
  }),
  mutant("U10", "a token may get itself whatever its permissions", {
    get: (state, now, caller, input) => {
      const isItself = holderOf(state, caller)?.id === input.id
      const [answer, next] = right.get(state, now, caller, input)
      return isItself && isErrorResponse(answer) && answer.status === 403
        ? right.get(state, now, firstOf(state), input)
        : [answer, next]
    },
  }),
  mutant("U10", "a token may delete itself whatever its permissions", {
    delete: (state, now, caller, input) => {
      const isItself = holderOf(state, caller)?.id === input.id
      const [answer, next] = right.delete(state, now, caller, input)
      return isItself && isErrorResponse(answer) && answer.status === 403
        ? right.delete(state, now, firstOf(state), input)
        : [answer, next]
    },
  }),
  mutant("U10", "who may only view sees itself alone", {
    list: (state, now, caller, input) => {
      const holder = holderOf(state, caller)
      const [answer, next] = right.list(state, now, caller, input)
      if (isErrorResponse(answer) || holder === undefined || holder.permissions.includes("MANAGE"))
        return [answer, next]
      return [{ data: [holder], hasMore: false, nextCursor: undefined, totalCount: 1 }, next]
    },
  }),
  mutant("U10", "what is forbidden is 401", {
    list: (state, now, caller, input) => {
      const [answer, next] = right.list(state, now, caller, input)
      return [isErrorResponse(answer) && answer.status === 403 ? refuse(401, "UNAUTHORIZED") : answer, next]
    },
  }),
  mutant("U10", "what is forbidden to get is 404", {
    get: (state, now, caller, input) => {
      const [answer, next] = right.get(state, now, caller, input)
      return [isErrorResponse(answer) && answer.status === 403 ? refuse(404, "TOKEN_NOT_FOUND") : answer, next]
    },
  }),
  wrapping("U10", "a stream is empty to whom it is forbidden", (operations) => ({
    stream: (options) => Stream.catchTag(operations.stream(options), "Forbidden", () => Stream.empty),
  })),
]

export const credentials: ReadonlyArray<Mutant> = [...deletions, ...deleted, ...wrong, ...permissions]
