/** The operations of NeuroIO, as the vendor's page gives them (`docs/rules/neuroio.md`, Wire). */
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as ApiError from "../../ApiError.ts"
import type { TokenRef } from "../Token.ts"
import { type DetailOfErrorResponse, type ErrorBodyReader, textIn } from "../../internal/response.ts"
import { noContent, operation } from "../../internal/operation.ts"
import * as WireToken from "./wire.ts"

const notFound = { 404: ApiError.NotFound } as const
const conflict = { 409: ApiError.Conflict } as const
const unprocessable = { 422: ApiError.UnprocessableEntity } as const

interface Family {
  readonly service: string
  readonly host: "iam" | "api"
  readonly collection: string
}

/** The six operations of one family: tokens and stream tokens differ in where they are, not in what they do. */
const tokenOperations = ({ collection, host, service }: Family) => ({
  create: operation<{ readonly permanent: boolean }>()({
    name: `${service}.create`,
    method: "POST",
    host,
    path: collection,
    idempotency: "non-idempotent",
    body: { permanent: "permanent" },
    success: { status: 201, body: WireToken.token },
    errors: { ...conflict, ...unprocessable },
    fieldRefusals: [
      {
        status: 400,
        field: "permanent",
        when: (input) => input.permanent,
        error: ApiError.PermanentTokenLimitReached,
        otherwise: "The owner may have its five permanent tokens already.",
      },
    ],
  }),
  list: operation<{ readonly limit: number; readonly offset: number; readonly permanent: boolean | null }>()({
    name: `${service}.list`,
    method: "GET",
    host,
    path: collection,
    idempotency: "safe",
    query: { limit: "limit", offset: "offset", permanent: "permanent" },
    success: { status: 200, body: WireToken.tokens },
    errors: unprocessable,
  }),
  get: operation<{ readonly token: TokenRef }>()({
    name: `${service}.get`,
    method: "GET",
    host,
    path: `${collection}{token}/`,
    idempotency: "safe",
    success: { status: 200, body: WireToken.token },
    errors: notFound,
  }),
  update: operation<{ readonly token: TokenRef; readonly isActive: boolean }>()({
    name: `${service}.update`,
    method: "PATCH",
    host,
    path: `${collection}{token}/`,
    idempotency: "idempotent",
    body: { isActive: "is_active" },
    success: { status: 200, body: WireToken.token },
    errors: { ...notFound, ...conflict, ...unprocessable },
  }),
  delete: operation<{ readonly token: TokenRef }>()({
    name: `${service}.delete`,
    method: "DELETE",
    host,
    path: `${collection}{token}/`,
    idempotency: "idempotent",
    notFoundAfterRetryIsSuccess: true,
    success: noContent,
    errors: { ...notFound, ...conflict },
  }),
  deleteList: operation<{ readonly permanent: boolean | null }>()({
    name: `${service}.deleteList`,
    method: "DELETE",
    host,
    path: collection,
    idempotency: "idempotent",
    query: { permanent: "permanent" },
    success: noContent,
    errors: { ...conflict, ...unprocessable },
  }),
})

export const families = {
  Tokens: tokenOperations({ service: "Tokens", host: "iam", collection: "/v1/tokens/" }),
  StreamTokens: tokenOperations({ service: "StreamTokens", host: "api", collection: "/v1/streams/tokens/" }),
} as const

/** More codes or fields than any request has: what goes on beyond that is noise, and may be meant as such. */
const mostDetails = 20

interface WireFieldError {
  readonly name: string
  readonly message: string
  readonly error_code?: number | null
}

const isFieldError = (value: unknown): value is WireFieldError =>
  Predicate.hasProperty(value, "name") &&
  Predicate.isString(value.name) &&
  Predicate.hasProperty(value, "message") &&
  Predicate.isString(value.message) &&
  (!Predicate.hasProperty(value, "error_code") || value.error_code === null || Number.isFinite(value.error_code))

/** The list of that name, if all of it is as it should be. */
const listIn = <A>(body: unknown, name: string, isItem: (value: unknown) => value is A): ReadonlyArray<A> => {
  const list = Predicate.hasProperty(body, name) ? body[name] : undefined
  return Array.isArray(list) && list.every(isItem) ? list.slice(0, mostDetails) : []
}

const isCode = (value: unknown): value is number => Number.isFinite(value)

/** Each part is read for itself: a server that gets one of them wrong has still said the others. */
export const readErrorBody: ErrorBodyReader = (body, mask) => ({
  serverMessage: textIn(body, "message", mask),
  codes: listIn(body, "error_codes", isCode),
  fields: listIn(body, "fields", isFieldError).map(({ error_code, message, name }) => ({
    name: mask(name),
    message: mask(message),
    code: error_code ?? undefined,
  })),
})

/** As `readErrorBody` would have read it. */
export const detailOfRefusal: DetailOfErrorResponse = ({ fields = [], message, status }) => ({
  serverMessage: message,
  codes: [status],
  fields: fields.map((field) => ({ ...field, code: status })),
})

export const authorization = (apiToken: Redacted.Redacted): Redacted.Redacted =>
  Redacted.make(`Token ${Redacted.value(apiToken)}`)
