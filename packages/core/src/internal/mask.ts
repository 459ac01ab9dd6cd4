/**
 * Takes secrets out of text that a server wrote, before that text gets anywhere (C7).
 */

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)))

const base64Url = (text: string): string => base64(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")

/** The forms in which a server may repeat a secret that it was sent in a header or in a path. */
const forms = (secret: string): ReadonlyArray<string> => {
  const encoded = encodeURIComponent(secret)
  return [
    secret,
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    JSON.stringify(secret).slice(1, -1),
    base64(secret),
    base64Url(secret),
  ]
}

/** Longest first: a secret that contains another one must not leave its rest behind. */
const allForms = (secrets: ReadonlyArray<string>): ReadonlyArray<string> =>
  [...new Set(secrets.flatMap(forms))].filter((form) => form !== "").toSorted((a, b) => b.length - a.length)

/** More than a person reads in an error message. In characters. */
const longestText = 500

const controlCharacters = /\p{Cc}+/gu

/**
 * Makes a function that masks these secrets, folds control characters (a server's line break could forge a line of a
 * log) and cuts what is longer than a person reads. In that order: a cut first could leave half a secret.
 */
export const makeMask = (secrets: ReadonlyArray<string>): ((text: string) => string) => {
  const searched = allForms(secrets)
  return (text) => {
    const masked = searched.reduce((masked, form) => masked.replaceAll(form, "<redacted>"), text)
    const folded = masked.replaceAll(controlCharacters, " ").trim()
    return folded.length > longestText ? `${folded.slice(0, longestText)}…` : folded
  }
}
