/**
 * Runs a call on a clock that moves only when nothing else can happen: when the call waits between two attempts, or
 * when the other side has nothing more to say. So times are exact, and nobody sleeps.
 */
import { startOfCalls } from "@effect-tokens/test-support/Misbehaviour"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Tracer from "effect/Tracer"

/** What a call is up against. */
export interface OtherSide {
  /** How many answers have come to the point from where they lead nowhere. */
  readonly stalls: () => number
  /** Lets a second pass for what comes drop by drop. */
  readonly tick: () => void
  readonly onChange: (listener: () => void) => () => void
}

export interface Observed<A, E> {
  readonly exit: Exit.Exit<A, E>
  /** How often it was sent, or tried to be. */
  readonly attempts: number
  /** In milliseconds. */
  readonly time: number
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

const makeClock = (changed: () => void) => {
  let now = 0
  const sleepers = new Set<Sleeper>()
  const millis = () => startOfCalls + now
  const nanos = () => BigInt(now) * 1_000_000n
  const wallNanos = () => BigInt(millis()) * 1_000_000n
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: wallNanos,
    currentTimeNanos: Effect.sync(wallNanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.callback<void>((resume) => {
        const sleeper = { at: now + Math.ceil(Duration.toMillis(duration)), wake: () => resume(Effect.void) }
        sleepers.add(sleeper)
        changed()
        return Effect.sync(() => sleepers.delete(sleeper))
      }),
  }
  return {
    clock,
    now: () => now,
    sleepers: () => sleepers.size,
    /** Moves on to the first that wakes, or by a second if that is sooner. */
    advance: () => {
      now = Math.min(now + 1000, ...[...sleepers].map(({ at }) => at))
      for (const sleeper of [...sleepers].filter(({ at }) => at <= now)) {
        sleepers.delete(sleeper)
        sleeper.wake()
      }
    },
  }
}

/** Sees what the client shows of its attempts: each is a span of the kind that leaves the process (C12). */
const makeTracer = (beginning: () => void, changed: () => void) => {
  let begun = 0
  let open = 0
  let isAnswered = false
  class AttemptSpan extends Tracer.NativeSpan {
    override end(endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
      open -= 1
      super.end(endTime, exit)
      changed()
    }
    override attribute(key: string, value: unknown): void {
      super.attribute(key, value)
      isAnswered ||= key === "http.response.status_code"
      changed()
    }
  }
  const tracer = Tracer.make({
    span: (options) => {
      if (options.kind !== "client") return new Tracer.NativeSpan(options)
      begun += 1
      open += 1
      isAnswered = false
      beginning()
      return new AttemptSpan(options)
    },
  })
  return { tracer, attempts: () => begun, isOpen: () => open > 0, isAnswered: () => isAnswered }
}

/** Half of the longest wait, each time. */
const middle: Random.Random = { nextIntUnsafe: () => 0, nextDoubleUnsafe: () => 0.5 }

/** `stallsInBody`: where the other side leads nowhere, it has sent the head of an answer before. */
export const observe = <A, E, R>(
  call: Effect.Effect<A, E, R>,
  other: OtherSide,
  stallsInBody = false,
): Effect.Effect<Observed<A, E>, never, R> =>
  Effect.gen(function* () {
    let stallsBefore = 0
    let changed = () => {}
    const { advance, clock, now, sleepers } = makeClock(() => changed())
    const { attempts, isAnswered, isOpen, tracer } = makeTracer(
      () => (stallsBefore = other.stalls()),
      () => changed(),
    )
    const isStalled = () => other.stalls() >= stallsBefore + 1 && (isAnswered() || !stallsInBody)

    const fiber = yield* call.pipe(
      Effect.provideService(Clock.Clock, clock),
      Effect.provideService(Tracer.Tracer, tracer),
      Effect.provideService(Random.Random, middle),
      Effect.forkChild,
    )

    yield* Effect.callback<void>((resume) => {
      let isScheduled = false
      const step = () => {
        isScheduled = false
        if (sleepers() === 0 || (isOpen() && !isStalled())) return
        advance()
        if (isOpen()) other.tick()
        changed()
      }
      changed = () => {
        if (isScheduled) return
        isScheduled = true
        setImmediate(step)
      }
      const unsubscribe = other.onChange(() => changed())
      fiber.addObserver(() => {
        unsubscribe()
        resume(Effect.void)
      })
      changed()
    })
    return { exit: yield* Fiber.await(fiber), attempts: attempts(), time: now() }
  })
