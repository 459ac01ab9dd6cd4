/**
 * Laws of who may call (N13, N15, N17).
 *
 * Rules: docs/rules/neuroio.md
 */
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import { expectRefusal } from "../../../internal/laws/expectations.ts"
import { day, all, createEach, expectShutOut, expectTokens, fill, nearKeys } from "./expectations.ts"
import { law } from "./subject.ts"

export const credentialLifetime = law({
  id: "credential-lifetime",
  rules: ["N13"],
  description:
    "As a credential, a temporary token works until 24 hours after its creation, exclusive, however it is used; a permanent one always.",
  needs: ["clock", "credential"],
  // When the credential is used besides the last millisecond of the 24 hours, the first one after them, and in a year.
  arbitrary: fc.record({
    permanent: fc.boolean(),
    uses: fc.array(fc.integer({ min: 0, max: 3 * day }), { maxLength: 3 }),
  }),
  *check({ account, clock, credential, ...subject }, { permanent, uses }) {
    const token = yield* account.credentials.create({ permanent })
    const { id } = yield* account.tokens.create()
    const holder = yield* credential.as(token.key, "holder")
    let age = 0
    for (const use of [...uses, day - 1, day, 400 * day].toSorted((a, b) => a - b)) {
      yield* clock.advance(use - age)
      age = use
      if (permanent || age < day) {
        yield* expectTokens(subject, "the holder's list", yield* all(account.tokens), yield* all(holder.tokens))
        yield* holder.tokens.create()
      } else yield* expectShutOut("with an expired credential", holder.tokens, id, "Unauthorized")
    }
  },
})

export const credentialInactive = law({
  id: "credential-inactive",
  rules: ["N13"],
  description: "An inactive token does not authenticate; activated again, it does.",
  needs: ["credential"],
  arbitrary: fc.record({ permanent: fc.boolean() }),
  *check({ account, credential }, { permanent }) {
    const token = yield* account.credentials.create({ permanent })
    const { id } = yield* account.tokens.create()
    const holder = yield* credential.as(token.key, "holder")
    yield* holder.tokens.list()
    yield* account.credentials.update(token.id, { isActive: false })
    yield* expectShutOut("with an inactive credential", holder.tokens, id, "Unauthorized")
    yield* account.credentials.update(token.id, { isActive: true })
    yield* holder.tokens.list()
  },
})

export const credentialDeleted = law({
  id: "credential-deleted",
  rules: ["N11", "N13"],
  description: "A deleted token does not authenticate.",
  needs: ["credential"],
  arbitrary: fc.record({ permanent: fc.boolean(), inactive: fc.boolean() }),
  *check({ account, credential }, { inactive, permanent }) {
    const token = yield* account.credentials.create({ permanent })
    const { id } = yield* account.tokens.create()
    const holder = yield* credential.as(token.key, "holder")
    yield* holder.tokens.list()
    if (inactive) yield* account.credentials.update(token.id, { isActive: false })
    yield* account.credentials.delete(token.id)
    yield* expectShutOut("with a deleted credential", holder.tokens, id, "Unauthorized")
  },
})

export const credentialUnknown = law({
  id: "credential-unknown",
  rules: ["N13"],
  description: "A key that no token has does not authenticate, be it almost that of a token.",
  needs: ["credential"],
  maxRuns: 20,
  arbitrary: fc.stringMatching(/^[0-9a-f]{1,40}$/),
  *check({ account, credential }, text) {
    const { key } = yield* account.credentials.create()
    const { id } = yield* account.tokens.create()
    const unknown = [
      ["a key by chance", Redacted.make(text)] as const,
      ["an id", Redacted.make(String(id))] as const,
      ...nearKeys(key),
    ]
    for (const [how, other] of unknown) {
      const nobody = yield* credential.as(other, "nobody")
      yield* expectShutOut(`with ${how} as credential`, nobody.tokens, id, "Unauthorized")
    }
  },
})

export const credentialDeletesNoList = law({
  id: "credential-delete-list",
  rules: ["N13"],
  description: "A credential that is inactive, expired, deleted or unknown deletes no list.",
  needs: ["clock", "credential", "destructive"],
  arbitrary: fc.record({
    flaw: fc.constantFrom("inactive" as const, "expired" as const, "deleted" as const, "unknown" as const),
    permanent: fc.constantFrom(null, true, false),
  }),
  *check({ account, clock, credential, ...subject }, { flaw, permanent }) {
    yield* createEach(account.tokens, [true, false])
    const { id, key } = yield* account.credentials.create()
    const holder = yield* credential.as(flaw === "unknown" ? Redacted.make("no-token-has-this-key") : key, flaw)
    if (flaw === "inactive") yield* account.credentials.update(id, { isActive: false })
    if (flaw === "deleted") yield* account.credentials.delete(id)
    if (flaw === "expired") yield* clock.advance(day)
    const before = yield* all(account.tokens)
    yield* expectRefusal("the deletion of a list", holder.tokens.deleteList({ permanent }), "Unauthorized")
    yield* expectTokens(subject, "the list afterwards", before, yield* all(account.tokens))
  },
})

export const manager = law({
  id: "manager",
  rules: ["N15"],
  description:
    "A manager manages its tokens, and is forbidden everything about stream tokens; so is the holder of a token of it.",
  needs: ["otherOwner", "credential"],
  arbitrary: fc.record({ permanent: fc.boolean() }),
  *check({ account, credential, otherOwner, ...subject }, { permanent }) {
    const manager = yield* otherOwner.add("manager")
    const { tokens } = manager
    if (account.family === "tokens") {
      const token = yield* tokens.create({ permanent })
      yield* expectTokens(subject, "the manager's list", [token], yield* all(tokens))
      yield* tokens.update(token.id, { isActive: false })
      yield* tokens.delete(token.id)
      yield* fill(tokens)
      const sixth = tokens.create({ permanent: true })
      yield* expectRefusal("a manager's sixth permanent token", sixth, "PermanentTokenLimitReached")
      yield* tokens.deleteList({ permanent: null })
      yield* expectTokens(subject, "the manager's list", [], yield* all(tokens))
      return
    }
    const { id } = yield* account.tokens.create({ permanent })
    const { key } = yield* manager.credentials.create()
    const holder = yield* credential.as(key, "holder of a manager's token")
    for (const { name, tokens } of [manager, holder]) {
      yield* expectShutOut(`by the ${name}`, tokens, id, "Forbidden")
      yield* expectRefusal(`a permanent create, by the ${name}`, tokens.create({ permanent: true }), "Forbidden")
      yield* expectRefusal(`a delete list, by the ${name}`, tokens.deleteList({ permanent: null }), "Forbidden")
    }
  },
})

export const expiredManager = law({
  id: "expired-manager",
  rules: ["N13", "N15"],
  description: "An expired token of a manager is no credential: about stream tokens too it is told just that.",
  needs: ["clock", "otherOwner", "credential"],
  arbitrary: fc.record({ millis: fc.integer({ min: day, max: 2 * day }) }),
  *check({ account, clock, credential, otherOwner }, { millis }) {
    const manager = yield* otherOwner.add("manager")
    const { id } = yield* account.tokens.create()
    const holder = yield* credential.as((yield* manager.credentials.create()).key, "holder of a manager's token")
    yield* clock.advance(millis)
    const streams = account.family === "streamTokens" ? holder.tokens : holder.others
    yield* expectShutOut("with an expired token of a manager", streams, id, "Unauthorized")
  },
})

export const ownCredential = law({
  id: "own-credential",
  rules: ["N17"],
  description: "A caller that deletes the token it calls with, one by one or in a list, is not let in again.",
  needs: ["credential", "destructive"],
  arbitrary: fc.record({
    permanent: fc.boolean(),
    filter: fc.constantFrom("itself" as const, null, true, false),
    flags: fc.array(fc.boolean(), { maxLength: 4 }),
  }),
  *check({ account, credential }, { filter, flags, permanent }) {
    const token = yield* account.credentials.create({ permanent })
    yield* createEach(account.tokens, flags)
    const holder = yield* credential.as(token.key, "holder")
    if (filter === "itself") yield* holder.credentials.delete(token.key)
    else yield* holder.credentials.deleteList({ permanent: filter })
    if (filter === "itself" || filter === null || filter === permanent) {
      yield* expectRefusal("the next call", holder.tokens.list(), "Unauthorized")
    } else yield* holder.tokens.list()
  },
})

export const streamTokenIsNone = law({
  id: "no-credential",
  rules: ["N13"],
  description: "A stream token is no credential of this API: it opens streams.",
  needs: ["credential"],
  arbitrary: fc.record({ permanent: fc.boolean() }),
  *check({ account, credential }, { permanent }) {
    const streams = account.family === "streamTokens" ? account.tokens : account.others
    const token = yield* streams.create({ permanent })
    const holder = yield* credential.as(token.key, "holder")
    const { id } = yield* account.tokens.create()
    yield* expectShutOut("with a stream token as credential", holder.tokens, id, "Unauthorized")
  },
})
