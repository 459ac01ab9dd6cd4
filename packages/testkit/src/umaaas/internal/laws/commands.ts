/**
 * Calls of `ApiTokens` as plain data: they shrink, print, and can be saved as JSON. Their references are symbolic:
 * `token: 2` is the second token that was made, and `page: 1` the first page that was not the last.
 */
import type { KnownPermission } from "@effect-tokens/core"
import * as fc from "fast-check"
import { ordinal, passingTime } from "../../../internal/laws/commands.ts"
import { name, permissions } from "./expectations.ts"

/** A caller: the account, or the holder of the token that was made as the n-th, from 1. */
type Caller = "account" | { readonly token: number }

/** A time: `plus` milliseconds after the creation of a token. */
export interface Bound {
  readonly token: number
  readonly plus: number
}

export interface Bounds {
  readonly createdAfter: Bound | null
  readonly createdBefore: Bound | null
  readonly updatedAfter: Bound | null
  readonly updatedBefore: Bound | null
}

export type Call = { readonly as: Caller } & (
  | { readonly do: "create"; readonly name: string; readonly permissions: ReadonlyArray<KnownPermission> }
  | { readonly do: "list"; readonly name: string | null; readonly bounds: Bounds | null; readonly limit: number }
  /** Lists the page after that one, with the same filters. */
  | { readonly do: "next"; readonly page: number; readonly limit: number }
  | { readonly do: "get"; readonly token: number }
  | { readonly do: "delete"; readonly token: number }
)

export type Command = Call | { readonly do: "advance"; readonly millis: number }

const bound: fc.Arbitrary<Bound> = fc.record({ token: ordinal, plus: fc.constantFrom(0, 1, -1) })

/** Mostly one or two of the four. */
const maybe = fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: bound })

const bounds: fc.Arbitrary<Bounds> = fc.record({
  createdAfter: maybe,
  createdBefore: maybe,
  updatedAfter: maybe,
  updatedBefore: maybe,
})

const limit = fc.oneof(
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.constant(100) },
)

const nameFilter: fc.Arbitrary<string | null> = fc.option(name)

const noBounds = fc.constant(null)

interface Choices {
  /** Whether lists may ask for times. */
  readonly bounds: fc.Arbitrary<Bounds | null>
  readonly ordinal: fc.Arbitrary<number>
  /** Number of calls of holders for each three calls of the account. */
  readonly holders: number
}

const callOf = ({ bounds, holders, ordinal }: Choices): fc.Arbitrary<Call> => {
  const as = fc.oneof<Array<fc.MaybeWeightedArbitrary<Caller>>>(
    { weight: 3, arbitrary: fc.constant("account" as const) },
    { weight: holders, arbitrary: fc.record({ token: ordinal }) },
  )
  return fc.oneof<Array<fc.MaybeWeightedArbitrary<Call>>>(
    { weight: 7, arbitrary: fc.record({ do: fc.constant("create"), as, name, permissions }) },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant("list"), as, name: nameFilter, bounds, limit }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("next"), as, page: fc.integer({ min: 1, max: 3 }), limit }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("get"), as, token: ordinal }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant("delete"), as, token: ordinal }) },
  )
}

/** Generates calls for a race: they share few tokens, and holders call as often as the account. */
export const call: fc.Arbitrary<Call> = callOf({
  bounds: noBounds,
  ordinal: fc.oneof(
    { withCrossShrink: true },
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 2 }) },
    { weight: 1, arbitrary: fc.integer({ min: 3, max: 5 }) },
  ),
  holders: 3,
})

/** Generates calls, some of them with filters of time, and advances of the time between them. */
export const command: fc.Arbitrary<Command> = fc.oneof<Array<fc.MaybeWeightedArbitrary<Command>>>(
  { weight: 9, arbitrary: callOf({ bounds: fc.option(bounds), ordinal, holders: 2 }) },
  { weight: 2, arbitrary: passingTime(fc.integer({ min: 0, max: 3 })) },
)
