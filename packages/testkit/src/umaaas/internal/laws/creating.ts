/**
 * Laws of `create` (U1, U2, U11).
 *
 * Rules: docs/rules/umaaas.md
 */
import type { ApiToken, KnownPermission } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import { expect } from "../../../internal/laws/expectations.ts"
import {
  all,
  createEach,
  expectRefused,
  expectTokens,
  hasSamePermissions,
  millisOf,
  permissions,
  some,
  type Wanted,
  wanted,
  withoutSecret,
} from "./expectations.ts"
import { law } from "./subject.ts"

const secretOf = ({ clientSecret }: ApiToken): string =>
  clientSecret === undefined ? "" : Redacted.value(clientSecret)

/** All that is shown of a token, but its secret. */
const shown = ({ clientId, id, name, permissions }: ApiToken): ReadonlyArray<string> => [
  clientId,
  id,
  name,
  ...permissions,
]

export const secretOnce = law({
  id: "secret-once",
  rules: ["U1"],
  description: "The secret is in the answer to create, and in no answer after it.",
  arbitrary: fc.record({
    wanted: fc.array(wanted, { minLength: 1, maxLength: 4 }),
    size: fc.integer({ min: 1, max: 3 }),
  }),
  *check({ account: { tokens }, name }, { size, wanted }) {
    const made = yield* createEach(tokens, wanted)
    for (const token of made) {
      yield* expect(secretOf(token) !== "", `${name(token)} with its secret when it is created`, "none")
    }
    const secrets = made.map(secretOf)
    const expectNone = (where: string, list: ReadonlyArray<ApiToken>) =>
      Effect.forEach(
        list,
        (token) => {
          const isOut = secrets.some((secret) => shown(token).some((text) => text.includes(secret)))
          const what = token.clientSecret !== undefined ? "with a secret" : "with a secret in another field"
          return expect(token.clientSecret === undefined && !isOut, `no secret in ${where}`, `${name(token)} ${what}`)
        },
        { discard: true },
      )
    for (const { id } of made) yield* expectNone("get", [yield* tokens.get(id)])
    let page = yield* tokens.list({ limit: size })
    yield* expectNone("a page", page.data)
    while (page.hasMore) {
      const { nextCursor = "" } = page
      const isOut = secrets.some((secret) => nextCursor.includes(secret))
      yield* expect(!isOut, "no secret in a cursor", "one")
      page = yield* tokens.list({ limit: size, cursor: nextCursor })
      yield* expectNone("a page", page.data)
    }
    for (const { name } of made) yield* expectNone("a page of that name", (yield* tokens.list({ name })).data)
    yield* expectNone("a stream", yield* all(tokens))
  },
})

export const asAsked = law({
  id: "as-asked",
  rules: ["U11"],
  description: "A token has the name and the permissions that were asked for, to the letter.",
  arbitrary: fc.record({
    name: fc.oneof(
      fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }),
      fc.constantFrom(" ", "a b", " a ", "a:b", "a/b", "?a=b&c", '"', "%41", "*", "null"),
    ),
    permissions,
  }),
  *check({ account: { tokens }, ...subject }, { name, permissions }) {
    const token = yield* tokens.create({ name, permissions })
    yield* expect(token.name === name, `the name ${JSON.stringify(name)}`, JSON.stringify(token.name))
    yield* expect(
      hasSamePermissions(token.permissions, permissions),
      `the permissions ${permissions.join("+")}`,
      token.permissions.join("+"),
    )
    yield* expectTokens(subject, "the token", [withoutSecret(token)], [yield* tokens.get(token.id)])
    const named = yield* all(tokens, { name })
    yield* expectTokens(subject, "the last of that name", [withoutSecret(token)], named.slice(-1))
  },
})

export const ids = law({
  id: "unique",
  rules: ["U2"],
  description: "Ids, client ids and secrets are unique, and none is used again after a deletion.",
  // The number is which token that is still there to delete before the next one is made.
  arbitrary: fc.array(fc.option(fc.integer({ min: 0, max: 5 })), { minLength: 1, maxLength: 10 }),
  *check({ account: { tokens }, name }, deletions) {
    const before = yield* all(tokens)
    const seen = {
      id: new Set<string>(before.map(({ id }) => id)),
      clientId: new Set(before.map(({ clientId }) => clientId)),
      secret: new Set<string>(),
    }
    const there: Array<ApiToken> = []
    for (const deletion of deletions) {
      if (deletion !== null) {
        const [gone] = there.splice(deletion % Math.max(1, there.length), 1)
        if (gone !== undefined) yield* tokens.delete(gone.id)
      }
      const token = yield* tokens.create({ name: "a", permissions: ["VIEW"] })
      const { clientId, id } = token
      for (const [what, value] of [
        ["id", id],
        ["clientId", clientId],
        ["secret", secretOf(token)],
      ] as const) {
        yield* expect(!seen[what].has(value), `a new ${what}`, `${name(token)} with one that another token had`)
        seen[what].add(value)
      }
      there.push(token)
    }
  },
})

export const creationTime = law({
  id: "creation-time",
  rules: ["U2"],
  description: "A token is created, and updated last, at the time of its create.",
  needs: ["clock"],
  arbitrary: fc.array(fc.integer({ min: 0, max: 100_000_000 }), { minLength: 1, maxLength: 5 }),
  *check({ account, clock, name }, waits) {
    for (const millis of waits) {
      yield* clock.advance(millis)
      const token = yield* account.tokens.create({ name: "a", permissions: ["VIEW"] })
      for (const field of ["createdAt", "updatedAt"] as const) {
        const late = millisOf(token[field]) - (yield* clock.now)
        yield* expect(late === 0, `${name(token)} with a ${field} of now`, `it says ${late} ms from now`)
      }
    }
  },
})

export const staysAsItIs = law({
  id: "unchanged",
  rules: ["U2"],
  description: "Nothing changes a token: neither time, nor its use, nor what happens to others.",
  needs: ["clock", "credential"],
  arbitrary: fc.record({
    wanted: fc.array(wanted, { minLength: 1, maxLength: 3 }),
    waits: fc.array(fc.integer({ min: 1, max: 100_000_000 }), { minLength: 1, maxLength: 3 }),
  }),
  *check({ account: { tokens }, clock, credential, ...subject }, { waits, wanted }) {
    const before = yield* all(tokens)
    const made = yield* createEach(tokens, wanted)
    const holders = yield* Effect.forEach(made, (token) => credential.as(token, `holder of ${subject.name(token)}`))
    const expected = [...before, ...made.map(withoutSecret)]
    for (const millis of waits) {
      yield* clock.advance(millis)
      for (const holder of holders) yield* Effect.ignore(holder.tokens.list())
      const other = yield* tokens.create({ name: "a", permissions: ["VIEW"] })
      yield* tokens.delete(other.id)
      for (const token of made) {
        yield* expectTokens(subject, "the token", [withoutSecret(token)], [yield* tokens.get(token.id)])
      }
      yield* expectTokens(subject, "the list", expected, yield* all(tokens))
    }
  },
})

export const updatedWhenCreated = law({
  id: "updated-when-created",
  rules: ["U2"],
  description: "A token was updated last when it was created; no token is older than one that was there before it.",
  arbitrary: fc.array(wanted, { minLength: 1, maxLength: 6 }),
  *check({ account, name }, wanted) {
    let last = Number.NEGATIVE_INFINITY
    for (const token of yield* createEach(account.tokens, wanted)) {
      const { createdAt, updatedAt } = token
      yield* expect(
        millisOf(createdAt) === millisOf(updatedAt),
        `${name(token)} updated at ${DateTime.formatIso(createdAt)}`,
        DateTime.formatIso(updatedAt),
      )
      yield* expect(millisOf(createdAt) >= last, `${name(token)} created after those before it`, "before one of them")
      last = millisOf(createdAt)
    }
  },
})

export const oneName = law({
  id: "one-name",
  rules: ["U11"],
  description: "Two tokens may bear one name: each is a token of its own.",
  arbitrary: fc.record({
    name: fc.constantFrom("a", "first", "reports"),
    permissions: fc.array(permissions, { minLength: 2, maxLength: 4 }),
    gone: fc.nat({ max: 3 }),
  }),
  *check({ account: { tokens }, ...subject }, { gone, name, permissions }) {
    const before = yield* all(tokens, { name })
    const made = yield* createEach(
      tokens,
      permissions.map((permissions) => ({ name, permissions })),
    )
    yield* expectTokens(
      subject,
      "those of that name",
      [...before, ...made.map(withoutSecret)],
      yield* all(tokens, { name }),
    )
    const deleted = made[gone % made.length]
    if (deleted === undefined) return
    yield* tokens.delete(deleted.id)
    const left = made.filter((token) => token !== deleted).map(withoutSecret)
    yield* expectTokens(subject, "those that are left", [...before, ...left], yield* all(tokens, { name }))
  },
})

/** What a form, a file or JavaScript may give. */
const untyped = (json: string): Wanted => JSON.parse(json)

const bad: ReadonlyArray<Wanted> = [
  { name: "", permissions: ["VIEW"] },
  { name: "a", permissions: [] },
  untyped('{"name": "a", "permissions": ["ADMIN"]}'),
  untyped('{"name": "a", "permissions": ["VIEW", "view"]}'),
  untyped('{"name": "a", "permissions": ["MANAGE", ""]}'),
  untyped('{"name": "a", "permissions": "VIEW"}'),
  untyped('{"name": "a"}'),
  untyped('{"permissions": ["VIEW"]}'),
  untyped('{"name": 1, "permissions": ["VIEW"]}'),
  untyped("{}"),
]

export const badCreate = law({
  id: "bad-create",
  rules: ["U11"],
  description:
    "A create without a name, without permissions or with one that nobody knows is refused, and changes nothing.",
  maxRuns: 10,
  arbitrary: fc.nat({ max: 2 }),
  *check({ account: { tokens }, ...subject }, before) {
    yield* createEach(tokens, some(before))
    const list = yield* all(tokens)
    for (const wanted of bad) {
      const what = `a create of ${JSON.stringify(wanted)}`
      yield* expectRefused(what, tokens.create(wanted), "BadRequest", { before: true })
      yield* expectTokens(subject, "the list after the refusal", list, yield* all(tokens))
    }
  },
})

export const repeatedPermissions = law({
  id: "repeated-permissions",
  rules: ["U11"],
  description: "A permission that is asked for twice is had once, or the create is refused.",
  maxRuns: 10,
  arbitrary: fc.record({ permissions, twice: fc.nat({ max: 2 }) }),
  *check({ account }, { permissions, twice }) {
    const again: ReadonlyArray<KnownPermission> = permissions.slice(twice % permissions.length)
    const asked = [...permissions, ...again]
    yield* account.tokens.create({ name: "a", permissions: asked }).pipe(
      Effect.flatMap((token) =>
        expect(
          hasSamePermissions(token.permissions, permissions),
          `${asked.join("+")} to give ${permissions.join("+")}`,
          token.permissions.join("+"),
        ),
      ),
      Effect.catchTags({ BadRequest: () => Effect.void, InvalidRequest: () => Effect.void }),
    )
  },
})
