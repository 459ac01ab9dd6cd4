/**
 * Platforms that answer rightly to calls one after another, and wrongly to some at the same time (N18): each reads the
 * state, lets others go first, and then writes as if nobody had.
 */
import { NeuroioRules } from "@effect-tokens/testkit"
import * as Effect from "effect/Effect"
import type { NeuroioSimulation } from "../../../src/neuroio/internal/simulation.ts"
import { nowIn } from "../../../src/internal/simulation.ts"
import {
  isErrorResponse,
  type Mutant,
  mutantOf,
  type Perform,
  right,
  type Rules,
  type State,
  tokensOf,
  withTokens,
} from "./wrong.ts"

type Answer<Output> = Effect.Effect<Output, NeuroioRules.ErrorResponse>

const settle = <Output>(answer: Output | NeuroioRules.ErrorResponse): Answer<Output> =>
  isErrorResponse(answer) ? Effect.fail(answer) : Effect.succeed(answer)

/** One call against a world. */
interface Calling<Output> {
  readonly world: NeuroioSimulation
  /** What the rules make of that state now. */
  readonly compute: (state: State) => readonly [Output | NeuroioRules.ErrorResponse, State]
  /** The same without another look at the credential. */
  readonly computeAsOwner: Calling<Output>["compute"]
  readonly owner: number
  readonly family: NeuroioRules.Family
}

/** Does some operations in another way, and the others at one go. */
const racing = (
  bug: string,
  names: ReadonlyArray<Exclude<keyof Rules, "refusalOf">>,
  run: <Output>(calling: Calling<Output>) => Answer<Output>,
): Mutant =>
  mutantOf(bug, () => {
    const perform: Perform = (world, transition, caller, input) =>
      Effect.clockWith((clock) => {
        const owner = NeuroioRules.authenticate(world.state, nowIn(world, clock), caller)
        const compute = (state: State) => transition(state, nowIn(world, clock), caller, input)
        if (names.some((name) => Object.is(right[name], transition)) && !isErrorResponse(owner)) {
          const computeAsOwner = (state: State) =>
            transition(state, nowIn(world, clock), { _tag: "Owner", owner }, input)
          return run({ world, compute, computeAsOwner, owner, family: input.family })
        }
        const [answer, next] = compute(world.state)
        world.state = next
        return settle(answer)
      })
    return { perform }
  })

const others = (turns: number) => Effect.replicateEffect(Effect.yieldNow, turns, { discard: true })

/** Writes back all that it has read, as it was but for its own change. */
const writesBack = Effect.fnUntraced(function* <Output>({ compute, family, owner, world }: Calling<Output>) {
  const [answer, next] = compute(world.state)
  world.state = { ...world.state, nextId: next.nextId }
  yield* Effect.yieldNow
  if (!isErrorResponse(answer)) world.state = withTokens(world.state, owner, family, tokensOf(next, owner, family))
  return yield* settle(answer)
})

/** Answers at once, and does it later. */
const doesLater = Effect.fnUntraced(function* <Output>({ compute, world }: Calling<Output>) {
  const [answer] = compute(world.state)
  yield* Effect.forkDetach(
    Effect.andThen(
      others(3),
      Effect.sync(() => {
        world.state = compute(world.state)[1]
      }),
    ),
  )
  return yield* settle(answer)
})

export const races: ReadonlyArray<Mutant> = [
  racing(
    "create looks at the cap, lets others go first, and then makes the token",
    ["create"],
    Effect.fnUntraced(function* ({ compute, computeAsOwner, family, owner, world }) {
      const [checked] = compute(world.state)
      if (isErrorResponse(checked)) return yield* Effect.fail(checked)
      yield* Effect.yieldNow
      // No cap is looked at where there are no permanent tokens.
      const kept = tokensOf(world.state, owner, family)
      const uncapped = kept.map((token) => ({ ...token, permanent: false }))
      const [answer, next] = computeAsOwner(withTokens(world.state, owner, family, uncapped))
      const made = tokensOf(next, owner, family).slice(kept.length)
      world.state = withTokens(next, owner, family, [...kept, ...made])
      return yield* settle(answer)
    }),
  ),
  racing(
    "create draws its id, lets others go first, and then makes the token",
    ["create"],
    Effect.fnUntraced(function* ({ compute, world }) {
      const id = world.state.nextId
      world.state = { ...world.state, nextId: id + 1 }
      // Not each takes as long: otherwise they would come in the order of their ids.
      yield* others(id % 2 === 0 ? 1 : 4)
      const { nextId } = world.state
      const [answer, next] = compute({ ...world.state, nextId: id })
      world.state = { ...next, nextId }
      return yield* settle(answer)
    }),
  ),
  racing(
    "two creates at once get the same id, and one of them is lost",
    ["create"],
    Effect.fnUntraced(function* ({ compute, world }) {
      const id = world.state.nextId
      yield* Effect.yieldNow
      const { nextId } = world.state
      const [answer, next] = compute({ ...world.state, nextId: id })
      world.state = { ...next, nextId: Math.max(next.nextId, nextId) }
      return yield* settle(answer)
    }),
  ),
  racing("create writes back the list that it has read before others went first", ["create"], writesBack),
  racing("update writes back the list that it has read before others went first", ["update"], writesBack),
  racing("delete writes back the list that it has read before others went first", ["delete"], writesBack),
  racing("deleteList finds out what stays, lets others go first, and then keeps only that", ["deleteList"], writesBack),
  racing(
    "update reads the token, lets others go first, and then writes it, even if it is deleted by then",
    ["update"],
    Effect.fnUntraced(function* ({ compute, family, owner, world }) {
      const before = tokensOf(world.state, owner, family)
      const [answer, next] = compute(world.state)
      const changed = tokensOf(next, owner, family).filter((token) => !before.includes(token))
      yield* Effect.yieldNow
      world.state = withTokens(world.state, owner, family, [...tokensOf(world.state, owner, family), ...changed])
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
    "list reads the permanent tokens, lets others go first, and then reads the temporary ones",
    ["list"],
    Effect.fnUntraced(function* ({ compute, family, owner, world }) {
      const permanent = tokensOf(world.state, owner, family).filter((token) => token.permanent)
      yield* others(3)
      const temporary = tokensOf(world.state, owner, family).filter((token) => !token.permanent)
      return yield* settle(compute(withTokens(world.state, owner, family, [...permanent, ...temporary]))[0])
    }),
  ),
  racing(
    "the credential is looked at, others go first, and then the call takes effect",
    ["create", "list", "get", "update", "delete", "deleteList"],
    Effect.fnUntraced(function* ({ computeAsOwner, world }) {
      yield* others(2)
      const [answer, next] = computeAsOwner(world.state)
      world.state = next
      return yield* settle(answer)
    }),
  ),
  racing("update answers, and shows some turns later", ["update"], doesLater),
  racing("delete answers, and shows some turns later", ["delete"], doesLater),
  racing("deleteList answers, and shows some turns later", ["deleteList"], doesLater),
  racing("create answers, and shows some turns later", ["create"], doesLater),
]
