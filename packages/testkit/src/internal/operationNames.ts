/** The operations by their names, as errors give them, and which of them a request is. */
import type { TokenOperations } from "@effect-tokens/core"
import { paths } from "./neuroioApi.ts"
import type { ServiceName } from "./observe.ts"

const services = ["Tokens", "StreamTokens"] as const

const remoteMethods = ["create", "list", "get", "update", "delete", "deleteList"] as const

export type RemoteMethod = (typeof remoteMethods)[number]

/** What the services offer. */
export type ServiceOperation = `${ServiceName}.${keyof TokenOperations.TokenOperations}`

/** What a platform offers: to it, a stream is lists. */
export type RemoteOperation = `${ServiceName}.${RemoteMethod}`

const operationsOf = <Method extends string>(methods: ReadonlyArray<Method>) =>
  services.flatMap((service) => methods.map((method) => `${service}.${method}` as const))

export const remoteOperations: ReadonlyArray<RemoteOperation> = operationsOf(remoteMethods)

export const serviceOperations: ReadonlyArray<ServiceOperation> = operationsOf([...remoteMethods, "stream"])

const ofCollection: ReadonlyMap<string, RemoteMethod> = new Map([
  ["POST", "create"],
  ["GET", "list"],
  ["DELETE", "deleteList"],
])

/** The vendor's JavaScript client updates with `PUT`. */
const ofOne: ReadonlyMap<string, RemoteMethod> = new Map([
  ["GET", "get"],
  ["PATCH", "update"],
  ["PUT", "update"],
  ["DELETE", "delete"],
])

/** A gateway may have put something before the vendor's path. */
const patterns = [
  ["Tokens", new RegExp(`${paths.tokens}([^/]+/)?$`)],
  ["StreamTokens", new RegExp(`${paths.streamTokens}([^/]+/)?$`)],
] as const

/** Which operation a request is, by its method and its path without the query. */
export const operationOf = (httpMethod: string, path: string): RemoteOperation | undefined => {
  for (const [service, pattern] of patterns) {
    const match = pattern.exec(path)
    if (match !== null) {
      const method = (match[1] === undefined ? ofCollection : ofOne).get(httpMethod)
      return method === undefined ? undefined : `${service}.${method}`
    }
  }
  return undefined
}
