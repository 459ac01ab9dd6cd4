/**
 * Runs described operations: the one place that turns a description and an input into a request, and an answer into a
 * value or an error.
 *
 * A call has three stages:
 *
 * 1. `prepare` (`request.ts`): description and input → request.
 * 2. `attempt` (`attempt.ts`): sends it once, within the time limits, and always frees the connection.
 * 3. `send`: retries until an attempt succeeds or the failure is not retryable (`retry.ts`), and then derives the error
 *    of the call from the last failure (`outcome.ts`).
 *
 * `telemetry.ts` records spans and metrics around it.
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
import { type CallFailure, isInconclusive, errorOfCall } from "./outcome.ts"
import * as Telemetry from "./telemetry.ts"

interface Credential {
  /** The value of the header `Authorization`. */
  readonly authorization: Redacted.Redacted
  /** The secrets that are masked in responses. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>
}

/** How a platform is called: everything that its operations have in common. */
export interface VendorConfig {
  /** Base URLs by the name that descriptions give them, without a trailing slash. */
  readonly hosts: Readonly<Record<string, string>>
  /** Without one, something on the way adds it. */
  readonly credential?: Credential | undefined
  readonly readErrorBody: ErrorBodyReader
  /** The limits of the layer. A region of code may set others. */
  readonly limits: CallLimits
}

/** Makes a description runnable. The description gives the type of the errors. */
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

/** The time until the deadline, in milliseconds. */
const timeLeft = ({ clock, limits, startedAt }: Call): number =>
  limits.deadline - Number(clock.monotonicTimeNanosUnsafe() - startedAt) / 1e6

const first: Telemetry.Attempt = { number: 1, waited: 0 }

export const make = (platform: VendorConfig, transport: Send): Run => {
  const { credential } = platform
  const platformSecrets = credential?.secrets.map(Redacted.value) ?? []
  const platformMask = makeMask(platformSecrets)

  /** Masks the keys of the input as well: a server may repeat the key that it was asked for. */
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
        // The first attempt begins with the call and has all of its time.
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
            const settled = Effect.fail(errorOfCall(operation, call.input, { sentAt, failedAt, inDoubt }, failure))
            if (next.number > call.limits.retries || !isRetryable(operation.idempotency, failure)) return settled
            return Effect.flatMap(Random.next, (random) => {
              const wait = backoffDelay(next.number, failure, random)
              if (wait >= timeLeft(call)) return settled
              const again = { number: next.number + 1, waited: wait }
              // A busy machine may wake up after the deadline: then nobody waits for a response.
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
