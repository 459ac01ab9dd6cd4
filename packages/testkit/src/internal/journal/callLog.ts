/** Keeps what calls were made and what came of them, up to a number. Knows no services: whoever has calls records. */
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { type ServiceOperation, serviceOperations } from "../services.ts"

const Count = Schema.Int

/** Plain values, so that an entry goes into any message or file. */
const Input = Schema.Record(
  Schema.String,
  Schema.Union([Schema.String, Schema.Finite, Schema.Boolean, Schema.Null, Schema.Array(Schema.String)]),
)

const Outcome = Schema.Union([
  Schema.TaggedStruct("Pending", {}),
  Schema.TaggedStruct("Success", { tokens: Schema.Array(Schema.Union([Schema.Int, Schema.String])) }),
  Schema.TaggedStruct("Failure", {
    error: Schema.String,
    status: Schema.optionalKey(Schema.Int),
    message: Schema.String,
  }),
  Schema.TaggedStruct("Interrupted", {}),
])

type Outcome = typeof Outcome.Type

export const Entry = Schema.Struct({
  index: Count,
  at: Schema.DateTimeUtcFromString,
  caller: Schema.String,
  operation: Schema.Literals(serviceOperations),
  input: Input,
  outcome: Outcome,
  began: Count,
  ended: Schema.NullOr(Count),
  millis: Schema.NullOr(Schema.Finite),
})

export type Entry = typeof Entry.Type

export const Snapshot = Schema.Struct({ entries: Schema.Array(Entry), dropped: Count })

export type Snapshot = typeof Snapshot.Type

/** What is known of a call when it begins. Times are in milliseconds since 1970. */
interface Start {
  readonly at: number
  readonly caller: string
  readonly operation: ServiceOperation
  readonly input: typeof Input.Type
}

/** `input` is what only came to light during the call. */
export interface End {
  readonly at: number
  readonly input?: typeof Input.Type
  readonly outcome: Exclude<Outcome, { readonly _tag: "Pending" }>
}

export interface CallLog {
  readonly begin: (start: Start) => (end: End) => void
  readonly snapshot: () => Snapshot
  readonly clear: () => void
}

/** A call as it is kept: it becomes an entry once somebody looks. */
interface Kept {
  readonly index: number
  readonly start: Start
  readonly began: number
  end: End | undefined
  ended: number | null
}

const entryOf = ({ began, end, ended, index, start }: Kept): Entry => ({
  index,
  at: DateTime.makeUnsafe(start.at),
  caller: start.caller,
  operation: start.operation,
  input: { ...start.input, ...end?.input },
  outcome: end?.outcome ?? { _tag: "Pending" },
  began,
  ended,
  millis: end === undefined ? null : end.at - start.at,
})

export const makeCallLog = (capacity: number): CallLog => {
  /** In the order of the calls: a map keeps the order in which keys came. */
  const kept = new Map<number, Kept>()
  let calls = 0
  let moment = 0
  let dropped = 0

  return {
    begin: (start) => {
      const call: Kept = { index: ++calls, start, began: ++moment, end: undefined, ended: null }
      kept.set(call.index, call)
      if (kept.delete(call.index - capacity)) dropped += 1
      return (end) => {
        call.end = end
        call.ended = ++moment
      }
    },
    snapshot: () => ({ entries: Array.from(kept.values(), entryOf), dropped }),
    clear: () => {
      kept.clear()
      dropped = 0
    },
  }
}
