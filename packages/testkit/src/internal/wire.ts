/** From the platform's own terms to what the vendor writes. */
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as NeuroioPlatform from "../NeuroioPlatform.ts"
import type { WireError, WireToken } from "./neuroioApi.ts"

/** With microseconds and an offset, as the vendor does. */
const wireTime = (millis: number): string => new Date(millis).toISOString().replace("Z", "000+00:00")

export const wireToken = (token: NeuroioPlatform.StoredToken): WireToken => {
  const expires = NeuroioPlatform.expiresAt(token)
  return {
    id: token.id,
    key: token.key,
    is_active: token.isActive,
    created: wireTime(token.created),
    expires: expires === null ? null : wireTime(expires),
  }
}

export interface Rejection {
  readonly status: number
  readonly message: string
  readonly fields: ReadonlyArray<{ readonly name: string; readonly message: string }>
}

export const rejection = (status: number, message: string): Rejection => ({ status, message, fields: [] })

export const wireError = ({ fields, message, status }: Rejection): WireError => ({
  error_codes: [status],
  message,
  fields: fields.map((field) => ({ ...field, error_code: status })),
})

export const rejectionResponse = (
  rejection: Rejection,
  headers: Record<string, string> = {},
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(wireError(rejection), {
    status: rejection.status,
    headers,
  })
