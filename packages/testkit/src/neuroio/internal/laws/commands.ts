/**
 * Calls of `Tokens` and `StreamTokens` as plain data: they shrink, print, and can be saved as JSON. Their references are
 * symbolic: `{ "token": 2, "by": "key" }` is the second token that was made, by its key.
 */
import * as fc from "fast-check"
import { ordinal, passingTime } from "../../../internal/laws/commands.ts"
import type { Family } from "../../NeuroioRules.ts"

/** A caller: one of three owners, or the holder of the token that was made as the n-th, from 1. */
export type Caller = "account" | "space" | "manager" | { readonly token: number }

/** A reference to the token that was made as the n-th, from 1. If there are fewer, it is an id or a key that no token has. */
export interface Reference {
  /** Place of the token among those that were made, from 1. */
  readonly token: number
  /** Whether the call refers to it by its id or by its key. */
  readonly by: "id" | "key"
}

/** The caller of a call, and its family. */
export interface From {
  /** Who calls. */
  readonly as: Caller
  /** `tokens` calls the service `Tokens`, and `streamTokens` the service `StreamTokens`. */
  readonly family: Family
}

/** One call. Its fields are those of the operation. */
export type Call = From &
  (
    | { readonly do: "create"; readonly permanent: boolean }
    | { readonly do: "list"; readonly permanent: boolean | null; readonly limit: number; readonly offset: number }
    | { readonly do: "get"; readonly ref: Reference }
    | { readonly do: "update"; readonly ref: Reference; readonly isActive: boolean }
    | { readonly do: "delete"; readonly ref: Reference }
    | { readonly do: "deleteList"; readonly permanent: boolean | null }
  )

/** A call, or an advance of the time in milliseconds. */
export type Command = Call | { readonly do: "advance"; readonly millis: number }

/** Options of random commands. */
export interface Options {
  /** Families of the calls. The first is the most frequent. Defaults to both. */
  readonly families?: ReadonlyArray<Family> | undefined
  /** Callers, where `token` stands for the holders of tokens. The first is the most frequent. Defaults to `["account"]`. */
  readonly callers?: ReadonlyArray<"account" | "space" | "manager" | "token"> | undefined
}

const permanent = fc.constantFrom(null, true, false)

const ref: fc.Arbitrary<Reference> = fc.record({ token: ordinal, by: fc.constantFrom("id", "key") })

/** The first choice is so many times as frequent as all others together. */
const firstMost = <A, B>(
  times: number,
  choices: ReadonlyArray<A>,
  fallback: A,
  arbitrary: (choice: A) => fc.Arbitrary<B>,
): fc.Arbitrary<B> => {
  const [first = fallback, ...others] = choices
  return fc.oneof(
    { arbitrary: arbitrary(first), weight: Math.max(1, others.length * times) },
    ...others.map((choice) => ({ arbitrary: arbitrary(choice), weight: 1 })),
  )
}

type CallerChoice = NonNullable<Options["callers"]>[number]

const callerFrom = (choice: CallerChoice): fc.Arbitrary<Caller> =>
  choice === "token" ? fc.record({ token: ordinal }) : fc.constant(choice)

/** Generates calls of all operations that give or take tokens. */
export const call = (options: Options = {}): fc.Arbitrary<Call> => {
  const as = firstMost<CallerChoice, Caller>(2, options.callers ?? ["account"], "account", callerFrom)
  const family = firstMost<Family, Family>(4, options.families ?? ["tokens", "streamTokens"], "tokens", fc.constant)
  const from = { as, family }
  return fc.oneof<Array<fc.MaybeWeightedArbitrary<Call>>>(
    { weight: 7, arbitrary: fc.record({ do: fc.constant("create"), ...from, permanent: fc.boolean() }) },
    // A whole list shows most mistakes.
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("list"),
        ...from,
        permanent: fc.constant(null),
        limit: fc.constant(100),
        offset: fc.constant(0),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("list"),
        ...from,
        permanent,
        limit: fc.integer({ min: 1, max: 10 }),
        offset: fc.integer({ min: 0, max: 5 }),
      }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("get"), ...from, ref }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("update"), ...from, ref, isActive: fc.boolean() }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant("delete"), ...from, ref }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("deleteList"), ...from, permanent }) },
  )
}

const day = 24 * 60 * 60 * 1000

/** Mostly about the lifetime of a temporary token. */
const millis = fc.oneof(fc.integer({ min: 0, max: 2 * day }), fc.constantFrom(day, day - 1, 1, day + 1))

/** Generates calls, and advances of the time between them. */
export const command = (options: Options = {}): fc.Arbitrary<Command> =>
  fc.oneof<Array<fc.MaybeWeightedArbitrary<Command>>>(
    { weight: 9, arbitrary: call(options) },
    { weight: 1, arbitrary: passingTime(millis) },
  )
