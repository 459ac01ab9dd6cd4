/** Makes the calls of commands, one after another or at the same time, and checks the answers against a model. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as fc from "fast-check"
import { type Failure, Violation } from "../../Laws.ts"
import type { ClockCapability } from "./capabilities.ts"
import type { History } from "./history.ts"
import type { Interpreter } from "./interpreter.ts"
import { linearize, type Operation } from "./linearize.ts"
import type { Specification } from "./specification.ts"

/** Where commands are carried out, and the rules that their answers are checked against. */
export interface Execution<Model, Command, Call, Observed> {
  readonly specification: Specification<Model, Call, Observed>
  readonly interpreter: Interpreter<Command, Call, Observed>
  readonly history: Pick<History, "length" | "name" | "story" | "tick">
  readonly clock?: ClockCapability | undefined
}

interface Advance {
  readonly do: "advance"
  readonly millis: number
}

const isAdvance = (command: { readonly do: string }): command is Advance => command.do === "advance"

/** Makes calls one after another, and checks each answer. Gives the model after the last one. */
export const runSequence = Effect.fnUntraced(function* <Model, Command extends { readonly do: string }, Call, Observed>(
  { clock, history, interpreter, specification }: Execution<Model, Command, Call, Observed>,
  begin: Model,
  commands: ReadonlyArray<Command | Advance>,
): Effect.fn.Return<Model, Failure> {
  let model = begin
  for (const command of commands) {
    if (isAdvance(command)) {
      yield* clock?.advance(command.millis) ?? Effect.void
      model = specification.advance(model, command.millis)
      continue
    }
    const { call, run } = yield* interpreter.prepare(command)
    const observed = yield* run
    const next = observed === undefined ? undefined : specification.accept(model, call, observed)
    if (next === undefined) {
      const number = history.length()
      return yield* new Violation({
        expected: specification.describe(model, call, history.name),
        got: history.story()[number - 1]?.answer ?? "no answer",
        step: number,
      })
    }
    model = next
  }
  return model
})

/** How often a call of a race yields to the others. */
const yields = fc.oneof(
  { withCrossShrink: true },
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }) },
)

/** Few calls are given up: such a call may have taken effect or not, and more answers are then right. */
const patience = fc.oneof(
  { withCrossShrink: true },
  { weight: 9, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 10 }) },
)

/** A call of a race. It is given up after `patience` turns without an answer, and never if that is `null`. */
interface Runner<Command> {
  readonly call: Command
  readonly before: number
  readonly after: number
  readonly patience: number | null
}

/** Branches run at the same time. Each makes one call after another. */
export type Branches<Command> = ReadonlyArray<ReadonlyArray<Runner<Command>>>

export const branchesOf = <Command>(call: fc.Arbitrary<Command>): fc.Arbitrary<Branches<Command>> =>
  fc.array(fc.array(fc.record({ call, before: yields, after: yields, patience }), { minLength: 1, maxLength: 5 }), {
    minLength: 2,
    maxLength: 4,
  })

export const yieldTimes = (count: number) => Effect.replicateEffect(Effect.yieldNow, count, { discard: true })

/** Interrupts a call after so many turns. An answer that comes during the interruption counts. */
const giveUpAfter = Effect.fnUntraced(function* <Observed>(run: Effect.Effect<Observed | undefined>, turns: number) {
  const fiber = yield* Effect.forkChild(run)
  yield* yieldTimes(turns)
  yield* Fiber.interrupt(fiber)
  const exit = yield* Fiber.await(fiber)
  return Exit.isSuccess(exit) ? exit.value : undefined
})

/** Makes calls at the same time, then the calls of `lookBack`, and searches an order in which all answers are right. */
export const runRace = Effect.fnUntraced(function* <Model, Command, Call, Observed>(
  { history, interpreter, specification }: Execution<Model, Command, Call, Observed>,
  model: Model,
  branches: Branches<Command>,
  lookBack: ReadonlyArray<Command>,
): Effect.fn.Return<void, Failure> {
  const operations: Array<Operation<Call, Observed>> = []
  const numbers = new Map<Operation<Call, Observed>, number>()
  const perform = Effect.fnUntraced(function* (command: Command, patience: number | null) {
    const { call, run } = yield* interpreter.prepare(command)
    const began = history.tick()
    let number = 0
    // The call becomes the next step of the story when it starts. A fork starts it later.
    const numbered = Effect.suspend(() => {
      number = history.length() + 1
      return run
    })
    const observed = patience === null ? yield* numbered : yield* giveUpAfter(numbered, patience)
    const ended = observed === undefined ? Number.POSITIVE_INFINITY : history.tick()
    const operation = { call, observed, began, ended }
    operations.push(operation)
    numbers.set(operation, number)
  })
  yield* Effect.forEach(
    branches,
    (branch) =>
      Effect.forEach(
        branch,
        ({ after, before, call, patience }) =>
          yieldTimes(before).pipe(Effect.andThen(perform(call, patience)), Effect.andThen(yieldTimes(after))),
        { discard: true },
      ),
    { concurrency: "unbounded", discard: true },
  )
  for (const command of lookBack) yield* perform(command, null)

  const result = linearize(specification, model, operations)
  if (result._tag === "Legal") return
  const numberOf = (operation: Operation<Call, Observed>) => numbers.get(operation) ?? 0
  const steps = history.story()
  const firstEnd = Math.min(...result.rest.map((operation) => operation.ended))
  const next = result.rest.filter(({ began, observed }) => observed !== undefined && began <= firstEnd)
  const expected = next.map(
    (operation) => `${numberOf(operation)}: ${specification.describe(result.model, operation.call, history.name)}`,
  )
  const got = next.map((operation) => `${numberOf(operation)}: ${steps[numberOf(operation) - 1]?.answer}`)
  const order = result.order.length === 0 ? "At first" : `After ${result.order.map(numberOf).join(", ")} in this order`
  return yield* new Violation({
    expected: `answers that the calls get one after another, in some order. ${order} comes ${expected.join(", or ")}`,
    got: got.join(", and "),
  })
})
