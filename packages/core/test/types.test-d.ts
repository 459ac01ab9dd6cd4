import {
  type ApiError,
  type ApiToken,
  type ApiTokenId,
  type ApiTokenPage,
  ApiTokens,
  type CreatedApiToken,
  CreateOutcome,
  type KnownPermission,
  type Limits,
  type Permission,
  StreamTokens,
  type Token,
  Tokens,
} from "@effect-tokens/core"
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Stream from "effect/Stream"
import { describe, expectTypeOf, test } from "vitest"
import type { families } from "../src/neuroio/internal/operations.ts"
import type { Operation } from "../src/internal/operation.ts"
import type { operations } from "../src/umaaas/internal/operations.ts"

type Of<Service, Method extends keyof Service> = Service[Method] extends (...args: infer _) => infer Result
  ? Result
  : never

type ErrorOf<Result> =
  Result extends Effect.Effect<infer _A, infer E, infer _R>
    ? E
    : Result extends Stream.Stream<infer _A, infer E, infer _R>
      ? E
      : never

type ValueOf<Result> = Result extends Effect.Effect<infer A, infer _E, infer _R> ? A : never

type Services = [Tokens["Service"], StreamTokens["Service"]]

/** The tags of each operation, spelled out: an error that is added or lost anywhere shows here. */
interface Designed {
  create:
    | "InvalidRequest"
    | "BadRequest"
    | "PermanentTokenLimitReached"
    | "Unauthorized"
    | "Forbidden"
    | "Conflict"
    | "UnprocessableEntity"
    | "TooManyRequests"
    | "NotImplemented"
    | "UnexpectedStatus"
    | "ConnectionFailed"
    | "OutcomeUnknown"
  list:
    | "InvalidRequest"
    | "BadRequest"
    | "Unauthorized"
    | "Forbidden"
    | "UnprocessableEntity"
    | "TooManyRequests"
    | "InternalServerError"
    | "NotImplemented"
    | "BadGateway"
    | "ServiceUnavailable"
    | "GatewayTimeout"
    | "UnexpectedStatus"
    | "ConnectionFailed"
    | "TimedOut"
    | "MalformedResponse"
  stream: Designed["list"]
  get: Exclude<Designed["list"], "UnprocessableEntity"> | "NotFound"
  update: Designed["get"] | "Conflict" | "UnprocessableEntity"
  delete: Exclude<Designed["get"], "MalformedResponse"> | "Conflict"
  deleteList: Exclude<Designed["delete"], "NotFound"> | "UnprocessableEntity"
}

/** The same for API tokens: no field is refused, nothing collides, and there is no update. */
interface DesignedOfApiTokens {
  create: Exclude<Designed["create"], "PermanentTokenLimitReached" | "Conflict" | "UnprocessableEntity">
  list: Exclude<Designed["list"], "UnprocessableEntity">
  stream: DesignedOfApiTokens["list"]
  get: DesignedOfApiTokens["list"] | "NotFound"
  delete: Exclude<DesignedOfApiTokens["get"], "MalformedResponse">
}

type TagOf<Service, Method extends keyof Service> =
  ErrorOf<Of<Service, Method>> extends infer E ? (E extends { readonly _tag: infer Tag } ? Tag : never) : never

describe("each operation fails with exactly what is designed", () => {
  test("by tag, in both services", () => {
    expectTypeOf<TagOf<Services[number], "create">>().toEqualTypeOf<Designed["create"]>()
    expectTypeOf<TagOf<Services[number], "list">>().toEqualTypeOf<Designed["list"]>()
    expectTypeOf<TagOf<Services[number], "stream">>().toEqualTypeOf<Designed["stream"]>()
    expectTypeOf<TagOf<Services[number], "get">>().toEqualTypeOf<Designed["get"]>()
    expectTypeOf<TagOf<Services[number], "update">>().toEqualTypeOf<Designed["update"]>()
    expectTypeOf<TagOf<Services[number], "delete">>().toEqualTypeOf<Designed["delete"]>()
    expectTypeOf<TagOf<Services[number], "deleteList">>().toEqualTypeOf<Designed["deleteList"]>()
  })

  test("by tag, of API tokens", () => {
    expectTypeOf<keyof ApiTokens["Service"]>().toEqualTypeOf<keyof DesignedOfApiTokens>()
    expectTypeOf<TagOf<ApiTokens["Service"], "create">>().toEqualTypeOf<DesignedOfApiTokens["create"]>()
    expectTypeOf<TagOf<ApiTokens["Service"], "list">>().toEqualTypeOf<DesignedOfApiTokens["list"]>()
    expectTypeOf<TagOf<ApiTokens["Service"], "stream">>().toEqualTypeOf<DesignedOfApiTokens["stream"]>()
    expectTypeOf<TagOf<ApiTokens["Service"], "get">>().toEqualTypeOf<DesignedOfApiTokens["get"]>()
    expectTypeOf<TagOf<ApiTokens["Service"], "delete">>().toEqualTypeOf<DesignedOfApiTokens["delete"]>()
  })

  test("by class", () => {
    expectTypeOf<ErrorOf<Of<Tokens["Service"], "create">>>().toEqualTypeOf<ApiError.CreateError>()
    expectTypeOf<ErrorOf<Of<Tokens["Service"], "list">>>().toEqualTypeOf<ApiError.ListError>()
    expectTypeOf<ErrorOf<Of<Tokens["Service"], "stream">>>().toEqualTypeOf<ApiError.ListError>()
    expectTypeOf<ErrorOf<Of<Tokens["Service"], "get">>>().toEqualTypeOf<ApiError.GetError>()
    expectTypeOf<ErrorOf<Of<Tokens["Service"], "update">>>().toEqualTypeOf<ApiError.UpdateError>()
    expectTypeOf<ErrorOf<Of<Tokens["Service"], "delete">>>().toEqualTypeOf<ApiError.DeleteError>()
    expectTypeOf<ErrorOf<Of<Tokens["Service"], "deleteList">>>().toEqualTypeOf<ApiError.DeleteListError>()
  })

  test("by class, of API tokens", () => {
    expectTypeOf<ErrorOf<Of<ApiTokens["Service"], "create">>>().toEqualTypeOf<ApiError.CreateApiTokenError>()
    expectTypeOf<ErrorOf<Of<ApiTokens["Service"], "list">>>().toEqualTypeOf<ApiError.ListApiTokensError>()
    expectTypeOf<ErrorOf<Of<ApiTokens["Service"], "stream">>>().toEqualTypeOf<ApiError.ListApiTokensError>()
    expectTypeOf<ErrorOf<Of<ApiTokens["Service"], "get">>>().toEqualTypeOf<ApiError.GetApiTokenError>()
    expectTypeOf<ErrorOf<Of<ApiTokens["Service"], "delete">>>().toEqualTypeOf<ApiError.DeleteApiTokenError>()
  })
})

type Described = (typeof families)["Tokens"]

type DescribedError<O> = O extends Operation<infer _Input, infer _Output, infer E> ? E : never

describe("the descriptions give exactly those errors", () => {
  test("each operation", () => {
    expectTypeOf<DescribedError<Described["create"]>>().toEqualTypeOf<ApiError.CreateError>()
    expectTypeOf<DescribedError<Described["list"]>>().toEqualTypeOf<ApiError.ListError>()
    expectTypeOf<DescribedError<Described["get"]>>().toEqualTypeOf<ApiError.GetError>()
    expectTypeOf<DescribedError<Described["update"]>>().toEqualTypeOf<ApiError.UpdateError>()
    expectTypeOf<DescribedError<Described["delete"]>>().toEqualTypeOf<ApiError.DeleteError>()
    expectTypeOf<DescribedError<Described["deleteList"]>>().toEqualTypeOf<ApiError.DeleteListError>()
  })

  test("each operation on API tokens", () => {
    expectTypeOf<DescribedError<(typeof operations)["create"]>>().toEqualTypeOf<ApiError.CreateApiTokenError>()
    expectTypeOf<DescribedError<(typeof operations)["list"]>>().toEqualTypeOf<ApiError.ListApiTokensError>()
    expectTypeOf<DescribedError<(typeof operations)["get"]>>().toEqualTypeOf<ApiError.GetApiTokenError>()
    expectTypeOf<DescribedError<(typeof operations)["delete"]>>().toEqualTypeOf<ApiError.DeleteApiTokenError>()
  })
})

/** Whether a name is among those that an editor proposes. */
type Proposes<Union, Name extends string> = Name extends (
  Union extends string ? (string extends Union ? never : Union) : never
)
  ? true
  : false

describe("unions that are open to what nobody knows yet", () => {
  test("the code of an error", () => {
    type Code = ApiError.NotFound["code"]
    expectTypeOf<string>().toExtend<Code>()
    expectTypeOf<Code>().toEqualTypeOf<ApiError.KnownCode | (string & {}) | undefined>()
    expectTypeOf<Proposes<Code, "TOKEN_NOT_FOUND">>().toEqualTypeOf<true>()
    expectTypeOf<Proposes<Code, "SOMETHING_ELSE">>().toEqualTypeOf<false>()
  })

  test("permissions of a token, but not those that one is given", () => {
    expectTypeOf<ApiToken["permissions"]>().toEqualTypeOf<ReadonlyArray<Permission>>()
    expectTypeOf<string>().toExtend<Permission>()
    expectTypeOf<Permission>().toEqualTypeOf<KnownPermission | (string & {})>()
    expectTypeOf<Proposes<Permission, "VIEW">>().toEqualTypeOf<true>()
    expectTypeOf<string>().not.toExtend<KnownPermission>()
    expectTypeOf<KnownPermission>().toEqualTypeOf<"VIEW" | "TRANSACT" | "MANAGE">()
  })
})

describe("what a caller may write", () => {
  test("deleteList takes its filter always", () => {
    expectTypeOf<Parameters<Tokens["Service"]["deleteList"]>>().toEqualTypeOf<
      [filter: { readonly permanent: boolean | null }]
    >()
  })

  test("a raw string is no token", () => {
    expectTypeOf<string>().not.toExtend<Parameters<Tokens["Service"]["get"]>[0]>()
    expectTypeOf<number>().not.toExtend<Parameters<Tokens["Service"]["get"]>[0]>()
  })

  test("an API token has a name and known permissions, always", () => {
    expectTypeOf<Parameters<ApiTokens["Service"]["create"]>>().toEqualTypeOf<
      [token: { readonly name: string; readonly permissions: ReadonlyArray<KnownPermission> }]
    >()
    expectTypeOf<string>().not.toExtend<Parameters<ApiTokens["Service"]["get"]>[0]>()
    expectTypeOf<ApiToken["id"]>().toEqualTypeOf<ApiTokenId>()
  })

  test("times of filters are DateTime, in any zone, or Date", () => {
    type Options = NonNullable<Parameters<ApiTokens["Service"]["list"]>[0]>
    type Filters = NonNullable<Parameters<ApiTokens["Service"]["stream"]>[0]>
    expectTypeOf<Options["createdAfter"]>().toEqualTypeOf<DateTime.DateTime | Date | undefined>()
    expectTypeOf<keyof Options>().toEqualTypeOf<Exclude<keyof Filters, "pageSize"> | "limit" | "cursor">()
    expectTypeOf<string>().not.toExtend<Options["createdAfter"]>()
    expectTypeOf<number>().not.toExtend<Options["createdAfter"]>()
  })

  test("values of API tokens", () => {
    expectTypeOf<ValueOf<Of<ApiTokens["Service"], "create">>>().toEqualTypeOf<CreatedApiToken>()
    expectTypeOf<ValueOf<Of<ApiTokens["Service"], "list">>>().toEqualTypeOf<ApiTokenPage>()
    expectTypeOf<ValueOf<Of<ApiTokens["Service"], "get">>>().toEqualTypeOf<ApiToken>()
    expectTypeOf<ValueOf<Of<ApiTokens["Service"], "delete">>>().toEqualTypeOf<void>()
    expectTypeOf<ApiToken["clientSecret"]>().toEqualTypeOf<Redacted.Redacted | undefined>()
    expectTypeOf<CreatedApiToken["clientSecret"]>().toEqualTypeOf<Redacted.Redacted>()
    expectTypeOf<CreatedApiToken>().toExtend<ApiToken>()
    expectTypeOf<ApiTokenPage["nextCursor"]>().toEqualTypeOf<string | undefined>()
    expectTypeOf<ApiError.OutcomeUnknown["secretLost"]>().toEqualTypeOf<boolean>()
  })

  test("values", () => {
    expectTypeOf<ValueOf<Of<Tokens["Service"], "create">>>().toEqualTypeOf<Token>()
    expectTypeOf<ValueOf<Of<Tokens["Service"], "list">>>().toEqualTypeOf<ReadonlyArray<Token>>()
    expectTypeOf<ValueOf<Of<Tokens["Service"], "deleteList">>>().toEqualTypeOf<void>()
    expectTypeOf<ApiError.TooManyRequests["status"]>().toEqualTypeOf<429>()
  })
})

describe("what goes with the services", () => {
  test("an override changes no type", () => {
    expectTypeOf<ReturnType<typeof Limits.override<Token, ApiError.GetError, Tokens>>>().toEqualTypeOf<
      Effect.Effect<Token, ApiError.GetError, Tokens>
    >()
  })

  test("finding out needs only the service that it looks in", () => {
    expectTypeOf((error: ApiError.OutcomeUnknown) => CreateOutcome.find(Tokens, error)).returns.toEqualTypeOf<
      Effect.Effect<CreateOutcome.CreateOutcome<Token>, ApiError.ListError, Tokens>
    >()
  })

  test("finding out about an API token, and deleting what is found", () => {
    expectTypeOf((error: ApiError.OutcomeUnknown) => CreateOutcome.find(ApiTokens, error)).returns.toEqualTypeOf<
      Effect.Effect<CreateOutcome.CreateOutcome<ApiToken>, ApiError.ListApiTokensError, ApiTokens>
    >()
    expectTypeOf((error: ApiError.OutcomeUnknown) =>
      CreateOutcome.findAndDelete(ApiTokens, error),
    ).returns.toEqualTypeOf<
      Effect.Effect<
        CreateOutcome.CreateOutcome<ApiToken>,
        ApiError.ListApiTokensError | ApiError.DeleteApiTokenError,
        ApiTokens
      >
    >()
    expectTypeOf((error: ApiError.OutcomeUnknown) =>
      CreateOutcome.findAndDelete(StreamTokens, error),
    ).returns.toEqualTypeOf<
      Effect.Effect<CreateOutcome.CreateOutcome<Token>, ApiError.ListError | ApiError.DeleteError, StreamTokens>
    >()
  })
})
