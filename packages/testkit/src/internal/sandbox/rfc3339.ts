/** Times as RFC 3339 writes them. JavaScript takes more for a time: one without an offset, and 30 February. */

const pattern =
  /^(\d{4}-\d{2}-(\d{2}))[Tt]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d+))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** In milliseconds since 1970, with what is less than one behind the point. */
export const readTime = (text: string): number | undefined => {
  const [, day, ofMonth, time, fraction = "0", offset] = pattern.exec(text) ?? []
  if (day === undefined || offset === undefined) return undefined
  if (new Date(`${day}T00:00:00Z`).getUTCDate() !== Number(ofMonth)) return undefined
  return Date.parse(`${day}T${time}${offset.toUpperCase()}`) + Number(`0.${fraction}`) * 1000
}
