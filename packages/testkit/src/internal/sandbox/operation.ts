/**
 * The operations of a vendor as the sandbox performs them, from a request to its response. Their rules are in the vendor's
 * state machine.
 */
import * as Result from "effect/Result"
import type { Entry } from "../journal/callLog.ts"
import type { Simulation } from "../simulation.ts"
import type { ErrorResponse, Request } from "./request.ts"

/** A call: its request, taken apart. */
export interface Call {
  readonly request: Request
  /** The member of the collection that the path names, decoded. */
  readonly one: string
  readonly query: URLSearchParams
}

/** A response to a call, before it has the vendor's shape. */
interface Success {
  readonly status: 200 | 201 | 204
  /** JSON, if there is a body. */
  readonly body: string | undefined
  /** The ids in the response, for the journal. */
  readonly tokens: ReadonlyArray<number | string>
}

/** The result of a call. */
export interface Performed {
  /** The fields of the body for the journal, without a secret. */
  readonly input: Entry["input"]
  readonly result: Result.Result<Success, ErrorResponse>
}

/** Performs a call. `now` is the simulated time, in milliseconds since 1970. */
export type Operation<W, Caller> = (world: W, now: number, caller: Caller, call: Call) => Performed

interface Description<State, W, Caller, Refusal, Asked, Input, Output> {
  readonly status: Success["status"]
  /** Takes from the call what the operation uses. */
  readonly ask: (call: Call) => Result.Result<Asked, ErrorResponse>
  readonly inputOf?: (asked: Asked) => Entry["input"]
  readonly read: (asked: Asked) => Result.Result<Input, ErrorResponse>
  readonly transition: (
    world: W,
  ) => (state: State, now: number, caller: Caller, input: Input) => readonly [Output | Refusal, State]
  readonly tokensOf: (output: Output) => Success["tokens"]
  readonly encode: (output: Output) => string | undefined
}

const nothing: Entry["input"] = {}

/** The result of a call that is refused before anything of it is read. */
export const refused = (error: ErrorResponse): Performed => ({ input: nothing, result: Result.fail(error) })

/** Makes operations of descriptions. State is read and written in one turn: calls take effect one after another. */
export const describing =
  <State, W extends Simulation<State>, Caller, Refusal extends ErrorResponse>(
    isRefusal: <A>(answer: A | Refusal) => answer is Refusal,
  ) =>
  <Asked, Input, Output>({
    ask,
    encode,
    inputOf = () => nothing,
    read,
    status,
    tokensOf,
    transition,
  }: Description<State, W, Caller, Refusal, Asked, Input, Output>): Operation<W, Caller> =>
  (world, now, caller, call) => {
    const asked = ask(call)
    if (Result.isFailure(asked)) return refused(asked.failure)
    const result = Result.flatMap(read(asked.success), (input): Performed["result"] => {
      const [output, next] = transition(world)(world.state, now, caller, input)
      if (isRefusal(output)) return Result.fail(output)
      // Encoded first: where that fails, nothing has changed.
      const success: Success = { status, body: encode(output), tokens: tokensOf(output) }
      world.state = next
      return Result.succeed(success)
    })
    return { input: inputOf(asked.success), result }
  }
