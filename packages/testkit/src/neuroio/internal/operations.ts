/** The operations of NeuroIO, in either family. */
import * as Result from "effect/Result"
import * as NeuroioRules from "../NeuroioRules.ts"
import type { DeleteListQuery, ListQuery } from "./api.ts"
import { textOf, wireToken } from "./wire.ts"
import type { NeuroioSimulation } from "./simulation.ts"
import { describing } from "../../internal/operation.ts"
import { booleanOf, type Fields } from "../../internal/sandbox/requestBody.ts"

const operation = describing<NeuroioRules.State, NeuroioSimulation, NeuroioRules.Caller, NeuroioRules.ErrorResponse>(
  NeuroioRules.isErrorResponse,
)

const giving = { tokensOf: ({ id }: NeuroioRules.StoredToken) => [id], answer: wireToken, textOf }

const givingNothing = { status: 204, tokensOf: () => [], answer: () => undefined } as const

const permanentOf = (fields: Fields) => Result.map(booleanOf(fields, "permanent"), (permanent = false) => permanent)

const isActiveOf = (fields: Fields) =>
  Result.flatMap(booleanOf(fields, "is_active"), (isActive) =>
    isActive === undefined
      ? Result.fail(NeuroioRules.invalid({ name: "is_active", message: "This field is required." }))
      : Result.succeed(isActive),
  )

/** What could be read, by its name. */
const shown = <Name extends string>(name: Name, value: Result.Result<boolean, unknown>) =>
  Result.match(value, { onFailure: () => ({}), onSuccess: (value) => ({ [name]: value }) })

const refOf = NeuroioRules.readRef

export const neuroioOperations = (family: NeuroioRules.Family) => ({
  create: operation({
    status: 201,
    inputOf: (fields: Fields) => shown("permanent", permanentOf(fields)),
    read: (fields) => Result.map(permanentOf(fields), (permanent) => ({ family, permanent })),
    transition: ({ rules }) => rules.create,
    ...giving,
  }),
  list: operation({
    status: 200,
    read: ({ limit = 20, offset = 0, permanent = null }: typeof ListQuery.Type) =>
      Result.succeed({ family, permanent, limit, offset }),
    transition: ({ rules }) => rules.list,
    tokensOf: (tokens) => tokens.map(({ id }) => id),
    answer: (tokens) => tokens.map(wireToken),
    textOf: (tokens) => `[${tokens.map(textOf).join(",")}]`,
  }),
  get: operation({
    status: 200,
    read: (token: string) => Result.succeed({ family, token: refOf(token) }),
    transition: ({ rules }) => rules.get,
    ...giving,
  }),
  update: operation({
    status: 200,
    inputOf: ({ fields }: { readonly token: string; readonly fields: Fields }) => shown("isActive", isActiveOf(fields)),
    read: ({ fields, token }) =>
      Result.map(isActiveOf(fields), (isActive) => ({ family, token: refOf(token), isActive })),
    transition: ({ rules }) => rules.update,
    ...giving,
  }),
  delete: operation({
    read: (token: string) => Result.succeed({ family, token: refOf(token) }),
    transition: ({ rules }) => rules.delete,
    ...givingNothing,
  }),
  deleteList: operation({
    read: ({ permanent }: typeof DeleteListQuery.Type) => Result.succeed({ family, permanent: permanent ?? null }),
    transition: ({ rules }) => rules.deleteList,
    ...givingNothing,
  }),
})
