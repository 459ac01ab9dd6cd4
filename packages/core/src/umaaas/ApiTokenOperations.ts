/**
 * The operations of `ApiTokens`, and functions that build them.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import type * as ApiError from "../ApiError.ts"
import { type ApiToken, type ApiTokenId, type ApiTokenPage, type CreatedApiToken, KnownPermission } from "./ApiToken.ts"
import { type PlatformFailure, fromErrorResponse } from "../internal/response.ts"
import { type Check, type Checks, checksFor, unusableSegment, integerBetween } from "../internal/input.ts"
import { streamCursors } from "../internal/cursorPagination.ts"
import { detailOfRefusal, type ListInput, operations } from "./internal/operations.ts"

/**
 * A time of a filter, from the year 0 to 9999.
 *
 * @since 0.1.0
 */
export type Time = DateTime.DateTime | Date

/**
 * Filters of tokens. A token must match all that are set (U3). Each defaults to no filter.
 *
 * @since 0.1.0
 */
export interface Filters {
  /** The exact name. Not empty. */
  readonly name?: string | undefined
  /** The earliest time of creation, inclusive. */
  readonly createdAfter?: Time | undefined
  /** The latest time of creation, inclusive. */
  readonly createdBefore?: Time | undefined
  /** The earliest time of the last update, inclusive. */
  readonly updatedAfter?: Time | undefined
  /** The latest time of the last update, inclusive. */
  readonly updatedBefore?: Time | undefined
}

/**
 * The operations on API tokens, as the token that the credential stands for.
 *
 * @since 0.1.0
 */
export interface ApiTokenOperations {
  /**
   * Makes a token. Its `clientSecret` is in this answer and nowhere else, ever after (U1). `name` is not empty, and need
   * not be unique; of `permissions` there is at least one (U11). Needs `MANAGE` (U10).
   *
   * It is never sent again once it may have taken effect: then it fails with `OutcomeUnknown` (C4), and a token may exist
   * whose secret nobody has. `CreateOutcome.findAndDelete` looks for it and deletes it; to be sure which one it is, it
   * needs what `stream` gave before the create.
   */
  readonly create: (token: {
    readonly name: string
    readonly permissions: ReadonlyArray<KnownPermission>
  }) => Effect.Effect<CreatedApiToken, ApiError.CreateApiTokenError>

  /**
   * A page of the tokens that match. The server decides whether it is oldest first or newest first (U6). Needs `VIEW` or
   * `MANAGE` (U10).
   *
   * - `limit`: how many at most; a whole number from 1 to 100, 20 unless given.
   * - `cursor`: the `nextCursor` of the page before.
   */
  readonly list: (
    options?: Filters & { readonly limit?: number | undefined; readonly cursor?: string | undefined },
  ) => Effect.Effect<ApiTokenPage, ApiError.ListApiTokensError>

  /**
   * All tokens that match, in the order of `list`, fetched page by page as they are taken. A token that exists from the
   * first page to the last comes exactly once, whatever is created or deleted meanwhile (C11, U6). When a cursor comes
   * twice or a page brings nothing new, the stream fails with `MalformedResponse`.
   *
   * - `pageSize`: how many a request asks for; a whole number from 1 to 100, 100 unless given.
   */
  readonly stream: (
    options?: Filters & { readonly pageSize?: number | undefined },
  ) => Stream.Stream<ApiToken, ApiError.ListApiTokensError>

  /** One token. Needs `VIEW` or `MANAGE` (U10). */
  readonly get: (id: ApiTokenId) => Effect.Effect<ApiToken, ApiError.GetApiTokenError>

  /**
   * Deletes one token, for good: its credential gets `Unauthorized` from the next call on, also when it deleted itself
   * (U8). Needs `MANAGE` (U10). One that is not there is `NotFound`, unless an attempt before that one may have deleted it:
   * then the call has succeeded (C4).
   */
  readonly delete: (id: ApiTokenId) => Effect.Effect<void, ApiError.DeleteApiTokenError>
}

/** What does the operations in the end, with input that is checked and complete. `ToError` says what it fails with. */
interface Backend<ToError extends { readonly [K in "create" | "list" | "get" | "delete"]: unknown }> {
  readonly create: (input: {
    readonly name: string
    readonly permissions: ReadonlyArray<KnownPermission>
  }) => Effect.Effect<CreatedApiToken, ToError["create"]>
  readonly list: (input: ListInput) => Effect.Effect<ApiTokenPage, ToError["list"]>
  readonly get: (input: { readonly id: ApiTokenId }) => Effect.Effect<ApiToken, ToError["get"]>
  readonly delete: (input: { readonly id: ApiTokenId }) => Effect.Effect<void, ToError["delete"]>
}

/**
 * Does the operations and fails as the service does: a client, or a wrapper of your own.
 *
 * @since 0.1.0
 */
export interface ApiTokenBackend extends Backend<{
  readonly create: ApiError.CreateApiTokenError
  readonly list: ApiError.ListApiTokensError
  readonly get: ApiError.GetApiTokenError
  readonly delete: ApiError.DeleteApiTokenError
}> {}

export type { PlatformFailure, ErrorResponse } from "../internal/response.ts"

/**
 * Does the operations and fails as a platform does.
 *
 * @since 0.1.0
 */
export interface ApiTokenPlatform extends Backend<{
  readonly create: PlatformFailure
  readonly list: PlatformFailure
  readonly get: PlatformFailure
  readonly delete: PlatformFailure
}> {}

const defaultLimit = 20
const mostPerPage = 100

const name = (value: unknown) =>
  Predicate.isString(value) && value !== "" && value.isWellFormed()
    ? undefined
    : "must be well-formed text, and not empty"

const optionalName = (value: unknown) => (value === undefined ? undefined : name(value))

const isKnown = (value: unknown) => KnownPermission.literals.some((known) => known === value)

const permissions = (value: unknown) =>
  // A hole in an array is no item of it, and still goes into JSON.
  Array.isArray(value) && value.length > 0 && Array.from(value).every(isKnown)
    ? undefined
    : `must be one or more of ${KnownPermission.literals.join(", ")}`

const tokenId = (value: unknown) => {
  if (!Predicate.isString(value)) return "must be the id of a token, which is text"
  return unusableSegment(value) ? 'must be well-formed text other than "", "." and ".."' : undefined
}

const cursor = (value: unknown) =>
  value === undefined || (Predicate.isString(value) && value !== "" && value.isWellFormed())
    ? undefined
    : "must be the nextCursor of the page before, or left out"

/** RFC 3339 has four digits for the year. In milliseconds. */
const [firstTime, lastTime] = [Date.parse("0000-01-01T00:00:00.000Z"), Date.parse("9999-12-31T23:59:59.999Z")]

const readTime = (value: unknown): Option.Option<DateTime.Utc> =>
  (DateTime.isDateTime(value) || value instanceof Date ? DateTime.make(value) : Option.none()).pipe(
    Option.map(DateTime.toUtc),
    Option.filter(({ epochMilliseconds: millis }) => millis >= firstTime && millis <= lastTime),
  )

const time: Check = (value) =>
  value === undefined || Option.isSome(readTime(value))
    ? undefined
    : "must be a DateTime or a valid Date from the year 0 to 9999, or left out"

const checksOfFilters: Checks<Filters> = {
  name: optionalName,
  createdAfter: time,
  createdBefore: time,
  updatedAfter: time,
  updatedBefore: time,
}

const toUtc = (given: Time | undefined) => Option.getOrUndefined(readTime(given))

const read = (filters: Filters) => ({
  name: filters.name,
  createdAfter: toUtc(filters.createdAfter),
  createdBefore: toUtc(filters.createdBefore),
  updatedAfter: toUtc(filters.updatedAfter),
  updatedBefore: toUtc(filters.updatedBefore),
})

/**
 * Builds the operations on a backend: fills in defaults, checks the input (bad input is `InvalidRequest`, and the
 * backend is not called) and derives `stream` from `list`. Platforms over HTTP and in memory are both built by this, so
 * that they refuse the same things in the same words.
 *
 * `service` is the name that errors give the operations: `"ApiTokens"` makes `"ApiTokens.create"`.
 *
 * @since 0.1.0
 */
export const make = (service: string, backend: ApiTokenBackend): ApiTokenOperations => {
  const { checked, withOptions } = checksFor(service)

  const create = checked("create", { name, permissions }, backend.create)
  const list = checked(
    "list",
    { ...checksOfFilters, limit: integerBetween(1, mostPerPage), cursor },
    (input: Filters & { readonly limit: number; readonly cursor: string | undefined }) =>
      backend.list({ ...read(input), limit: input.limit, cursor: input.cursor }),
  )
  const get = checked("get", { id: tokenId }, backend.get)
  const deleteOne = checked("delete", { id: tokenId }, backend.delete)
  const stream = checked(
    "stream",
    { ...checksOfFilters, pageSize: integerBetween(1, mostPerPage) },
    ({ pageSize, ...filters }: Filters & { readonly pageSize: number }) => {
      const input = { ...read(filters), limit: pageSize }
      return Effect.succeed(streamCursors(`${service}.stream`, (cursor) => backend.list({ ...input, cursor })))
    },
  )

  return {
    create: (token) => create({ name: token?.name, permissions: token?.permissions }),
    list: (options) =>
      withOptions("list", options, '{ name: "reports" }', ({ cursor, limit = defaultLimit, ...filters }) =>
        list({ ...filters, limit, cursor }),
      ),
    stream: (options) =>
      Stream.unwrap(
        withOptions("stream", options, '{ name: "reports" }', ({ pageSize = mostPerPage, ...filters }) =>
          stream({ ...filters, pageSize }),
        ),
      ),
    get: (id) => get({ id }),
    delete: (id) => deleteOne({ id }),
  }
}

/**
 * Builds the operations on something that answers as the platform does: its refusals become the errors that the client
 * makes of the same answers over HTTP.
 *
 * @since 0.1.0
 */
export const fromPlatform = (service: "ApiTokens", platform: ApiTokenPlatform): ApiTokenOperations =>
  make(service, {
    create: fromErrorResponse(operations.create, detailOfRefusal, platform.create),
    list: fromErrorResponse(operations.list, detailOfRefusal, platform.list),
    get: fromErrorResponse(operations.get, detailOfRefusal, platform.get),
    delete: fromErrorResponse(operations.delete, detailOfRefusal, platform.delete),
  })
