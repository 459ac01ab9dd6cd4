import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as OrderStatisticMap from "../../../src/internal/collections/orderStatisticMap.ts"

interface Item {
  readonly key: number
  readonly marked: boolean
}

/** Small keys, so that they meet; and large ones, so that the trie grows levels. */
const key = fc.oneof(fc.nat({ max: 70 }), fc.nat({ max: 40_000 }), fc.integer({ min: 0, max: 0xffff_ffff }))

const change = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), key, marked: fc.boolean() }),
  fc.record({ kind: fc.constant("remove" as const), key, marked: fc.constant(false) }),
)

const which = fc.constantFrom(null, true, false)

describe("OrderStatisticMap", () => {
  it("does what a sorted array does", () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 200 }),
        fc.array(fc.tuple(which, fc.nat({ max: 210 }), fc.integer({ min: 1, max: 50 })), { minLength: 5 }),
        (changes, slices) => {
          let map = OrderStatisticMap.empty<Item>((item) => item.marked)
          const model = new Map<number, Item>()
          for (const { key, kind, marked } of changes) {
            if (kind === "set") {
              map = OrderStatisticMap.set(map, key, { key, marked })
              model.set(key, { key, marked })
            } else {
              map = OrderStatisticMap.remove(map, key)
              model.delete(key)
            }
          }
          const sorted = [...model.values()].toSorted((a, b) => a.key - b.key)
          for (const { key } of changes) assert.deepStrictEqual(OrderStatisticMap.get(map, key), model.get(key))
          for (const [marked, offset, limit] of slices) {
            const expected = sorted.filter((item) => marked === null || item.marked === marked)
            assert.strictEqual(OrderStatisticMap.count(map, marked), expected.length)
            assert.deepStrictEqual(
              OrderStatisticMap.slice(map, marked, offset, limit),
              expected.slice(offset, offset + limit),
            )
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  it("leaves the map that it came from as it was", () => {
    const before = OrderStatisticMap.set(
      OrderStatisticMap.empty<Item>(() => true),
      5,
      { key: 5, marked: true },
    )
    OrderStatisticMap.remove(OrderStatisticMap.set(before, 4000, { key: 4000, marked: true }), 5)
    assert.deepStrictEqual(OrderStatisticMap.slice(before, null, 0, 10), [{ key: 5, marked: true }])
  })

  it("has nothing under what is no key", () => {
    const map = OrderStatisticMap.set(
      OrderStatisticMap.empty<Item>(() => true),
      0,
      { key: 0, marked: true },
    )
    for (const key of [-1, 0.5, Number.NaN, 2 ** 32, 2 ** 53, Number.POSITIVE_INFINITY]) {
      assert.isUndefined(OrderStatisticMap.get(map, key))
      assert.throws(() => OrderStatisticMap.set(map, key, { key, marked: true }), RangeError)
    }
  })
})
