/** Makes the calls that commands stand for. */
import {
  type ApiToken,
  ApiTokenId,
  type ApiTokenOperations,
  type ApiTokenPage,
  type KnownPermission,
} from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import type { Failure } from "../../../Laws.ts"
import { millisOf } from "./expectations.ts"
import type * as Commands from "./commands.ts"

/** An id that looks as if a vendor had given it, and has not. */
export const missingId = ApiTokenId.make("Token:00000000-0000-4000-8000-000000000000")
const missing = { id: missingId, clientId: "no-token-has-this-id", clientSecret: Redacted.make("nor-this-secret") }
const forgedCursor = "no-page-has-this-cursor"

/** The value of a call: a token, a page, or nothing. */
export type Value = ApiToken | ApiTokenPage | void

/** Filters of a list. Times are in milliseconds. */
export interface Filters extends Partial<Record<keyof Commands.Bounds, number | undefined>> {
  readonly name?: string | undefined
}

/** A command whose references are looked up. */
export type Call =
  | { readonly do: "create"; readonly name: string; readonly permissions: ReadonlyArray<KnownPermission> }
  | { readonly do: "list"; readonly filters: Filters; readonly limit: number; readonly cursor: string | undefined }
  | { readonly do: "get" | "delete"; readonly id: ApiTokenId }

const timeOf = (millis: number | undefined) => (millis === undefined ? undefined : DateTime.makeUnsafe(millis))

/** Keeps the tokens and pages that calls give, in that order. References point at them. */
export const makeCalls = () => {
  const made: Array<ApiToken> = []
  const pages: Array<{ readonly cursor: string; readonly filters: Filters }> = []

  const find = (ordinal: number) => made[ordinal - 1]

  const timeAt = (bound: Commands.Bound | null) => {
    const token = bound === null ? undefined : find(bound.token)
    return bound === null || token === undefined ? undefined : millisOf(token.createdAt) + bound.plus
  }

  return {
    /** The holder of the token made as the n-th. */
    holder: (ordinal: number) => {
      const token = find(ordinal)
      const { clientId, clientSecret = missing.clientSecret } = token ?? missing
      return { token, credential: { clientId, clientSecret } }
    },

    resolve: (command: Commands.Call): Call => {
      switch (command.do) {
        case "create":
          return command
        case "list": {
          const { bounds, limit, name } = command
          const filters = { name: name ?? undefined, ...(bounds && Record.map(bounds, timeAt)) }
          return { do: "list", filters, limit, cursor: undefined }
        }
        case "next": {
          const { cursor = forgedCursor, filters = {} } = pages[command.page - 1] ?? {}
          return { do: "list", filters, limit: command.limit, cursor }
        }
        case "get":
        case "delete":
          return { do: command.do, id: (find(command.token) ?? missing).id }
      }
    },

    perform: (tokens: ApiTokenOperations.ApiTokenOperations, call: Call): Effect.Effect<Value, Failure> => {
      switch (call.do) {
        case "create": {
          const { name, permissions } = call
          return Effect.tap(tokens.create({ name, permissions }), (token) => Effect.sync(() => made.push(token)))
        }
        case "list": {
          const { cursor, filters, limit } = call
          const { name, ...times } = filters
          const options = {
            name,
            ...Record.map<string, number | undefined, DateTime.Utc | undefined>(times, timeOf),
            limit,
            cursor,
          }
          return Effect.tap(tokens.list(options), ({ nextCursor }) =>
            Effect.sync(() => {
              if (nextCursor !== undefined) pages.push({ cursor: nextCursor, filters })
            }),
          )
        }
        case "get":
          return tokens.get(call.id)
        case "delete":
          return tokens.delete(call.id)
      }
    },
  }
}
