/** Sentences about deletions. */
import { assert, describe, test } from "vitest"
import { describeDeleted, describeDeletion, type Filter } from "../../src/words/deletion.ts"

describe("a deletion", () => {
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
])("filter %j, afterwards: %s", (filter, sentence) => {
  assert.strictEqual(describeDeleted(filter, { owner: "space 2", noun: "token" }), sentence)
})
