/** NeuroIO's services, for whoever makes their calls fail or writes them down. */
import { StreamTokens, type TokenKey, TokenOperations, Tokens } from "@effect-tokens/core"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type { Entry } from "../../internal/journal/callLog.ts"
import { type CallInput, observe } from "./observe.ts"
import { type Service, wrapping, type Wrapping, wrappingCallers } from "../../internal/service.ts"
import { NeuroioControl, type Owner, type OwnerState } from "../NeuroioControl.ts"
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

const wrapTokens = wrapping(tokens)
const wrapStreamTokens = wrapping(streamTokens)

/** Wraps the services that the context has. */
export const wrapServices = <S>(context: Context.Context<S>, wrap: Wrapping): Context.Context<S> =>
  wrapStreamTokens(wrapTokens(context, wrap), wrap)

const nameOf = ({ kind, number }: Owner): string => `${kind} ${number}`

const holderOf = (state: ReadonlyArray<OwnerState>, key: TokenKey): string => {
  const secret = Redacted.value(key)
  for (const { owner, tokens } of state) {
    if (Redacted.value(owner.key) === secret) return nameOf(owner)
    const token = tokens.find((token) => Redacted.value(token.key) === secret)
    if (token !== undefined) return `token ${token.id} of ${nameOf(owner)}`
  }
  return "unknown credential"
}

/** Wraps the services of each caller. The holder of a key is looked up in the state. */
export const wrapCallers = wrappingCallers<
  NeuroioControl,
  Tokens | StreamTokens,
  Owner | TokenKey,
  NeuroioControl["Service"]
>({
  tag: NeuroioControl,
  wrapServices,
  own: ({ account }) => nameOf(account),
  nameOf: ({ state }, caller) =>
    Redacted.isRedacted(caller)
      ? Effect.map(state, (owners) => holderOf(owners, caller))
      : Effect.succeed(nameOf(caller)),
})
