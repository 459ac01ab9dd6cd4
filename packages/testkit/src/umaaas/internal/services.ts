/** Describes UMAaaS's service. */
import { ApiTokenOperations, ApiTokens } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as Struct from "effect/Struct"
import { plainOf, shownId, shownPermission, shownText } from "../../internal/journal/sanitize.ts"
import { type Service, watching, wrapping, wrappingCallers } from "../../internal/service.ts"
import { type Credential, UmaaasControl } from "../UmaaasControl.ts"

const codes: Readonly<Record<number, string>> = {
  400: "INVALID_INPUT",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "TOKEN_NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
  409: "CONFLICT",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  424: "FAILED_DEPENDENCY",
  429: "RATE_LIMITED",
}

/** The code of an error. The vendor's page has none for most statuses. */
export const codeOf = (status: number): string => codes[status] ?? (status >= 500 ? "INTERNAL_ERROR" : "REQUEST_FAILED")

const statuses = { create: 201, list: 200, get: 200, delete: 204 } as const

export type Operation = `ApiTokens.${keyof typeof statuses | "stream"}`

const text = (value: unknown) => (Predicate.isString(value) ? shownText(value) : plainOf(value))

const time = (value: unknown) => {
  const read = DateTime.isDateTime(value) || value instanceof Date ? DateTime.make(value) : Option.none()
  return Option.match(read, { onNone: () => plainOf(value), onSome: DateTime.formatIso })
}

const remote = <Method extends keyof typeof statuses>(method: Method) =>
  ({ operation: `ApiTokens.${method}`, success: statuses[method] }) as const

export const apiTokens: Service<ApiTokens, ApiTokenOperations.ApiTokenOperations, Operation> = {
  tag: ApiTokens,
  names: Struct.keys(statuses).map((method) => `ApiTokens.${method}` as const),
  origin: "https://api.lightspark.com",
  // Types are no guard: a value of another type may be a secret.
  fields: {
    id: (value) => (Predicate.isString(value) ? shownId(value) : plainOf(value)),
    name: text,
    permissions: (value) => (Array.isArray(value) ? value.slice(0, 10).map(shownPermission) : plainOf(value)),
    createdAfter: time,
    createdBefore: time,
    updatedAfter: time,
    updatedBefore: time,
    limit: plainOf,
    cursor: () => "<cursor>",
    pageSize: plainOf,
  },
  refusal: (status, message) => ({ status, message, code: codeOf(status) }),
  failing: (failure) =>
    ApiTokenOperations.fromPlatform(
      "ApiTokens",
      Record.map(statuses, () => () => failure),
    ),
  through: (through) =>
    ApiTokenOperations.make("ApiTokens", {
      create: (input) => through(remote("create"), ({ create }) => create(input)),
      list: (input) => through(remote("list"), ({ list }) => list(input)),
      get: ({ id }) => through(remote("get"), ({ get }) => get(id)),
      delete: ({ id }) => through(remote("delete"), (operations) => operations.delete(id)),
    }),
  observe: (operations, observer) => {
    const { call, stream } = watching("ApiTokens", observer)
    return {
      create: (token) => call("ApiTokens.create", { ...token }, operations.create(token)),
      list: (options) => call("ApiTokens.list", { ...options }, operations.list(options)),
      stream: (options) => stream("ApiTokens.stream", { ...options }, operations.stream(options)),
      get: (id) => call("ApiTokens.get", { id }, operations.get(id)),
      delete: (id) => call("ApiTokens.delete", { id }, operations.delete(id)),
    }
  },
}

export const names = apiTokens.names

export const streams = ["ApiTokens.stream"] as const

/** Wraps the service, if the context has it. */
export const wrapServices = wrapping(apiTokens)

/** Wraps the service of each caller. The holder of a credential is looked up among the tokens. */
export const wrapCallers = wrappingCallers<Operation, UmaaasControl, ApiTokens, Credential, UmaaasControl["Service"]>({
  tag: UmaaasControl,
  wrapServices,
  own: ({ rootToken }) => rootToken.id,
  nameOf: ({ tokens }, { clientId }) =>
    Effect.map(tokens, (all) => all.find((token) => token.clientId === clientId)?.id ?? "unknown credential"),
})
