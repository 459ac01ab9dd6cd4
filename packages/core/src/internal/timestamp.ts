/**
 * Times on the wire: RFC 3339 with an offset.
 *
 * Read by hand, since a list has two in each of its tokens: `Date.parse` after a regular expression took longer than all
 * the rest of reading a token. A test holds the two equal.
 */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"

/** Characters by their codes: to take one out of a text would make a text of it. */
const plus = 43,
  dash = 45,
  dot = 46,
  colon = 58,
  letterT = 84,
  smallT = 116,
  letterZ = 90,
  smallZ = 122

const digit = (text: string, at: number): number => {
  const value = text.charCodeAt(at) - 48
  return value >= 0 && value <= 9 ? value : Number.NaN
}

const twoDigits = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1)

const daysOf = (year: number, month: number): number =>
  month === 2 ? (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28) : 30 + ((month + (month >> 3)) & 1)

/** Days from 1970 on, in the calendar that is older than it is in any country. `Date.UTC` takes 99 for 1999. */
const daysSince1970 = (year: number, month: number, day: number): number => {
  // Counted from March, the day that some years have is the last one of its year.
  const years = month > 2 ? year : year - 1
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400)
  return years * 365 + leapDays + Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 719_469
}

/** In minutes. `NaN` where there is none: such a time would be read in the time zone of whoever runs the program. */
const offsetAt = (text: string, at: number): number => {
  const sign = text.charCodeAt(at)
  if (sign === letterZ || sign === smallZ) return text.length === at + 1 ? 0 : Number.NaN
  if ((sign !== plus && sign !== dash) || text.charCodeAt(at + 3) !== colon || text.length !== at + 6) return Number.NaN
  const hours = twoDigits(text, at + 1)
  const minutes = twoDigits(text, at + 4)
  if (!(hours < 24 && minutes < 60)) return Number.NaN
  return (hours * 60 + minutes) * (sign === dash ? -1 : 1)
}

/** A leap second ends a month in UTC (RFC 3339, section 5.7). `minutes` are from 1970 to the minute that it ends. */
const mayHaveLeapSecond = (minutes: number): boolean => {
  const next = new Date((minutes + 1) * 60_000)
  return next.getUTCDate() === 1 && next.getUTCHours() === 0 && next.getUTCMinutes() === 0
}

/**
 * In milliseconds since 1970, what is less being cut off. `NaN` where the value is no such time. A leap second is the
 * one after it, as on clocks that have none.
 */
export const readTime = (text: unknown): number => {
  if (typeof text !== "string") return Number.NaN
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  const isWellFormed =
    text.charCodeAt(4) === dash &&
    text.charCodeAt(7) === dash &&
    (text.charCodeAt(10) === letterT || text.charCodeAt(10) === smallT) &&
    text.charCodeAt(13) === colon &&
    text.charCodeAt(16) === colon
  // Comparisons with `NaN` are false. JavaScript would take 30 February for 2 March.
  if (
    !isWellFormed ||
    !(month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)) ||
    !(hour < 24 && minute < 60 && second <= 60)
  ) {
    return Number.NaN
  }
  let at = 19
  let millis = 0
  if (text.charCodeAt(at) === dot) {
    at += 1
    const start = at
    for (let weight = 100; digit(text, at) >= 0; at += 1, weight = Math.floor(weight / 10))
      millis += digit(text, at) * weight
    if (at === start) return Number.NaN
  }
  const minutes = daysSince1970(year, month, day) * 1440 + hour * 60 + minute - offsetAt(text, at)
  if (second === 60 && !mayHaveLeapSecond(minutes)) return Number.NaN
  return (minutes * 60 + second) * 1000 + millis
}

/** By way of a `Date`: `DateTime.makeUnsafe` first finds out what it was given. */
export const utc = (millis: number): DateTime.Utc => DateTime.fromDateUnsafe(new Date(millis))

export const Timestamp = Schema.String.check(
  Schema.makeFilter((text) => !Number.isNaN(readTime(text)), { expected: "an RFC 3339 time with an offset" }),
)
