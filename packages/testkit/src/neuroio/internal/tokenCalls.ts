/** Makes the calls that commands stand for. */
import { type ApiError, type Token, TokenId, type TokenOperations, type TokenRef } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Family } from "../NeuroioRules.ts"
import type { Call, Reference } from "../TokenCommand.ts"

/** No platform has come so far, and no key of one looks so. */
export const missing = { id: TokenId.make(999_999_999), key: Redacted.make("no-token-has-this-key") }

/** What a call gives: a token, a list, or nothing. */
export type Given = Token | ReadonlyArray<Token> | void

export type CallError =
  | ApiError.CreateError
  | ApiError.ListError
  | ApiError.GetError
  | ApiError.UpdateError
  | ApiError.DeleteError
  | ApiError.DeleteListError

interface Made {
  readonly family: Family
  readonly token: Token
}

/** The tokens that were made so far, in that order: what references point at. */
export interface References {
  readonly add: (made: Made) => void
  readonly find: (ordinal: number) => Made | undefined
  readonly read: (ref: Reference) => TokenRef
}

export const makeReferences = (): References => {
  const all: Array<Made> = []
  const find = (ordinal: number) => all[ordinal - 1]
  return {
    add: (made) => void all.push(made),
    find,
    read: ({ by, token }) => (find(token)?.token ?? missing)[by],
  }
}

export const makeCall = (
  call: Call,
  operations: TokenOperations.TokenOperations,
  references: References,
): Effect.Effect<Given, CallError> => {
  switch (call.do) {
    case "create":
      return Effect.tap(operations.create({ permanent: call.permanent }), (token) =>
        Effect.sync(() => references.add({ family: call.family, token })),
      )
    case "list": {
      const { limit, offset, permanent } = call
      return operations.list({ permanent, limit, offset })
    }
    case "get":
      return operations.get(references.read(call.ref))
    case "update":
      return operations.update(references.read(call.ref), { isActive: call.isActive })
    case "delete":
      return operations.delete(references.read(call.ref))
    case "deleteList":
      return operations.deleteList({ permanent: call.permanent })
  }
}
