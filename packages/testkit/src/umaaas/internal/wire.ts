/** How UMAaaS looks from outside. */
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import * as UmaaasRules from "../UmaaasRules.ts"
import { shownId, shownIn, shownText } from "../../internal/journal/sanitize.ts"
import { umaaasPath, type WireApiToken, type WireCreatedApiToken } from "./api.ts"
import { requests, type Wire } from "../../internal/sandbox/wire.ts"

export const wireApiToken = (token: UmaaasRules.StoredApiToken): WireApiToken => {
  const { clientId, id, name, permissions } = token
  const createdAt = new Date(token.createdAt).toISOString()
  return { id, name, permissions, clientId, createdAt, updatedAt: createdAt }
}

/** In the vendor's order. */
export const wireCreatedApiToken = (token: UmaaasRules.StoredApiToken): WireCreatedApiToken => {
  const { createdAt, updatedAt, ...rest } = wireApiToken(token)
  return { ...rest, clientSecret: token.clientSecret, createdAt, updatedAt }
}

const codes: Readonly<Record<number, string>> = {
  400: "INVALID_INPUT",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "TOKEN_NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  429: "TOO_MANY_REQUESTS",
}

/** The vendor's page has none for most statuses. */
export const codeOf = (status: number): string => codes[status] ?? (status >= 500 ? "INTERNAL_ERROR" : "INVALID_INPUT")

/** The credential of the header. */
export const readCaller = (authorization: string): UmaaasRules.Caller => {
  const [, encoded] = /^Basic +(\S+)$/i.exec(authorization) ?? []
  const decoded = encoded === undefined ? undefined : Result.getOrUndefined(Base64.decodeString(encoded))
  const [, clientId, clientSecret] = /^([^:]*):(.*)$/s.exec(decoded ?? "") ?? []
  return clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret }
}

const times = ["createdAfter", "createdBefore", "updatedAfter", "updatedBefore"]

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

export const umaaasWire: Wire = {
  root: umaaasPath,
  // Elsewhere the platform is not always at the same path.
  requests: [
    requests(umaaasPath, "/tokens(?:/([^/]+))?", {
      toAll: { GET: "ApiTokens.list", POST: "ApiTokens.create" },
      toOne: { GET: "ApiTokens.get", DELETE: "ApiTokens.delete" },
    }),
  ],
  errorBody: ({ code, message, status }) => ({ status, code: code ?? codeOf(status), message }),
  challenge: "Basic",
  hint: "Paths do not end with a slash.",
  callerOf: ({ umaaas }, { authorization }) =>
    authorization === undefined
      ? "no credential"
      : (UmaaasRules.identify(umaaas.world.state, readCaller(authorization)) ?? "unknown credential"),
  inputOf: (one, query) => ({
    ...(one === undefined ? {} : { id: shownId(decoded(one)) }),
    ...shownIn(query, ["name"], shownText),
    // Whatever else somebody puts there may be long, or a secret.
    ...shownIn(query, times, (text) => (/^[\d-]{10}[Tt][\d:.]{8,20}[\d:zZ+ -]{1,6}$/.test(text) ? text : "<text>")),
    ...shownIn(query, ["limit"], (text) => (/^-?\d{1,16}$/.test(text) ? text : "<text>")),
    ...shownIn(query, ["cursor"], () => "<cursor>"),
  }),
  errorOf: () => undefined,
}
