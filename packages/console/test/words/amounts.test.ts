import { assert, test } from "vitest"
import { howLong } from "../../src/words/amounts.ts"

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
