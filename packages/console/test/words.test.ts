/** What the page says, where all of it can be tried. */
import { assert, describe, test } from "vitest"
import { describeDeleted, describeDeletion, type Filter } from "../src/words/deletion.ts"
import { howLong } from "../src/words/amounts.ts"

describe("what a deletion removes", () => {
  const said = (filter: Filter, permanent: number, temporary: number, noun = "token") =>
    describeDeletion(filter, { owner: "space 2", noun, permanent, temporary })

  test.each([
    [false, 2, 3, "This deletes all 3 temporary tokens of space 2. 2 permanent tokens stay."],
    [false, 1, 1, "This deletes the only temporary token of space 2. 1 permanent token stays."],
    [true, 5, 0, "This deletes all 5 permanent tokens of space 2. Nothing else is there."],
    [true, 0, 4, "There is no permanent token of space 2: nothing to delete."],
    [null, 5, 7, "This deletes everything: 5 permanent and 7 temporary tokens of space 2. Nothing stays."],
    [null, 0, 1, "This deletes everything: 1 temporary token of space 2. Nothing stays."],
    [null, 0, 0, "There is no token of space 2: nothing to delete."],
  ])("filter %j of %i permanent and %i temporary ones: %s", (filter, permanent, temporary, sentence) => {
    assert.strictEqual(said(filter, permanent, temporary), sentence)
    assert.strictEqual(said(filter, permanent, temporary, "stream token"), sentence.replace(/token/g, "stream token"))
  })
})

test.each([
  [true, "The permanent tokens of space 2 are deleted."],
  [false, "The temporary tokens of space 2 are deleted."],
  [null, "All tokens of space 2 are deleted."],
])("filter %j, once it is done: %s", (filter, sentence) => {
  assert.strictEqual(describeDeleted(filter, { owner: "space 2", noun: "token" }), sentence)
})

test.each([
  [24 * 60 * 60 * 1000, "24 h 0 min"],
  [90 * 60 * 1000 + 59_000, "1 h 30 min"],
  [61_000, "1 min 1 s"],
  [999, "0 s"],
  [-1, "0 s"],
  [50 * 60 * 60 * 1000, "2 d 2 h"],
])("%i ms are %s", (millis, words) => {
  assert.strictEqual(howLong(millis), words)
})
