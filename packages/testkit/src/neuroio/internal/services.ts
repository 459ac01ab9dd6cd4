/** Describes NeuroIO's services. */
import { StreamTokens, type TokenKey, TokenOperations, Tokens } from "@effect-tokens/core"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Struct from "effect/Struct"
import { plainOf } from "../../internal/journal/sanitize.ts"
import { type Service, watching, wrapping, type Wrapping, wrappingCallers } from "../../internal/service.ts"
import { NeuroioControl, type Owner, type OwnerState } from "../NeuroioControl.ts"

const statuses = { create: 201, list: 200, get: 200, update: 200, delete: 204, deleteList: 204 } as const

type ServiceName = "Tokens" | "StreamTokens"

export type Operation = `${ServiceName}.${keyof typeof statuses | "stream"}`

const describe = (
  name: ServiceName,
  origin: string,
): Omit<Service<never, TokenOperations.TokenOperations, Operation>, "tag"> => {
  const remote = <Method extends keyof typeof statuses>(method: Method) =>
    ({ operation: `${name}.${method}`, success: statuses[method] }) as const
  return {
    names: Struct.keys(statuses).map((method) => `${name}.${method}` as const),
    origin,
    fields: {
      // What is no id may be a key.
      token: (token) => (Predicate.isNumber(token) ? plainOf(token) : "<key>"),
      permanent: plainOf,
      isActive: plainOf,
      limit: plainOf,
      offset: plainOf,
      pageSize: plainOf,
    },
    refusal: (status, message) => ({ status, message, fields: [] }),
    failing: (failure) =>
      TokenOperations.fromPlatform(
        name,
        Record.map(statuses, () => () => failure),
      ),
    through: (through) =>
      TokenOperations.make(name, {
        create: (input) => through(remote("create"), ({ create }) => create(input)),
        list: (input) => through(remote("list"), ({ list }) => list(input)),
        get: ({ token }) => through(remote("get"), ({ get }) => get(token)),
        update: ({ isActive, token }) => through(remote("update"), ({ update }) => update(token, { isActive })),
        delete: ({ token }) => through(remote("delete"), (operations) => operations.delete(token)),
        deleteList: (input) => through(remote("deleteList"), ({ deleteList }) => deleteList(input)),
      }),
    observe: (operations, observer) => {
      const { call, stream } = watching(name, observer)
      return {
        create: (options) => call(`${name}.create`, { ...options }, operations.create(options)),
        list: (options) => call(`${name}.list`, { ...options }, operations.list(options)),
        stream: (options) => stream(`${name}.stream`, { ...options }, operations.stream(options)),
        get: (token) => call(`${name}.get`, { token }, operations.get(token)),
        update: (token, changes) => call(`${name}.update`, { token, ...changes }, operations.update(token, changes)),
        delete: (token) => call(`${name}.delete`, { token }, operations.delete(token)),
        deleteList: (filter) => call(`${name}.deleteList`, { ...filter }, operations.deleteList(filter)),
      }
    },
  }
}

export const tokens: Service<Tokens, TokenOperations.TokenOperations, Operation> = {
  tag: Tokens,
  ...describe("Tokens", "https://iam.neuroio.com"),
}

export const streamTokens: Service<StreamTokens, TokenOperations.TokenOperations, Operation> = {
  tag: StreamTokens,
  ...describe("StreamTokens", "https://api.neuroio.com"),
}

export const names = [...tokens.names, ...streamTokens.names]

export const streams = ["Tokens.stream", "StreamTokens.stream"] as const

const wrapTokens = wrapping(tokens)
const wrapStreamTokens = wrapping(streamTokens)

/** Wraps the services that the context has. */
export const wrapServices = <S>(context: Context.Context<S>, wrap: Wrapping<Operation>): Context.Context<S> =>
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
  Operation,
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
