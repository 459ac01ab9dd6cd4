/**
 * Times on the wire: RFC 3339 with an offset.
 *
 * Without the pattern a time that lacks its offset would be read in the time zone of whoever runs the program, and
 * `expires` would be off by hours.
 */
import * as Schema from "effect/Schema"

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/

export const Timestamp = Schema.String.check(
  Schema.isPattern(rfc3339, { expected: "an RFC 3339 time with an offset" }),
).pipe(Schema.decodeTo(Schema.DateTimeUtcFromString))
