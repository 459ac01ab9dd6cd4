import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { makeKey, readKey } from "../../src/internal/keys.ts"

const seed = fc.integer()

const address = fc.record({
  owner: fc.integer({ min: 1, max: 0x3fff_ffff }),
  id: fc.integer({ min: 0, max: 0xffff_ffff }),
})

describe("keys", () => {
  it("say where their token lives", () => {
    fc.assert(
      fc.property(seed, address, (seed, address) => {
        const key = makeKey(seed, address)
        assert.match(key, /^[0-9a-f]{40}$/)
        assert.deepStrictEqual(readKey(seed, key), address)
      }),
    )
  })

  it("differ in every digit group from their neighbours", () => {
    const keys = Array.from({ length: 200 }, (_, id) => makeKey(0, { owner: 1, id }))
    for (let start = 0; start < 40; start += 8) {
      assert.strictEqual(new Set(keys.map((key) => key.slice(start, start + 8))).size, keys.length)
    }
  })

  it("follow from the seed", () => {
    const at = (seed: number) => makeKey(seed, { owner: 1, id: 1 })
    assert.strictEqual(at(7), at(7))
    assert.notStrictEqual(at(7), at(8))
  })

  it("stay what they are: somebody may have written one down", () => {
    assert.strictEqual(makeKey(0, { owner: 1, id: 1 }), "28759a32bfe72340db4d870a968b0e79d895472e")
    assert.strictEqual(makeKey(-7, { owner: 3, id: 0xffff_ffff }), "871ad6053c8a385938281c08c2677facec946db7")
  })

  it("that nobody made say nothing", () => {
    for (const key of ["", "abcd", "g".repeat(40), "A".repeat(40), "0".repeat(40), "0".repeat(41)]) {
      assert.isUndefined(readKey(0, key))
    }
    fc.assert(
      fc.property(seed, address, fc.nat({ max: 39 }), fc.integer({ min: 1, max: 15 }), (seed, address, at, by) => {
        const key = makeKey(seed, address)
        const other = ((Number.parseInt(key.charAt(at), 16) + by) % 16).toString(16)
        assert.isUndefined(readKey(seed, key.slice(0, at) + other + key.slice(at + 1)))
      }),
    )
  })
})
