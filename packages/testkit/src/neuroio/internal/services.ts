/** NeuroIO's services, for whoever makes their calls fail or writes them down. */
import { StreamTokens, TokenOperations, Tokens } from "@effect-tokens/core"
import * as Predicate from "effect/Predicate"
import type { Entry } from "../../internal/journal/callLog.ts"
import { type CallInput, observe } from "./observe.ts"
import type { Service } from "../../internal/service.ts"
import { plainOf } from "../../internal/journal/sanitize.ts"

const options = ["permanent", "isActive", "limit", "offset", "pageSize"] as const

/** A token is its id. What is no id may be a key. */
const shownInput = (input: CallInput): Entry["input"] => ({
  ...("token" in input ? { token: Predicate.isNumber(input.token) ? plainOf(input.token) : "<key>" } : {}),
  ...Object.fromEntries(
    options.flatMap((name) => (input[name] === undefined ? [] : [[name, plainOf(input[name])] as const])),
  ),
})

const family = (
  name: "Tokens" | "StreamTokens",
  origin: string,
): Omit<Service<never, TokenOperations.TokenOperations>, "tag"> => ({
  origin,
  refusal: (status, message) => ({ status, message, fields: [] }),
  failing: (failure) => {
    const fail = () => failure
    return TokenOperations.fromPlatform(name, {
      create: fail,
      list: fail,
      get: fail,
      update: fail,
      delete: fail,
      deleteList: fail,
    })
  },
  through: (through) =>
    TokenOperations.make(name, {
      create: (input) => through({ operation: `${name}.create`, success: 201 }, ({ create }) => create(input)),
      list: (input) => through({ operation: `${name}.list`, success: 200 }, ({ list }) => list(input)),
      get: ({ token }) => through({ operation: `${name}.get`, success: 200 }, ({ get }) => get(token)),
      update: ({ isActive, token }) =>
        through({ operation: `${name}.update`, success: 200 }, ({ update }) => update(token, { isActive })),
      delete: ({ token }) =>
        through({ operation: `${name}.delete`, success: 204 }, (operations) => operations.delete(token)),
      deleteList: (input) =>
        through({ operation: `${name}.deleteList`, success: 204 }, ({ deleteList }) => deleteList(input)),
    }),
  recorded: (operations, record) =>
    observe(name, operations, ({ input, method }, clock) => record(`${name}.${method}`, shownInput(input), clock)),
})

export const tokens: Service<Tokens, TokenOperations.TokenOperations> = {
  tag: Tokens,
  ...family("Tokens", "https://iam.neuroio.com"),
}

export const streamTokens: Service<StreamTokens, TokenOperations.TokenOperations> = {
  tag: StreamTokens,
  ...family("StreamTokens", "https://api.neuroio.com"),
}
