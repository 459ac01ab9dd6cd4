/**
 * Laws of who may call, and what for (U8 to U10).
 *
 * Rules: docs/rules/umaaas.md
 */
import type { ApiToken, KnownPermission } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import type { Credential } from "../../UmaaasControl.ts"
import { expect } from "../../../internal/laws/expectations.ts"
import {
  all,
  createEach,
  expectRefused,
  expectShutOut,
  expectTokens,
  nearTexts,
  permissions,
  some,
  wanted,
  withoutSecret,
} from "./expectations.ts"
import { law } from "./subject.ts"

const withManage = (permissions: ReadonlyArray<KnownPermission>) => [...new Set([...permissions, "MANAGE" as const])]

const manager = { name: "manager", permissions: ["VIEW", "MANAGE"] } as const

export const permissionsLaw = law({
  id: "permissions",
  rules: ["U10"],
  description:
    "`create` and `delete` need MANAGE, `get`, `list` and `stream` VIEW or MANAGE; what is forbidden changes nothing.",
  needs: ["credential"],
  arbitrary: fc.record({ permissions, others: fc.array(wanted, { minLength: 1, maxLength: 3 }) }),
  *check({ account, credential, ...subject }, { others, permissions }) {
    const [other] = yield* createEach(account.tokens, others)
    const token = yield* account.tokens.create({ name: "caller", permissions })
    const who = permissions.join("+")
    const { tokens } = yield* credential.as(token, `holder of ${who}`)
    if (other === undefined) return
    const list = yield* all(account.tokens)

    if (permissions.includes("VIEW") || permissions.includes("MANAGE")) {
      yield* expectTokens(subject, `the page of ${who}`, list.slice(0, 20), (yield* tokens.list()).data)
      yield* expectTokens(subject, `the stream of ${who}`, list, yield* all(tokens))
      for (const shown of [other, token]) {
        yield* expectTokens(subject, `get by ${who}`, [withoutSecret(shown)], [yield* tokens.get(shown.id)])
      }
    } else {
      yield* expectRefused(`a list by ${who}`, tokens.list(), "Forbidden")
      yield* expectRefused(`a stream by ${who}`, all(tokens), "Forbidden")
      yield* expectRefused(`a get by ${who}`, tokens.get(other.id), "Forbidden")
      yield* expectRefused(`a get of itself by ${who}`, tokens.get(token.id), "Forbidden")
    }
    if (permissions.includes("MANAGE")) {
      const made = yield* tokens.create({ name: "made", permissions: ["VIEW"] })
      yield* tokens.delete(other.id)
      const left = list.filter(({ id }) => id !== other.id)
      yield* expectTokens(subject, "the list", [...left, withoutSecret(made)], yield* all(account.tokens))
    } else {
      yield* expectRefused(`a create by ${who}`, tokens.create({ name: "a", permissions: ["VIEW"] }), "Forbidden")
      for (const { id } of [other, token]) yield* expectRefused(`a delete by ${who}`, tokens.delete(id), "Forbidden")
      yield* expectTokens(subject, "the list", list, yield* all(account.tokens))
    }
  },
})

export const oneAccount = law({
  id: "one-account",
  rules: ["U8", "U10"],
  description: "Tokens are the account's, whoever made them: they outlive their maker, as credentials too.",
  needs: ["credential"],
  arbitrary: fc.record({ permissions, several: fc.integer({ min: 1, max: 3 }) }),
  *check({ account, credential, ...subject }, { permissions, several }) {
    const before = yield* all(account.tokens)
    const maker = yield* account.tokens.create(manager)
    const holder = yield* credential.as(maker, "maker")
    const made = yield* createEach(
      holder.tokens,
      Array.from({ length: several }, () => ({
        name: "made",
        permissions: [...new Set([...permissions, "VIEW" as const])],
      })),
    )
    const [list, shown] = [[...before, withoutSecret(maker), ...made.map(withoutSecret)], made.map(withoutSecret)]
    yield* expectTokens(subject, "the account's list", list, yield* all(account.tokens))
    yield* account.tokens.delete(maker.id)
    for (const token of made) {
      const { tokens } = yield* credential.as(token, `holder of ${subject.name(token)}`)
      yield* expectTokens(subject, "what it sees", [...before, ...shown], yield* all(tokens))
    }
  },
})

export const deletedCredential = law({
  id: "deleted-credential",
  rules: ["U8"],
  description: "Nobody gets in with a deleted token, from the next call on; with the others, as before.",
  needs: ["credential"],
  arbitrary: fc.record({ permissions, usedBefore: fc.boolean() }),
  *check({ account, credential }, { permissions, usedBefore }) {
    const [other, token] = yield* createEach(account.tokens, [manager, { name: "a", permissions }])
    if (other === undefined || token === undefined) return
    const holder = yield* credential.as(token, "holder")
    const bystander = yield* credential.as(other, "bystander")
    if (usedBefore) yield* Effect.ignore(holder.tokens.list())
    yield* account.tokens.delete(token.id)
    yield* expectShutOut("with a deleted credential", holder.tokens, other.id)
    yield* bystander.tokens.list()
    yield* account.tokens.list()
  },
})

export const deletesItself = law({
  id: "deletes-itself",
  rules: ["U8"],
  description: "A caller that deletes the token it calls with is not let in again.",
  needs: ["credential"],
  arbitrary: fc.record({
    permissions,
    others: fc.nat({ max: 3 }),
  }),
  *check({ account, credential, ...subject }, { others, permissions }) {
    const before = yield* all(account.tokens)
    const made = yield* createEach(account.tokens, some(others))
    const token = yield* account.tokens.create({ name: "itself", permissions: withManage(permissions) })
    const holder = yield* credential.as(token, "holder")
    yield* holder.tokens.delete(token.id)
    yield* expectShutOut("after it has deleted itself", holder.tokens, token.id)
    yield* expectTokens(subject, "the list", [...before, ...made.map(withoutSecret)], yield* all(account.tokens))
    yield* expectRefused("get of it by the account", account.tokens.get(token.id), "NotFound")
  },
})

/** The same id with other secrets, and the same secret with other ids. All of them are well-formed. */
const wrongCredentials = (
  { clientId, clientSecret = Redacted.make("") }: ApiToken,
  other: ApiToken,
): ReadonlyArray<readonly [how: string, credential: Credential]> => {
  const secret = Redacted.value(clientSecret)
  const pairs = [
    ["another's secret", clientId, other.clientSecret],
    ["another's id", other.clientId, clientSecret],
    ["the id for a secret", clientId, Redacted.make(clientId)],
    ["the secret for an id", secret, clientSecret],
    ["a secret by chance", clientId, Redacted.make("0123456789")],
    ...nearTexts(secret).map(([how, near]) => [`a secret with ${how}`, clientId, Redacted.make(near)] as const),
    ...nearTexts(clientId).map(([how, near]) => [`an id with ${how}`, near, clientSecret] as const),
  ] as const
  return pairs.map(([how, clientId, clientSecret]) => [how, { clientId, clientSecret }] as const)
}

export const wrongCredential = law({
  id: "wrong-credential",
  rules: ["U9"],
  description: "Nobody gets in with a wrong client id or a wrong secret, be it almost the right one.",
  needs: ["credential"],
  maxRuns: 10,
  arbitrary: fc.record({ permissions }),
  *check({ account, credential, ...subject }, { permissions }) {
    const [token, other] = yield* createEach(account.tokens, [{ name: "a", permissions }, manager])
    if (token === undefined || other === undefined) return
    const list = yield* all(account.tokens)
    for (const [how, wrong] of wrongCredentials(token, other)) {
      const nobody = yield* credential.as(wrong, "nobody")
      yield* expectShutOut(`with ${how}`, nobody.tokens, token.id)
    }
    yield* expectTokens(subject, "the list afterwards", list, yield* all(account.tokens))
  },
})

export const rightCredential = law({
  id: "right-credential",
  rules: ["U1", "U9"],
  description: "The client id and the secret that create has answered are a credential, at once and for good.",
  needs: ["clock", "credential"],
  arbitrary: fc.record({
    names: fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 4 }),
    waits: fc.array(fc.integer({ min: 0, max: 1_000_000_000 }), { maxLength: 3 }),
  }),
  *check({ account, clock, credential, name }, { names, waits }) {
    const made = yield* createEach(
      account.tokens,
      names.map((name) => ({ name, permissions: ["VIEW"] })),
    )
    const holders = yield* Effect.forEach(made, (token) => credential.as(token, `holder of ${name(token)}`))
    // A year is longer than any token of another platform lives.
    for (const wait of [0, ...waits, 400 * 24 * 60 * 60 * 1000]) {
      yield* clock.advance(wait)
      for (const [i, holder] of holders.entries()) {
        const token = made[i]
        if (token === undefined) continue
        const found = yield* holder.tokens.get(token.id)
        yield* expect(found.id === token.id, `the token ${name(token)}`, name(found))
      }
    }
  },
})
