/** The header `Retry-After` (RFC 9110, section 10.2.3): how long a server asks to wait. */

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

/** The comma after the day of the week is none between two values. */
const weekday = /\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*(?:,\s*|\s+)/gi

const seconds = /^\d+(?:\.\d+)?$/

const time = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`

/** The form of today, `Sun, 06 Nov 1994 08:49:37 GMT`, and that of RFC 850, `Sunday, 06-Nov-94 08:49:37 GMT`. */
const dayFirst = new RegExp(String.raw`^(?<day>\d{1,2})[ -](?<month>[a-z]{3})[ -](?<year>\d{4}|\d\d) ${time} GMT$`, "i")

/** The form of C's `asctime`, `Sun Nov  6 08:49:37 1994`, which is in GMT as well. */
const monthFirst = new RegExp(String.raw`^(?<month>[a-z]{3}) {1,2}(?<day>\d{1,2}) ${time} (?<year>\d{4})$`, "i")

/** Two digits stand for the year that is nearest. */
const fullYear = (year: number, now: number): number => {
  const today = new Date(now).getUTCFullYear()
  return year + Math.round((today - year) / 100) * 100
}

/** In milliseconds since 1970. `NaN` where it is no date. */
const readDate = (text: string, now: number): number => {
  const {
    day,
    hour,
    minute,
    month = "",
    second,
    year = "",
  } = (dayFirst.exec(text) ?? monthFirst.exec(text))?.groups ?? {}
  const index = months.indexOf(month.toLowerCase())
  if (index === -1) return Number.NaN
  const years = year.length === 2 ? fullYear(Number(year), now) : Number(year)
  return Date.UTC(years, index, Number(day), Number(hour), Number(minute), Number(second))
}

/** A gateway may have added its own to the server's: then they come as one text, with commas. */
const valuesOf = (header: string): ReadonlyArray<string> =>
  header
    .replaceAll(weekday, "")
    .split(",")
    .map((value) => value.trim())

/** Of these values those that are numbers. */
const known = (values: ReadonlyArray<number>): ReadonlyArray<number> => values.filter((value) => !Number.isNaN(value))

/**
 * How long to wait, in milliseconds: until the latest of the times that are asked for. `undefined` where none is. A date
 * counts from the header `Date` of the same answer: the clocks of the server and of this machine may differ. `now` is
 * this machine's time, for an answer without that header.
 */
export const readRetryAfter = (
  header: string | undefined,
  date: string | undefined,
  now: number,
): number | undefined => {
  if (header === undefined) return undefined
  const dates = date === undefined ? [] : known(valuesOf(date).map((value) => readDate(value, now)))
  const sentAt = dates.length === 0 ? now : Math.min(...dates)
  const waits = known(
    valuesOf(header).map((value) =>
      seconds.test(value) ? Number(value) * 1000 : Math.max(0, readDate(value, sentAt) - sentAt),
    ),
  )
  return waits.length === 0 ? undefined : Math.max(...waits)
}
