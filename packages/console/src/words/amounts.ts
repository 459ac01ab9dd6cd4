/** Amounts in words: "1 token", "3 tokens", "5 min 2 s". */

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** A duration in its two largest units. */
export const howLong = (millis: number): string => {
  // A new temporary token lives for 24 hours, and the page says hours, not one day.
  if (millis >= 2 * day) return `${Math.floor(millis / day)} d ${Math.floor((millis % day) / hour)} h`
  if (millis >= hour) return `${Math.floor(millis / hour)} h ${Math.floor((millis % hour) / minute)} min`
  if (millis >= minute) return `${Math.floor(millis / minute)} min ${Math.floor((millis % minute) / second)} s`
  return `${Math.max(0, Math.floor(millis / second))} s`
}

/** A duration in its largest unit. */
export const roughly = (millis: number): string => howLong(millis).split(" ").slice(0, 2).join(" ")
