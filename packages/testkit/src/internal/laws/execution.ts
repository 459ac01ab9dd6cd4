/** Plays commands on a platform, one after another or at the same time, and holds the answers against a model. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Predicate from "effect/Predicate"
import * as fc from "fast-check"
import { type Failure, Violation } from "../../Laws.ts"
import { linearize, type Operation } from "./linearize.ts"
import type { Specification } from "./specification.ts"
import type { HistoryRecorder } from "./historyRecorder.ts"

/** A call about to be made, to whom a command pointed at. Without an answer nobody knows whether it took effect. */
interface Prepared<Call, Observed> {
  readonly call: Call
  readonly run: Effect.Effect<Observed | undefined>
}

export interface Interpreter<Command, Call, Observed> {
  /** What a command points at is what has been made by then. */
  readonly prepare: (command: Command) => Effect.Effect<Prepared<Call, Observed>, Failure>
}

/** Where commands are played, and what their answers are held against. */
export interface Execution<Model, Command, Call, Observed> {
  readonly machine: Specification<Model, Call, Observed>
  /** What must be answered, in words. */
  readonly describe: (model: Model, call: Call) => string
  readonly recorder: Pick<HistoryRecorder<never>, "length" | "story" | "tick">
  readonly interpreter: Interpreter<Command, Call, Observed>
}

/** Errors that do not tell whether the call took effect. */
const inconclusive = new Set([
  "OutcomeUnknown",
  "ConnectionFailed",
  "TimedOut",
  "InternalServerError",
  "BadGateway",
  "ServiceUnavailable",
  "GatewayTimeout",
  "MalformedResponse",
])

/** What was answered, where it says whether the call took effect. */
export const observeExit = <A, Observed>(
  exit: Exit.Exit<A, Failure>,
  ofValue: (value: A) => Observed,
): Observed | { readonly _tag: "Error"; readonly error: string } | undefined => {
  if (Exit.isSuccess(exit)) return ofValue(exit.value)
  if (Cause.hasInterruptsOnly(exit.cause)) return undefined
  const error: unknown = Cause.squash(exit.cause)
  const tag = Predicate.hasProperty(error, "_tag") ? String(error._tag) : String(error)
  return inconclusive.has(tag) ? undefined : { _tag: "Error", error: tag }
}

/** Makes the call and holds its answer against the model. */
export const step = Effect.fnUntraced(function* <Model, Command, Call, Observed>(
  { describe, machine, interpreter, recorder }: Execution<Model, Command, Call, Observed>,
  model: Model,
  command: Command,
): Effect.fn.Return<Model, Failure> {
  const { call, run } = yield* interpreter.prepare(command)
  const observed = yield* run
  const next = observed === undefined ? undefined : machine.accept(model, call, observed)
  if (next !== undefined) return next
  const number = recorder.length()
  return yield* Effect.fail(
    new Violation({
      expected: describe(model, call),
      got: recorder.story()[number - 1]?.answer ?? "no answer",
      step: number,
    }),
  )
})

/** How often a step of a race lets the others go first. */
const yields = fc.oneof(
  { withCrossShrink: true },
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }) },
)

/** Few are given up: such a call may have taken effect or not, so that much is right afterwards. */
const patience = fc.oneof(
  { withCrossShrink: true },
  { weight: 9, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 10 }) },
)

/** A call of a race. It is given up after so many turns, unless it is answered by then or `patience` is `null`. */
interface Runner<Command> {
  readonly call: Command
  readonly before: number
  readonly after: number
  readonly patience: number | null
}

/** Those that run at the same time, each of them one call after another. */
export type Branches<Command> = ReadonlyArray<ReadonlyArray<Runner<Command>>>

export const branchesOf = <Command>(call: fc.Arbitrary<Command>): fc.Arbitrary<Branches<Command>> =>
  fc.array(fc.array(fc.record({ call, before: yields, after: yields, patience }), { minLength: 1, maxLength: 5 }), {
    minLength: 2,
    maxLength: 4,
  })

export const yieldTimes = (count: number) => Effect.replicateEffect(Effect.yieldNow, count, { discard: true })

/** Without an answer by then, it is given up; an answer that comes while it ends is one all the same. */
const giveUpAfter = Effect.fnUntraced(function* <Observed>(run: Effect.Effect<Observed | undefined>, turns: number) {
  const fiber = yield* Effect.forkChild(run)
  yield* yieldTimes(turns)
  yield* Fiber.interrupt(fiber)
  const exit = yield* Fiber.await(fiber)
  return Exit.isSuccess(exit) ? exit.value : undefined
})

/** Makes calls at the same time, then looks at what there is, and finds an order in which the answers are right. */
export const race = Effect.fnUntraced(function* <Model, Command, Call, Observed>(
  { describe, machine, interpreter, recorder }: Execution<Model, Command, Call, Observed>,
  model: Model,
  branches: Branches<Command>,
  lookBack: ReadonlyArray<Command>,
): Effect.fn.Return<void, Failure> {
  const operations: Array<Operation<Call, Observed>> = []
  const numbers = new Map<Operation<Call, Observed>, number>()
  const perform = Effect.fnUntraced(function* (command: Command, patience: number | null) {
    const { call, run } = yield* interpreter.prepare(command)
    const began = recorder.tick()
    let number = 0
    // The call is the next step of the story once it starts, which is later where it is forked.
    const numbered = Effect.suspend(() => {
      number = recorder.length() + 1
      return run
    })
    const observed = patience === null ? yield* numbered : yield* giveUpAfter(numbered, patience)
    const ended = observed === undefined ? Number.POSITIVE_INFINITY : recorder.tick()
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

  const result = linearize(machine, model, operations)
  if (result._tag === "Legal") return
  const numberOf = (operation: Operation<Call, Observed>) => numbers.get(operation) ?? 0
  const story = recorder.story()
  const firstEnd = Math.min(...result.rest.map((operation) => operation.ended))
  const next = result.rest.filter(({ began, observed }) => observed !== undefined && began <= firstEnd)
  const expected = next.map((operation) => `${numberOf(operation)}: ${describe(result.model, operation.call)}`)
  const got = next.map((operation) => `${numberOf(operation)}: ${story[numberOf(operation) - 1]?.answer}`)
  const order = result.order.length === 0 ? "At first" : `After ${result.order.map(numberOf).join(", ")} in this order`
  return yield* Effect.fail(
    new Violation({
      expected: `answers that the calls get one after another, in some order. ${order} comes ${expected.join(", or ")}`,
      got: got.join(", and "),
    }),
  )
})
