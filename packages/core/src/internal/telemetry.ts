/**
 * What can be seen of calls from outside (C12): a span for each call with a child for each of its attempts, and metrics.
 * Nothing here may hold more of a request than the template of its path (C7). `docs/observability.md` lists it all.
 */
import * as Cause from "effect/Cause"
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Predicate from "effect/Predicate"
import type * as Tracer from "effect/Tracer"
import type { Operation } from "./operation.ts"

/** What a metric is told apart by. */
type Labels = Readonly<Record<"operation" | "outcome", string>>

const calls = (attributes: Labels) =>
  Metric.counter("effect_tokens.calls", {
    description: "Calls that have ended, by operation and outcome.",
    incremental: true,
    attributes,
  })

const attempts = (attributes: Labels) =>
  Metric.counter("effect_tokens.attempts", {
    description: "Requests that have ended, by operation and outcome. A call that is sent again makes more than one.",
    incremental: true,
    attributes,
  })

/** Those that OpenTelemetry advises for `http.client.request.duration`, and the default deadline. In seconds. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30]

const duration = (attributes: Labels) =>
  Metric.histogram("effect_tokens.call.duration", {
    description: "How long calls take, retries and waits included, by operation and outcome.",
    boundaries,
    attributes: { ...attributes, unit: "s" },
  })

/** The tag of an error is one of a few words. Its other fields are not, and stay out of labels. */
const outcomeOf = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return "success"
  if (Cause.hasInterruptsOnly(exit.cause)) return "interrupted"
  const failed = exit.cause.reasons.find(Cause.isFailReason)
  return failed !== undefined && Predicate.hasProperty(failed.error, "_tag") ? String(failed.error._tag) : "defect"
}

type AnyFiber = Fiber.Fiber<unknown, unknown>

/** A span that nobody receives would only cost time. */
const isTraced = (fiber: AnyFiber): boolean => fiber.cache.tracer !== undefined && fiber.cache.tracerEnabled

/** One request, and how long the call had waited before it, in milliseconds. `number` counts from 1. */
export interface Attempt {
  readonly number: number
  readonly waited: number
}

/** When a call began, in nanoseconds of its monotonic clock. */
interface Begun {
  readonly clock: Clock.Clock
  readonly startedAt: bigint
}

/** Tells of one operation, to whoever listens in that fiber. */
export interface Telemetry {
  readonly call: <A, E>(fiber: AnyFiber, begun: Begun, call: Effect.Effect<A, E>) => Effect.Effect<A, E>
  /** `answered` is to be told the status, if an answer comes. */
  readonly attempt: <A, E>(
    fiber: AnyFiber,
    attempt: Attempt,
    run: (onStatus: (status: number) => void) => Effect.Effect<A, E>,
  ) => Effect.Effect<A, E>
}

const ignore = () => {}

const traced = <A, E>(
  name: string,
  kind: Tracer.SpanKind,
  attributes: Readonly<Record<string, unknown>>,
  run: (span: Tracer.Span) => Effect.Effect<A, E>,
): Effect.Effect<A, E> =>
  Effect.useSpan(name, { attributes, kind }, (span) =>
    run(span).pipe(
      Effect.onExit((exit) =>
        Effect.sync(() => {
          // Whoever interrupts a call no longer wants it, which is no error: the status of the span stays unset as well.
          if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) {
            span.attribute("error.type", outcomeOf(exit))
          }
        }),
      ),
      Effect.withParentSpan(span, { captureStackTrace: false }),
    ),
  )

const defaultPort = (base: URL): number => (base.protocol === "https:" ? 443 : 80)

export const make = (
  operation: Pick<Operation<never, unknown, unknown>, "name" | "method" | "path">,
  base: URL,
): Telemetry => {
  // Names and attributes are those of OpenTelemetry's conventions for HTTP clients, except `url.full`: it would hold keys.
  const attemptName = `${operation.method} ${operation.path}`
  const attemptAttributes = {
    "http.request.method": operation.method,
    // An IPv6 address is in brackets in a URL alone.
    "server.address": base.hostname.replace(/^\[(.*)\]$/, "$1"),
    "server.port": base.port === "" ? defaultPort(base) : Number(base.port),
    "url.template": operation.path,
  }

  /** A metric costs more to make than to update. */
  const labelled = <M>(make: (labels: Labels) => M) => {
    const byOutcome = new Map<string, M>()
    return (outcome: string) => {
      let one = byOutcome.get(outcome)
      if (one === undefined) {
        one = make({ operation: operation.name, outcome })
        byOutcome.set(outcome, one)
      }
      return one
    }
  }
  const callsBy = labelled(calls)
  const attemptsBy = labelled(attempts)
  const durationBy = labelled(duration)

  return {
    call: (fiber, { clock, startedAt }, call) => {
      const measured = Effect.onExit(call, (exit) => {
        const outcome = outcomeOf(exit)
        callsBy(outcome).updateUnsafe(1, fiber.context)
        durationBy(outcome).updateUnsafe(Number(clock.monotonicTimeNanosUnsafe() - startedAt) / 1e9, fiber.context)
        return Effect.void
      })
      return isTraced(fiber) ? traced(operation.name, "internal", {}, () => measured) : measured
    },

    attempt: (fiber, { number, waited }, run) => {
      const counted = (onStatus: (status: number) => void) =>
        Effect.onExit(run(onStatus), (exit) => {
          attemptsBy(outcomeOf(exit)).updateUnsafe(1, fiber.context)
          return Effect.void
        })
      if (!isTraced(fiber)) return counted(ignore)
      const attributes = {
        ...attemptAttributes,
        "effect_tokens.attempt": number,
        "effect_tokens.waited_ms": waited,
        ...(number === 1 ? {} : { "http.request.resend_count": number - 1 }),
      }
      return traced(attemptName, "client", attributes, (span) =>
        counted((status) => span.attribute("http.response.status_code", status)),
      )
    },
  }
}
