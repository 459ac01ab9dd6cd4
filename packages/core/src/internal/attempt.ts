/** Sends a request once, within the time limits, and always frees the connection. */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as ApiError from "../ApiError.ts"
import { BodyTooLarge, type Receiver, type Request, type Send } from "../Transport.ts"
import { answeredError, type ErrorBodyReader, type Head, malformed, noDetail, readValue } from "./response.ts"
import { isJson, maxBodySize, parseJson, unreadable } from "./body.ts"
import { classifyTransportError } from "./transportError.ts"
import type { CallLimits } from "./limits.ts"
import type { Operation } from "./operation.ts"
import type { Fields } from "./input.ts"
import type { CallFailure } from "./outcome.ts"
import { startDeadlineTimer } from "./deadlineTimer.ts"

/** The parts that all attempts of an operation share. */
interface AttemptConfig {
  readonly prepare: (input: Fields) => Request
  readonly origin: string
  readonly transport: Send
  readonly readErrorBody: ErrorBodyReader
  readonly maskFor: (input: Fields) => (text: string) => string
}

/** A call under way. */
interface Call {
  readonly input: Fields
  readonly limits: CallLimits
  readonly clock: Clock.Clock
}

/** `left` is the time until the deadline, in milliseconds. `onStatus` gets the status of the response, if one comes. */
type Attempt = (call: Call, left: number, onStatus: (status: number) => void) => Effect.Effect<unknown, CallFailure>

/** The status that a browser gives for a redirect that it does not follow. It hides the real one. */
const hiddenRedirect = 0

const limitOf = ({ attemptTimeout, deadline }: CallLimits, left: number) =>
  left < attemptTimeout
    ? ({ limit: "deadline", after: Duration.millis(deadline) } as const)
    : ({ limit: "attemptTimeout", after: Duration.millis(attemptTimeout) } as const)

export const makeAttempt = (
  operation: Operation<Fields, unknown, unknown>,
  { maskFor, origin, prepare, readErrorBody, transport }: AttemptConfig,
): Attempt => {
  const { name, success } = operation
  const unusable = (problem: string) => malformed(operation, { path: [], problem })

  /** Reads a complete body. `refusal` is the head of a response with an error status. */
  const read = (input: Fields, refusal: Head | undefined, bytes: Uint8Array): Effect.Effect<unknown, CallFailure> => {
    const json = parseJson(bytes)
    if (refusal !== undefined) {
      const detail = Result.isSuccess(json) ? readErrorBody(json.success, maskFor(input)) : noDetail
      return answeredError(operation, input, refusal, detail)
    }
    if (Result.isFailure(json)) return unusable(json.failure)
    return success.body === undefined ? Effect.void : readValue(operation, success.body, json.success)
  }

  const failed = (error: unknown): Effect.Effect<never, CallFailure> =>
    error instanceof BodyTooLarge
      ? unusable(unreadable.tooLarge)
      : Effect.fail(new ApiError.ConnectionFailed({ operation: name, origin, ...classifyTransportError(error) }))

  const expired = (
    isSent: boolean,
    { after, limit }: ReturnType<typeof limitOf>,
  ): Effect.Effect<never, CallFailure> => {
    // Anything but `false` may mean that a create was sent.
    if (isSent !== false) return Effect.fail(new ApiError.TimedOut({ operation: name, limit, after }))
    const hint = `it took longer than ${Duration.format(after)} (${limit})`
    return Effect.fail(new ApiError.ConnectionFailed({ operation: name, origin, hint, sent: false }))
  }

  return ({ clock, input, limits }, left, onStatus) =>
    Effect.withFiber((fiber) =>
      Effect.callback((resume) => {
        let refusal: Head | undefined
        let stopTimer: (() => void) | undefined
        let isOver = false

        /** A response with an error status is that error, also when its body is missing or breaks off. */
        const refusedOr = (otherwise: () => Effect.Effect<never, CallFailure>) =>
          refusal === undefined ? otherwise() : answeredError(operation, input, refusal, noDetail)

        const end = (outcome: Effect.Effect<unknown, CallFailure>) => {
          isOver = true
          stopTimer?.()
          resume(outcome)
        }

        const receiver: Receiver = {
          onHeaders: (status, header) => {
            try {
              if (status !== hiddenRedirect) onStatus(status)
            } catch (defect) {
              // The defect is the listener's: it must not be thrown into the transport.
              end(Effect.die(defect))
              return false
            }
            if (status !== success.status) refusal = { status, header }
            else if (success.body === undefined) {
              end(Effect.void)
              return false
            }
            if (isJson(header("content-type"))) return true
            end(refusedOr(() => unusable(unreadable.notJson)))
            return false
          },
          onComplete: (exit) =>
            end(
              Exit.isSuccess(exit)
                ? Effect.suspend(() => read(input, refusal, exit.value))
                : Effect.catch(Effect.failCause(exit.cause), (error) => refusedOr(() => failed(error))),
            ),
        }

        const cancel = transport(prepare(input), receiver, maxBodySize, fiber.context)
        // A transport that is no network may have answered within the call of it.
        if (isOver) return
        stopTimer = startDeadlineTimer(clock, fiber.context, Math.min(limits.attemptTimeout, left), () => {
          resume(Effect.flatMap(cancel, (isSent) => refusedOr(() => expired(isSent, limitOf(limits, left)))))
        })
        return Effect.suspend(() => {
          stopTimer?.()
          return Effect.asVoid(cancel)
        })
      }),
    )
}
