/**
 * Keys of tokens, from a seed.
 *
 * A key says where its token lives, in a scrambled form, and the rest of it proves that it was not made up. So a key is
 * found without an index of all keys, and a snapshot or a reset of a platform costs nothing for them.
 */
import { mix } from "./mix.ts"

export interface Address {
  readonly owner: number
  /** 0 is the owner's own credential, which is no token. */
  readonly id: number
}

const multiplier = 0x9e3779b1

/** The inverse modulo 2^32, by Newton's iteration: each round doubles the number of right bits. */
const inverse = [0, 1, 2, 3, 4].reduce((guess) => Math.imul(guess, 2 - Math.imul(multiplier, guess)), multiplier)

const scramble = (value: number, secret: number): number => Math.imul(value ^ secret, multiplier) >>> 0
const unscramble = (value: number, secret: number): number => (Math.imul(value, inverse) ^ secret) >>> 0

/** Seeds are small numbers, and mixing leaves 0 as it is. */
const secretOf = (seed: number): number => mix(seed ^ 0x5bd1e995)

/** What a key says, 8 digits each: where it is of in the first two, and in all others that it is so. */
const wordsOf = (seed: number, { id, owner }: Address): ReadonlyArray<number> => {
  const secret = secretOf(seed)
  const first = scramble(id, secret)
  const second = scramble(owner ^ first, mix(secret))
  const third = mix(mix(secret ^ Math.imul(first, 0x27d4eb2f) ^ Math.imul(second, 0x165667b1)) + 0x6d2b79f5)
  const fourth = mix(third + 0x6d2b79f5)
  return [first, second, third, fourth, mix(fourth + 0x6d2b79f5)]
}

const digits = Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0))

const keyLength = 40
const shortLength = 32

/** One for all calls: each writes all of it, and then reads it. */
const codes: Array<number> = Array.from({ length: keyLength }, () => 0)

/** 40 hexadecimal digits, put together at once: every token has a key, and texts that are joined cost ten times that. */
export const makeKey = (seed: number, address: Address): string => {
  let at = 0
  for (const word of wordsOf(seed, address)) {
    for (let shift = 28; shift >= 0; shift -= 4) codes[at++] = digits[(word >>> shift) & 0xf] ?? 0
  }
  return String.fromCharCode(...codes)
}

/** `undefined` where it is none: they are written in lower case. */
const readDigit = (code: number): number | undefined => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : undefined
}

/** Plain code: a pattern takes several times as long, and each call reads keys. */
const readWord = (text: string, start: number): number | undefined => {
  let word = 0
  for (let i = start; i < start + 8; i++) {
    const digit = readDigit(text.charCodeAt(i))
    if (digit === undefined) return undefined
    word = (word << 4) | digit
  }
  return word >>> 0
}

const read = (seed: number, text: string, length: number): Address | undefined => {
  const first = text.length === length ? readWord(text, 0) : undefined
  const second = readWord(text, 8)
  if (first === undefined || second === undefined) return undefined
  const secret = secretOf(seed)
  const address = { id: unscramble(first, secret), owner: (unscramble(second, mix(secret)) ^ first) >>> 0 }
  const words = wordsOf(seed, address)
  for (let at = 16; at < length; at += 8) if (readWord(text, at) !== words[at / 8]) return undefined
  return address
}

/** Where the token with this key lives, or lived, or would. Nothing where nobody made it. */
export const readKey = (seed: number, key: string): Address | undefined => read(seed, key, keyLength)

/** The same in a shorter form, of 32 digits: there is one for each number. */
export const makeShort = (seed: number, number: number): string =>
  makeKey(seed, { owner: 0, id: number }).slice(0, shortLength)

export const readShort = (seed: number, text: string): number | undefined => {
  const address = read(seed, text, shortLength)
  return address?.owner === 0 ? address.id : undefined
}
