/** Derives the outcome of a call from its last failure, over HTTP and in memory alike. */
import * as DateTime from "effect/DateTime"
import * as ApiError from "../ApiError.ts"
import { encodeFields, type Fields, toJson } from "./input.ts"
import type { Inconclusive, Operation, StatusError } from "./operation.ts"

/** The failures of an attempt. */
export type CallFailure =
  | StatusError
  | ApiError.UnexpectedStatus
  | ApiError.ConnectionFailed
  | ApiError.TimedOut
  | ApiError.MalformedResponse

/** True when the request may have taken effect. It has not after a 4xx, or when it was never sent. */
export const isInconclusive = (failure: CallFailure): failure is Extract<CallFailure, Inconclusive> => {
  switch (failure._tag) {
    case "ConnectionFailed":
      return failure.sent
    case "UnexpectedStatus":
      return failure.status < 400 || failure.status >= 500
    case "InternalServerError":
    case "BadGateway":
    case "ServiceUnavailable":
    case "GatewayTimeout":
    case "TimedOut":
    case "MalformedResponse":
      return true
    default:
      return false
  }
}

/** The last attempt: when it began and when it failed, in milliseconds since 1970, and the attempts before it. */
export interface Circumstances {
  readonly sentAt: number
  readonly failedAt: number
  /** Whether an earlier attempt may have taken effect. Always false for a `create`, which is not sent again then. */
  readonly inDoubt: boolean
}

/**
 * Derives the error of the call from the failure of its last attempt. An inconclusive failure of a `create` becomes
 * `OutcomeUnknown`. When the last attempt was not sent but an earlier one was, `sent` is true.
 */
export const errorOfCall = <Failure extends CallFailure>(
  operation: Pick<Operation<Fields, unknown, unknown>, "name" | "idempotency" | "returnsSecretOnce" | "body">,
  input: Fields,
  { failedAt, inDoubt, sentAt }: Circumstances,
  failure: Failure,
): Failure | ApiError.ConnectionFailed | ApiError.OutcomeUnknown => {
  if (operation.idempotency === "non-idempotent" && isInconclusive(failure)) {
    return new ApiError.OutcomeUnknown({
      operation: operation.name,
      sentAt: DateTime.makeUnsafe(sentAt),
      failedAt: DateTime.makeUnsafe(failedAt),
      requested: Object.fromEntries(encodeFields(operation.body ?? {}, input, toJson)),
      secretLost: operation.returnsSecretOnce ?? false,
      reason: failure,
    })
  }
  return inDoubt && failure._tag === "ConnectionFailed" && !failure.sent
    ? new ApiError.ConnectionFailed({ ...failure, sent: true })
    : failure
}
