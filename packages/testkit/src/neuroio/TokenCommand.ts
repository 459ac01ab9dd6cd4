/**
 * Calls as plain data, to make random use of a platform: they shrink, print and can be saved as JSON. What they point at
 * is symbolic: `{ "token": 2, "by": "key" }` is the second token that was made, by its key.
 *
 * @since 0.1.0
 */
import { StreamTokens, type TokenKey, Tokens } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { type CallError, type Given, makeCall, makeReferences, missing } from "./internal/tokenCalls.ts"
import { NeuroioControl, type Owner } from "./NeuroioControl.ts"
import type { Family } from "./NeuroioRules.ts"

/**
 * Who calls: one of three owners, or the holder of the token that was made as the n-th, from 1.
 *
 * @since 0.1.0
 */
export type Caller = "account" | "space" | "manager" | { readonly token: number }

/**
 * The token that was made as the n-th, from 1. Where there are fewer it points at none: at an id that no token has, or a
 * key.
 *
 * @since 0.1.0
 */
export interface Reference {
  readonly token: number
  readonly by: "id" | "key"
}

/**
 * Who makes a call, and on which family.
 *
 * @since 0.1.0
 */
export interface From {
  readonly as: Caller
  readonly family: Family
}

/**
 * One call. Its fields are those of the operation.
 *
 * @since 0.1.0
 */
export type Call = From &
  (
    | { readonly do: "create"; readonly permanent: boolean }
    | { readonly do: "list"; readonly permanent: boolean | null; readonly limit: number; readonly offset: number }
    | { readonly do: "get"; readonly ref: Reference }
    | { readonly do: "update"; readonly ref: Reference; readonly isActive: boolean }
    | { readonly do: "delete"; readonly ref: Reference }
    | { readonly do: "deleteList"; readonly permanent: boolean | null }
  )

/**
 * A call, or time that passes, in milliseconds.
 *
 * @since 0.1.0
 */
export type Command = Call | { readonly do: "advance"; readonly millis: number }

/**
 * What commands are drawn from.
 *
 * - `families`: which families; the first comes up most. Both unless given.
 * - `callers`: who calls; `token` stands for the holders of tokens. The first comes up most. `["account"]` unless given.
 *
 * @since 0.1.0
 */
export interface Options {
  readonly families?: ReadonlyArray<Family> | undefined
  readonly callers?: ReadonlyArray<"account" | "space" | "manager" | "token"> | undefined
}

const permanent = fc.constantFrom(null, true, false)

/** Mostly one of the first few, which there are, and which others point at too. */
const ordinal = fc.oneof(
  { withCrossShrink: true },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.integer({ min: 4, max: 8 }) },
)
const ref: fc.Arbitrary<Reference> = fc.record({ token: ordinal, by: fc.constantFrom("id", "key") })

/** The first of them comes up so many times as often as all others together. */
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

/**
 * Calls by chance, of all operations that give or take tokens.
 *
 * @since 0.1.0
 */
export const call = (options: Options = {}): fc.Arbitrary<Call> => {
  const as = firstMost<CallerChoice, Caller>(2, options.callers ?? ["account"], "account", callerFrom)
  const family = firstMost<Family, Family>(4, options.families ?? ["tokens", "streamTokens"], "tokens", fc.constant)
  const from = { as, family }
  return fc.oneof<Array<fc.MaybeWeightedArbitrary<Call>>>(
    { weight: 7, arbitrary: fc.record({ do: fc.constant("create"), ...from, permanent: fc.boolean() }) },
    // What went wrong shows in whole lists, if anywhere.
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

/** Mostly about as long as a temporary token lives, where things happen. */
const millis = fc.oneof(fc.integer({ min: 0, max: 2 * day }), fc.constantFrom(day, day - 1, 1, day + 1))

/**
 * Calls by chance, and time that passes between them.
 *
 * @since 0.1.0
 */
export const command = (options: Options = {}): fc.Arbitrary<Command> =>
  fc.oneof<Array<fc.MaybeWeightedArbitrary<Command>>>(
    { weight: 9, arbitrary: call(options) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("advance"), millis }) },
  )

/**
 * What a call can fail with.
 *
 * @since 0.1.0
 */
export type PlayError = CallError

/**
 * Makes commands happen on a platform, one by one: somebody else who uses the account of your app beside it, other
 * owners, holders of tokens. What a command points at are the tokens that this player made. A space and a manager are
 * added when they first call.
 *
 * - `advance`: what to do when time passes, in milliseconds. Moves the platform's time alone unless given; where
 *   `TestClock` is the time of your app as well, give it `TestClock.adjust`.
 *
 * @example
 * import { NeuroioMemory, TokenCommand } from "@effect-tokens/testkit"
 * import { Effect } from "effect"
 * import { TestClock } from "effect/testing"
 * import * as fc from "fast-check"
 *
 * const commands = fc.array(TokenCommand.command({ callers: ["account", "token"] }), { maxLength: 30, size: "max" })
 *
 * const others = (commands: ReadonlyArray<TokenCommand.Command>) =>
 *   Effect.gen(function* () {
 *     const play = yield* TokenCommand.makePlayer({ advance: TestClock.adjust })
 *     for (const command of commands) yield* Effect.ignore(play(command))
 *   }).pipe(Effect.provide(NeuroioMemory.layer))
 *
 * @since 0.1.0
 */
export const makePlayer = (
  options: { readonly advance?: ((millis: number) => Effect.Effect<void>) | undefined } = {},
): Effect.Effect<(command: Command) => Effect.Effect<Given, PlayError>, never, NeuroioControl> =>
  Effect.map(NeuroioControl, (control) => {
    const references = makeReferences()
    const owners = new Map<"space" | "manager", Owner>()
    const { advance = control.advance } = options

    const addOnce = (kind: "space" | "manager") =>
      Effect.suspend(() => {
        const known = owners.get(kind)
        if (known !== undefined) return Effect.succeed(known)
        return Effect.tap(control.addOwner(kind), (owner) => Effect.sync(() => owners.set(kind, owner)))
      })

    const enter = (as: Caller): Effect.Effect<Owner | TokenKey> => {
      if (as === "account") return Effect.succeed(control.account)
      return typeof as === "string"
        ? addOnce(as)
        : Effect.sync(() => references.find(as.token)?.token.key ?? missing.key)
    }

    return (command) =>
      command.do === "advance"
        ? advance(command.millis)
        : Effect.flatMap(enter(command.as), (caller) =>
            Effect.gen(function* () {
              const operations = command.family === "tokens" ? yield* Tokens : yield* StreamTokens
              return yield* makeCall(command, operations, references)
            }).pipe(Effect.provide(control.as(caller))),
          )
  })
