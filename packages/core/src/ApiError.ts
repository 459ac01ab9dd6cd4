/**
 * Everything that can go wrong with a call, as tagged errors: one per HTTP status that has a meaning here, one for any
 * other status, and one each for what goes wrong without an answer. The type of each operation lists only the errors
 * that it can have.
 *
 * Every error names its `operation` (`"Tokens.create"`) and reads as a sentence in `message`. None holds a key, a
 * request or a body: where a server repeats the credential or the key asked for, it is masked.
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
 * | `ConnectionFailed` | no connection, or it broke before the answer was whole |
 * | `TimedOut` | no whole answer in time |
 * | `MalformedResponse` | an answer that is not what the platform documents |
 * | `OutcomeUnknown` | a `create` was sent, and nothing says whether it took effect |
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import type * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import type * as Schema from "effect/Schema"
import { describeStatus } from "./internal/httpStatus.ts"

/**
 * What the server says of one field of the request.
 *
 * @since 0.1.0
 */
export interface FieldError {
  readonly name: string
  readonly message: string
  readonly code: number | undefined
}

/**
 * The codes that UMAaaS is known to answer with here. It may answer with others.
 *
 * @since 0.1.0
 */
export type KnownCode =
  | "INVALID_INPUT"
  | "UNAUTHORIZED"
  | "INVALID_SIGNATURE"
  | "FORBIDDEN"
  | "TOKEN_NOT_FOUND"
  | "INTERNAL_ERROR"

/**
 * What an answer with an error status tells. A body that is missing or cannot be read leaves all but `operation` empty.
 * NeuroIO has numbers in `codes`, and `fields`; UMAaaS has one `code`, and `details`.
 *
 * @since 0.1.0
 */
export interface Answer {
  readonly operation: string
  readonly serverMessage: string | undefined
  readonly codes: ReadonlyArray<number>
  readonly fields: ReadonlyArray<FieldError>
  readonly code: KnownCode | (string & {}) | undefined
  readonly details: { readonly [name: string]: Schema.Json } | undefined
}

/** What is left out is empty. */
type Given = Pick<Answer, "operation"> & Partial<Answer>

const whole = ({ code, codes = [], details, fields = [], operation, serverMessage }: Given): Answer => ({
  operation,
  serverMessage,
  codes,
  fields,
  code,
  details,
})

const endSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

const serverSays = (error: Answer): string => {
  const parts = [
    ...(error.serverMessage === undefined ? [] : [error.serverMessage]),
    ...error.fields.map((field) => `${field.name}: ${field.message}`),
  ]
  return parts.length === 0 ? "" : ` The server says: ${parts.map(endSentence).join(" ")}`
}

const describe = (error: Answer & { readonly status: number }, advice = ""): string => {
  const status = describeStatus(error.status)
  // `403 Forbidden (FORBIDDEN)` would say the same twice.
  const isSaid =
    error.code === undefined || status.toUpperCase().replaceAll(" ", "_") === `${error.status}_${error.code}`
  return `${error.operation} was answered ${status}${isSaid ? "" : ` (${error.code})`}.${advice}${serverSays(error)}`
}

const waitAdvice = (retryAfter: Duration.Duration | undefined): string =>
  retryAfter === undefined || Duration.isZero(retryAfter) ? "" : ` It asks to wait ${Duration.format(retryAfter)}.`

/**
 * The error of a status.
 *
 * @since 0.1.0
 */
export interface StatusError<Tag extends string, Status extends number> extends Cause.YieldableError, Answer {
  readonly _tag: Tag
  readonly status: Status
}

/** Its message goes on with advice. */
const statusError = <const Tag extends string, const Status extends number>(
  tag: Tag,
  status: Status,
  advice = "",
): new (given: Given) => StatusError<Tag, Status> =>
  class extends Data.TaggedError(tag)<Answer> {
    readonly status: Status = status

    constructor(given: Given) {
      super(whole(given))
    }

    override get message(): string {
      return describe(this, advice)
    }
  }

interface Wait {
  readonly retryAfter: Duration.Duration | undefined
}

/** The same of a status that comes with how long to wait. */
const statusErrorWithWait = <const Tag extends string, const Status extends number>(
  tag: Tag,
  status: Status,
): new (given: Given & Partial<Wait>) => StatusError<Tag, Status> & Wait =>
  class extends statusError(tag, status) {
    readonly retryAfter: Duration.Duration | undefined

    constructor(given: Given & Partial<Wait>) {
      super(given)
      this.retryAfter = given.retryAfter
    }

    override get message(): string {
      return describe(this, waitAdvice(this.retryAfter))
    }
  }

/**
 * 400: the request is not one that the platform takes. `fields` says what is wrong with which.
 *
 * @since 0.1.0
 */
export class BadRequest extends statusError("BadRequest", 400) {}

/**
 * 400 to a permanent `create`: the owner has all the permanent tokens that it may have in this family, five (N4).
 * Inactive ones count; a deletion frees a slot at once (N5).
 *
 * @since 0.1.0
 */
export class PermanentTokenLimitReached extends statusError(
  "PermanentTokenLimitReached",
  400,
  " The owner has its five permanent tokens: delete one, or create a temporary one.",
) {}

/**
 * 401: the credential is unknown, expired, inactive or deleted (N13, U8, U9).
 *
 * @since 0.1.0
 */
export class Unauthorized extends statusError(
  "Unauthorized",
  401,
  " The credential is unknown, expired, inactive or deleted.",
) {}

/**
 * 403: the credential is good, but not for this. A manager's, for one, on stream tokens (N15), or one without the
 * permission (U10).
 *
 * @since 0.1.0
 */
export class Forbidden extends statusError("Forbidden", 403) {}

/**
 * 404: the owner has no such token. Another owner's is not found either (N16, U7).
 *
 * @since 0.1.0
 */
export class NotFound extends statusError("NotFound", 404) {}

/**
 * 409: the request collides with the state of the platform.
 *
 * @since 0.1.0
 */
export class Conflict extends statusError("Conflict", 409) {}

/**
 * 422: well formed, and still not acceptable.
 *
 * @since 0.1.0
 */
export class UnprocessableEntity extends statusError("UnprocessableEntity", 422) {}

/**
 * 429: too many calls. `retryAfter` is how long the server asks to wait, if it does. This request did nothing.
 *
 * @since 0.1.0
 */
export class TooManyRequests extends statusErrorWithWait("TooManyRequests", 429) {}

/**
 * 500: the platform failed.
 *
 * @since 0.1.0
 */
export class InternalServerError extends statusError("InternalServerError", 500) {}

/**
 * 501: this platform does not do that.
 *
 * @since 0.1.0
 */
export class NotImplemented extends statusError("NotImplemented", 501) {}

/**
 * 502: something between here and the platform got no usable answer from it. `retryAfter` is how long it asks to wait,
 * if it does.
 *
 * @since 0.1.0
 */
export class BadGateway extends statusErrorWithWait("BadGateway", 502) {}

/**
 * 503: the platform takes no calls right now. `retryAfter` is how long the server asks to wait, if it does.
 *
 * @since 0.1.0
 */
export class ServiceUnavailable extends statusErrorWithWait("ServiceUnavailable", 503) {}

/**
 * 504: something between here and the platform got no answer from it in time. `retryAfter` is how long it asks to wait,
 * if it does.
 *
 * @since 0.1.0
 */
export class GatewayTimeout extends statusErrorWithWait("GatewayTimeout", 504) {}

/**
 * A status that has no meaning for this operation. A redirect is one: none is followed, since that would carry the
 * credential to another place. Of a redirect a browser tells nothing more: its `status` is 0 there.
 *
 * @since 0.1.0
 */
export class UnexpectedStatus extends Data.TaggedError("UnexpectedStatus")<Answer & { readonly status: number }> {
  constructor({ status, ...given }: Given & { readonly status: number }) {
    super({ ...whole(given), status })
  }

  override get message(): string {
    if (this.status === 0) {
      return `${this.operation} was answered with a redirect. Redirects are never followed: check the base URL.`
    }
    return describe(
      this,
      this.status >= 300 && this.status < 400 ? " Redirects are never followed: check the base URL." : "",
    )
  }
}

/**
 * No connection, or it broke before the answer was whole.
 *
 * - `origin`: where to, such as `https://iam.neuroio.com`.
 * - `code`: what the operating system or TLS calls it, such as `ECONNREFUSED`, where the transport says.
 * - `hint`: what may be the reason, in words, where the transport knows no more: a browser does not tell a server that
 *   cannot be reached from one that does not allow the page's origin (CORS).
 * - `sent`: `false` when nothing can have come of the call: no request of it left, or those that did were turned away
 *   (429). `true` when something may have.
 *
 * @since 0.1.0
 */
export class ConnectionFailed extends Data.TaggedError("ConnectionFailed")<{
  readonly operation: string
  readonly origin: string
  readonly code: string | undefined
  readonly hint: string | undefined
  readonly sent: boolean
}> {
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
    super({ operation, origin, code, hint, sent })
  }

  override get message(): string {
    const code = this.code === undefined ? "" : ` (${this.code})`
    const hint = this.hint === undefined ? "" : `: ${this.hint}`
    // With a hint there may never have been a connection to lose.
    const what = this.sent ? (hint === "" ? "lost its connection to" : "got no answer from") : "could not connect to"
    return `${this.operation} ${what} ${this.origin}${code}${hint}.${this.sent ? "" : " Nothing was sent."}`
  }
}

/**
 * No whole answer in time. `limit` is the option that ran out, `after` how long that was.
 *
 * @since 0.1.0
 */
export class TimedOut extends Data.TaggedError("TimedOut")<{
  readonly operation: string
  readonly limit: "attemptTimeout" | "deadline"
  readonly after: Duration.Duration
}> {
  override get message(): string {
    return `${this.operation} had no whole answer after ${Duration.format(this.after)} (${this.limit}).`
  }
}

/**
 * An answer that is not what the platform documents. `problem` says what is wrong with it, `path` where in it
 * (`[3, "expires"]`): never what stands there.
 *
 * @since 0.1.0
 */
export class MalformedResponse extends Data.TaggedError("MalformedResponse")<{
  readonly operation: string
  readonly status: number
  readonly problem: string
  readonly path: ReadonlyArray<string | number>
}> {
  constructor({
    path = [],
    ...given
  }: {
    readonly operation: string
    readonly status: number
    readonly problem: string
    readonly path?: ReadonlyArray<string | number>
  }) {
    super({ ...given, path })
  }

  override get message(): string {
    const where = this.path.length === 0 ? "" : ` at ${this.path.join(".")}`
    return `${this.operation} got an answer (${describeStatus(this.status)}) that it cannot use${where}: ${endSentence(this.problem)}`
  }
}

/**
 * Refused before anything was sent. `field` is what is wrong, `problem` what would be right.
 *
 * @since 0.1.0
 */
export class InvalidRequest extends Data.TaggedError("InvalidRequest")<{
  readonly operation: string
  readonly field: string
  readonly problem: string
}> {
  override get message(): string {
    return `${this.operation} was refused before anything was sent. ${this.field}: ${endSentence(this.problem)}`
  }
}

/**
 * An option of a layer that cannot be right. The layer is not built.
 *
 * @since 0.1.0
 */
export class InvalidOptions extends Data.TaggedError("InvalidOptions")<{
  /** The layer that was given the option, such as `Neuroio.layer`. */
  readonly layer: string
  /** The option, such as `iamUrl`. */
  readonly field: string
  /** The rule that the option breaks, in words, such as `must be true or false`. The value is not in it. */
  readonly problem: string
}> {
  override get message(): string {
    return `${this.layer} was not built. ${this.field}: ${endSentence(this.problem)}`
  }
}

/**
 * A `create` was sent, and nothing says whether it took effect: it timed out, the connection broke, the server failed,
 * or its answer makes no sense. `reason` is which. Before sending it again, look whether there is a new token.
 *
 * - `sentAt`: when it was sent, and `failedAt`: when there was no more hope of an answer, by this machine's clock.
 * - `requested`: what it asked for.
 * - `secretLost`: whether what it may have made can never be used, since its secret was in the answer that is lost.
 *
 * @since 0.1.0
 */
export class OutcomeUnknown extends Data.TaggedError("OutcomeUnknown")<{
  readonly operation: string
  readonly sentAt: DateTime.Utc
  readonly failedAt: DateTime.Utc
  readonly requested: { readonly [name: string]: Schema.Json }
  readonly secretLost: boolean
  readonly reason: SafeCall | MalformedResponse
}> {
  override get message(): string {
    return (
      `${this.operation} may have taken effect, or not. ${this.reason.message} ` +
      (this.secretLost
        ? "If it took effect, there is a token whose secret nobody has: look for it and delete it."
        : "It is not sent again by itself: look for a new token before you do.")
    )
  }
}

/**
 * Every error of this module.
 *
 * @since 0.1.0
 */
export type ApiError =
  | AnyCall
  | SafeCall
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

/** What any call can come to. */
type AnyCall = InvalidRequest | BadRequest | Unauthorized | Forbidden | TooManyRequests | NotImplemented

/** What a call that is safe to send again can come to besides. None of them says whether it took effect. */
type SafeCall =
  | InternalServerError
  | BadGateway
  | ServiceUnavailable
  | GatewayTimeout
  | UnexpectedStatus
  | ConnectionFailed
  | TimedOut

/**
 * What `create` can fail with. Where nothing says whether it took effect, that is `OutcomeUnknown`, with the reason
 * inside; `ConnectionFailed` means that the request never left.
 *
 * @since 0.1.0
 */
export type CreateError =
  | AnyCall
  | PermanentTokenLimitReached
  | Conflict
  | UnprocessableEntity
  | UnexpectedStatus
  | ConnectionFailed
  | OutcomeUnknown

/** @since 0.1.0 */
export type ListError = AnyCall | SafeCall | UnprocessableEntity | MalformedResponse

/** @since 0.1.0 */
export type GetError = AnyCall | SafeCall | NotFound | MalformedResponse

/** @since 0.1.0 */
export type UpdateError = AnyCall | SafeCall | NotFound | Conflict | UnprocessableEntity | MalformedResponse

/** @since 0.1.0 */
export type DeleteError = AnyCall | SafeCall | NotFound | Conflict

/** @since 0.1.0 */
export type DeleteListError = AnyCall | SafeCall | Conflict | UnprocessableEntity

/**
 * What `ApiTokens.create` can fail with. Where nothing says whether it took effect, that is `OutcomeUnknown`, with the
 * reason inside; `ConnectionFailed` means that the request never left.
 *
 * @since 0.1.0
 */
export type CreateApiTokenError = AnyCall | UnexpectedStatus | ConnectionFailed | OutcomeUnknown

/** @since 0.1.0 */
export type ListApiTokensError = AnyCall | SafeCall | MalformedResponse

/** @since 0.1.0 */
export type GetApiTokenError = AnyCall | SafeCall | NotFound | MalformedResponse

/** @since 0.1.0 */
export type DeleteApiTokenError = AnyCall | SafeCall | NotFound
