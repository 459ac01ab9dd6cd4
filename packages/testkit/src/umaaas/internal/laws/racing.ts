/**
 * Laws of certain calls at the same time (U2, U6, U7, U8, U12).
 *
 * Rules: docs/rules/umaaas.md
 */
import type { ApiToken } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import type { Failure } from "../../../Laws.ts"
import { expect } from "../../../internal/laws/expectations.ts"
import { yieldTimes } from "../../../internal/laws/execution.ts"
import { all, createEach, expectRefused, expectShutOut, expectTokens, some, withoutSecret } from "./expectations.ts"
import { law } from "./subject.ts"

/** How many turns each waits before it calls. */
const waits = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 8 })

const atOnce = <A, E>(waits: ReadonlyArray<number>, run: (i: number) => Effect.Effect<A, E>) =>
  Effect.forEach(waits, (turns, i) => Effect.andThen(yieldTimes(turns), Effect.result(run(i))), {
    concurrency: "unbounded",
  })

const outcome = <A>(result: Result.Result<A, Failure>): string =>
  Result.isSuccess(result) ? "success" : result.failure._tag

export const createsAtOnce = law({
  id: "creates-at-once",
  rules: ["U2", "U11", "U12"],
  description: "Each of many creates at once, of one name, makes a token of its own.",
  needs: ["concurrency"],
  arbitrary: waits,
  *check({ account: { tokens }, ...subject }, waits) {
    const before = yield* all(tokens)
    const results = yield* atOnce(waits, () => tokens.create({ name: "a", permissions: ["VIEW"] }))
    const made = results.flatMap((result) => (Result.isSuccess(result) ? [result.success] : []))
    yield* expect(made.length === waits.length, `${waits.length} creates to succeed`, results.map(outcome).join(", "))
    const secrets = made.map(({ clientSecret }) => clientSecret && Redacted.value(clientSecret))
    for (const [what, values] of [
      ["ids", made.map(({ id }) => id)],
      ["client ids", made.map(({ clientId }) => clientId)],
      ["secrets", secrets],
    ] as const) {
      const different = new Set<string | undefined>(values).size
      yield* expect(different === waits.length, `${waits.length} different ${what}`, String(different))
    }
    const list = yield* all(tokens)
    yield* expectTokens(subject, "what was there before", before, list.slice(0, before.length))
    // Which came first is not said.
    const order = (token: ApiToken) => list.findIndex(({ id }) => id === token.id)
    const expected = made.toSorted((a, b) => order(a) - order(b)).map(withoutSecret)
    yield* expectTokens(subject, "what is new in the list", expected, list.slice(before.length))
  },
})

export const deletesAtOnce = law({
  id: "deletes-at-once",
  rules: ["U7", "U12"],
  description: "Of many deletions of one token at once, one succeeds, and the others do not find it.",
  needs: ["concurrency"],
  arbitrary: fc.record({ waits, others: fc.nat({ max: 2 }) }),
  *check({ account: { tokens }, ...subject }, { others, waits }) {
    yield* createEach(tokens, some(others))
    const list = yield* all(tokens)
    const { id } = yield* tokens.create({ name: "a", permissions: ["VIEW"] })
    const outcomes = (yield* atOnce(waits, () => tokens.delete(id))).map(outcome)
    const right = ["success", ...waits.slice(1).map(() => "NotFound")]
    yield* expect(
      [...outcomes].toSorted().join() === right.toSorted().join(),
      "one success, and NotFound for the others",
      outcomes.join(", "),
    )
    yield* expectTokens(subject, "the list", list, yield* all(tokens))
  },
})

export const deletesItselfAtOnce = law({
  id: "deletes-itself-at-once",
  rules: ["U8", "U12"],
  description: "Of many calls at once in which a token deletes itself, one succeeds, and the others are not let in.",
  needs: ["credential", "concurrency"],
  arbitrary: waits,
  *check({ account, credential }, waits) {
    const token = yield* account.tokens.create({ name: "a", permissions: ["MANAGE"] })
    const { tokens } = yield* credential.as(token, "holder")
    const outcomes = (yield* atOnce(waits, () => tokens.delete(token.id))).map(outcome)
    const right = ["success", ...waits.slice(1).map(() => "Unauthorized")]
    yield* expect(
      [...outcomes].toSorted().join() === right.toSorted().join(),
      "one success, and Unauthorized for the others",
      outcomes.join(", "),
    )
    yield* expectShutOut("after it has deleted itself", tokens, token.id)
  },
})

export const deleteEachOther = law({
  id: "delete-each-other",
  rules: ["U8", "U12"],
  description:
    "Of tokens that delete each other in a circle at once, those succeed that are there when they call, and at least one is left.",
  needs: ["credential", "concurrency"],
  arbitrary: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 4 }),
  *check({ account: { tokens }, credential, ...subject }, waits) {
    const before = yield* all(tokens)
    const made = yield* createEach(
      tokens,
      waits.map(() => ({ name: "a", permissions: ["MANAGE"] })),
    )
    const holders = yield* Effect.forEach(made, (token) => credential.as(token, `holder of ${subject.name(token)}`))
    const next = (i: number) => made[(i + 1) % made.length]
    const results = yield* atOnce(waits, (i) => {
      const [holder, victim] = [holders[i], next(i)]
      return holder === undefined || victim === undefined ? Effect.void : holder.tokens.delete(victim.id)
    })
    const outcomes = results.map(outcome)
    const isOneOfTwo = outcomes.every((outcome) => outcome === "success" || outcome === "Unauthorized")
    yield* expect(isOneOfTwo, "success or Unauthorized for each", outcomes.join(", "))
    // Whoever was not let in was deleted by then; and whoever was let in has deleted the next one.
    const left = made.filter((_, i) => outcomes.at(i - 1) !== "success").map(withoutSecret)
    yield* expect(left.length > 0, "not all to delete each other", outcomes.join(", "))
    for (const [i, outcome] of outcomes.entries()) {
      const isRight = outcome === "success" || outcomes.at(i - 1) === "success"
      yield* expect(isRight, "those to be let in that nobody has deleted", outcomes.join(", "))
    }
    yield* expectTokens(subject, "the list", [...before, ...left], yield* all(tokens))
  },
})

export const deletedWhileCalling = law({
  id: "deleted-while-calling",
  rules: ["U8", "U12"],
  description:
    "A caller whose token is deleted while it calls is answered until then, and not let in from then on; what it was refused has no effect.",
  needs: ["credential", "concurrency"],
  arbitrary: fc.record({
    // Turns before each of its creates, and before the deletion.
    waits: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 }),
    deletion: fc.integer({ min: 0, max: 10 }),
  }),
  *check({ account: { tokens }, credential, ...subject }, { deletion, waits }) {
    const before = yield* all(tokens)
    const token = yield* tokens.create({ name: "a", permissions: ["MANAGE"] })
    const holder = yield* credential.as(token, "holder")
    // Nobody creates from then on: what is listed then stays.
    const deleting = yield* Effect.forkChild(
      yieldTimes(deletion).pipe(Effect.andThen(tokens.delete(token.id)), Effect.andThen(all(tokens))),
    )
    const results = yield* Effect.forEach(waits, (turns) =>
      Effect.andThen(yieldTimes(turns), Effect.result(holder.tokens.create({ name: "b", permissions: ["VIEW"] }))),
    )
    const atDeletion = yield* Fiber.join(deleting)
    yield* expectShutOut("after its deletion", holder.tokens, token.id)
    const outcomes = results.map(outcome)
    const answered = outcomes.filter((outcome) => outcome === "success").length
    yield* expect(
      outcomes.every((outcome, i) => outcome === (i < answered ? "success" : "Unauthorized")),
      "successes, and then Unauthorized",
      outcomes.join(", "),
    )
    const made = results.flatMap((result) => (Result.isSuccess(result) ? [withoutSecret(result.success)] : []))
    const expected = [...before, ...made]
    yield* expectTokens(subject, "the list when it was deleted", expected, atDeletion)
    yield* expectTokens(subject, "the list", expected, yield* all(tokens))
  },
})

export const streamOfChanging = law({
  id: "stream-of-changing",
  rules: ["U6", "U12"],
  description:
    "A token that exists from the first page of a stream to the last comes in it exactly once, whatever is created or deleted meanwhile.",
  needs: ["concurrency"],
  arbitrary: fc.record({
    count: fc.integer({ min: 1, max: 8 }),
    pageSize: fc.integer({ min: 1, max: 3 }),
    changes: fc.array(fc.record({ deleted: fc.option(fc.nat({ max: 7 })), turns: fc.integer({ min: 0, max: 4 }) }), {
      maxLength: 6,
    }),
  }),
  *check({ account: { tokens }, ...subject }, { changes, count, pageSize }) {
    const before = yield* all(tokens)
    const made = yield* createEach(tokens, some(count))
    const struck = new Set(changes.flatMap(({ deleted }) => made[deleted ?? count]?.id ?? []))
    const changing = Effect.forEach(
      changes,
      ({ deleted, turns }) => {
        const token = made[deleted ?? count]
        // One that is struck twice is not found the second time.
        const change: Effect.Effect<void, Failure> =
          token === undefined
            ? Effect.asVoid(tokens.create({ name: "b", permissions: ["VIEW"] }))
            : Effect.catchTag(tokens.delete(token.id), "NotFound", () => Effect.void)
        return Effect.andThen(yieldTimes(turns), change)
      },
      { discard: true },
    )
    const reading = Stream.runCollect(Stream.tap(tokens.stream({ pageSize }), () => Effect.yieldNow))
    const [streamed] = yield* Effect.all([reading, changing], { concurrency: "unbounded" })

    const ids = new Set(streamed.map(({ id }) => id))
    yield* expect(ids.size === streamed.length, "no token twice", `${streamed.length - ids.size} of them`)
    const throughout = [...before, ...made.map(withoutSecret)].filter(({ id }) => !struck.has(id))
    const known = new Set(throughout.map(({ id }) => id))
    yield* expectTokens(
      subject,
      "those that were there throughout",
      throughout,
      streamed.filter(({ id }) => known.has(id)),
    )
    // What is read afterwards says in which order all the others came.
    const list = yield* all(tokens)
    const order = streamed.map(({ id }) => list.findIndex((token) => token.id === id)).filter((place) => place >= 0)
    const isSorted = order.every((place, i) => i === 0 || place > (order[i - 1] ?? 0))
    yield* expect(isSorted, "the order of creation", streamed.map(subject.name).join(", "))
    for (const id of struck) yield* expectRefused("get of what was deleted meanwhile", tokens.get(id), "NotFound")
  },
})
