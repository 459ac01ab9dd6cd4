/** The operations of NeuroIO in the sandbox, in either family. */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type Call, describing } from "../../internal/sandbox/operation.ts"
import { type Fields, jsonOrForm, queryReader, readFields } from "../../internal/sandbox/request.ts"
import * as NeuroioRules from "../NeuroioRules.ts"
import type { NeuroioSimulation } from "./simulation.ts"
import { BooleanText, DeleteListQuery, encodeToken, ListQuery, neuroioWire } from "./wire.ts"

const operation = describing<NeuroioRules.State, NeuroioSimulation, NeuroioRules.Caller, NeuroioRules.ErrorResponse>(
  NeuroioRules.isErrorResponse,
)

const givingOne = { tokensOf: ({ id }: NeuroioRules.StoredToken) => [id], encode: encodeToken }

const givingNothing = { status: 204, tokensOf: () => [], encode: () => undefined } as const

const readListQuery = queryReader(ListQuery, neuroioWire.invalid)
const readDeleteListQuery = queryReader(DeleteListQuery, neuroioWire.invalid)

const fieldsOf = ({ request }: Call) => readFields(request, jsonOrForm)

const decodeText = Schema.decodeUnknownResult(BooleanText)

/** A boolean field of a body: a JSON boolean, or its text in a form. */
const booleanOf = (
  { isForm, values }: Fields,
  name: string,
): Result.Result<boolean | undefined, NeuroioRules.ErrorResponse> => {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  if (value === undefined) return Result.succeed(undefined)
  const boolean = isForm ? Result.getOrUndefined(decodeText(value)) : value
  return Predicate.isBoolean(boolean)
    ? Result.succeed(boolean)
    : Result.fail(NeuroioRules.invalid({ name, message: "Must be a valid boolean." }))
}

const permanentOf = (fields: Fields) => Result.map(booleanOf(fields, "permanent"), (permanent = false) => permanent)

const isActiveOf = (fields: Fields) =>
  Result.flatMap(booleanOf(fields, "is_active"), (isActive) =>
    isActive === undefined
      ? Result.fail(NeuroioRules.invalid({ name: "is_active", message: "This field is required." }))
      : Result.succeed(isActive),
  )

/** A field for the journal, where it can be read. */
const shown = <Name extends string>(name: Name, value: Result.Result<boolean, unknown>) =>
  Result.match(value, { onFailure: () => ({}), onSuccess: (value) => ({ [name]: value }) })

const refOf = ({ one }: Call) => Result.succeed(NeuroioRules.readRef(one))

export const neuroioOperations = (family: NeuroioRules.Family) => {
  const ofToken = (token: number | string) => Result.succeed({ family, token })
  return {
    create: operation({
      status: 201,
      ask: fieldsOf,
      inputOf: (fields) => shown("permanent", permanentOf(fields)),
      read: (fields) => Result.map(permanentOf(fields), (permanent) => ({ family, permanent })),
      transition: ({ rules }) => rules.create,
      ...givingOne,
    }),
    list: operation({
      status: 200,
      ask: readListQuery,
      read: ({ limit = 20, offset = 0, permanent = null }) => Result.succeed({ family, permanent, limit, offset }),
      transition: ({ rules }) => rules.list,
      tokensOf: (tokens) => tokens.map(({ id }) => id),
      encode: (tokens) => `[${tokens.map(encodeToken).join(",")}]`,
    }),
    get: operation({ status: 200, ask: refOf, read: ofToken, transition: ({ rules }) => rules.get, ...givingOne }),
    update: operation({
      status: 200,
      ask: (call) => Result.map(fieldsOf(call), (fields) => ({ fields, token: NeuroioRules.readRef(call.one) })),
      inputOf: ({ fields }) => shown("isActive", isActiveOf(fields)),
      read: ({ fields, token }) => Result.map(isActiveOf(fields), (isActive) => ({ family, token, isActive })),
      transition: ({ rules }) => rules.update,
      ...givingOne,
    }),
    delete: operation({ ask: refOf, read: ofToken, transition: ({ rules }) => rules.delete, ...givingNothing }),
    deleteList: operation({
      ask: readDeleteListQuery,
      read: ({ permanent = null }) => Result.succeed({ family, permanent }),
      transition: ({ rules }) => rules.deleteList,
      ...givingNothing,
    }),
  }
}
