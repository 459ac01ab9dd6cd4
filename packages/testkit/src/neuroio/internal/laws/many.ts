/**
 * Laws of many at once (N4, N12, N16, N18).
 *
 * Rules: docs/rules/neuroio.md
 */
import { Token } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { expect } from "../../../internal/laws/expectations.ts"
import { yieldTimes } from "../../../internal/laws/execution.ts"
import { all, createEach, expectTokens, fill, permanentCap, permanentRoom } from "./expectations.ts"
import { law } from "./subject.ts"

export const raceForSlots = law({
  id: "race-for-slots",
  rules: ["N4", "N18"],
  description: "However many permanent tokens are asked for at once, there are never more than 5.",
  needs: ["concurrency"],
  arbitrary: fc.record({
    before: fc.integer({ min: 0, max: 5 }),
    // How many turns each waits before it asks.
    waits: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 8 }),
  }),
  *check({ account: { tokens } }, { before, waits }) {
    yield* createEach(
      tokens,
      Array.from({ length: before }, () => true),
    )
    const room = yield* permanentRoom(tokens)
    const results = yield* Effect.forEach(
      waits,
      (turns) =>
        yieldTimes(turns).pipe(
          Effect.andThen(tokens.create({ permanent: true })),
          Effect.match({ onFailure: ({ _tag }) => _tag, onSuccess: () => "success" as const }),
        ),
      { concurrency: "unbounded" },
    )
    const successes = results.filter((result) => result === "success").length
    const refusals = results.filter((result) => result === "PermanentTokenLimitReached").length
    const expected = Math.min(room, waits.length)
    yield* expect(
      successes === expected && successes + refusals === waits.length,
      `${expected} of ${waits.length} to succeed and the others to be refused, with room for ${room}`,
      results.join(", "),
    )
    const count = (yield* all(tokens)).filter(Token.isPermanent).length
    yield* expect(
      count === permanentCap - room + successes,
      `${permanentCap - room + successes} permanent tokens`,
      String(count),
    )
  },
})

export const manyOwners = law({
  id: "many-owners",
  rules: ["N5", "N12", "N16"],
  description: "A thousand owners on one platform do not disturb each other.",
  needs: ["otherOwner", "destructive"],
  maxRuns: 1,
  arbitrary: fc.record({
    owners: fc.constant(1000),
    strikes: fc.array(fc.nat({ max: 999 }), { minLength: 3, maxLength: 5 }),
  }),
  *check({ otherOwner, ...subject }, { owners, strikes }) {
    const crowd = yield* Effect.forEach(
      Array.from({ length: owners }, (_, i) => i),
      Effect.fnUntraced(function* (i) {
        const actor = yield* otherOwner.add(i % 2 === 0 ? "account" : "space")
        const made = i % 100 === 0 ? yield* fill(actor.tokens) : []
        return { actor, made: [...made, yield* actor.tokens.create()] }
      }),
      { concurrency: 8 },
    )
    const struck = new Set(strikes)
    for (const i of struck) yield* crowd[i]?.actor.tokens.deleteList({ permanent: null }) ?? Effect.void
    yield* Effect.forEach(
      crowd,
      ({ actor, made }, i) =>
        Effect.flatMap(actor.tokens.list(), (list) =>
          expectTokens(subject, `the list of owner ${i}`, struck.has(i) ? [] : made, list),
        ),
      { concurrency: 8, discard: true },
    )
  },
})
