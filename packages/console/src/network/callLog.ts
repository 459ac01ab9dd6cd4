/** Records the calls of this page and their attempts from the client's spans, while they happen. */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Tracer from "effect/Tracer"
import type * as Exit from "effect/Exit"

/** An attempt of a call. `waited` is the delay before it, `millis` its duration once it has ended. */
export interface Attempt {
  readonly number: number
  readonly request: string
  readonly waited: number
  readonly status: number | undefined
  readonly error: string | undefined
  readonly millis: number | undefined
}

/** A call. `error` is the `_tag` of the error that it ended with. */
export interface Call {
  readonly id: number
  readonly operation: string
  readonly attempts: ReadonlyArray<Attempt>
  readonly error: string | undefined
  readonly millis: number | undefined
}

/** The number of calls that are kept. */
const capacity = 30

const isOperation = /^(?:Tokens|StreamTokens|ApiTokens)\./

/** A span that reports its changes. */
class ObservedSpan extends Tracer.NativeSpan {
  readonly #changed: () => void

  constructor(options: ConstructorParameters<typeof Tracer.NativeSpan>[0], changed: () => void) {
    super(options)
    this.#changed = changed
  }

  override attribute(key: string, value: unknown): void {
    super.attribute(key, value)
    this.#changed()
  }

  override end(endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
    super.end(endTime, exit)
    this.#changed()
  }
}

const numberOf = (span: Tracer.Span, attribute: string): number | undefined => {
  const value = span.attributes.get(attribute)
  return Predicate.isNumber(value) ? value : undefined
}

const errorOf = ({ attributes, status }: Tracer.Span): string | undefined => {
  const type = attributes.get("error.type")
  if (Predicate.isString(type)) return type
  // A call is interrupted when its view goes away. That is no error and no success.
  return status._tag === "Ended" && status.exit._tag === "Failure" ? "Interrupted" : undefined
}

const millisOf = ({ status }: Tracer.Span): number | undefined =>
  status._tag === "Ended" ? Math.round(Number(status.endTime - status.startTime) / 1e6) : undefined

const attemptOf = (span: Tracer.Span): Attempt => ({
  number: numberOf(span, "effect_tokens.attempt") ?? 1,
  request: span.name,
  waited: Math.round(numberOf(span, "effect_tokens.waited_ms") ?? 0),
  status: numberOf(span, "http.response.status_code"),
  error: errorOf(span),
  millis: millisOf(span),
})

interface Recorded {
  readonly id: number
  readonly span: Tracer.Span
  readonly attempts: Array<Tracer.Span>
}

const callOf = ({ attempts, id, span }: Recorded): Call => ({
  id,
  operation: span.name,
  attempts: attempts.map(attemptOf),
  error: errorOf(span),
  millis: millisOf(span),
})

export interface CallLog {
  readonly tracer: Tracer.Tracer
  /** All kept calls, the newest first. The array stays the same until something changes. */
  readonly calls: () => ReadonlyArray<Call>
  readonly subscribe: (listener: () => void) => () => void
  readonly clear: () => void
}

export const makeCallLog = (): CallLog => {
  const listeners = new Set<() => void>()
  let recorded: ReadonlyArray<Recorded> = []
  let calls: ReadonlyArray<Call> = []
  let made = 0

  const publish = () => {
    calls = recorded.map(callOf)
    for (const listener of listeners) listener()
  }

  const tracer = Tracer.make({
    span: (options) => {
      const span = new ObservedSpan(options, publish)
      const parent = Option.getOrUndefined(options.parent)
      if (options.kind === "client" && parent !== undefined) {
        recorded.find((call) => call.span === parent)?.attempts.push(span)
      } else if (isOperation.test(options.name)) {
        recorded = [{ id: ++made, span, attempts: [] }, ...recorded].slice(0, capacity)
      }
      return span
    },
  })

  return {
    tracer,
    calls: () => calls,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    clear: () => {
      recorded = []
      publish()
    },
  }
}
