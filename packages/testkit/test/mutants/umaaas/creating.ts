/** Platforms that are wrong about secrets, about what makes a token and about `create` (U1, U2, U11). */
import { ApiToken, CreatedApiToken, type KnownPermission } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import {
  isErrorResponse,
  making,
  type Mutant,
  mutant,
  mutantOf,
  type Operations,
  refuse,
  remembering,
  right,
  showing,
  tokensOf,
  withTokens,
  wrapping,
} from "./wrong.ts"

/** Knows the secrets of what was created through it or any other of the same platform. */
const indiscreet = (
  bug: string,
  change: (operations: Operations, tell: (token: ApiToken) => ApiToken) => Partial<Operations>,
): Mutant =>
  mutantOf("U1", bug, () => {
    const secrets = new Map<string, ApiToken["clientSecret"]>()
    return {
      wrapper: (operations) => ({
        ...operations,
        ...change(operations, (token) => new ApiToken({ ...token, clientSecret: secrets.get(token.id) })),
        create: (token) =>
          Effect.tap(operations.create(token), ({ clientSecret, id }) =>
            Effect.sync(() => void secrets.set(id, clientSecret)),
          ),
      }),
    }
  })

const secrets: ReadonlyArray<Mutant> = [
  indiscreet("get shows the secret", (operations, tell) => ({
    get: (id) => Effect.map(operations.get(id), tell),
  })),
  indiscreet("a page shows the secrets", (operations, tell) => ({
    list: (options) => Effect.map(operations.list(options), (page) => ({ ...page, data: page.data.map(tell) })),
  })),
  indiscreet("a stream shows the secrets", (operations, tell) => ({
    stream: (options) => Stream.map(operations.stream(options), tell),
  })),
  indiscreet("the pages after the first show the secrets", (operations, tell) => ({
    list: (options) =>
      Effect.map(operations.list(options), (page) =>
        options?.cursor === undefined ? page : { ...page, data: page.data.map(tell) },
      ),
  })),
  indiscreet("a list of one name shows the secrets", (operations, tell) => ({
    list: (options) =>
      Effect.map(operations.list(options), (page) =>
        options?.name === undefined ? page : { ...page, data: page.data.map(tell) },
      ),
  })),
  wrapping("U1", "create shows a secret that is empty", (operations) => ({
    create: (token) =>
      Effect.map(operations.create(token), (made) => new CreatedApiToken({ ...made, clientSecret: Redacted.make("") })),
  })),
  wrapping("U1", "create shows a secret that is not the token's", (operations) => ({
    create: (token) =>
      Effect.map(
        operations.create(token),
        (made) => new CreatedApiToken({ ...made, clientSecret: Redacted.make(`secret of ${made.id}`) }),
      ),
  })),
  mutant(
    "U1",
    "the secret is part of the client id",
    making(({ token }) => ({ ...token, clientId: `${token.clientId}-${token.clientSecret}` })),
  ),
]

const identities: ReadonlyArray<Mutant> = [
  mutant("U2", "the number of a deleted token is used again", {
    create: (state, now, caller, input) => {
      const highest = Math.max(0, ...tokensOf(state).map(({ number }) => number))
      return right.create({ ...state, nextNumber: highest + 1 }, now, caller, input)
    },
  }),
  remembering("U2", "the client id of a deleted token is used again", (made) =>
    making(({ before, token }) => {
      const there = new Set(tokensOf(before).map(({ clientId }) => clientId))
      const free = made.find(({ clientId }) => !there.has(clientId))
      return free === undefined ? token : { ...token, clientId: free.clientId }
    }),
  ),
  mutant(
    "U2",
    "tokens of one name have one client id",
    making(({ before, token }) => {
      const namesake = tokensOf(before).find(({ name }) => name === token.name)
      return namesake === undefined ? token : { ...token, clientId: namesake.clientId }
    }),
  ),
  mutant(
    "U2",
    "all tokens have one secret",
    making(({ before, token }) => ({ ...token, clientSecret: tokensOf(before)[0]?.clientSecret ?? "" })),
  ),
  mutant(
    "U2",
    "the time of creation is in whole seconds",
    making(({ now, token }) => ({ ...token, createdAt: now - (now % 1000) })),
  ),
  mutant(
    "U2",
    "the time of creation is an hour ahead",
    making(({ token }) => ({ ...token, createdAt: token.createdAt + 60 * 60 * 1000 })),
  ),
  mutant(
    "U2",
    "the time of creation is that of the token before",
    making(({ before, token }) => ({ ...token, createdAt: tokensOf(before).at(-1)?.createdAt ?? token.createdAt })),
  ),
  wrapping("U2", "a token is updated a millisecond after its creation", (operations) => {
    const later = (token: ApiToken) => ({ updatedAt: DateTime.add(token.createdAt, { milliseconds: 1 }) })
    return {
      ...showing(operations, (token) => new ApiToken({ ...token, ...later(token) })),
      create: (token) =>
        Effect.map(operations.create(token), (made) => new CreatedApiToken({ ...made, ...later(made) })),
    }
  }),
  mutantOf("U2", "a get updates the token", () => {
    const uses = new Map<string, number>()
    return {
      wrapper: (operations) => {
        const show = (token: ApiToken) =>
          new ApiToken({
            ...token,
            updatedAt: DateTime.add(token.updatedAt, { milliseconds: uses.get(token.id) ?? 0 }),
          })
        return {
          ...operations,
          ...showing(operations, show),
          get: (id) =>
            Effect.map(operations.get(id), (token) => {
              const shown = show(token)
              uses.set(id, (uses.get(id) ?? 0) + 1)
              return shown
            }),
        }
      },
    }
  }),
]

const inputs: ReadonlyArray<Mutant> = [
  mutant("U11", "a name can be had once", {
    create: (state, now, caller, input) => {
      const isTaken = tokensOf(state).some(({ name }) => name === input.name)
      const [answer, next] = right.create(state, now, caller, input)
      return isTaken && !isErrorResponse(answer) ? [refuse(400, "INVALID_INPUT"), state] : [answer, next]
    },
  }),
  mutant("U11", "a create replaces the token of the same name", {
    create: (state, now, caller, input) => {
      const [answer, next] = right.create(state, now, caller, input)
      if (isErrorResponse(answer)) return [answer, next]
      const [first, ...others] = tokensOf(next)
      const kept = others.filter((token) => token === answer || token.name !== input.name)
      return [answer, withTokens(next, first === undefined ? kept : [first, ...kept])]
    },
  }),
  mutant("U11", "a create of a name that there is gives the token that there is", {
    create: (state, now, caller, input) => {
      const [answer, next] = right.create(state, now, caller, input)
      const same = tokensOf(state).find(({ name }) => name === input.name)
      return isErrorResponse(answer) || same === undefined ? [answer, next] : [same, state]
    },
  }),
  mutant(
    "U11",
    "names are trimmed",
    making(({ token }) => ({ ...token, name: token.name.trim() || token.name })),
  ),
  mutant(
    "U11",
    "names are in small letters",
    making(({ token }) => ({ ...token, name: token.name.toLowerCase() })),
  ),
  mutant(
    "U11",
    "names have 8 characters at the most",
    making(({ token }) => ({ ...token, name: token.name.slice(0, 8) })),
  ),
  mutant(
    "U11",
    "a token has the first of its permissions alone",
    making(({ token }) => ({ ...token, permissions: token.permissions.slice(0, 1) })),
  ),
  mutant(
    "U11",
    "every token has VIEW",
    making(({ token }) => ({ ...token, permissions: [...new Set<KnownPermission>([...token.permissions, "VIEW"])] })),
  ),
  wrapping("U11", "a token without a name is called unnamed", (operations) => ({
    create: (token) => operations.create(token?.name === "" ? { ...token, name: "unnamed" } : token),
  })),
  wrapping("U11", "a token without permissions has VIEW", (operations) => ({
    create: (token) =>
      operations.create(token?.permissions?.length === 0 ? { ...token, permissions: ["VIEW"] } : token),
  })),
  wrapping("U11", "permissions that nobody knows are passed over", (operations) => ({
    create: (token) => {
      const known = new Set<string>(["VIEW", "TRANSACT", "MANAGE"])
      const permissions = Array.isArray(token?.permissions)
        ? token.permissions.filter((permission) => known.has(permission))
        : token?.permissions
      return operations.create({ ...token, permissions })
    },
  })),
  wrapping("U11", "a create that is refused makes a token all the same", (operations) => ({
    create: (token) =>
      Effect.tapErrorTag(operations.create(token), "InvalidRequest", () =>
        operations.create({ name: "refused", permissions: ["VIEW"] }),
      ),
  })),
  wrapping("U11", "a permission that is asked for twice is had twice", (operations) => ({
    create: (token) =>
      Effect.map(operations.create(token), (made) =>
        made.permissions.length === token.permissions.length
          ? made
          : new CreatedApiToken({ ...made, permissions: token.permissions }),
      ),
  })),
]

export const creating: ReadonlyArray<Mutant> = [...secrets, ...identities, ...inputs]
