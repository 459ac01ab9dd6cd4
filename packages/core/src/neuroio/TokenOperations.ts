/**
 * The operations of `Tokens` and `StreamTokens`, and functions that build them.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import type * as ApiError from "../ApiError.ts"
import { type PlatformFailure, fromErrorResponse } from "../internal/response.ts"
import { checksFor, integerBetween, readRedacted, unusableSegment } from "../internal/input.ts"
import { detailOfRefusal, families } from "./internal/operations.ts"
import { streamPages } from "../internal/offsetPagination.ts"
import type { Token, TokenRef } from "./Token.ts"

/**
 * The operations on one family of tokens, as the owner that the credential stands for.
 *
 * @since 0.1.0
 */
export interface TokenOperations {
  /**
   * Makes a token. A temporary one expires 24 hours later (N2).
   *
   * It is never sent again once it may have taken effect: then it fails with `OutcomeUnknown` (C4), and
   * `CreateOutcome.find` looks whether it has. With all permanent tokens taken, it fails with
   * `PermanentTokenLimitReached` and changes nothing (N4).
   */
  readonly create: (options?: {
    /** Whether the token never expires. Defaults to `false`: a temporary token (N1). */
    readonly permanent?: boolean | undefined
  }) => Effect.Effect<Token, ApiError.CreateError>

  /**
   * A page of the owner's tokens, expired ones included (N14). The server decides whether it is oldest first or newest
   * first (N6).
   */
  readonly list: (options?: {
    /** `true` for permanent tokens, `false` for temporary ones, `null` for both. Defaults to `null`. */
    readonly permanent?: boolean | null | undefined
    /**
     * The largest number of tokens: a whole number above 0. Defaults to 20. A response may have 1 MiB, which is some
     * thousands of tokens: to read more, use `stream`.
     */
    readonly limit?: number | undefined
    /** The number of tokens to skip: a whole number, 0 or more. Defaults to 0. Past the end, the page is empty. */
    readonly offset?: number | undefined
  }) => Effect.Effect<ReadonlyArray<Token>, ApiError.ListError>

  /**
   * All the owner's tokens in the order of `list`, fetched page by page as they are taken. A token that exists from the
   * first page to the last comes exactly once, whatever is created or deleted meanwhile. When a page brings nothing new,
   * the stream fails with `MalformedResponse` (C11).
   */
  readonly stream: (options?: {
    /** `true` for permanent tokens, `false` for temporary ones, `null` for both. Defaults to `null`. */
    readonly permanent?: boolean | null | undefined
    /**
     * The number of tokens in one request: a whole number above 0. Defaults to 100. From the second page on, the first of
     * them is one that was already seen, which shows deletions: a request asks for at least 2. When a list is newest first
     * and others create a page of tokens meanwhile, the next requests ask for at least 100.
     */
    readonly pageSize?: number | undefined
  }) => Stream.Stream<Token, ApiError.ListError>

  /** One token, by id or by key. Another owner's is `NotFound` (N16). */
  readonly get: (token: TokenRef) => Effect.Effect<Token, ApiError.GetError>

  /** Activates or deactivates a token and gives it back. An inactive one does not authenticate (N10, N13). */
  readonly update: (
    token: TokenRef,
    changes: {
      /** Whether the token may authenticate. */
      readonly isActive: boolean
    },
  ) => Effect.Effect<Token, ApiError.UpdateError>

  /**
   * Deletes one token, for good (N11). One that is not there is `NotFound`, unless an attempt before that one may have
   * deleted it: then the call has succeeded (C4).
   */
  readonly delete: (token: TokenRef) => Effect.Effect<void, ApiError.DeleteError>

  /**
   * Deletes many tokens at once, for good (N12): the temporary ones with `permanent: false`, the permanent ones with
   * `true`, and **all of them** with `null`. `undefined`, such as a setting that was never set, is refused before
   * anything is sent.
   *
   * The credential that you call with is one of the owner's tokens and may be among them: then the next call fails with
   * `Unauthorized` (N17). So does this one, when its answer is lost and it is sent again.
   *
   * A request that is sent again deletes also what was created since the first one. `Limits.override({ retries: 0 })`
   * sends one.
   */
  readonly deleteList: (filter: { readonly permanent: boolean | null }) => Effect.Effect<void, ApiError.DeleteListError>
}

/**
 * What does the operations in the end, with input that is checked and complete. `ToError` says what it fails with.
 */
interface Backend<
  ToError extends { readonly [K in "create" | "list" | "get" | "update" | "delete" | "deleteList"]: unknown },
> {
  readonly create: (input: { readonly permanent: boolean }) => Effect.Effect<Token, ToError["create"]>
  readonly list: (input: {
    readonly permanent: boolean | null
    readonly limit: number
    readonly offset: number
  }) => Effect.Effect<ReadonlyArray<Token>, ToError["list"]>
  readonly get: (input: { readonly token: TokenRef }) => Effect.Effect<Token, ToError["get"]>
  readonly update: (input: {
    readonly token: TokenRef
    readonly isActive: boolean
  }) => Effect.Effect<Token, ToError["update"]>
  readonly delete: (input: { readonly token: TokenRef }) => Effect.Effect<void, ToError["delete"]>
  readonly deleteList: (input: { readonly permanent: boolean | null }) => Effect.Effect<void, ToError["deleteList"]>
}

/**
 * Does the operations and fails as a service does: a client, or a wrapper of your own.
 *
 * @since 0.1.0
 */
export interface TokenBackend extends Backend<{
  readonly create: ApiError.CreateError
  readonly list: ApiError.ListError
  readonly get: ApiError.GetError
  readonly update: ApiError.UpdateError
  readonly delete: ApiError.DeleteError
  readonly deleteList: ApiError.DeleteListError
}> {}

export type { PlatformFailure, ErrorResponse } from "../internal/response.ts"

/**
 * Does the operations and fails as a platform does.
 *
 * @since 0.1.0
 */
export interface TokenPlatform extends Backend<{
  readonly create: PlatformFailure
  readonly list: PlatformFailure
  readonly get: PlatformFailure
  readonly update: PlatformFailure
  readonly delete: PlatformFailure
  readonly deleteList: PlatformFailure
}> {}

const defaultLimit = 20
const defaultPageSize = 100

/** An example of options, for messages. */
const example = "{ permanent: true }"

const boolean = (value: unknown) => (Predicate.isBoolean(value) ? undefined : "must be true or false")

const booleanOrNull = (value: unknown) =>
  Predicate.isBoolean(value) || value === null ? undefined : "must be true, false or null"

const deleteListFilter = (value: unknown) =>
  booleanOrNull(value) === undefined
    ? undefined
    : "must be true (the permanent ones), false (the temporary ones) or null (all of them)"

const tokenId = integerBetween(1)

const tokenRef = (value: unknown) => {
  if (Predicate.isNumber(value)) return tokenId(value)
  const key = readRedacted(value)
  if (!Predicate.isString(key)) return "must be the id of a token, or its key as Redacted text that was not wiped"
  return unusableSegment(key) ? 'as a key must be well-formed text other than "", "." and ".."' : undefined
}

/**
 * Builds the operations on a backend: fills in defaults, checks the input (bad input is `InvalidRequest`, and the
 * backend is not called) and derives `stream` from `list`. Platforms over HTTP and in memory are both built by this, so
 * that they refuse the same things in the same words.
 *
 * `service` is the name that errors give the operations: `"Tokens"` makes `"Tokens.create"`.
 *
 * @since 0.1.0
 */
export const make = (service: string, backend: TokenBackend): TokenOperations => {
  const { checked, withOptions } = checksFor(service)

  const create = checked("create", { permanent: boolean }, backend.create)
  const list = checked(
    "list",
    { permanent: booleanOrNull, limit: integerBetween(1), offset: integerBetween(0) },
    backend.list,
  )
  const get = checked("get", { token: tokenRef }, backend.get)
  const update = checked("update", { token: tokenRef, isActive: boolean }, backend.update)
  const deleteOne = checked("delete", { token: tokenRef }, backend.delete)
  const deleteList = checked("deleteList", { permanent: deleteListFilter }, backend.deleteList)
  const stream = checked(
    "stream",
    { permanent: booleanOrNull, pageSize: integerBetween(1) },
    ({ pageSize, permanent }: { readonly permanent: boolean | null; readonly pageSize: number }) =>
      Effect.succeed(
        streamPages(`${service}.stream`, pageSize, defaultLimit, (page) => backend.list({ ...page, permanent })),
      ),
  )

  return {
    create: (options) => withOptions("create", options, example, ({ permanent = false }) => create({ permanent })),
    list: (options) =>
      withOptions("list", options, example, ({ limit = defaultLimit, offset = 0, permanent = null }) =>
        list({ permanent, limit, offset }),
      ),
    stream: (options) =>
      Stream.unwrap(
        withOptions("stream", options, example, ({ pageSize = defaultPageSize, permanent = null }) =>
          stream({ permanent, pageSize }),
        ),
      ),
    get: (token) => get({ token }),
    update: (token, changes) => update({ token, isActive: changes?.isActive }),
    delete: (token) => deleteOne({ token }),
    deleteList: (filter) => deleteList({ permanent: filter?.permanent }),
  }
}

/**
 * Builds the operations on something that answers as the platform does: its refusals become the errors that the client
 * makes of the same answers over HTTP.
 *
 * @since 0.1.0
 */
export const fromPlatform = (service: "Tokens" | "StreamTokens", platform: TokenPlatform): TokenOperations => {
  const operations = families[service]
  return make(service, {
    create: fromErrorResponse(operations.create, detailOfRefusal, platform.create),
    list: fromErrorResponse(operations.list, detailOfRefusal, platform.list),
    get: fromErrorResponse(operations.get, detailOfRefusal, platform.get),
    update: fromErrorResponse(operations.update, detailOfRefusal, platform.update),
    delete: fromErrorResponse(operations.delete, detailOfRefusal, platform.delete),
    deleteList: fromErrorResponse(operations.deleteList, detailOfRefusal, platform.deleteList),
  })
}
