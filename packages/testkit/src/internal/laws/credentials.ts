/** Laws of who may call (N13, N15, N17). */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import type { Failure } from "../../Laws.ts"
import { all, createEach, expectRefusal, expectTokens, fill } from "./expectations.ts"
import { law } from "./lawWorld.ts"

const day = 24 * 60 * 60 * 1000

/** Around the 24 hours, and anywhere. */
const moments = fc.oneof(fc.constantFrom(day - 1, day, day + 1, 0), fc.integer({ min: 0, max: 3 * day }))

export const credentialLifetime = law({
  id: "credential-lifetime",
  rules: ["N13"],
  statement:
    "As a credential, a temporary token works until 24 hours after its creation, exclusive; a permanent one always.",
  needs: ["clock", "credential"],
  arbitrary: fc.record({ permanent: fc.boolean(), millis: moments }),
  check: Effect.fnUntraced(function* (
    { account, clock, credential, ...world },
    { millis, permanent },
  ): Effect.fn.Return<void, Failure> {
    const token = yield* account.credentials.create({ permanent })
    const holder = yield* credential.as(token.key, "holder")
    yield* clock.advance(millis)
    if (permanent || millis < day) {
      yield* expectTokens(world, "the holder's list", yield* all(account.tokens), yield* all(holder.tokens))
      yield* holder.tokens.create()
    } else {
      yield* expectRefusal("a list, with an expired credential", holder.tokens.list(), "Unauthorized")
      yield* expectRefusal("a create, with an expired credential", holder.tokens.create(), "Unauthorized")
    }
  }),
})

export const credentialInactive = law({
  id: "credential-inactive",
  rules: ["N13"],
  statement: "An inactive token does not authenticate; activated again, it does.",
  needs: ["credential"],
  arbitrary: fc.record({ permanent: fc.boolean() }),
  check: Effect.fnUntraced(function* ({ account, credential }, { permanent }): Effect.fn.Return<void, Failure> {
    const token = yield* account.credentials.create({ permanent })
    const holder = yield* credential.as(token.key, "holder")
    yield* holder.tokens.list()
    yield* account.credentials.update(token.id, { isActive: false })
    yield* expectRefusal("a list, with an inactive credential", holder.tokens.list(), "Unauthorized")
    yield* account.credentials.update(token.id, { isActive: true })
    yield* holder.tokens.list()
  }),
})

export const credentialDeleted = law({
  id: "credential-deleted",
  rules: ["N11", "N13"],
  statement: "A deleted token does not authenticate.",
  needs: ["credential"],
  arbitrary: fc.record({ permanent: fc.boolean() }),
  check: Effect.fnUntraced(function* ({ account, credential }, { permanent }): Effect.fn.Return<void, Failure> {
    const token = yield* account.credentials.create({ permanent })
    const holder = yield* credential.as(token.key, "holder")
    yield* holder.tokens.list()
    yield* account.credentials.delete(token.id)
    yield* expectRefusal("a list, with a deleted credential", holder.tokens.list(), "Unauthorized")
    yield* expectRefusal("a create, with a deleted credential", holder.tokens.create(), "Unauthorized")
  }),
})

export const credentialUnknown = law({
  id: "credential-unknown",
  rules: ["N13"],
  statement: "A key that no token has does not authenticate.",
  needs: ["credential"],
  arbitrary: fc.stringMatching(/^[0-9a-f]{1,40}$/),
  check: Effect.fnUntraced(function* ({ account, credential }, key): Effect.fn.Return<void, Failure> {
    const { id } = yield* account.tokens.create()
    const nobody = yield* credential.as(Redacted.make(key), "nobody")
    yield* expectRefusal("a list, with an unknown credential", nobody.tokens.list(), "Unauthorized")
    yield* expectRefusal("a get, with an unknown credential", nobody.tokens.get(id), "Unauthorized")
    yield* expectRefusal("a create, with an unknown credential", nobody.tokens.create(), "Unauthorized")
  }),
})

export const manager = law({
  id: "manager",
  rules: ["N15"],
  statement: "A manager manages its tokens, and is forbidden everything about stream tokens.",
  needs: ["otherOwner"],
  arbitrary: fc.record({ permanent: fc.boolean() }),
  check: Effect.fnUntraced(function* (
    { account, family, otherOwner, ...world },
    { permanent },
  ): Effect.fn.Return<void, Failure> {
    const { tokens } = yield* otherOwner.add("manager")
    if (family === "tokens") {
      const token = yield* tokens.create({ permanent })
      yield* expectTokens(world, "the manager's list", [token], yield* all(tokens))
      yield* tokens.update(token.id, { isActive: false })
      yield* tokens.delete(token.id)
      yield* fill(tokens)
      yield* tokens.deleteList({ permanent: null })
      yield* expectTokens(world, "the manager's list", [], yield* all(tokens))
      return
    }
    const { id } = yield* account.tokens.create({ permanent })
    yield* expectRefusal("a manager's create", tokens.create({ permanent }), "Forbidden")
    yield* expectRefusal("a manager's list", tokens.list(), "Forbidden")
    yield* expectRefusal("a manager's get", tokens.get(id), "Forbidden")
    yield* expectRefusal("a manager's update", tokens.update(id, { isActive: false }), "Forbidden")
    yield* expectRefusal("a manager's delete", tokens.delete(id), "Forbidden")
    yield* expectRefusal("a manager's delete list", tokens.deleteList({ permanent: null }), "Forbidden")
  }),
})

export const ownCredential = law({
  id: "own-credential",
  rules: ["N17"],
  statement: "A caller that deletes the token it calls with, one by one or in a list, is not let in again.",
  needs: ["credential", "destructive"],
  arbitrary: fc.record({
    permanent: fc.boolean(),
    filter: fc.constantFrom("itself" as const, null, true, false),
    flags: fc.array(fc.boolean(), { maxLength: 4 }),
  }),
  check: Effect.fnUntraced(function* (
    { account, credential },
    { filter, flags, permanent },
  ): Effect.fn.Return<void, Failure> {
    const token = yield* account.credentials.create({ permanent })
    yield* createEach(account.tokens, flags)
    const holder = yield* credential.as(token.key, "holder")
    if (filter === "itself") yield* holder.credentials.delete(token.key)
    else yield* holder.credentials.deleteList({ permanent: filter })
    if (filter === "itself" || filter === null || filter === permanent) {
      yield* expectRefusal("the next call", holder.tokens.list(), "Unauthorized")
    } else yield* holder.tokens.list()
  }),
})

export const streamTokenIsNone = law({
  id: "no-credential",
  rules: ["N13"],
  statement: "A stream token is no credential of this API: it opens streams.",
  needs: ["credential"],
  arbitrary: fc.record({ permanent: fc.boolean() }),
  check: Effect.fnUntraced(function* ({ account, credential, family }, { permanent }): Effect.fn.Return<void, Failure> {
    const streams = family === "streamTokens" ? account.tokens : account.others
    const token = yield* streams.create({ permanent })
    const holder = yield* credential.as(token.key, "holder")
    yield* expectRefusal("a list, with a stream token as credential", holder.tokens.list(), "Unauthorized")
  }),
})
