/**
 * UMAaaS platforms that answer rightly to calls one after another, and wrongly to some at the same time (U12): each reads
 * the state, lets others go first, and then writes as if nobody had.
 */
import { UmaaasRules } from "@effect-tokens/testkit"
import * as Effect from "effect/Effect"
import type { PerformUmaaas, UmaaasSimulation } from "../../../src/umaaas/internal/simulation.ts"
import { nowIn } from "../../../src/internal/simulation.ts"
import {
  firstOf,
  isErrorResponse,
  type Mutant,
  mutantOf,
  right,
  type Rules,
  type State,
  tokensOf,
  withTokens,
} from "./wrong.ts"

type Answer<Output> = Effect.Effect<Output, UmaaasRules.ErrorResponse>

const settle = <Output>(answer: Output | UmaaasRules.ErrorResponse): Answer<Output> =>
  isErrorResponse(answer) ? Effect.fail(answer) : Effect.succeed(answer)

/** One call against a world. */
interface Calling<Output> {
  readonly world: UmaaasSimulation
  /** What the rules make of that state now. */
  readonly compute: (state: State) => readonly [Output | UmaaasRules.ErrorResponse, State]
  /** The same as somebody who may do everything, whoever calls. */
  readonly computeAnyhow: Calling<Output>["compute"]
  readonly refused: UmaaasRules.ErrorResponse | undefined
}

type Name = keyof typeof UmaaasRules.needs

/** Does some operations in another way, and the others at one go. */
const racing = (
  bug: string,
  names: ReadonlyArray<Name>,
  run: <Output>(calling: Calling<Output>) => Answer<Output>,
): Mutant =>
  mutantOf("U12", bug, () => {
    // Not those of the rules that are given, which are copied: a transition is known by itself.
    const isMeant = (transition: unknown) => names.some((name) => Object.is(rights[name], transition))
    const perform: PerformUmaaas = (world, transition, caller, input) =>
      Effect.clockWith((clock) => {
        const compute = (state: State) => transition(state, nowIn(world, clock), caller, input)
        if (isMeant(transition)) {
          const computeAnyhow = (state: State) => transition(state, nowIn(world, clock), firstOf(state), input)
          const name = names.find((name) => Object.is(rights[name], transition)) ?? "list"
          const refused = UmaaasRules.refusalOf(world.state, caller, UmaaasRules.needs[name])
          return run({ world, compute, computeAnyhow, refused })
        }
        const [answer, next] = compute(world.state)
        world.state = next
        return settle(answer)
      })
    return { perform }
  })

const rights: Pick<Rules, Name> = right

const others = (turns: number) => Effect.replicateEffect(Effect.yieldNow, turns, { discard: true })

/** Writes back all that it has read, as it was but for its own change. */
const writesBack = Effect.fnUntraced(function* <Output>({ compute, world }: Calling<Output>) {
  const [answer, next] = compute(world.state)
  world.state = { ...world.state, nextNumber: next.nextNumber }
  yield* Effect.yieldNow
  if (!isErrorResponse(answer)) world.state = withTokens(world.state, tokensOf(next))
  return yield* settle(answer)
})

/** Answers at once, and does it later. */
const doesLater = Effect.fnUntraced(function* <Output>({ compute, computeAnyhow, world }: Calling<Output>) {
  const [answer] = compute(world.state)
  yield* Effect.forkDetach(
    Effect.andThen(
      others(3),
      Effect.sync(() => {
        if (!isErrorResponse(answer)) world.state = computeAnyhow(world.state)[1]
      }),
    ),
  )
  return yield* settle(answer)
})

/** Lets the caller in, lets others go first, and does it then. */
const looksFirst = Effect.fnUntraced(function* <Output>({ computeAnyhow, refused, world }: Calling<Output>) {
  if (refused !== undefined) return yield* Effect.fail(refused)
  yield* others(2)
  const [answer, next] = computeAnyhow(world.state)
  world.state = next
  return yield* settle(answer)
})

export const races: ReadonlyArray<Mutant> = [
  racing("create writes back the tokens that it has read before others went first", ["create"], writesBack),
  racing("delete writes back the tokens that it has read before others went first", ["delete"], writesBack),
  racing("create answers, and shows some turns later", ["create"], doesLater),
  racing("delete answers, and shows some turns later", ["delete"], doesLater),
  racing(
    "the credential is looked at, others go first, and then the call takes effect",
    ["create", "list", "get", "delete"],
    looksFirst,
  ),
  racing("the credential is looked at, others go first, and then the token is deleted", ["delete"], looksFirst),
  racing(
    "two creates at once get the same number, and one of them is lost",
    ["create"],
    Effect.fnUntraced(function* ({ compute, world }) {
      const { nextNumber } = world.state
      yield* Effect.yieldNow
      const [answer, next] = compute({ ...world.state, nextNumber })
      world.state = { ...next, nextNumber: Math.max(next.nextNumber, world.state.nextNumber) }
      return yield* settle(answer)
    }),
  ),
  racing(
    "create draws its number, lets others go first, and then makes the token",
    ["create"],
    Effect.fnUntraced(function* ({ compute, world }) {
      const number = world.state.nextNumber
      world.state = { ...world.state, nextNumber: number + 1 }
      // Not each takes as long: otherwise they would come in the order of their numbers.
      yield* others(number % 2 === 0 ? 1 : 4)
      const { nextNumber } = world.state
      const [answer, next] = compute({ ...world.state, nextNumber: number })
      world.state = { ...next, nextNumber }
      return yield* settle(answer)
    }),
  ),
  racing(
    "delete finds the token, lets others go first, and succeeds even if it is gone by then",
    ["delete"],
    Effect.fnUntraced(function* ({ compute, world }) {
      const [answer] = compute(world.state)
      if (isErrorResponse(answer)) return yield* Effect.fail(answer)
      yield* Effect.yieldNow
      world.state = compute(world.state)[1]
      return yield* settle(answer)
    }),
  ),
  racing(
    "list reads the tokens with an even number, lets others go first, and then reads the others",
    ["list"],
    Effect.fnUntraced(function* ({ compute, world }) {
      const even = tokensOf(world.state).filter(({ number }) => number % 2 === 0)
      yield* others(3)
      const odd = tokensOf(world.state).filter(({ number }) => number % 2 === 1)
      const both = [...even, ...odd].toSorted((a, b) => a.number - b.number)
      return yield* settle(compute(withTokens(world.state, both))[0])
    }),
  ),
  racing(
    "get finds the token, lets others go first, and shows whichever is in its place by then",
    ["get"],
    Effect.fnUntraced(function* ({ compute, world }) {
      const [answer] = compute(world.state)
      if (isErrorResponse(answer)) return yield* Effect.fail(answer)
      const place = tokensOf(world.state).findIndex((token) => Object.is(token, answer))
      yield* others(2)
      const there = tokensOf(world.state)
      const changed =
        there.length === 0 || Object.is(there[place], answer) ? undefined : compute(withTokens(world.state, []))
      return yield* settle(changed === undefined ? answer : changed[0])
    }),
  ),
]

/** What takes calls that hardly ever come by chance: there is a law for them. */
export const rareRaces: ReadonlyArray<Mutant> = [
  racing("the credential is looked at, others go first, and then the token is created", ["create"], looksFirst),
  racing(
    "a token that deletes itself twice at once is not found the second time",
    ["delete"],
    Effect.fnUntraced(function* ({ computeAnyhow, refused, world }) {
      if (refused !== undefined) return yield* Effect.fail(refused)
      yield* Effect.yieldNow
      const [answer, next] = computeAnyhow(world.state)
      world.state = next
      return yield* settle(answer)
    }),
  ),
]
