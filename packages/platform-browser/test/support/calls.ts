/** Every operation of every service, and its outcome in a few words: the same in Node and in a browser. */
import {
  type ApiError,
  ApiTokenId,
  ApiTokens,
  StreamTokens,
  TokenId,
  type TokenOperations,
  Tokens,
} from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Cause from "effect/Cause"
import * as Option from "effect/Option"

type AnyService = Tokens | StreamTokens | ApiTokens

type AnyError =
  | ApiError.CreateError
  | ApiError.ListError
  | ApiError.UpdateError
  | ApiError.DeleteListError
  | ApiError.CreateApiTokenError
  | ApiError.ListApiTokensError
  | ApiError.GetApiTokenError

type Calls = Readonly<Record<string, Effect.Effect<unknown, AnyError, AnyService>>>

const id = TokenId.make(1)

const ofFamily = (service: Effect.Effect<TokenOperations.TokenOperations, never, Tokens | StreamTokens>): Calls => ({
  create: Effect.flatMap(service, (tokens) => tokens.create()),
  list: Effect.flatMap(service, (tokens) => tokens.list()),
  get: Effect.flatMap(service, (tokens) => tokens.get(id)),
  update: Effect.flatMap(service, (tokens) => tokens.update(id, { isActive: true })),
  delete: Effect.flatMap(service, (tokens) => tokens.delete(id)),
  deleteList: Effect.flatMap(service, (tokens) => tokens.deleteList({ permanent: null })),
})

const apiTokenId = ApiTokenId.make("Token:1")

export const services = ["Tokens", "StreamTokens", "ApiTokens"] as const

export type Service = (typeof services)[number]

export const calls: Readonly<Record<Service, Calls>> = {
  Tokens: ofFamily(Tokens),
  StreamTokens: ofFamily(StreamTokens),
  ApiTokens: {
    create: Effect.flatMap(ApiTokens, (tokens) => tokens.create({ name: "reports", permissions: ["VIEW"] })),
    list: Effect.flatMap(ApiTokens, (tokens) => tokens.list()),
    get: Effect.flatMap(ApiTokens, (tokens) => tokens.get(apiTokenId)),
    delete: Effect.flatMap(ApiTokens, (tokens) => tokens.delete(apiTokenId)),
  },
}

const describe = (error: AnyError): string => {
  switch (error._tag) {
    case "OutcomeUnknown":
      return `OutcomeUnknown (${describe(error.reason)})`
    case "ConnectionFailed":
      return error.sent ? "ConnectionFailed" : "ConnectionFailed, nothing sent"
    case "MalformedResponse":
      return `MalformedResponse, ${error.problem}`
    default:
      return error._tag
  }
}

/** The outcome of one call. */
export const outcomeOf = <A, R>(call: Effect.Effect<A, AnyError, R>): Effect.Effect<string, never, R> =>
  Effect.map(Effect.exit(call), (exit) => {
    if (Exit.isSuccess(exit)) return "success"
    return Option.match(Cause.findErrorOption(exit.cause), {
      onNone: () => Cause.pretty(exit.cause),
      onSome: describe,
    })
  })
