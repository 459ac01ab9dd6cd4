/**
 * Takes secrets out of text that a server wrote, before that text gets anywhere (C7).
 */

/** More than a person reads in an error message. In characters. */
const longestText = 300

/** What is looked at, so that a long text from a server costs no long time. In characters. */
const longestSearch = 4096

/** What of a secret is looked for before all of it is. In characters. */
const beginning = 5

/** More than any form of one character that is searched for takes. In characters. */
const longestForm = 24

/** Text quoted within quoted text, three times over: each time doubles its backslashes. */
const mostBackslashes = 8

/** Control characters: none belongs in a message. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}]+/gu

/** Characters that are not seen, or turn the direction of what is: within a secret they would hide it from the search. */
const invisible = /\p{Cf}+/gu

const percent = (byte: number): string => `%${byte.toString(16).padStart(2, "0")}`

const escapeRegExp = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

/**
 * The middle of a secret's base64 form wherever it starts: encoded after 0, 1 or 2 other bytes, and without the digits
 * that other bytes have a part in.
 */
const base64Forms = (bytes: Uint8Array): ReadonlyArray<string> =>
  [0, 1, 2].flatMap((before) => {
    const shifted = new Uint8Array(before + bytes.length)
    shifted.set(bytes, before)
    const whole = base64(shifted).replace(/=+$/, "")
    const inner = whole.slice(Math.ceil((before * 8) / 6), Math.floor((shifted.length * 8) / 6))
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")]
  })

/** Its bytes one by one: in hexadecimal, with or without something between them, and in decimal. */
const dumpPatterns = (bytes: Uint8Array): ReadonlyArray<string> => [
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(String.raw`[\s,:-]{0,2}`),
  Array.from(bytes, String).join(String.raw`[\s,]{1,3}`),
]

const htmlNames: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
}

/** Any character may come by its number, with zeros before it. */
const htmlNumbers = (part: string): string =>
  Array.from(part, (character) => {
    const point = character.codePointAt(0) ?? 0
    return `&#(?:0{0,4}${point}|x0{0,4}${point.toString(16)});`
  }).join("")

/**
 * The ways in which one character, or a run of backslashes, may come back: as it is, or escaped for a URL, for JSON, for
 * a program, for HTML. Repetition is bounded everywhere: no text may make the search slow.
 */
const partPattern = (part: string): string => {
  const bytes = [...new TextEncoder().encode(part)]
  const once = bytes.map(percent).join("")
  const codeUnits = Array.from({ length: part.length }, (_, i) => part.charCodeAt(i).toString(16).padStart(4, "0"))
  const forms = [
    once,
    once.replaceAll("%", "%25"),
    codeUnits.map((unit) => `\\u${unit}`).join(""),
    bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
    ...(part === " " ? ["+"] : []),
    ...(htmlNames[part] === undefined ? [] : [htmlNames[part]]),
  ]
  const plain = part.startsWith("\\")
    ? String.raw`\\{${part.length},${part.length * mostBackslashes}}`
    : /["'/]/.test(part)
      ? String.raw`\\{0,${mostBackslashes - 1}}${escapeRegExp(part)}`
      : escapeRegExp(part)
  return `(?:${[plain, ...[...new Set(forms)].map(escapeRegExp), htmlNumbers(part)].join("|")})`
}

/** Every way for a server to repeat a secret that it was sent, or so many characters of its beginning. */
const patternOf = (secret: string, characters = Number.POSITIVE_INFINITY): string => {
  const bytes = new TextEncoder().encode(secret)
  const parts = (secret.match(/\\+|[^\\]/gu) ?? []).slice(0, characters)
  const whole = parts.map(partPattern).join("")
  // Very short ones would match anywhere, and say nothing.
  const encoded = base64Forms(bytes).filter((form) => form.length >= 8)
  return [
    whole,
    ...(bytes.length < 4 ? [] : dumpPatterns(bytes.slice(0, characters))),
    ...encoded.map(escapeRegExp),
  ].join("|")
}

/** Secrets as vendors make them: long, and without anything that an encoding escapes. */
const plainSecret = /^[\w+/=-]{16,}$/

/**
 * Matches each text that may hold such a secret: a run as long, as it is or in base64; an escape; or a dump of bytes. To
 * search for the secret itself takes an expression per secret, which is slow to compile.
 */
const mayHoldPlainSecret =
  /[\w+/=-]{16}|[%\\&\u0080-\u{10ffff}]|[0-9a-f]{2}(?:[\s,:-]{0,2}[0-9a-f]{2}){4}|\d{1,3}(?:[\s,]{1,3}\d{1,3}){4}/iu

/**
 * Makes a function that masks these secrets, folds characters that do not print (a server's line break could forge a
 * line of a log) and cuts what is longer than a person reads. In that order: a cut first could leave half a secret.
 */
export const makeMask = (secrets: ReadonlyArray<string>): ((text: string) => string) => {
  // Longest first, and all in one pass: a secret within another one must neither leave the rest nor mask the mask.
  const sorted = secrets
    .map((secret) => secret.replaceAll(invisible, ""))
    .filter((secret) => secret !== "")
    .toSorted((a, b) => b.length - a.length)
  const shortest = sorted.at(-1)?.length ?? Number.POSITIVE_INFINITY
  const arePlain = sorted.every((secret) => plainSecret.test(secret))
  // To compile the search takes ten milliseconds and more, and few texts have anything to search for. No form of a secret
  // is shorter than the secret, and none is where its beginning is not.
  const searchFor = (flags: string, characters?: number) =>
    new RegExp(sorted.map((secret) => patternOf(secret, characters)).join("|"), flags)
  let beginnings: RegExp | undefined
  let whole: RegExp | undefined
  const withoutSecrets = (text: string): string => {
    if (text.length < shortest || (arePlain && !mayHoldPlainSecret.test(text))) return text
    beginnings ??= searchFor("iu", beginning)
    if (!beginnings.test(text)) return text
    whole ??= searchFor("giu")
    return text.replaceAll(whole, "<redacted>")
  }
  const longestSecret = Math.max(0, ...secrets.map((secret) => secret.length * longestForm))
  return (text) => {
    const start = text.slice(0, longestSearch).replaceAll(invisible, "")
    const folded = withoutSecrets(start).replaceAll(unprintable, " ").trim()
    // A text that was not searched whole may end in the first half of a secret: where that could be shown, nothing is.
    if (text.length > longestSearch && folded.length <= longestText + longestSecret) return "<redacted>"
    return folded.length > longestText ? `${folded.slice(0, longestText)}…` : folded
  }
}
