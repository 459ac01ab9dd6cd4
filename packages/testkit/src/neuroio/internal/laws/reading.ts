/**
 * Laws of `list`, `stream` and `get` (N6 to N9, N14, N16).
 *
 * Rules: docs/rules/neuroio.md
 */
import { Token } from "@effect-tokens/core"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import { expectRefusal } from "../../../internal/laws/expectations.ts"
import { day, all, createEach, expectTokens, isMatch, nearKeys } from "./expectations.ts"
import { law } from "./subject.ts"

const flags = fc.array(fc.boolean(), { maxLength: 10 })
const permanent = fc.constantFrom(null, true, false)

export const list = law({
  id: "list",
  rules: ["N6"],
  description: "A list is exactly the owner's tokens that match, in the order of creation, from offset, limit at most.",
  arbitrary: fc.record({
    flags,
    inactive: fc.array(fc.nat({ max: 9 }), { maxLength: 3 }),
    permanent,
    limit: fc.integer({ min: 1, max: 12 }),
    offset: fc.integer({ min: 0, max: 12 }),
  }),
  *check({ account: { tokens }, ...subject }, { flags, inactive, limit, offset, permanent }) {
    const before = yield* all(tokens)
    const made = [...(yield* createEach(tokens, flags))]
    for (const i of inactive) {
      const token = made[i]
      if (token !== undefined) made[i] = yield* tokens.update(token.id, { isActive: false })
    }
    const expected = [...before, ...made].filter(isMatch(permanent)).slice(offset, offset + limit)
    yield* expectTokens(subject, "the page", expected, yield* tokens.list({ permanent, limit, offset }))
  },
})

export const listDefaults = law({
  id: "list-defaults",
  rules: ["N6"],
  description: "A list that does not say otherwise is the first 20 tokens of either kind.",
  maxRuns: 5,
  arbitrary: fc.record({ count: fc.integer({ min: 15, max: 25 }) }),
  *check({ account, ...subject }, { count }) {
    const before = yield* all(account.tokens)
    const flags = Array.from({ length: count }, (_, i) => i % 4 === 0)
    const made = yield* createEach(account.tokens, flags)
    yield* expectTokens(subject, "the list", [...before, ...made].slice(0, 20), yield* account.tokens.list())
  },
})

export const listRefusals = law({
  id: "list-refusals",
  rules: ["N6"],
  description: "A limit below 1, an offset below 0 and fractions are refused.",
  arbitrary: fc.record({ below: fc.integer({ min: -1000, max: -1 }) }),
  *check({ account }, { below }) {
    const values = [below, 0.5, 1.5]
    for (const options of [...[0, ...values].map((limit) => ({ limit })), ...values.map((offset) => ({ offset }))]) {
      const what = `a list with ${JSON.stringify(options)}`
      yield* expectRefusal(what, account.tokens.list(options), "InvalidRequest", "BadRequest")
    }
  },
})

export const pages = law({
  id: "pages",
  rules: ["N7"],
  description: "Pages of any size, put together, are the whole list; so is the stream.",
  arbitrary: fc.record({ flags, permanent, size: fc.integer({ min: 1, max: 7 }) }),
  *check({ account: { tokens }, ...subject }, { flags, permanent, size }) {
    const before = yield* all(tokens)
    const whole = [...before, ...(yield* createEach(tokens, flags))].filter(isMatch(permanent))
    const read: Array<Token> = []
    for (let offset = 0; offset <= whole.length; offset += size) {
      read.push(...(yield* tokens.list({ permanent, limit: size, offset })))
    }
    yield* expectTokens(subject, "all pages", whole, read)
    const streamed = yield* Stream.runCollect(tokens.stream({ permanent, pageSize: size }))
    yield* expectTokens(subject, "the stream", whole, streamed)
  },
})

export const partition = law({
  id: "partition",
  rules: ["N8"],
  description:
    "Each token of the list is either among the permanent or among the temporary ones, and there are no others.",
  arbitrary: flags,
  *check({ account: { tokens }, ...subject }, flags) {
    yield* createEach(tokens, flags)
    const page = { limit: 1000 }
    const list = yield* tokens.list(page)
    const permanents = yield* tokens.list({ ...page, permanent: true })
    const temporaries = yield* tokens.list({ ...page, permanent: false })
    yield* expectTokens(subject, "the permanent ones", list.filter(Token.isPermanent), permanents)
    yield* expectTokens(subject, "the temporary ones", list.filter(isMatch(false)), temporaries)
    for (const permanent of [true, false]) {
      const [what, expected] = [`the list of { permanent: ${permanent} }`, list.filter(isMatch(permanent))] as const
      yield* expectTokens(subject, what, expected.slice(0, 20), yield* tokens.list({ permanent }))
      yield* expectTokens(
        subject,
        "the stream of the same",
        expected,
        yield* Stream.runCollect(tokens.stream({ permanent })),
      )
    }
  },
})

export const get = law({
  id: "get",
  rules: ["N9"],
  description: "A token by its id, by its key and as the list has it is the same.",
  arbitrary: fc.record({ flags: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }), inactive: fc.boolean() }),
  *check({ account: { tokens }, ...subject }, { flags, inactive }) {
    const made = yield* createEach(tokens, flags)
    const first = made[0]
    if (inactive && first !== undefined) yield* tokens.update(first.key, { isActive: false })
    const list = yield* all(tokens)
    for (const { id } of made) {
      const listed = list.filter((token) => token.id === id)
      const byId = yield* tokens.get(id)
      yield* expectTokens(subject, "the listed one", [byId], listed)
      yield* expectTokens(subject, "the one by key", [byId], [yield* tokens.get(byId.key)])
    }
  },
})

export const wholeKeys = law({
  id: "whole-keys",
  rules: ["N9"],
  description: "What is only almost the key of a token finds none.",
  maxRuns: 10,
  arbitrary: fc.record({ permanent: fc.boolean() }),
  *check({ account: { tokens }, ...subject }, { permanent }) {
    const [token] = yield* createEach(tokens, [permanent])
    if (token === undefined) return
    for (const [how, key] of nearKeys(token.key)) {
      yield* expectRefusal(`a get by ${how}`, tokens.get(key), "NotFound")
    }
    yield* expectTokens(subject, "the token by its key", [token], [yield* tokens.get(token.key)])
  },
})

export const expiredStaysListed = law({
  id: "expired-stays-listed",
  rules: ["N14"],
  description: "An expired token stays listed until it is deleted.",
  needs: ["clock"],
  arbitrary: fc.record({
    flags: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
    millis: fc.integer({ min: day, max: 90 * day }),
  }),
  *check({ account: { tokens }, clock, ...subject }, { flags, millis }) {
    yield* createEach(tokens, flags)
    const before = yield* all(tokens)
    yield* clock.advance(millis)
    yield* expectTokens(subject, "the list after the expiry", before, yield* all(tokens))
    const last = yield* tokens.create()
    yield* expectTokens(subject, "the list after the next create", [...before, last], yield* all(tokens))
    const [first, ...others] = before
    if (first === undefined) return
    yield* expectTokens(subject, "the expired token", [first], [yield* tokens.get(first.id)])
    yield* tokens.delete(first.id)
    yield* expectTokens(subject, "the list after the deletion", [...others, last], yield* all(tokens))
  },
})

export const otherOwner = law({
  id: "other-owner",
  rules: ["N16"],
  description: "Another owner's token is not found, neither by id nor by key, and stays as it is.",
  needs: ["otherOwner"],
  arbitrary: fc.record({ permanent: fc.boolean(), kind: fc.constantFrom("account" as const, "space" as const) }),
  *check({ account, otherOwner, ...subject }, { kind, permanent }) {
    const stranger = yield* otherOwner.add(kind)
    const token = yield* account.tokens.create({ permanent })
    for (const ref of [token.id, token.key]) {
      yield* expectRefusal("get of another's token", stranger.tokens.get(ref), "NotFound")
      yield* expectRefusal("update of another's token", stranger.tokens.update(ref, { isActive: false }), "NotFound")
      yield* expectRefusal("delete of another's token", stranger.tokens.delete(ref), "NotFound")
    }
    yield* expectTokens(subject, "the other's list", [], yield* all(stranger.tokens))
    yield* expectTokens(subject, "the owner's list", [token], yield* all(account.tokens))
  },
})

export const manyTokens = law({
  id: "many-tokens",
  rules: ["N6", "N7", "N12"],
  description: "Lists, streams and deletions have all of many tokens, and not only those of a page.",
  needs: ["destructive"],
  maxRuns: 1,
  arbitrary: fc.record({ count: fc.integer({ min: 110, max: 130 }) }),
  *check({ account: { tokens }, ...subject }, { count }) {
    const made = yield* createEach(
      tokens,
      Array.from({ length: count }, (_, i) => i % 25 === 0),
    )
    yield* expectTokens(subject, "the list", made, yield* tokens.list({ limit: count + 1 }))
    yield* expectTokens(subject, "the stream", made, yield* all(tokens))
    yield* tokens.deleteList({ permanent: false })
    yield* expectTokens(subject, "what stays", made.filter(Token.isPermanent), yield* all(tokens))
  },
})
