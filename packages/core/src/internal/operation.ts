/**
 * One remote operation, described as data. `client.ts` is the one place that turns a description and an input into a
 * request, and an answer into a value or an error.
 */
import type * as Duration from "effect/Duration"
import type * as Schema from "effect/Schema"
import * as ApiError from "../ApiError.ts"
import type { Reader } from "./reader.ts"

/**
 * The effect of sending a request twice (C3, C4):
 *
 * - `safe`: none.
 * - `idempotent`: the effect of sending it once.
 * - `non-idempotent`: two effects, so that a failure after sending leaves the outcome unknown.
 */
export type Idempotency = "safe" | "idempotent" | "non-idempotent"

/** The content of the body of an error response, in terms that all vendors share. */
export interface ErrorDetail {
  readonly serverMessage: string | undefined
  readonly codes: ReadonlyArray<number>
  readonly fields: ReadonlyArray<ApiError.FieldError>
  readonly code?: string | undefined
  readonly details?: { readonly [name: string]: Schema.Json } | undefined
}

/** Makes the error of one status. */
export type StatusErrorClass<E> = new (
  answer: ErrorDetail & {
    readonly operation: string
    readonly retryAfter: Duration.Duration | undefined
    readonly advice?: string | undefined
  },
) => E

/** An error that replaces the one of its status when the server names that field and the input fits. */
interface FieldRefusal<Input, E> {
  readonly status: number
  readonly field: string
  readonly when: (input: Input) => boolean
  readonly error: StatusErrorClass<E>
  /** Advice for the message of the status's own error, where the input fits and the server does not name the field. */
  readonly otherwise: string
}

/** The status of a success, and the reader of its body, if it has one. */
export type Success<Output> =
  | { readonly status: number; readonly body: Reader<Output> }
  | { readonly status: number; readonly body: undefined }

export interface Operation<in out Input, out Output, out E> {
  readonly name: string
  readonly method: "GET" | "POST" | "PATCH" | "DELETE"
  /** The name of the base URL that it is sent to. */
  readonly host: string
  /** `{name}` stands for a field of the input, as one percent-encoded segment. Spans carry this template. */
  readonly path: string
  readonly idempotency: Idempotency
  /** When an earlier attempt may have taken effect, 404 to a later one means that it did: the call succeeds (C4). */
  readonly notFoundAfterRetryIsSuccess?: boolean
  /** Only the response to this `create` holds the secret. When it is lost, nobody can use what was created. */
  readonly returnsSecretOnce?: boolean
  /** Fields of the input that go into the query or into a JSON body, with their names there. */
  readonly query?: { readonly [K in keyof Input]?: string }
  readonly body?: { readonly [K in keyof Input]?: string }
  readonly success: Success<Output>
  readonly errors: Readonly<Record<number, StatusErrorClass<StatusError>>>
  readonly fieldRefusals: ReadonlyArray<FieldRefusal<Input, StatusError>>
  /** The type of its errors. It has no value. */
  readonly "~Error"?: E
}

export type StatusError =
  | ApiError.BadRequest
  | ApiError.PermanentTokenLimitReached
  | ApiError.Unauthorized
  | ApiError.Forbidden
  | ApiError.NotFound
  | ApiError.Conflict
  | ApiError.UnprocessableEntity
  | ApiError.TooManyRequests
  | ApiError.InternalServerError
  | ApiError.NotImplemented
  | ApiError.BadGateway
  | ApiError.ServiceUnavailable
  | ApiError.GatewayTimeout

/** The errors after which a `create` may have taken effect. */
export type Inconclusive = ApiError.OutcomeUnknown["reason"]

type Certain = Exclude<StatusError, Inconclusive>

/** Derives the errors of an operation from its description. */
type ErrorOf<S extends Idempotency, Output, E> =
  | ApiError.InvalidRequest
  | ApiError.UnexpectedStatus
  | ApiError.ConnectionFailed
  | (S extends "non-idempotent"
      ? Extract<E, Certain> | ApiError.OutcomeUnknown
      : E | ApiError.TimedOut | ([Output] extends [void] ? never : ApiError.MalformedResponse))

interface Description<Input, Output, S extends Idempotency, Errors, Refused> {
  readonly name: string
  readonly method: Operation<Input, Output, never>["method"]
  readonly host: string
  readonly path: string
  readonly idempotency: S
  readonly returnsSecretOnce?: S extends "non-idempotent" ? boolean : never
  readonly notFoundAfterRetryIsSuccess?: [Output] extends [void] ? boolean : never
  readonly query?: { readonly [K in keyof Input]?: string }
  readonly body?: { readonly [K in keyof Input]?: string }
  readonly success: Success<Output>
  readonly errors: Errors
  readonly fieldRefusals?: ReadonlyArray<FieldRefusal<Input, Refused>>
}

type Instance<Errors> = [keyof Errors] extends [never]
  ? never
  : Errors[keyof Errors] extends StatusErrorClass<infer E>
    ? E
    : never

/** The errors of every operation. A description adds its own, and cannot leave these out. */
const ofAnyCall = {
  400: ApiError.BadRequest,
  401: ApiError.Unauthorized,
  403: ApiError.Forbidden,
  429: ApiError.TooManyRequests,
  500: ApiError.InternalServerError,
  501: ApiError.NotImplemented,
  502: ApiError.BadGateway,
  503: ApiError.ServiceUnavailable,
  504: ApiError.GatewayTimeout,
} as const

/** Describes an operation that takes `Input`: `operation<Input>()({ … })`. */
export const operation =
  <Input>() =>
  <
    Output,
    const S extends Idempotency,
    Errors extends Readonly<Record<number, StatusErrorClass<StatusError>>>,
    Refused extends StatusError = never,
  >(
    description: Description<Input, Output, S, Errors, Refused>,
  ): Operation<Input, Output, ErrorOf<S, Output, Instance<typeof ofAnyCall> | Instance<Errors> | Refused>> => ({
    fieldRefusals: [],
    ...description,
    errors: { ...ofAnyCall, ...description.errors },
  })

/** A success without a body. */
export const noContent: Success<void> = { status: 204, body: undefined }
