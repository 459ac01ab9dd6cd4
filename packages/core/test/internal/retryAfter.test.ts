/** C3: every form of `Retry-After` that RFC 9110 wants read, and the latest of those that come together. */
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { readRetryAfter } from "../../src/internal/retryAfter.ts"

const now = Date.UTC(1994, 10, 6, 8, 49, 7)

describe("Retry-After", () => {
  it.each([
    ["7", 7000],
    ["1.5", 1500],
    ["0", 0],
    ["Sun, 06 Nov 1994 08:49:37 GMT", 30_000],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 30_000],
    ["Sun Nov  6 08:49:37 1994", 30_000],
    ["Wed Nov 16 08:49:07 1994", 864_000_000],
    ["sun, 06 nov 1994 08:49:37 gmt", 30_000],
    ["Sun, 06 Nov 1994 08:49:00 GMT", 0],
    ["Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:50:07 GMT", 60_000],
    ["Sun Nov  6 08:50:07 1994, Sunday, 06-Nov-94 08:49:37 GMT", 60_000],
    ["120, Sun, 06 Nov 1994 08:49:37 GMT", 120_000],
    ["Sun, 06 Nov 1994 08:49:37 GMT, 10", 30_000],
    ["2, 9, 1", 9000],
    ["soon, 5", 5000],
    ["soon", undefined],
    ["-1", undefined],
    ["", undefined],
    ["Sun, 06 Nov 1994 08:49:37", undefined],
    ["Sun, 06 Nov 1994 08:49:37 CET", undefined],
    ["Sun, 06 Foo 1994 08:49:37 GMT", undefined],
    ["Sun, 06 Nov 1994 8h GMT", undefined],
  ])("%s", (header, wait) => {
    assert.strictEqual(readRetryAfter(header, undefined, now), wait)
  })

  it.each([
    ["a minute behind", "Sun, 06 Nov 1994 08:48:07 GMT", "Sun, 06 Nov 1994 08:48:17 GMT"],
    ["an hour ahead", "Sun, 06 Nov 1994 09:49:07 GMT", "Sun, 06 Nov 1994 09:49:17 GMT"],
    ["in another form", "Sunday, 06-Nov-94 09:49:07 GMT", "Sun Nov  6 09:49:17 1994"],
  ])("by a server whose clock is %s counts from its Date", (_, date, header) => {
    assert.strictEqual(readRetryAfter(header, date, now), 10_000)
    assert.strictEqual(readRetryAfter(`3, ${header}`, date, now), 10_000)
    assert.strictEqual(readRetryAfter("3", date, now), 3000)
  })

  it("counts from this machine's clock where there is no Date, or none that can be read", () => {
    for (const date of [undefined, "", "yesterday"]) {
      assert.strictEqual(readRetryAfter("Sun, 06 Nov 1994 08:49:37 GMT", date, now), 30_000)
    }
  })

  it("reads two digits as the nearest year", () => {
    const at = Date.UTC(2026, 0, 1)
    assert.strictEqual(readRetryAfter("Sunday, 06-Nov-94 08:49:37 GMT", undefined, at), 0)
    assert.strictEqual(readRetryAfter("Thursday, 01-Jan-26 00:00:05 GMT", undefined, at), 5000)
    const endOfCentury = Date.UTC(2099, 11, 31, 23, 59, 55)
    assert.strictEqual(readRetryAfter("Friday, 01-Jan-00 00:00:00 GMT", undefined, endOfCentury), 5000)
  })

  it("never throws, and never asks for less than nothing", () => {
    const piece = fc.constantFrom(
      "Sun, ",
      "Sunday, ",
      "06 Nov 1994",
      "06-Nov-94",
      " ",
      ",",
      "08:49:37",
      " GMT",
      "9",
      "x",
    )
    const header = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => pieces.join("")),
    )
    fc.assert(
      fc.property(header, header, (header, date) => {
        const wait = readRetryAfter(header, date, now)
        assert.isTrue(wait === undefined || wait >= 0)
      }),
      { numRuns: 2000 },
    )
  })
})
