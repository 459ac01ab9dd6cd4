/** From an answer to a value or an error. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as ApiError from "../ApiError.ts"
import type { Header } from "../Transport.ts"
import type { ErrorDetail, Operation, StatusError } from "./operation.ts"
import type { Reader } from "./reader.ts"
import { type Problem, quiet, schemaProblem } from "./schemaProblem.ts"
import type { Fields } from "./input.ts"
import { type CallFailure, settle } from "./outcome.ts"

/** Reads the body of an error answer in the platform's shape; whatever is not in that shape is left out. */
export type ErrorBodyReader = (body: unknown, mask: (text: string) => string) => ErrorDetail

/** A text that the body has by this name, if it shows anything. */
export const textIn = (body: unknown, name: string, mask: (text: string) => string): string | undefined =>
  Predicate.hasProperty(body, name) && Predicate.isString(body[name]) ? mask(body[name]) || undefined : undefined

export const noDetail: ErrorDetail = { serverMessage: undefined, codes: [], fields: [] }

/** The error of a status, as far as the description knows it. */
const statusError = <Input>(
  operation: Operation<Input, unknown, unknown>,
  input: Input,
  status: number,
  detail: ErrorDetail,
  retryAfter?: Duration.Duration,
): StatusError | ApiError.UnexpectedStatus => {
  const answer = { ...detail, operation: operation.name, retryAfter }
  const refusal = operation.fieldRefusals.find(
    (refusal) =>
      refusal.status === status && detail.fields.some((field) => field.name === refusal.field) && refusal.when(input),
  )
  const StatusErrorClass = refusal?.error ?? operation.errors[status]
  return StatusErrorClass === undefined
    ? new ApiError.UnexpectedStatus({ ...detail, operation: operation.name, status })
    : new StatusErrorClass(answer)
}

/**
 * What a platform answers when it does not do what it was asked for: a status, and what its body says. `fields` are
 * NeuroIO's, `code` is UMAaaS's. `retryAfter` is how long it asks to wait.
 *
 * @since 0.1.0
 */
export interface ErrorResponse {
  readonly status: number
  readonly message: string
  readonly fields?: ReadonlyArray<{ readonly name: string; readonly message: string }> | undefined
  readonly code?: string | undefined
  readonly retryAfter?: Duration.Duration | undefined
}

/** What the platform's error would have told over HTTP. */
export type DetailOfErrorResponse = (refusal: ErrorResponse) => ErrorDetail

/**
 * What a call on a platform without a wire can fail with: what the platform refuses it with, or, where faults are
 * rehearsed, what becomes of an answer on its way.
 *
 * @since 0.1.0
 */
export type PlatformFailure = ErrorResponse | ApiError.ConnectionFailed | ApiError.TimedOut | ApiError.MalformedResponse

/** Turns what a platform without a wire fails with into the errors that the operation has over HTTP. */
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
  // Only a create can have an open outcome, which tells when it was sent. All others are spared the clock.
  if (operation.idempotency !== "non-idempotent") {
    return (input: Fields) => Effect.suspend(() => Effect.mapError(run(input), (failure) => failureOf(input, failure)))
  }
  return (input: Fields) =>
    Effect.clockWith((clock) => {
      const sentAt = clock.currentTimeMillisUnsafe()
      return Effect.mapError(run(input), (failure) => {
        const circumstances = { sentAt, failedAt: clock.currentTimeMillisUnsafe(), inDoubt: false }
        return settle(operation, input, circumstances, failureOf(input, failure))
      })
    })
}

const readRetryAfter = (header: string | undefined): Effect.Effect<Duration.Duration | undefined> => {
  if (header === undefined) return Effect.undefined
  // A gateway may have added its own to the server's: then they come as one, with a comma. Both want to be waited for.
  const times = header.split(",").map((time) => time.trim())
  if (times.every((time) => /^\d+(?:\.\d+)?$/.test(time))) {
    return Effect.succeed(Duration.seconds(Math.max(...times.map(Number))))
  }
  // A date is in GMT (RFC 9110): one that does not say so would be read as local time.
  const date = header.endsWith(" GMT") ? Date.parse(header) : Number.NaN
  if (Number.isNaN(date)) return Effect.succeed(undefined)
  return Effect.map(Clock.currentTimeMillis, (now) => Duration.millis(Math.max(0, date - now)))
}

/** The head of an answer. */
export interface Head {
  readonly status: number
  readonly header: Header
}

/** The error of an answer with this detail from its body. */
export const answeredError = <Input>(
  operation: Operation<Input, unknown, unknown>,
  input: Input,
  { header, status }: Head,
  detail: ErrorDetail,
): Effect.Effect<never, StatusError | ApiError.UnexpectedStatus> =>
  Effect.flatMap(readRetryAfter(header("retry-after")), (retryAfter) =>
    Effect.fail(statusError(operation, input, status, detail, retryAfter)),
  )

/** What the schema says of a value that is off it. */
const problemOf = (schema: Schema.ConstraintDecoder<unknown>, value: unknown): Problem => {
  const decoded = Schema.decodeUnknownResult(schema, quiet)(value)
  return Result.isFailure(decoded) ? schemaProblem(decoded.failure) : { path: [], problem: "Expected another value" }
}

export const malformed = (
  { name, success }: Operation<Fields, unknown, unknown>,
  { path, problem }: Problem,
): Effect.Effect<never, ApiError.MalformedResponse> =>
  Effect.fail(new ApiError.MalformedResponse({ operation: name, status: success.status, problem, path }))

/** The value of the JSON of a success. */
export const readValue = <Output>(
  operation: Operation<Fields, Output, unknown>,
  { read, schema }: Reader<Output>,
  json: unknown,
): Effect.Effect<Output, ApiError.MalformedResponse> => {
  const value = read(json)
  return value === undefined ? malformed(operation, problemOf(schema, json)) : Effect.succeed(value)
}
