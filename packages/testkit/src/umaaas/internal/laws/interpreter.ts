/** Makes the calls that commands stand for, and notes them in the terms of the model. */
import type { ApiToken, ApiTokenOperations, ApiTokenPage } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Failure } from "../../../Laws.ts"
import { observeExit, type Interpreter } from "../../../internal/laws/execution.ts"
import type { ModelCall, ModelFilters, Observed } from "./model.ts"
import type { Bound, Bounds, Call, Caller } from "./commands.ts"
import { missingId, millisOf } from "./expectations.ts"
import type { Actor, Subject } from "./subject.ts"

const forgedCursor = "no-page-has-this-cursor"
const missing = { clientId: "no-token-has-this-id", clientSecret: Redacted.make("nor-this-secret") }

const ofValue = (value: ApiToken | ApiTokenPage | void): Observed => {
  if (value === undefined) return { _tag: "Done" }
  return "hasMore" in value ? { _tag: "Page", page: value } : { _tag: "Token", token: value }
}

const timeOf = (millis: number | undefined) => (millis === undefined ? undefined : DateTime.makeUnsafe(millis))

const toFilters = ({
  createdAfter,
  createdBefore,
  name,
  updatedAfter,
  updatedBefore,
}: ModelFilters): ApiTokenOperations.Filters => ({
  name,
  createdAfter: timeOf(createdAfter),
  createdBefore: timeOf(createdBefore),
  updatedAfter: timeOf(updatedAfter),
  updatedBefore: timeOf(updatedBefore),
})

type WithoutCaller<A> = A extends unknown ? Omit<A, "caller"> : never

/** A call in the terms of the model, and how to make it. */
interface Plan {
  readonly call: WithoutCaller<ModelCall>
  readonly make: (tokens: Actor["tokens"]) => Effect.Effect<ApiToken | ApiTokenPage | void, Failure>
}

export const makeInterpreter = ({
  account,
  credential,
  name,
}: Pick<Subject, "account" | "name"> & Required<Pick<Subject, "credential">>): Interpreter<
  Call,
  ModelCall,
  Observed
> => {
  const made: Array<ApiToken> = []
  const pages: Array<{ readonly cursor: string; readonly filters: ModelFilters }> = []

  const idOf = (ordinal: number) => made[ordinal - 1]?.id ?? missingId

  const enter = (as: Caller): Effect.Effect<readonly [ModelCall["caller"], Actor], Failure> => {
    if (as === "account") return Effect.succeed(["account", account])
    const token = made[as.token - 1]
    const { clientId, clientSecret = missing.clientSecret } = token ?? missing
    const who = token === undefined ? "nobody" : `holder of ${name(token)}`
    return Effect.map(
      credential.as({ clientId, clientSecret }, who),
      (actor) => [{ clientId, clientSecret: Redacted.value(clientSecret) }, actor] as const,
    )
  }

  const timeAt = (bound: Bound | null | undefined) => {
    const token = made[(bound?.token ?? 0) - 1]
    return bound === null || bound === undefined || token === undefined
      ? undefined
      : millisOf(token.createdAt) + bound.plus
  }

  const filtersOf = (name: string | null, bounds: Bounds | null): ModelFilters => ({
    name: name ?? undefined,
    createdAfter: timeAt(bounds?.createdAfter),
    createdBefore: timeAt(bounds?.createdBefore),
    updatedAfter: timeAt(bounds?.updatedAfter),
    updatedBefore: timeAt(bounds?.updatedBefore),
  })

  const listing = (filters: ModelFilters, limit: number, cursor: string | undefined): Plan => ({
    call: { method: "list", filters, limit, cursor },
    make: (tokens) =>
      Effect.tap(tokens.list({ ...toFilters(filters), limit, cursor }), ({ nextCursor }) =>
        Effect.sync(() => {
          if (nextCursor !== undefined) pages.push({ cursor: nextCursor, filters })
        }),
      ),
  })

  /** What the command points at is looked up when it is about to be made. */
  const plan = (command: Call): Plan => {
    switch (command.do) {
      case "create": {
        const { name, permissions } = command
        return {
          call: { method: "create", name, permissions },
          make: (tokens) =>
            Effect.tap(tokens.create({ name, permissions }), (token) => Effect.sync(() => made.push(token))),
        }
      }
      case "list":
        return listing(filtersOf(command.name, command.bounds), command.limit, undefined)
      case "next": {
        const { cursor = forgedCursor, filters = {} } = pages[command.page - 1] ?? {}
        return listing(filters, command.limit, cursor)
      }
      case "get": {
        const id = idOf(command.token)
        return { call: { method: "get", id }, make: (tokens) => tokens.get(id) }
      }
      case "delete": {
        const id = idOf(command.token)
        return { call: { method: "delete", id }, make: (tokens) => tokens.delete(id) }
      }
    }
  }

  return {
    prepare: (command) =>
      Effect.map(enter(command.as), ([caller, { tokens }]) => {
        const { call, make } = plan(command)
        return {
          call: { ...call, caller },
          run: Effect.map(Effect.exit(make(tokens)), (exit): Observed | undefined => observeExit(exit, ofValue)),
        }
      }),
  }
}
