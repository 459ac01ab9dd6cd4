/** UMAaaS's service, for whoever makes its calls fail or writes them down. */
import { ApiTokenOperations, ApiTokens } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type { Entry } from "../../internal/journal/callLog.ts"
import { observeApiTokens } from "./observe.ts"
import { type Service, wrapping, wrappingCallers } from "../../internal/service.ts"
import { type Credential, UmaaasControl } from "../UmaaasControl.ts"
import { plainOf, shownId, shownPermission, shownText } from "../../internal/journal/sanitize.ts"
import { codeOf } from "./wire.ts"

const text = (value: unknown) => (Predicate.isString(value) ? shownText(value) : plainOf(value))

const time = (value: unknown) => {
  const read = DateTime.isDateTime(value) || value instanceof Date ? DateTime.make(value) : Option.none()
  return Option.match(read, { onNone: () => plainOf(value), onSome: DateTime.formatIso })
}

/** How each thing is shown that a call is given. Types are no guard: what is not as it should be may be a secret. */
const shown: Readonly<Record<string, (value: unknown) => Entry["input"][string]>> = {
  id: (value) => (Predicate.isString(value) ? shownId(value) : plainOf(value)),
  name: text,
  permissions: (value) => (Array.isArray(value) ? value.slice(0, 10).map(shownPermission) : plainOf(value)),
  createdAfter: time,
  createdBefore: time,
  updatedAfter: time,
  updatedBefore: time,
  limit: plainOf,
  cursor: () => "<cursor>",
  pageSize: plainOf,
}

const shownInput = (input: Readonly<Record<string, unknown>>): Entry["input"] =>
  Object.fromEntries(
    Object.entries(shown).flatMap(([name, show]) => (input[name] === undefined ? [] : [[name, show(input[name])]])),
  )

export const apiTokens: Service<ApiTokens, ApiTokenOperations.ApiTokenOperations> = {
  tag: ApiTokens,
  origin: "https://api.lightspark.com",
  refusal: (status, message) => ({ status, message, code: codeOf(status) }),
  failing: (failure) => {
    const fail = () => failure
    return ApiTokenOperations.fromPlatform("ApiTokens", { create: fail, list: fail, get: fail, delete: fail })
  },
  through: (through) =>
    ApiTokenOperations.make("ApiTokens", {
      create: (input) => through({ operation: "ApiTokens.create", success: 201 }, ({ create }) => create(input)),
      list: (input) => through({ operation: "ApiTokens.list", success: 200 }, ({ list }) => list(input)),
      get: ({ id }) => through({ operation: "ApiTokens.get", success: 200 }, ({ get }) => get(id)),
      delete: ({ id }) =>
        through({ operation: "ApiTokens.delete", success: 204 }, (operations) => operations.delete(id)),
    }),
  recorded: (operations, record) =>
    observeApiTokens(operations, ({ input, method }, clock) =>
      record(`ApiTokens.${method}`, shownInput({ ...input }), clock),
    ),
}

/** Wraps the service, if the context has it. */
export const wrapServices = wrapping(apiTokens)

/** Wraps the service of each caller. The holder of a credential is looked up among the tokens. */
export const wrapCallers = wrappingCallers<UmaaasControl, ApiTokens, Credential, UmaaasControl["Service"]>({
  tag: UmaaasControl,
  wrapServices,
  own: ({ rootToken }) => rootToken.id,
  nameOf: ({ tokens }, { clientId }) =>
    Effect.map(tokens, (all) => all.find((token) => token.clientId === clientId)?.id ?? "unknown credential"),
})
