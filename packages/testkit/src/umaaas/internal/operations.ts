/** The operations of UMAaaS. */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as UmaaasRules from "../UmaaasRules.ts"
import { describing } from "../../internal/operation.ts"
import type { Fields } from "../../internal/sandbox/requestBody.ts"
import { shownPermission, shownText } from "../../internal/journal/sanitize.ts"
import type { ListQuery } from "./api.ts"
import { wireApiToken, wireCreatedApiToken } from "./wire.ts"
import type { UmaaasSimulation } from "./simulation.ts"

const operation = describing<UmaaasRules.State, UmaaasSimulation, UmaaasRules.Caller, UmaaasRules.ErrorResponse>(
  UmaaasRules.isErrorResponse,
)

const tokensOf = ({ id }: UmaaasRules.StoredApiToken) => [id]

const isTexts = (value: unknown): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.every(Predicate.isString)

export const umaaasOperations = {
  create: operation({
    status: 201,
    inputOf: ({ values: { name, permissions } }: Fields) => ({
      ...(Predicate.isString(name) ? { name: shownText(name) } : {}),
      ...(Array.isArray(permissions) ? { permissions: permissions.slice(0, 10).map(shownPermission) } : {}),
    }),
    read: ({ values: { name, permissions } }) => {
      if (!Predicate.isString(name)) return Result.fail(UmaaasRules.invalid("name must be text."))
      return isTexts(permissions)
        ? Result.succeed({ name, permissions })
        : Result.fail(UmaaasRules.invalid("permissions must be a list of permissions."))
    },
    transition: ({ rules }) => rules.create,
    tokensOf,
    answer: wireCreatedApiToken,
  }),
  list: operation({
    status: 200,
    read: ({ cursor, limit = 20, ...filters }: typeof ListQuery.Type) => Result.succeed({ ...filters, limit, cursor }),
    transition: ({ rules }) => rules.list,
    tokensOf: ({ data }) => data.map(({ id }) => id),
    answer: ({ data, hasMore, nextCursor, totalCount }) => ({
      data: data.map(wireApiToken),
      hasMore,
      ...(nextCursor === undefined ? {} : { nextCursor }),
      totalCount,
    }),
  }),
  get: operation({
    status: 200,
    read: (id: string) => Result.succeed({ id }),
    transition: ({ rules }) => rules.get,
    tokensOf,
    answer: wireApiToken,
  }),
  delete: operation({
    status: 204,
    read: (id: string) => Result.succeed({ id }),
    transition: ({ rules }) => rules.delete,
    tokensOf: () => [],
    answer: () => undefined,
  }),
}
