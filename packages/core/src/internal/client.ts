/**
 * Runs described operations: the one place that turns a description and an input into a request, and an answer into a
 * value or an error.
 *
 * A call goes through three stages:
 *
 * 1. `prepare` (`request.ts`): description and input → request.
 * 2. `attempt` (`attempt.ts`): sends it once, within the time limits, and frees the connection whatever comes.
 * 3. `send`: attempts until one succeeds or nothing speaks for another (`resend.ts`), and then settles what the last
 *    failure means for this kind of operation (`settle.ts`).
 *
 * Around it, `telemetry.ts` tells what can be seen of it from outside. A transport
 * (`Transport.ts`) sends it.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as ApiError from "../ApiError.ts"
import { CurrentLimits } from "../Limits.ts"
import type { Send } from "../Transport.ts"
import type { ErrorBodyReader } from "./response.ts"
import { makeAttempt } from "./attempt.ts"
import { type CallLimits, readLimits } from "./limits.ts"
import { makeMask } from "./mask.ts"
import type { Operation } from "./operation.ts"
import { type Field, type Fields, toText } from "./input.ts"
import { makePrepare } from "./request.ts"
import { isRetryable, backoffDelay } from "./retry.ts"
import { type CallFailure, isInconclusive, settle } from "./outcome.ts"
import * as Telemetry from "./telemetry.ts"

interface Credential {
  /** The value of the header `Authorization`. */
  readonly authorization: Redacted.Redacted
  /** What an answer must not repeat. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>
}

/** How a platform is called: everything that its operations have in common. */
export interface VendorConfig {
  /** Base URLs by the name that descriptions give them, without a trailing slash. */
  readonly hosts: Readonly<Record<string, string>>
  /** Without one, something on the way adds it. */
  readonly credential?: Credential | undefined
  readonly readErrorBody: ErrorBodyReader
  /** Those of the layer. A region of code may set others. */
  readonly limits: CallLimits
}

/** Makes a description runnable. What it can fail with is said by the description. */
export type Run = <Input extends { readonly [K in keyof Input]: Field }, Output, E>(
  operation: Operation<Input, Output, E>,
) => (input: Input) => Effect.Effect<Output, E>

type AnyFailure = CallFailure | ApiError.InvalidRequest | ApiError.OutcomeUnknown

/** A call under way. */
interface Call {
  readonly input: Fields
  readonly limits: CallLimits
  readonly clock: Clock.Clock
  /** In nanoseconds of the monotonic clock: a wall clock that is set meanwhile must not change how long a call may take. */
  readonly startedAt: bigint
}

/** In milliseconds, until the deadline. */
const timeLeft = ({ clock, limits, startedAt }: Call): number =>
  limits.deadline - Number(clock.monotonicTimeNanosUnsafe() - startedAt) / 1e6

const first: Telemetry.Attempt = { number: 1, waited: 0 }

export const make = (platform: VendorConfig, transport: Send): Run => {
  const { credential } = platform
  const platformSecrets = credential?.secrets.map(Redacted.value) ?? []
  const platformMask = makeMask(platformSecrets)

  /** Keys that the input points with must not come back either: a server may repeat what it was asked for. */
  const maskFor = (input: Fields) => {
    const keys = Object.values(input).filter(Redacted.isRedacted)
    return keys.length === 0 ? platformMask : makeMask([...platformSecrets, ...keys.map(toText)])
  }

  // The overload is what callers see. Inside, an operation is any operation: that the failures below are those that
  // `ErrorOf` derives from a description is held by the tests of the client, for each operation and status.
  function compile<Input extends { readonly [K in keyof Input]: Field }, Output, E>(
    operation: Operation<Input, Output, E>,
  ): (input: Input) => Effect.Effect<Output, E>
  function compile(operation: Operation<Fields, unknown, unknown>) {
    const base = new URL(platform.hosts[operation.host] ?? "")
    const attempt = makeAttempt(operation, {
      prepare: makePrepare(operation, base, credential?.authorization),
      origin: base.origin,
      transport,
      readErrorBody: platform.readErrorBody,
      maskFor,
    })
    const telemetry = Telemetry.make(operation, base)

    /** `inDoubt`: an attempt before this one may have taken effect. */
    const send = (call: Call, next: Telemetry.Attempt, inDoubt: boolean): Effect.Effect<unknown, AnyFailure> =>
      Effect.withFiber((fiber) => {
        const sentAt = call.clock.currentTimeMillisUnsafe()
        // The first attempt comes with the call, which has all of its time.
        const left = next === first ? call.limits.deadline : timeLeft(call)
        return Effect.catch(
          telemetry.attempt(fiber, next, (answered) => attempt(call, left, answered)),
          (failure) => {
            if (
              inDoubt &&
              operation.notFoundAfterRetryIsSuccess === true &&
              "status" in failure &&
              failure.status === 404
            ) {
              return Effect.void
            }
            const failedAt = call.clock.currentTimeMillisUnsafe()
            const settled = Effect.fail(settle(operation, call.input, { sentAt, failedAt, inDoubt }, failure))
            if (next.number > call.limits.retries || !isRetryable(operation.idempotency, failure)) return settled
            return Effect.flatMap(Random.next, (random) => {
              const wait = backoffDelay(next.number, failure, random)
              if (wait >= timeLeft(call)) return settled
              const again = { number: next.number + 1, waited: wait }
              // A busy machine may wake up late: what is sent after the deadline is sent for nobody.
              return Effect.andThen(
                Effect.sleep(wait),
                Effect.suspend(() =>
                  timeLeft(call) > 0 ? send(call, again, inDoubt || isInconclusive(failure)) : settled,
                ),
              )
            })
          },
        )
      })

    return (input: Fields): Effect.Effect<unknown, AnyFailure> =>
      Effect.withFiber((fiber) => {
        const limits = readLimits(fiber.getRef(CurrentLimits), platform.limits)
        if (Result.isFailure(limits)) {
          return Effect.fail(new ApiError.InvalidRequest({ operation: operation.name, ...limits.failure }))
        }
        const clock = fiber.getRef(Clock.Clock)
        const call = { input, limits: limits.success, clock, startedAt: clock.monotonicTimeNanosUnsafe() }
        return telemetry.call(fiber, call, send(call, first, false))
      })
  }

  return compile
}
