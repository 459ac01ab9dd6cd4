/** How long, in the two largest units that say something. */
const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

export const howLong = (millis: number): string => {
  // A temporary token lives for 24 hours: that is what it says when it is new.
  if (millis >= 2 * day) return `${Math.floor(millis / day)} d ${Math.floor((millis % day) / hour)} h`
  if (millis >= hour) return `${Math.floor(millis / hour)} h ${Math.floor((millis % hour) / minute)} min`
  if (millis >= minute) return `${Math.floor(millis / minute)} min ${Math.floor((millis % minute) / second)} s`
  return `${Math.max(0, Math.floor(millis / second))} s`
}

/** The same to the larger unit alone. */
export const roughly = (millis: number): string => howLong(millis).split(" ").slice(0, 2).join(" ")
