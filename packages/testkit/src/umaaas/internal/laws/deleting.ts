/**
 * Laws of `get` and `delete` (U7).
 *
 * Rules: docs/rules/umaaas.md
 */
import * as fc from "fast-check"
import { all, createEach, expectRefused, expectTokens, nearIds, some, wanted, withoutSecret } from "./expectations.ts"
import { missingId } from "./calls.ts"
import { law } from "./subject.ts"

export const get = law({
  id: "get",
  rules: ["U1", "U7"],
  description: "A token by its id and as the list has it is the same.",
  arbitrary: fc.array(wanted, { minLength: 1, maxLength: 6 }),
  *check({ account: { tokens }, ...subject }, wanted) {
    const made = yield* createEach(tokens, wanted)
    const list = yield* all(tokens)
    for (const token of made) {
      const expected = [withoutSecret(token)]
      yield* expectTokens(subject, "the one by its id", expected, [yield* tokens.get(token.id)])
      yield* expectTokens(
        subject,
        "the listed one",
        expected,
        list.filter(({ id }) => id === token.id),
      )
    }
  },
})

export const deleteOne = law({
  id: "delete",
  rules: ["U7"],
  description: "A deletion removes that one token; it is not found from then on, and cannot be deleted again.",
  arbitrary: fc.record({
    wanted: fc.array(wanted, { minLength: 1, maxLength: 6 }),
    deletions: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 4 }),
  }),
  *check({ account: { tokens }, ...subject }, { deletions, wanted }) {
    const before = yield* all(tokens)
    let left = yield* createEach(tokens, wanted)
    for (const deletion of deletions) {
      const gone = left[deletion % Math.max(1, left.length)]
      if (gone === undefined) return
      left = left.filter((token) => token !== gone)
      yield* tokens.delete(gone.id)
      yield* expectRefused("get of a deleted token", tokens.get(gone.id), "NotFound")
      yield* expectRefused("the second deletion", tokens.delete(gone.id), "NotFound")
      yield* expectTokens(subject, "the list", [...before, ...left.map(withoutSecret)], yield* all(tokens))
      for (const token of left) {
        yield* expectTokens(subject, "what is left", [withoutSecret(token)], [yield* tokens.get(token.id)])
      }
    }
  },
})

export const notFound = law({
  id: "not-found",
  rules: ["U7"],
  description: "An id that no token has finds none, be it almost that of a token, and deletes none.",
  maxRuns: 20,
  arbitrary: fc.nat({ max: 3 }),
  *check({ account: { tokens }, ...subject }, others) {
    yield* createEach(tokens, some(others))
    const token = yield* tokens.create({ name: "a", permissions: ["VIEW"] })
    const list = yield* all(tokens)
    const none = ["an id that looks right", missingId] as const
    const near = nearIds(token, list)
    for (const [how, id] of [none, ...near]) {
      yield* expectRefused(`get by ${how}`, tokens.get(id), "NotFound")
    }
    // One that is shaped as an id may be that of a token that somebody has just made: it is not for a deletion.
    for (const [how, id] of [none, ...near.filter(([, id]) => id.length !== token.id.length)]) {
      yield* expectRefused(`delete by ${how}`, tokens.delete(id), "NotFound")
    }
    yield* expectTokens(subject, "the list afterwards", list, yield* all(tokens))
  },
})
