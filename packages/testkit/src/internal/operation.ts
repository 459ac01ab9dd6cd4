/**
 * What a platform does for a call, from what is asked for to what is answered: the same whichever way the call came in.
 * What operations there are is in `neuroioOperations` and `umaaasOperations`, their rules in the platforms.
 */
import * as Result from "effect/Result"
import type { Entry } from "./journal/callLog.ts"
import type { ErrorResponse } from "./sandbox/wire.ts"
import type { Simulation } from "./simulation.ts"

/** What is about to be done. */
export interface Done<Answer> {
  readonly answer: Answer
  /** By their ids, for the journal. */
  readonly tokens: ReadonlyArray<number | string>
  /** Nothing has changed before. */
  readonly commit: () => void
}

/** `Asked` is what a call has of its own, `Answer` is in the vendor's shape. */
export interface Operation<World, Caller, Asked, Answer> {
  readonly status: 200 | 201 | 204
  /** What the journal shows of what is asked for, where the target of the request does not say it. */
  readonly inputOf: (asked: Asked) => Entry["input"]
  /** The answer as JSON, if there is one. */
  readonly textOf: (answer: Answer) => string | undefined
  readonly attempt: (
    world: World,
    now: number,
    caller: Caller,
    asked: Asked,
  ) => Result.Result<Done<Answer>, ErrorResponse>
}

interface Description<State, World, Caller, ErrorResponse, Asked, Input, Output, Answer> {
  readonly status: Operation<World, Caller, Asked, Answer>["status"]
  readonly inputOf?: (asked: Asked) => Entry["input"]
  readonly read: (asked: Asked) => Result.Result<Input, ErrorResponse>
  readonly transition: (
    world: World,
  ) => (state: State, now: number, caller: Caller, input: Input) => readonly [Output | ErrorResponse, State]
  readonly tokensOf: (output: Output) => ReadonlyArray<number | string>
  readonly answer: (output: Output) => Answer
  readonly textOf?: (answer: Answer) => string | undefined
}

/** How the operations of a platform are described. */
export const describing =
  <State, W extends Simulation<State>, Caller, Refusal extends ErrorResponse>(
    isRefusal: <A>(answer: A | Refusal) => answer is Refusal,
  ) =>
  <Asked, Input, Output, Answer>({
    answer,
    inputOf = () => ({}),
    read,
    status,
    textOf = JSON.stringify,
    tokensOf,
    transition,
  }: Description<State, W, Caller, Refusal, Asked, Input, Output, Answer>): Operation<W, Caller, Asked, Answer> => ({
    status,
    inputOf,
    textOf,
    attempt: (world, now, caller, asked) =>
      Result.flatMap(read(asked), (input) => {
        const [output, next] = transition(world)(world.state, now, caller, input)
        if (isRefusal(output)) return Result.fail(output)
        return Result.succeed({
          answer: answer(output),
          tokens: tokensOf(output),
          commit: () => {
            world.state = next
          },
        })
      }),
  })
