/** Makes a value or an error from a response. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as ApiError from "../ApiError.ts"
import type { Header } from "../Transport.ts"
import type { ErrorDetail, Operation, StatusError } from "./operation.ts"
import type { Reader } from "./reader.ts"
import { readRetryAfter } from "./retryAfter.ts"
import { type Problem, quiet, schemaProblem } from "./schemaProblem.ts"
import type { Fields } from "./input.ts"
import { type CallFailure, errorOfCall } from "./outcome.ts"

/** Reads the body of an error response in the vendor's shape, and leaves out the parts that do not have it. */
export type ErrorBodyReader = (body: unknown, mask: (text: string) => string) => ErrorDetail

/** The text of a field of the body, masked; `undefined` when it is missing or empty. */
export const textIn = (body: unknown, name: string, mask: (text: string) => string): string | undefined =>
  Predicate.hasProperty(body, name) && Predicate.isString(body[name]) ? mask(body[name]) || undefined : undefined

export const noDetail: ErrorDetail = { serverMessage: undefined, codes: [], fields: [] }

/** The error for a status: one that the description names, or `UnexpectedStatus`. */
const statusError = <Input>(
  operation: Operation<Input, unknown, unknown>,
  input: Input,
  status: number,
  detail: ErrorDetail,
  retryAfter?: Duration.Duration,
): StatusError | ApiError.UnexpectedStatus => {
  const answer = { ...detail, operation: operation.name, retryAfter }
  const refusal = operation.fieldRefusals.find((refusal) => refusal.status === status && refusal.when(input))
  const isNamed = detail.fields.some((field) => field.name === refusal?.field)
  const StatusErrorClass = (isNamed ? refusal?.error : undefined) ?? operation.errors[status]
  return StatusErrorClass === undefined
    ? new ApiError.UnexpectedStatus({ ...detail, operation: operation.name, status })
    : new StatusErrorClass(isNamed ? answer : { ...answer, advice: refusal?.otherwise })
}

/**
 * A response with an error status, from a vendor in memory.
 *
 * @since 0.1.0
 */
export interface ErrorResponse {
  /** The HTTP status. */
  readonly status: number
  /** The message of the body. */
  readonly message: string
  /** The fields that the body names, by their names on the wire. Defaults to none. */
  readonly fields?: ReadonlyArray<{ readonly name: string; readonly message: string }> | undefined
  /** The name of the error. Defaults to none. */
  readonly code?: string | undefined
  /** The time that the vendor asks to wait. Defaults to none. */
  readonly retryAfter?: Duration.Duration | undefined
}

/** Gives the detail that the error would have over HTTP. */
export type DetailOfErrorResponse = (refusal: ErrorResponse) => ErrorDetail

/**
 * The failures of a call on a vendor in memory: its error response, or an injected fault on the way.
 *
 * @since 0.1.0
 */
export type PlatformFailure = ErrorResponse | ApiError.ConnectionFailed | ApiError.TimedOut | ApiError.MalformedResponse

/** Turns the failures of a vendor in memory into the errors that the operation has over HTTP. */
export function fromErrorResponse<Input, Output, E>(
  operation: Operation<Input, Output, E>,
  detailOf: DetailOfErrorResponse,
  run: (input: Input) => Effect.Effect<Output, PlatformFailure>,
): (input: Input) => Effect.Effect<Output, E>
export function fromErrorResponse<Output>(
  operation: Operation<Fields, Output, unknown>,
  detailOf: DetailOfErrorResponse,
  run: (input: Fields) => Effect.Effect<Output, PlatformFailure>,
) {
  const failureOf = (input: Fields, failure: PlatformFailure): CallFailure => {
    if (failure instanceof Error) return failure
    return statusError(operation, input, failure.status, detailOf(failure), failure.retryAfter)
  }
  // Only a create can have an unknown outcome, which has the time when it was sent. The others need no clock.
  if (operation.idempotency !== "non-idempotent") {
    return (input: Fields) => Effect.suspend(() => Effect.mapError(run(input), (failure) => failureOf(input, failure)))
  }
  return (input: Fields) =>
    Effect.clockWith((clock) => {
      const sentAt = clock.currentTimeMillisUnsafe()
      return Effect.mapError(run(input), (failure) => {
        const circumstances = { sentAt, failedAt: clock.currentTimeMillisUnsafe(), inDoubt: false }
        return errorOfCall(operation, input, circumstances, failureOf(input, failure))
      })
    })
}

/** The status and headers of a response. */
export interface Head {
  readonly status: number
  readonly header: Header
}

/** Fails with the error of a response, with the detail from its body. */
export const answeredError = <Input>(
  operation: Operation<Input, unknown, unknown>,
  input: Input,
  { header, status }: Head,
  detail: ErrorDetail,
): Effect.Effect<never, StatusError | ApiError.UnexpectedStatus> =>
  Effect.clockWith((clock) => {
    const wait = readRetryAfter(header("retry-after"), header("date"), clock.currentTimeMillisUnsafe())
    const retryAfter = wait === undefined ? undefined : Duration.millis(wait)
    return Effect.fail(statusError(operation, input, status, detail, retryAfter))
  })

/** The problem that the schema finds in a value. */
const problemOf = (schema: Schema.ConstraintDecoder<unknown>, value: unknown): Problem => {
  const decoded = Schema.decodeUnknownResult(schema, quiet)(value)
  return Result.isFailure(decoded) ? schemaProblem(decoded.failure) : { path: [], problem: "Expected another value" }
}

export const malformed = (
  { name, success }: Operation<Fields, unknown, unknown>,
  { path, problem }: Problem,
): Effect.Effect<never, ApiError.MalformedResponse> =>
  Effect.fail(new ApiError.MalformedResponse({ operation: name, status: success.status, problem, path }))

/** Reads the value of a success from its JSON. */
export const readValue = <Output>(
  operation: Operation<Fields, Output, unknown>,
  { read, schema }: Reader<Output>,
  json: unknown,
): Effect.Effect<Output, ApiError.MalformedResponse> => {
  const value = read(json)
  return value === undefined ? malformed(operation, problemOf(schema, json)) : Effect.succeed(value)
}
