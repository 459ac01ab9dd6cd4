import type { ApiError, CreateOutcome, Limits, StreamTokens, Token, Tokens } from "@effect-tokens/core"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import { describe, expectTypeOf, test } from "vitest"
import type { families } from "../src/internal/neuroioOperations.ts"
import type { Operation } from "../src/internal/operation.ts"

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

  test("by class", () => {
    expectTypeOf<ErrorOf<Of<Tokens["Service"], "create">>>().toEqualTypeOf<ApiError.CreateError>()
    expectTypeOf<ErrorOf<Of<Tokens["Service"], "list">>>().toEqualTypeOf<ApiError.ListError>()
    expectTypeOf<ErrorOf<Of<Tokens["Service"], "stream">>>().toEqualTypeOf<ApiError.ListError>()
    expectTypeOf<ErrorOf<Of<Tokens["Service"], "get">>>().toEqualTypeOf<ApiError.GetError>()
    expectTypeOf<ErrorOf<Of<Tokens["Service"], "update">>>().toEqualTypeOf<ApiError.UpdateError>()
    expectTypeOf<ErrorOf<Of<Tokens["Service"], "delete">>>().toEqualTypeOf<ApiError.DeleteError>()
    expectTypeOf<ErrorOf<Of<Tokens["Service"], "deleteList">>>().toEqualTypeOf<ApiError.DeleteListError>()
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
    expectTypeOf<ReturnType<typeof CreateOutcome.find<typeof Tokens>>>().toEqualTypeOf<
      Effect.Effect<CreateOutcome.CreateOutcome<Token>, ApiError.ListError, Tokens>
    >()
  })
})
