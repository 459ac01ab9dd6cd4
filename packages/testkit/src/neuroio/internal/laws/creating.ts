/**
 * Laws of `create` (N1 to N5).
 *
 * Rules: docs/rules/neuroio.md
 */
import { Token } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import { expect, expectRefusal } from "../../../internal/laws/expectations.ts"
import { day, all, createEach, expectTokens, fill, permanentCap, permanentRoom } from "./expectations.ts"
import { law } from "./subject.ts"

const flags = fc.array(fc.boolean(), { maxLength: 8 })

export const permanentCapLaw = law({
  id: "permanent-cap",
  rules: ["N4"],
  description: "With 5 permanent tokens, a further permanent create is refused and changes nothing.",
  arbitrary: fc.record({ before: flags, attempts: fc.integer({ min: 1, max: 3 }) }),
  *check({ account: { tokens }, ...subject }, { attempts, before }) {
    yield* createEach(tokens, before)
    yield* fill(tokens)
    const full = yield* all(tokens)
    for (let i = 0; i < attempts; i++) {
      yield* expectRefusal("a sixth permanent token", tokens.create({ permanent: true }), "PermanentTokenLimitReached")
    }
    yield* expectTokens(subject, "the list after the refusal", full, yield* all(tokens))
    const temporary = yield* tokens.create()
    yield* expectTokens(subject, "the list with a temporary token more", [...full, temporary], yield* all(tokens))
  },
})

export const capCountsInactive = law({
  id: "cap-counts-inactive",
  rules: ["N5"],
  description: "Inactive permanent tokens count towards the 5; a deletion frees a place at once.",
  arbitrary: fc.record({
    inactive: fc.array(fc.boolean(), { minLength: permanentCap, maxLength: permanentCap }),
    deleted: fc.integer({ min: 0, max: permanentCap - 1 }),
  }),
  *check({ account: { tokens } }, { deleted, inactive }) {
    const made = yield* fill(tokens)
    for (const [i, token] of made.entries()) {
      if (inactive[i] === true) yield* tokens.update(token.id, { isActive: false })
    }
    yield* expectRefusal("a sixth permanent token", tokens.create({ permanent: true }), "PermanentTokenLimitReached")
    const gone = made[deleted % Math.max(1, made.length)]
    if (gone === undefined) return
    yield* tokens.delete(gone.id)
    yield* tokens.create({ permanent: true })
    yield* expectRefusal("a sixth permanent token", tokens.create({ permanent: true }), "PermanentTokenLimitReached")
  },
})

export const capIgnoresTemporary = law({
  id: "cap-ignores-temporary",
  rules: ["N5"],
  description: "Temporary tokens never count towards the 5.",
  arbitrary: fc.record({ temporary: fc.integer({ min: 0, max: 12 }) }),
  *check({ account: { tokens } }, { temporary }) {
    yield* createEach(
      tokens,
      Array.from({ length: temporary }, () => false),
    )
    yield* fill(tokens)
    const room = yield* permanentRoom(tokens)
    yield* expect(room === 0, "5 permanent tokens", String(permanentCap - room))
    yield* tokens.create()
  },
})

export const capPerFamily = law({
  id: "cap-per-family",
  rules: ["N5"],
  description: "Tokens and stream tokens have caps of their own.",
  arbitrary: fc.record({ before: flags }),
  *check({ account }, { before }) {
    yield* createEach(account.tokens, before)
    yield* fill(account.others)
    yield* fill(account.tokens)
    const room = yield* permanentRoom(account.tokens)
    yield* expect(room === 0, "5 permanent tokens in each family", `${permanentCap - room} in this one`)
  },
})

export const capPerOwner = law({
  id: "cap-per-owner",
  rules: ["N5"],
  description: "Owners have caps of their own.",
  needs: ["otherOwner"],
  arbitrary: fc.record({ before: flags }),
  *check({ account, otherOwner }, { before }) {
    const space = yield* otherOwner.add("space")
    yield* createEach(account.tokens, before)
    yield* fill(space.tokens)
    yield* fill(account.tokens)
    for (const { name, tokens } of [account, space]) {
      const room = yield* permanentRoom(tokens)
      yield* expect(room === 0, "5 permanent tokens of each owner", `${permanentCap - room} of the ${name}`)
      const sixth = tokens.create({ permanent: true })
      yield* expectRefusal(`a sixth permanent token of the ${name}`, sixth, "PermanentTokenLimitReached")
    }
  },
})

const leftOut = { nothing: undefined, "{}": {}, "permanent: undefined": { permanent: undefined } } as const

export const createIsTemporary = law({
  id: "create-is-temporary",
  rules: ["N1"],
  description: "A create that does not say otherwise makes a temporary token, which is active.",
  arbitrary: fc.constantFrom("nothing" as const, "{}" as const, "permanent: undefined" as const),
  *check({ account }, options) {
    const token = yield* account.tokens.create(leftOut[options])
    yield* expect(!Token.isPermanent(token), "a temporary token", "a permanent one")
    yield* expect(token.isActive, "an active token", "an inactive one")
  },
})

export const lifetime = law({
  id: "lifetime",
  rules: ["N2"],
  description: "A temporary token expires 24 hours after its creation, to within a second; a permanent one never.",
  arbitrary: flags,
  *check({ account, name }, flags) {
    const room = yield* permanentRoom(account.tokens)
    for (const [i, token] of (yield* createEach(account.tokens, flags)).entries()) {
      const permanent = flags[i] === true && flags.slice(0, i).filter(Boolean).length < room
      const millis =
        token.expires === null ? null : DateTime.toEpochMillis(token.expires) - DateTime.toEpochMillis(token.created)
      const expected = permanent ? "never to expire" : `to live ${day} ms, to within a second`
      yield* expect(
        permanent ? millis === null : millis !== null && Math.abs(millis - day) <= 1000,
        `${name(token)} ${expected}`,
        millis === null ? "it never expires" : `it lives ${millis} ms`,
      )
    }
  },
})

export const creationTime = law({
  id: "creation-time",
  rules: ["N2"],
  description: "A token is created at the time of its create.",
  needs: ["clock"],
  arbitrary: fc.array(fc.integer({ min: 0, max: 2 * day }), { minLength: 1, maxLength: 5 }),
  *check({ account, clock, name }, waits) {
    for (const millis of waits) {
      yield* clock.advance(millis)
      const token = yield* account.tokens.create()
      const late = DateTime.toEpochMillis(token.created) - (yield* clock.now)
      yield* expect(late === 0, `${name(token)} created now`, `it says ${late} ms from now`)
    }
  },
})

export const ids = law({
  id: "ids-rise",
  rules: ["N3"],
  description: "Ids rise in the order of creation; ids and keys are not used again, not even after a deletion.",
  // The number is which token that is still there to delete before the next one is made.
  arbitrary: fc.array(fc.option(fc.integer({ min: 0, max: 5 })), { minLength: 1, maxLength: 10 }),
  *check({ account: { tokens }, name }, deletions) {
    const before = yield* all(tokens)
    let highest = Math.max(0, ...before.map((token) => token.id))
    const keys = new Set(before.map((token) => Redacted.value(token.key)))
    const there = []
    for (const deletion of deletions) {
      if (deletion !== null) {
        const [gone] = there.splice(deletion % Math.max(1, there.length), 1)
        if (gone !== undefined) yield* tokens.delete(gone.id)
      }
      const token = yield* tokens.create()
      yield* expect(token.id > highest, `an id above ${highest}`, `${name(token)} with id ${token.id}`)
      const key = Redacted.value(token.key)
      yield* expect(!keys.has(key), "a new key", `${name(token)} with a key that another token had`)
      highest = token.id
      keys.add(key)
      there.push(token)
    }
  },
})

export const keysDiffer = law({
  id: "keys-differ",
  rules: ["N3"],
  description: "No two tokens have the same key, whoever owns them and of whichever family they are.",
  needs: ["otherOwner"],
  arbitrary: fc.array(fc.record({ space: fc.boolean(), other: fc.boolean() }), { minLength: 2, maxLength: 10 }),
  *check({ account, otherOwner }, creations) {
    const second = yield* otherOwner.add("space")
    const keys = new Set<string>()
    for (const { other, space } of creations) {
      const owner = space ? second : account
      const token = yield* (other ? owner.others : owner.tokens).create()
      const key = Redacted.value(token.key)
      yield* expect(!keys.has(key), "a new key", `id ${token.id} with a key that another token has`)
      keys.add(key)
    }
  },
})
