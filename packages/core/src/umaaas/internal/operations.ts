/** The operations of UMAaaS, as the vendor's page gives them (`docs/rules/umaaas.md`, Wire). */
import type * as DateTime from "effect/DateTime"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import * as ApiError from "../../ApiError.ts"
import type { ApiTokenId, KnownPermission } from "../ApiToken.ts"
import { type DetailOfErrorResponse, type ErrorBodyReader, textIn } from "../../internal/response.ts"
import { noContent, operation } from "../../internal/operation.ts"
import * as WireApiToken from "./wire.ts"

const notFound = { 404: ApiError.NotFound } as const

/** What a page is asked for. What is not set is not sent. */
export interface ListInput {
  readonly name: string | undefined
  readonly createdAfter: DateTime.Utc | undefined
  readonly createdBefore: DateTime.Utc | undefined
  readonly updatedAfter: DateTime.Utc | undefined
  readonly updatedBefore: DateTime.Utc | undefined
  readonly limit: number
  readonly cursor: string | undefined
}

export const operations = {
  create: operation<{ readonly name: string; readonly permissions: ReadonlyArray<KnownPermission> }>()({
    name: "ApiTokens.create",
    method: "POST",
    host: "umaaas",
    path: "/tokens",
    idempotency: "non-idempotent",
    returnsSecretOnce: true,
    body: { name: "name", permissions: "permissions" },
    success: { status: 201, body: WireApiToken.created },
    errors: {},
  }),
  list: operation<ListInput>()({
    name: "ApiTokens.list",
    method: "GET",
    host: "umaaas",
    path: "/tokens",
    idempotency: "safe",
    query: {
      name: "name",
      createdAfter: "createdAfter",
      createdBefore: "createdBefore",
      updatedAfter: "updatedAfter",
      updatedBefore: "updatedBefore",
      limit: "limit",
      cursor: "cursor",
    },
    success: { status: 200, body: WireApiToken.page },
    errors: {},
  }),
  get: operation<{ readonly id: ApiTokenId }>()({
    name: "ApiTokens.get",
    method: "GET",
    host: "umaaas",
    path: "/tokens/{id}",
    idempotency: "safe",
    success: { status: 200, body: WireApiToken.apiToken },
    errors: notFound,
  }),
  delete: operation<{ readonly id: ApiTokenId }>()({
    name: "ApiTokens.delete",
    method: "DELETE",
    host: "umaaas",
    path: "/tokens/{id}",
    idempotency: "idempotent",
    notFoundAfterRetryIsSuccess: true,
    success: noContent,
    errors: notFound,
  }),
} as const

/** More than a person reads, and than any answer should have: what goes on beyond that is noise, and may be meant as such. */
const mostDetails = 20
const mostLevels = 4

/**
 * The details without secrets, names of fields included, and within bounds. The levels are counted while they are walked
 * through: a schema would read all of them first, and however many there are, the call stack has fewer.
 */
const readDetails = (details: object, mask: (text: string) => string): { readonly [name: string]: Schema.Json } => {
  let left = mostDetails
  const take = <A>(all: ReadonlyArray<A>): ReadonlyArray<A> => {
    const taken = all.slice(0, left)
    left -= taken.length
    return taken
  }
  const value = (given: unknown, level: number): Schema.Json => {
    if (given === null || Predicate.isBoolean(given)) return given
    // A secret that is all digits may come back as a number.
    // And one that is too large to be a number, such as 1e999, is none in JSON either.
    if (Predicate.isNumber(given)) {
      return Number.isFinite(given) && mask(String(given)) === String(given) ? given : mask(String(given))
    }
    if (Predicate.isString(given)) return mask(given)
    if (level > mostLevels) return "…"
    if (Array.isArray(given)) return take(given).map((item: unknown) => value(item, level + 1))
    return Predicate.isObject(given) ? record(given, level) : "…"
  }
  const record = (given: object, level: number) =>
    Object.fromEntries(take(Object.entries(given)).map(([name, item]) => [mask(name), value(item, level + 1)] as const))
  return record(details, 1)
}

/** Each part is read for itself: a server that gets one of them wrong has still said the others. */
export const readErrorBody: ErrorBodyReader = (body, mask) => ({
  serverMessage: textIn(body, "message", mask),
  codes: [],
  fields: [],
  code: textIn(body, "code", mask),
  details:
    Predicate.hasProperty(body, "details") && Predicate.isObject(body.details)
      ? readDetails(body.details, mask)
      : undefined,
})

/** As `readErrorBody` would have read it. */
export const detailOfRefusal: DetailOfErrorResponse = ({ code, message }) => ({
  serverMessage: message,
  codes: [],
  fields: [],
  code,
})
