/**
 * Laws of `update`, `delete` and `deleteList` (N10 to N12).
 *
 * Rules: docs/rules/neuroio.md
 */
import type { Token } from "@effect-tokens/core"
import { Token as TokenClass } from "@effect-tokens/core"
import * as fc from "fast-check"
import { expectRefusal } from "../../../internal/laws/expectations.ts"
import { day, all, createEach, expectTokens, fill, isMatch } from "./expectations.ts"
import { law } from "./subject.ts"

const flags = fc.array(fc.boolean(), { maxLength: 8 })
const someFlags = fc.array(fc.boolean(), { minLength: 1, maxLength: 6 })
const permanent = fc.constantFrom(null, true, false)
const by = fc.constantFrom("id" as const, "key" as const)

export const deleteList = law({
  id: "delete-list",
  rules: ["N12"],
  description:
    "`false` deletes exactly the temporary tokens, `true` exactly the permanent ones, `null` all, which frees their slots at once; nothing to delete is no failure.",
  needs: ["destructive"],
  arbitrary: fc.record({ flags, inactive: fc.boolean(), permanent }),
  *check({ account: { tokens }, ...subject }, { flags, inactive, permanent }) {
    const [first] = yield* createEach(tokens, flags)
    if (inactive && first !== undefined) yield* tokens.update(first.id, { isActive: false })
    const before = yield* all(tokens)
    const [gone, kept] = [before.filter(isMatch(permanent)), before.filter((token) => !isMatch(permanent)(token))]
    for (const { id } of gone) yield* tokens.get(id)
    for (const time of ["first", "second"]) {
      yield* tokens.deleteList({ permanent })
      yield* expectTokens(subject, `the list after the ${time} deletion`, kept, yield* all(tokens))
    }
    for (const { id } of gone)
      yield* expectRefusal("get of a token that went with its list", tokens.get(id), "NotFound")
    yield* fill(tokens)
  },
})

/** What a setting that was never set makes of the filter. */
const noFilter: { readonly permanent: boolean | null } = JSON.parse("{}")

export const deleteListNeedsFilter = law({
  id: "delete-list-needs-filter",
  rules: ["N12"],
  description: "Without a filter nothing is deleted: `null` says on purpose that all is meant.",
  needs: ["destructive"],
  maxRuns: 5,
  arbitrary: fc.record({ flags: someFlags }),
  *check({ account: { tokens }, ...subject }, { flags }) {
    const made = yield* createEach(tokens, flags)
    yield* expectRefusal("a delete list without a filter", tokens.deleteList(noFilter), "InvalidRequest", "BadRequest")
    yield* expectTokens(subject, "the list", made, yield* all(tokens))
  },
})

export const deleteListOfEachOwner = law({
  id: "delete-list-each-owner",
  rules: ["N12"],
  description: "The filter of a deletion holds for every kind of owner.",
  needs: ["destructive", "otherOwner"],
  arbitrary: fc.record({
    kind: fc.constantFrom("account" as const, "space" as const, "manager" as const),
    flags: someFlags,
    permanent,
  }),
  *check({ account, otherOwner, ...subject }, { flags, kind, permanent }) {
    // A manager has no stream tokens (N15).
    const { tokens } = yield* otherOwner.add(account.family === "streamTokens" && kind === "manager" ? "space" : kind)
    const made = yield* createEach(tokens, flags)
    yield* tokens.deleteList({ permanent })
    const kept = made.filter((token) => !isMatch(permanent)(token))
    yield* expectTokens(subject, `the list of the ${kind}`, kept, yield* all(tokens))
  },
})

export const deleteListExpired = law({
  id: "delete-list-expired",
  rules: ["N12", "N14"],
  description: "Deleting a list deletes what has expired like what has not.",
  needs: ["clock", "destructive"],
  arbitrary: fc.record({ expired: someFlags, fresh: flags, permanent }),
  *check({ account: { tokens }, clock, ...subject }, { expired, fresh, permanent }) {
    yield* createEach(tokens, expired)
    yield* clock.advance(day)
    yield* createEach(tokens, fresh)
    const kept = (yield* all(tokens)).filter((token) => !isMatch(permanent)(token))
    yield* tokens.deleteList({ permanent })
    yield* expectTokens(subject, "the list after the deletion", kept, yield* all(tokens))
  },
})

export const deleteListKeepsOthers = law({
  id: "delete-list-other-family",
  rules: ["N12"],
  description: "Deleting a list leaves the other family as it is.",
  needs: ["destructive"],
  arbitrary: fc.record({ flags, others: someFlags, permanent }),
  *check({ account, ...subject }, { flags, others, permanent }) {
    yield* createEach(account.tokens, flags)
    yield* createEach(account.others, others)
    const before = yield* all(account.others)
    yield* account.tokens.deleteList({ permanent })
    yield* expectTokens(subject, "the other family", before, yield* all(account.others))
  },
})

export const deleteListKeepsOwners = law({
  id: "delete-list-other-owner",
  rules: ["N12"],
  description: "Deleting a list leaves the tokens of other owners as they are.",
  needs: ["destructive", "otherOwner"],
  arbitrary: fc.record({ flags, others: someFlags, permanent }),
  *check({ account, otherOwner, ...subject }, { flags, others, permanent }) {
    const space = yield* otherOwner.add("space")
    yield* createEach(account.tokens, flags)
    const before = yield* createEach(space.tokens, others)
    yield* account.tokens.deleteList({ permanent })
    yield* expectTokens(subject, "the other owner's list", before, yield* all(space.tokens))
  },
})

const replace = (tokens: ReadonlyArray<Token>, by: Token): ReadonlyArray<Token> =>
  tokens.map((token) => (token.id === by.id ? by : token))

export const update = law({
  id: "update",
  rules: ["N10"],
  description: "`update` changes `isActive` alone, is idempotent, and shows at once in `get` and `list`.",
  arbitrary: fc.record({
    flags: someFlags,
    which: fc.nat({ max: 5 }),
    by,
    changes: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
  }),
  *check({ account: { tokens }, ...subject }, { by, changes, flags, which }) {
    const made = yield* createEach(tokens, flags)
    const token = made[which % made.length]
    if (token === undefined) return
    const before = yield* all(tokens)
    for (const isActive of changes) {
      const expected = new TokenClass({ ...token, isActive })
      for (const time of ["first", "second"]) {
        yield* expectTokens(subject, `the ${time} update`, [expected], [yield* tokens.update(token[by], { isActive })])
        yield* expectTokens(subject, "the token by id", [expected], [yield* tokens.get(token.id)])
        yield* expectTokens(subject, "the token by key", [expected], [yield* tokens.get(token.key)])
        yield* expectTokens(subject, "the list", replace(before, expected), yield* all(tokens))
      }
    }
  },
})

export const updateKeepsExpiry = law({
  id: "update-keeps-expiry",
  rules: ["N2", "N10"],
  description: "An update, whenever it comes, moves neither the creation nor the expiry.",
  needs: ["clock"],
  arbitrary: fc.record({
    permanent: fc.boolean(),
    isActive: fc.boolean(),
    millis: fc.integer({ min: 1, max: 2 * day }),
  }),
  *check({ account: { tokens }, clock, ...subject }, { isActive, millis, permanent }) {
    const token = yield* tokens.create({ permanent })
    yield* clock.advance(millis)
    const expected = new TokenClass({ ...token, isActive })
    yield* expectTokens(subject, "the update", [expected], [yield* tokens.update(token.id, { isActive })])
    yield* expectTokens(subject, "the token", [expected], [yield* tokens.get(token.id)])
  },
})

export const deleteOne = law({
  id: "delete",
  rules: ["N11"],
  description: "`delete` removes that one token; then `get`, `update` and `delete` of it find none.",
  arbitrary: fc.record({ flags: someFlags, which: fc.nat({ max: 5 }), by, inactive: fc.boolean() }),
  *check({ account: { tokens }, ...subject }, { by, flags, inactive, which }) {
    const made = yield* createEach(tokens, flags)
    const token = made[which % made.length]
    if (token === undefined) return
    if (inactive) yield* tokens.update(token.id, { isActive: false })
    const rest = (yield* all(tokens)).filter((other) => other.id !== token.id)
    // Who keeps what it has read must forget it with the token.
    for (const ref of [token.id, token.key]) yield* tokens.get(ref)
    yield* tokens.delete(token[by])
    for (const ref of [token.id, token.key]) {
      yield* expectRefusal("get of a deleted token", tokens.get(ref), "NotFound")
      yield* expectRefusal("update of a deleted token", tokens.update(ref, { isActive: true }), "NotFound")
      yield* expectRefusal("delete of a deleted token", tokens.delete(ref), "NotFound")
    }
    yield* expectTokens(subject, "the list", rest, yield* all(tokens))
  },
})
