/** What a journal shows of texts: not all of a long one, and nothing that may be a secret in the wrong place. */

/** A plain value, so that an entry goes into any message or file. */
type Shown = string | number | boolean | null | ReadonlyArray<string>

/** Shows a value that a call was given. */
export type Show = (value: unknown) => Shown

/** An input, by its names. */
export type Input = Readonly<Record<string, Shown>>

const longest = 100

/** Of a text that somebody chose. */
export const shownText = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text)

/** Of what should be the id of an API token. */
export const shownId = (id: string): string => (/^Token:[\w-]{1,64}$/.test(id) ? id : "<text>")

/** Of what should be a permission. */
export const shownPermission = (permission: unknown): string =>
  typeof permission === "string" && /^[A-Z_]{1,32}$/.test(permission) ? permission : `<${typeof permission}>`

/** Of a value that should be plain. What is not might be a secret in the wrong place. */
export const plainOf = (value: unknown): string | number | boolean | null => {
  if (value === null || typeof value === "boolean") return value
  if (typeof value !== "number") return `<${typeof value}>`
  return Number.isFinite(value) ? value : String(value)
}

/** Of what a query says of these, if it does. */
export const shownIn = (
  query: URLSearchParams,
  names: ReadonlyArray<string>,
  show: (text: string) => string,
): Readonly<Record<string, string>> => {
  const shown: Record<string, string> = {}
  if (query.size === 0) return shown
  for (const name of names) {
    const text = query.get(name)
    if (text !== null) shown[name] = show(text)
  }
  return shown
}
