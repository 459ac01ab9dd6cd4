/** Times on the wire are read by hand, and as JavaScript would read them, where it does not guess. */
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { readTime } from "../../src/internal/timestamp.ts"

const pattern = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/

/** What JavaScript reads, without the days that it makes up, and the hour 24 that RFC 3339 does not have. */
const asJavaScript = (text: string): number => {
  const [, year, month, day, hour] = pattern.exec(text) ?? []
  if (day === undefined || hour === "24") return Number.NaN
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  return date.getUTCMonth() === Number(month) - 1 ? Date.parse(text.toUpperCase()) : Number.NaN
}

const digits = (length: number, max: number) =>
  fc.integer({ min: 0, max }).map((value) => String(value).padStart(length, "0"))

/** Somewhat beyond what there is of each part. */
const time = fc
  .tuple(
    digits(4, 9999),
    digits(2, 13),
    digits(2, 32),
    digits(2, 25),
    digits(2, 61),
    digits(2, 61),
    fc.oneof(fc.constant(""), fc.stringMatching(/^\.\d{1,9}$/)),
    fc.oneof(fc.constantFrom("Z", "z", ""), fc.stringMatching(/^[+-][0-2]\d:[0-6]\d$/)),
  )
  .map(([year, month, day, hour, minute, second, fraction, offset]) => {
    return `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${offset}`
  })

const damaged = fc
  .tuple(time, fc.nat(35), fc.string({ maxLength: 2 }))
  .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1))

describe("a time on the wire", () => {
  it.each([
    ["2021-05-28T10:37:51.433760+00:00", Date.UTC(2021, 4, 28, 10, 37, 51, 433)],
    ["2021-05-28T10:37:51Z", Date.UTC(2021, 4, 28, 10, 37, 51)],
    ["2021-05-28t10:37:51z", Date.UTC(2021, 4, 28, 10, 37, 51)],
    ["2021-05-28 10:37:51Z", Number.NaN],
    // The examples of RFC 3339, section 5.8.
    ["1990-12-31T23:59:60Z", Date.UTC(1991, 0, 1)],
    ["1990-12-31T15:59:60-08:00", Date.UTC(1991, 0, 1)],
    ["2015-06-30T23:59:60.25Z", Date.UTC(2015, 6, 1, 0, 0, 0, 250)],
    ["2016-12-31T23:59:61Z", Number.NaN],
    ["2016-12-30T23:59:60Z", Number.NaN],
    ["2016-12-31T23:58:60Z", Number.NaN],
    ["2021-05-28T12:07:51.9999+01:30", Date.UTC(2021, 4, 28, 10, 37, 51, 999)],
    ["2024-02-29T00:00:00-00:30", Date.UTC(2024, 1, 29, 0, 30)],
    ["2100-02-29T00:00:00Z", Number.NaN],
    ["2021-02-30T00:00:00Z", Number.NaN],
    ["2021-05-28T10:37:51", Number.NaN],
    ["2021-05-28T10:37:51.Z", Number.NaN],
    ["2021-05-28T24:00:00Z", Number.NaN],
    ["2021-05-28T10:37:60Z", Number.NaN],
    ["0000-01-01T00:00:00Z", Date.parse("0000-01-01T00:00:00Z")],
    ["9999-12-31T23:59:59.999Z", Date.parse("9999-12-31T23:59:59.999Z")],
    ["", Number.NaN],
  ])("%s", (text, millis) => {
    assert.deepStrictEqual(readTime(text), millis)
  })

  it.each([undefined, null, 0, {}, []])("is no %o", (value) => {
    assert.isNaN(readTime(value))
  })

  it("is read as JavaScript reads it, or not at all", () => {
    fc.assert(
      fc.property(fc.oneof(time, damaged), (text) => {
        assert.deepStrictEqual(readTime(text), asJavaScript(text))
      }),
      { numRuns: 5000 },
    )
  })
})
