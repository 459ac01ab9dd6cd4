/** The operations of UMAaaS in the sandbox. */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as UmaaasRules from "../UmaaasRules.ts"
import { type Call, describing } from "../../internal/sandbox/operation.ts"
import { jsonOnly, queryReader, readFields } from "../../internal/sandbox/request.ts"
import { shownPermission, shownText } from "../../internal/journal/sanitize.ts"
import { ListQuery, umaaasWire, wireApiToken, wireCreatedApiToken } from "./wire.ts"
import type { UmaaasSimulation } from "./simulation.ts"

const operation = describing<UmaaasRules.State, UmaaasSimulation, UmaaasRules.Caller, UmaaasRules.ErrorResponse>(
  UmaaasRules.isErrorResponse,
)

const tokensOf = ({ id }: UmaaasRules.StoredApiToken) => [id]

const isTexts = (value: unknown): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.every(Predicate.isString)

const readListQuery = queryReader(ListQuery, umaaasWire.invalid)

const idOf = ({ one }: Call) => Result.succeed({ id: one })

export const umaaasOperations = {
  create: operation({
    status: 201,
    ask: ({ request }) => readFields(request, jsonOnly),
    inputOf: ({ values: { name, permissions } }) => ({
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
    encode: (token) => JSON.stringify(wireCreatedApiToken(token)),
  }),
  list: operation({
    status: 200,
    ask: readListQuery,
    read: ({ cursor, limit = 20, ...filters }) => Result.succeed({ ...filters, limit, cursor }),
    transition: ({ rules }) => rules.list,
    tokensOf: ({ data }) => data.map(({ id }) => id),
    encode: ({ data, ...page }) => JSON.stringify({ data: data.map(wireApiToken), ...page }),
  }),
  get: operation({
    status: 200,
    ask: idOf,
    read: Result.succeed,
    transition: ({ rules }) => rules.get,
    tokensOf,
    encode: (token) => JSON.stringify(wireApiToken(token)),
  }),
  delete: operation({
    status: 204,
    ask: idOf,
    read: Result.succeed,
    transition: ({ rules }) => rules.delete,
    tokensOf: () => [],
    encode: () => undefined,
  }),
}
