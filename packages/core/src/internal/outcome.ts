/** What the failure of a call means for its outcome, over HTTP and in memory alike. */
import * as DateTime from "effect/DateTime"
import * as ApiError from "../ApiError.ts"
import { encodeFields, type Fields, toJson } from "./input.ts"
import type { Inconclusive, Operation, StatusError } from "./operation.ts"

/** What a call that was sent, or was about to be, can fail with. */
export type CallFailure =
  | StatusError
  | ApiError.UnexpectedStatus
  | ApiError.ConnectionFailed
  | ApiError.TimedOut
  | ApiError.MalformedResponse

/** Whether it took effect, nobody knows: with a 4xx, or when it never left, nothing was done. */
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

/** When the last attempt began, when it failed, and what was known before it. Times are in milliseconds since 1970. */
export interface Circumstances {
  readonly sentAt: number
  readonly failedAt: number
  /** An attempt before this one may have taken effect. Never so for a `create`, which is not sent again then. */
  readonly inDoubt: boolean
}

/**
 * What the failure of the last attempt says of the whole call: a `create` whose failure leaves its outcome open is
 * `OutcomeUnknown`, and that the last attempt never left does not mean that none did. Any other failure is itself.
 */
export const settle = <Failure extends CallFailure>(
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
