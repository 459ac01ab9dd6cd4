/**
 * Times on the wire: RFC 3339 with an offset.
 *
 * The pattern is there for the offset: a time without one would be read in the time zone of whoever runs the program, and
 * `expires` would be off by hours. The check of the day is there because JavaScript reads 30 February as 2 March.
 */
import * as Schema from "effect/Schema"

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/

const isTimestamp = (text: string): boolean => {
  const [, year, month, day] = rfc3339.exec(text) ?? []
  return (
    day !== undefined && new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day)
  )
}

export const Timestamp = Schema.String.check(
  Schema.makeFilter(isTimestamp, { expected: "an RFC 3339 time with an offset" }),
).pipe(Schema.decodeTo(Schema.DateTimeUtcFromString))
