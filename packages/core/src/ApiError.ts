/**
 * The errors of calls, as tagged errors: one for each HTTP status that has a meaning here, one for any other status, and
 * one for each failure without a response. The type of each operation lists only the errors that it can have.
 *
 * Every error names its `operation` (`"Tokens.create"`) and reads as a sentence in `message`. None holds a key, a
 * request or a body: a credential or key that the server repeats is masked.
 *
 * | `_tag` | when |
 * | --- | --- |
 * | `InvalidRequest` | refused before anything was sent |
 * | `BadRequest` | 400 |
 * | `PermanentTokenLimitReached` | 400 to a permanent `create` that names the field `permanent` (N4) |
 * | `Unauthorized` | 401 |
 * | `Forbidden` | 403 |
 * | `NotFound` | 404 |
 * | `Conflict` | 409 |
 * | `UnprocessableEntity` | 422 |
 * | `TooManyRequests` | 429 |
 * | `InternalServerError` | 500 |
 * | `NotImplemented` | 501 |
 * | `BadGateway` | 502 |
 * | `ServiceUnavailable` | 503 |
 * | `GatewayTimeout` | 504 |
 * | `UnexpectedStatus` | any other status, redirects among them |
 * | `ConnectionFailed` | no connection, or it broke before the response was complete |
 * | `TimedOut` | no complete response in time |
 * | `MalformedResponse` | a response that is not as the vendor documents it |
 * | `OutcomeUnknown` | a `create` was sent and may have taken effect |
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import { NodeInspectSymbol } from "effect/Inspectable"
import type * as Schema from "effect/Schema"
import { describeStatus } from "./internal/httpStatus.ts"

/**
 * The server's words about one field of the request.
 *
 * @since 0.1.0
 */
export interface FieldError {
  /** The field, by its name on the wire, such as `is_active`. */
  readonly name: string
  /** What is wrong with it, in the server's words. */
  readonly message: string
  /** The server's number for the error, if it gives one. */
  readonly code: number | undefined
}

/**
 * The known names of errors (`code`). A vendor may send others.
 *
 * @since 0.1.0
 */
export type KnownCode =
  | "INVALID_INPUT"
  | "UNAUTHORIZED"
  | "INVALID_SIGNATURE"
  | "FORBIDDEN"
  | "TOKEN_NOT_FOUND"
  | "RATE_LIMITED"
  | "INTERNAL_ERROR"

/**
 * The content of a response with an error status. When its body is missing or unreadable, all but `operation` is empty.
 *
 * @since 0.1.0
 */
export interface Answer {
  /** The operation that was called, such as `Tokens.create`. */
  readonly operation: string
  /** The server's message, with secrets masked. `undefined` when there is none. */
  readonly serverMessage: string | undefined
  /** The server's numbers for the error, 20 at most. Empty for a vendor that sends none. */
  readonly codes: ReadonlyArray<number>
  /** The fields of the request that the server names, 20 at most. Empty for a vendor that sends none. */
  readonly fields: ReadonlyArray<FieldError>
  /** The server's name for the error. `undefined` for a vendor that sends none. */
  readonly code: KnownCode | (string & {}) | undefined
  /** Further details as JSON, with secrets masked, 20 values at most. `undefined` when there are none. */
  readonly details: { readonly [name: string]: Schema.Json } | undefined
}

/** The content with its defaults left out. */
type Given = Pick<Answer, "operation"> & Partial<Answer>

const whole = ({ code, codes = [], details, fields = [], operation, serverMessage }: Given): Answer => ({
  operation,
  serverMessage,
  codes,
  fields,
  code,
  details,
})

/**
 * A class of errors that print as errors do, with message and stack: Effect's print as their JSON. The message is a field
 * like the others, since a getter would be lost where an error is copied, as by `structuredClone`.
 */
const taggedError = <const Tag extends string>(tag: Tag) => {
  const Base = Data.TaggedError(tag)
  Object.defineProperty(Base.prototype, NodeInspectSymbol, {
    value(this: unknown) {
      return this
    },
  })
  return Base
}

interface Message {
  readonly message: string
}

/** What an error is made of: all that it carries, without what all errors have. */
type Fields<E> = Omit<E, "_tag" | keyof Cause.YieldableError>

const endSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

const describe = (error: Answer & { readonly status: number }, advice = ""): string => {
  const status = describeStatus(error.status)
  // `403 Forbidden (FORBIDDEN)` would say the same twice.
  const isSaid =
    error.code === undefined || status.toUpperCase().replaceAll(" ", "_") === `${error.status}_${error.code}`
  const server = [error.serverMessage, ...error.fields.map((field) => `${field.name}: ${field.message}`)]
  const said = server.filter((text) => text !== undefined).map(endSentence)
  return [
    `${error.operation} was answered ${status}${isSaid ? "" : ` (${error.code})`}.`,
    ...(advice === "" ? [] : [advice]),
    ...(said.length === 0 ? [] : ["The server says:", ...said]),
  ].join(" ")
}

const waitAdvice = (retryAfter: Duration.Duration | undefined): string =>
  retryAfter === undefined || Duration.isZero(retryAfter) ? "" : `It asks to wait ${Duration.format(retryAfter)}.`

/**
 * The error for one status.
 *
 * @since 0.1.0
 */
export interface StatusError<Tag extends string, Status extends number> extends Cause.YieldableError, Answer {
  readonly _tag: Tag
  /** The HTTP status. */
  readonly status: Status
}

/** Makes the class for a status. The advice is part of its message, and a call may give other advice. */
const statusError = <const Tag extends string, const Status extends number>(
  tag: Tag,
  status: Status,
  standard = "",
): new (given: Given & { readonly advice?: string | undefined }) => StatusError<Tag, Status> =>
  class extends taggedError(tag)<Answer & Message> {
    readonly status: Status = status

    constructor({ advice = standard, ...given }: Given & { readonly advice?: string | undefined }) {
      const answer = whole(given)
      super({ ...answer, message: describe({ ...answer, status }, advice) })
    }
  }

interface Wait {
  /** The time that the server asks to wait (`Retry-After`). `undefined` when it does not say. */
  readonly retryAfter: Duration.Duration | undefined
}

/** Makes the class for a status that may come with a time to wait. */
const statusErrorWithWait = <const Tag extends string, const Status extends number>(
  tag: Tag,
  status: Status,
): new (given: Given & Partial<Wait>) => StatusError<Tag, Status> & Wait =>
  class extends statusError(tag, status) {
    readonly retryAfter: Duration.Duration | undefined

    constructor({ retryAfter, ...given }: Given & Partial<Wait>) {
      super({ ...given, advice: waitAdvice(retryAfter) })
      this.retryAfter = retryAfter
    }
  }

/**
 * 400: the vendor refuses the request. `fields` says which field is wrong, and why.
 *
 * @since 0.1.0
 */
export class BadRequest extends statusError("BadRequest", 400) {}

/**
 * 400 to a permanent `create`: the owner already has five permanent tokens in this family, the limit (N4). Inactive tokens
 * count. A deletion frees a slot at once (N5).
 *
 * @since 0.1.0
 */
export class PermanentTokenLimitReached extends statusError(
  "PermanentTokenLimitReached",
  400,
  "The owner has its five permanent tokens: delete one, or create a temporary one.",
) {}

/**
 * 401: the credential is unknown, expired, inactive or deleted (N13, U8, U9).
 *
 * @since 0.1.0
 */
export class Unauthorized extends statusError(
  "Unauthorized",
  401,
  "The credential is unknown, expired, inactive or deleted.",
) {}

/**
 * 403: the credential is valid, but lacks the right to do this: a manager's on stream tokens (N15), or one without the
 * permission (U10).
 *
 * @since 0.1.0
 */
export class Forbidden extends statusError("Forbidden", 403) {}

/**
 * 404: the owner has no such token. A token of another owner is not found either (N16, U7).
 *
 * @since 0.1.0
 */
export class NotFound extends statusError("NotFound", 404) {}

/**
 * 409: the request conflicts with the vendor's current state.
 *
 * @since 0.1.0
 */
export class Conflict extends statusError("Conflict", 409) {}

/**
 * 422: the request is well formed, but not acceptable.
 *
 * @since 0.1.0
 */
export class UnprocessableEntity extends statusError("UnprocessableEntity", 422) {}

/**
 * 429: too many calls. The request did nothing.
 *
 * @since 0.1.0
 */
export class TooManyRequests extends statusErrorWithWait("TooManyRequests", 429) {}

/**
 * 500: the vendor failed.
 *
 * @since 0.1.0
 */
export class InternalServerError extends statusError("InternalServerError", 500) {}

/**
 * 501: the vendor does not support this operation.
 *
 * @since 0.1.0
 */
export class NotImplemented extends statusError("NotImplemented", 501) {}

/**
 * 502: a gateway got no usable response from the vendor.
 *
 * @since 0.1.0
 */
export class BadGateway extends statusErrorWithWait("BadGateway", 502) {}

/**
 * 503: the vendor takes no calls at the moment.
 *
 * @since 0.1.0
 */
export class ServiceUnavailable extends statusErrorWithWait("ServiceUnavailable", 503) {}

/**
 * 504: a gateway got no response from the vendor in time.
 *
 * @since 0.1.0
 */
export class GatewayTimeout extends statusErrorWithWait("GatewayTimeout", 504) {}

/**
 * A status that has no meaning for this operation, such as a redirect. Redirects are not followed, since that would send
 * the credential to another place. In a browser the `status` of a redirect is 0, because the browser hides it.
 *
 * @since 0.1.0
 */
export class UnexpectedStatus extends taggedError("UnexpectedStatus")<
  Answer &
    Message & {
      /** The HTTP status; 0 for a redirect in a browser. */
      readonly status: number
    }
> {
  constructor({ status, ...given }: Given & { readonly status: number }) {
    const answer = { ...whole(given), status }
    const advice = "Redirects are never followed: check the base URL."
    // 304 answers a conditional request, which the client does not make. It leads nowhere.
    const isRedirect = status >= 300 && status < 400 && status !== 304
    const message =
      status === 0
        ? `${given.operation} was answered with a redirect. ${advice}`
        : describe(answer, isRedirect ? advice : "")
    super({ ...answer, message })
  }
}

/**
 * No connection, or it broke before the response was complete.
 *
 * @since 0.1.0
 */
export class ConnectionFailed extends taggedError("ConnectionFailed")<
  Message & {
    /** The operation that was called, such as `Tokens.create`. */
    readonly operation: string
    /** The origin of the server, such as `https://api.example.com`. */
    readonly origin: string
    /** The error code of the operating system or of TLS, such as `ECONNREFUSED`, if the transport gives one. */
    readonly code: string | undefined
    /**
     * A possible reason in words, where the transport knows no code: a browser does not tell a server that cannot be reached
     * from one that does not allow the page's origin (CORS).
     */
    readonly hint: string | undefined
    /**
     * Whether the call may have taken effect. `false` when no request of it was sent, or those that were sent were answered
     * 429.
     */
    readonly sent: boolean
  }
> {
  constructor({
    code,
    hint,
    operation,
    origin,
    sent,
  }: {
    readonly operation: string
    readonly origin: string
    readonly code?: string | undefined
    readonly hint?: string | undefined
    readonly sent: boolean
  }) {
    // With a hint there may never have been a connection to lose.
    const what = sent ? (hint === undefined ? "lost its connection to" : "got no answer from") : "could not connect to"
    const why = `${code === undefined ? "" : ` (${code})`}${hint === undefined ? "" : `: ${hint}`}`
    const message = `${operation} ${what} ${origin}${why}.${sent ? "" : " Nothing was sent."}`
    super({ operation, origin, code, hint, sent, message })
  }
}

/**
 * No complete response in time.
 *
 * @since 0.1.0
 */
export class TimedOut extends taggedError("TimedOut")<
  Message & {
    /** The operation that was called, such as `Tokens.create`. */
    readonly operation: string
    /** The limit that ran out: that of one request (`attemptTimeout`) or that of the call (`deadline`). */
    readonly limit: "attemptTimeout" | "deadline"
    /** The value of that limit. */
    readonly after: Duration.Duration
  }
> {
  constructor({ after, limit, operation }: Fields<TimedOut>) {
    const message = `${operation} had no whole answer after ${Duration.format(after)} (${limit}).`
    super({ operation, limit, after, message })
  }
}

/**
 * A response that is not as the vendor documents it.
 *
 * @since 0.1.0
 */
export class MalformedResponse extends taggedError("MalformedResponse")<
  Message & {
    /** The operation that was called, such as `Tokens.create`. */
    readonly operation: string
    /** The HTTP status of the response. */
    readonly status: number
    /** What is wrong with it, in words. The value that it has there is not repeated. */
    readonly problem: string
    /** Where the problem is in the body, such as `[3, "expires"]`. Empty for the body as a whole. */
    readonly path: ReadonlyArray<string | number>
  }
> {
  constructor({
    operation,
    path = [],
    problem,
    status,
  }: {
    readonly operation: string
    readonly status: number
    readonly problem: string
    readonly path?: ReadonlyArray<string | number>
  }) {
    const where = path.length === 0 ? "" : ` at ${path.join(".")}`
    const message = `${operation} got an answer (${describeStatus(status)}) that it cannot use${where}: ${endSentence(problem)}`
    super({ operation, status, problem, path, message })
  }
}

/**
 * Input that was refused before anything was sent.
 *
 * @since 0.1.0
 */
export class InvalidRequest extends taggedError("InvalidRequest")<
  Message & {
    /** The operation that was called, such as `Tokens.create`. */
    readonly operation: string
    /** The field of the input that is wrong, such as `limit`. */
    readonly field: string
    /** The rule that it breaks, in words, such as `must be true or false`. The value is not in it. */
    readonly problem: string
  }
> {
  constructor({ field, operation, problem }: Fields<InvalidRequest>) {
    const message = `${operation} was refused before anything was sent. ${field}: ${endSentence(problem)}`
    super({ operation, field, problem, message })
  }
}

/**
 * An option of a layer that cannot be right. The layer is not built.
 *
 * @since 0.1.0
 */
export class InvalidOptions extends taggedError("InvalidOptions")<
  Message & {
    /** The layer that was given the option. */
    readonly layer: string
    /** The option, such as `iamUrl`. */
    readonly field: string
    /** The rule that the option breaks, in words, such as `must be true or false`. The value is not in it. */
    readonly problem: string
  }
> {
  constructor({ field, layer, problem }: Fields<InvalidOptions>) {
    super({ layer, field, problem, message: `${layer} was not built. ${field}: ${endSentence(problem)}` })
  }
}

/**
 * A `create` was sent and may have taken effect: it timed out, the connection broke, the server failed, or its response
 * was malformed. Before you send it again, look for a new token with `CreateOutcome.find`.
 *
 * @since 0.1.0
 */
export class OutcomeUnknown extends taggedError("OutcomeUnknown")<
  Message & {
    /** The operation that was called, such as `Tokens.create`. */
    readonly operation: string
    /** The time when its last request was sent, by this machine's clock. */
    readonly sentAt: DateTime.Utc
    /** The time when it failed, by this machine's clock. */
    readonly failedAt: DateTime.Utc
    /** The fields of the request, as JSON. It holds no secret. */
    readonly requested: { readonly [name: string]: Schema.Json }
    /** Whether a token that it made can never be used, since its secret was in the lost response (U1). */
    readonly secretLost: boolean
    /** The failure that left the outcome open. */
    readonly reason: InconclusiveError | MalformedResponse
  }
> {
  constructor(given: Fields<OutcomeUnknown>) {
    const advice = given.secretLost
      ? "If it took effect, there is a token whose secret nobody has: look for it and delete it."
      : "It is not sent again by itself: look for a new token before you do."
    super({ ...given, message: `${given.operation} may have taken effect, or not. ${given.reason.message} ${advice}` })
  }
}

/**
 * Every error of this module. Each operation has a narrower union by name, such as `CreateError`.
 *
 * @since 0.1.0
 */
export type ApiError =
  | CommonError
  | InconclusiveError
  | PermanentTokenLimitReached
  | NotFound
  | Conflict
  | UnprocessableEntity
  | MalformedResponse
  | OutcomeUnknown
  | InvalidOptions

const classes = [
  BadRequest,
  PermanentTokenLimitReached,
  Unauthorized,
  Forbidden,
  NotFound,
  Conflict,
  UnprocessableEntity,
  TooManyRequests,
  InternalServerError,
  NotImplemented,
  BadGateway,
  ServiceUnavailable,
  GatewayTimeout,
  UnexpectedStatus,
  ConnectionFailed,
  TimedOut,
  MalformedResponse,
  InvalidOptions,
  InvalidRequest,
  OutcomeUnknown,
]

/**
 * Whether a value is one of the errors of this module.
 *
 * @since 0.1.0
 */
export const isApiError = (value: unknown): value is ApiError => classes.some((Class) => value instanceof Class)

/**
 * Whether the same call may succeed later, though nobody changes anything: there was no connection or no answer in time, or
 * the answer was 429, 502, 503 or 504 (C3). By the time that a caller sees one of these, the client has retried what it
 * may. `OutcomeUnknown` is none: that create may have taken effect, and `CreateOutcome.find` tells.
 *
 * @example
 * import { ApiError, Tokens } from "@effect-tokens/core"
 * import { Effect, Schedule } from "effect"
 *
 * const patient = Effect.flatMap(Tokens, (tokens) => tokens.list()).pipe(
 *   Effect.retry({ schedule: Schedule.exponential("10 seconds"), while: ApiError.isTransient }),
 * )
 *
 * @since 0.1.0
 */
export const isTransient = (error: ApiError): boolean => {
  switch (error._tag) {
    case "ConnectionFailed":
    case "TimedOut":
    case "TooManyRequests":
    case "BadGateway":
    case "ServiceUnavailable":
    case "GatewayTimeout":
      return true
    default:
      return false
  }
}

/**
 * The errors of every operation. The request that was answered with one of them did nothing.
 *
 * @since 0.1.0
 */
export type CommonError = InvalidRequest | BadRequest | Unauthorized | Forbidden | TooManyRequests | NotImplemented

/**
 * The errors after which the call may have taken effect. `ConnectionFailed` says with `sent` whether it may. A `create` has
 * them as the `reason` of its `OutcomeUnknown`.
 *
 * @since 0.1.0
 */
export type InconclusiveError =
  | InternalServerError
  | BadGateway
  | ServiceUnavailable
  | GatewayTimeout
  | UnexpectedStatus
  | ConnectionFailed
  | TimedOut

/**
 * The errors of `create` for tokens and stream tokens. When the call may have taken effect, it fails with `OutcomeUnknown`,
 * which holds the reason. `ConnectionFailed` means that no request was sent.
 *
 * @since 0.1.0
 */
export type CreateError =
  | CommonError
  | PermanentTokenLimitReached
  | Conflict
  | UnprocessableEntity
  | UnexpectedStatus
  | ConnectionFailed
  | OutcomeUnknown

/**
 * The errors of `list` and `stream` for tokens and stream tokens.
 *
 * @since 0.1.0
 */
export type ListError = CommonError | InconclusiveError | UnprocessableEntity | MalformedResponse

/**
 * The errors of `get` for tokens and stream tokens.
 *
 * @since 0.1.0
 */
export type GetError = CommonError | InconclusiveError | NotFound | MalformedResponse

/**
 * The errors of `update`.
 *
 * @since 0.1.0
 */
export type UpdateError =
  | CommonError
  | InconclusiveError
  | NotFound
  | Conflict
  | UnprocessableEntity
  | MalformedResponse

/**
 * The errors of `delete` for tokens and stream tokens.
 *
 * @since 0.1.0
 */
export type DeleteError = CommonError | InconclusiveError | NotFound | Conflict

/**
 * The errors of `deleteList`.
 *
 * @since 0.1.0
 */
export type DeleteListError = CommonError | InconclusiveError | Conflict | UnprocessableEntity

/**
 * The errors of `ApiTokens.create`. When the call may have taken effect, it fails with `OutcomeUnknown`, which holds the
 * reason. `ConnectionFailed` means that no request was sent.
 *
 * @since 0.1.0
 */
export type CreateApiTokenError = CommonError | UnexpectedStatus | ConnectionFailed | OutcomeUnknown

/**
 * The errors of `ApiTokens.list` and `ApiTokens.stream`.
 *
 * @since 0.1.0
 */
export type ListApiTokensError = CommonError | InconclusiveError | MalformedResponse

/**
 * The errors of `ApiTokens.get`.
 *
 * @since 0.1.0
 */
export type GetApiTokenError = CommonError | InconclusiveError | NotFound | MalformedResponse

/**
 * The errors of `ApiTokens.delete`.
 *
 * @since 0.1.0
 */
export type DeleteApiTokenError = CommonError | InconclusiveError | NotFound
