/** Makes the calls that commands stand for. */
import { type ApiError, type Token, TokenId, type TokenOperations, type TokenRef } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Family } from "../../NeuroioRules.ts"
import type * as Commands from "./commands.ts"

/** An id that no vendor has reached, and a text that no vendor uses as a key. */
const missing = { id: TokenId.make(999_999_999), key: Redacted.make("no-token-has-this-key") }

/** The value of a call: a token, a list, or nothing. */
export type Value = Token | ReadonlyArray<Token> | void

export type CallError =
  | ApiError.CreateError
  | ApiError.ListError
  | ApiError.GetError
  | ApiError.UpdateError
  | ApiError.DeleteError
  | ApiError.DeleteListError

type Resolve<Command> = Command extends { readonly ref: Commands.Reference }
  ? Omit<Command, "ref"> & { readonly token: TokenRef }
  : Command

/** A command whose reference is looked up. */
export type Call = Resolve<Commands.Call>

/** Keeps the tokens that calls make, in that order. References point at them. */
export const makeCalls = () => {
  const made: Array<{ readonly family: Family; readonly token: Token }> = []

  return {
    /** The holder of the token made as the n-th. */
    holder: (ordinal: number) => {
      const holder = made[ordinal - 1]
      return { ...holder, key: holder?.token.key ?? missing.key }
    },

    resolve: (command: Commands.Call): Call =>
      "ref" in command
        ? { ...command, token: (made[command.ref.token - 1]?.token ?? missing)[command.ref.by] }
        : command,

    perform: (operations: TokenOperations.TokenOperations, call: Call): Effect.Effect<Value, CallError> => {
      switch (call.do) {
        case "create":
          return Effect.tap(operations.create({ permanent: call.permanent }), (token) =>
            Effect.sync(() => made.push({ family: call.family, token })),
          )
        case "list": {
          const { limit, offset, permanent } = call
          return operations.list({ permanent, limit, offset })
        }
        case "get":
          return operations.get(call.token)
        case "update":
          return operations.update(call.token, { isActive: call.isActive })
        case "delete":
          return operations.delete(call.token)
        case "deleteList":
          return operations.deleteList({ permanent: call.permanent })
      }
    },
  }
}
