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

const digits = Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0))

/** One for all calls: each writes all of it, and then reads it. */
const codes: Array<number> = Array.from({ length: 40 }, () => 0)

const writeHex = (value: number, start: number): void => {
  for (let i = 0; i < 8; i++) codes[start + i] = digits[(value >>> (28 - 4 * i)) & 0xf] ?? 0
}

const writeKey = (seed: number, { id, owner }: Address): void => {
  const secret = secretOf(seed)
  const first = scramble(id, secret)
  const second = scramble(owner ^ first, mix(secret))
  let proof = mix(secret ^ Math.imul(first, 0x27d4eb2f) ^ Math.imul(second, 0x165667b1))
  writeHex(first, 0)
  writeHex(second, 8)
  for (let start = 16; start < 40; start += 8) {
    proof = mix(proof + 0x6d2b79f5)
    writeHex(proof, start)
  }
}

/** 40 hexadecimal digits, put together at once: every token has a key, and texts that are joined cost ten times that. */
export const makeKey = (seed: number, address: Address): string => {
  writeKey(seed, address)
  return String.fromCharCode(...codes)
}

/** Whether a key is the one that is made for an address, without making it. */
export const isKeyOf = (seed: number, address: Address, key: string): boolean => {
  if (key.length !== codes.length) return false
  writeKey(seed, address)
  return codes.every((code, i) => key.charCodeAt(i) === code)
}

/** `undefined` where it is none: lower case only, as they are written. */
const readDigit = (code: number): number | undefined => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : undefined
}

/** Plain code: a pattern takes several times as long, and each call reads keys. */
const readHex = (text: string, start: number): number | undefined => {
  let value = 0
  for (let i = start; i < start + 8; i++) {
    const digit = readDigit(text.charCodeAt(i))
    if (digit === undefined) return undefined
    value = (value << 4) | digit
  }
  return value >>> 0
}

/** The address is in the first 16 digits, what proves it in the others. */
const readAddress = (seed: number, text: string): Address | undefined => {
  const secret = secretOf(seed)
  const first = readHex(text, 0)
  const second = readHex(text, 8)
  if (first === undefined || second === undefined) return undefined
  return { id: unscramble(first, secret), owner: (unscramble(second, mix(secret)) ^ first) >>> 0 }
}

/** Where the token with this key would live; whether there is one, and has this key, remains to be seen. */
export const readKey = (seed: number, key: string): Address | undefined =>
  key.length === codes.length ? readAddress(seed, key) : undefined

const shortLength = 32

/**
 * The same in a shorter form, of 32 digits, which proves itself: there is one for each number, and whatever else looks
 * like one is none.
 */
export const makeShort = (seed: number, number: number): string =>
  makeKey(seed, { owner: 0, id: number }).slice(0, shortLength)

export const readShort = (seed: number, text: string): number | undefined => {
  const address = text.length === shortLength ? readAddress(seed, text) : undefined
  return address !== undefined && makeShort(seed, address.id) === text ? address.id : undefined
}
