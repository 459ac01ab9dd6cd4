/** Parts of random commands. */
import * as fc from "fast-check"

/** The place of a token among those that were made, from 1. Mostly one of the first few, which exist and are shared. */
export const ordinal = fc.oneof(
  { withCrossShrink: true },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: 4, max: 8 }) },
)

export const passingTime = (millis: fc.Arbitrary<number>) => fc.record({ do: fc.constant("advance" as const), millis })
