/** The operations by their names, as errors give them, and which of them a request is. */
import { paths } from "./neuroioApi.ts"

const ofNeuroio = ["create", "list", "get", "update", "delete", "deleteList"] as const
const ofUmaaas = ["create", "list", "get", "delete"] as const

const named = <Service extends string, Method extends string>(service: Service, methods: ReadonlyArray<Method>) =>
  methods.map((method) => `${service}.${method}` as const)

/** What the platforms offer: to them, a stream is lists. New ones come last: what a seed draws follows from the place. */
export const remoteOperations = [
  ...named("Tokens", ofNeuroio),
  ...named("StreamTokens", ofNeuroio),
  ...named("ApiTokens", ofUmaaas),
]

export type RemoteOperation = (typeof remoteOperations)[number]

/** What the services offer. */
export const serviceOperations = [
  ...remoteOperations,
  ...named("Tokens", ["stream"]),
  ...named("StreamTokens", ["stream"]),
  ...named("ApiTokens", ["stream"]),
]

export type ServiceOperation = (typeof serviceOperations)[number]

interface Requests {
  /** Where they go, and the one that they are for. */
  readonly path: RegExp
  readonly toAll: Readonly<Record<string, RemoteOperation>>
  readonly toOne: Readonly<Record<string, RemoteOperation>>
}

/** The vendor's JavaScript client updates with `PUT`. */
const neuroioRequests = (service: "Tokens" | "StreamTokens", path: string): Requests => ({
  path: new RegExp(`${path}([^/]+/)?$`),
  toAll: { POST: `${service}.create`, GET: `${service}.list`, DELETE: `${service}.deleteList` },
  toOne: {
    GET: `${service}.get`,
    PATCH: `${service}.update`,
    PUT: `${service}.update`,
    DELETE: `${service}.delete`,
  },
})

/** A gateway may have put something before the vendor's path, and UMAaaS is not always at the same one. */
const requests: ReadonlyArray<Requests> = [
  neuroioRequests("Tokens", paths.tokens),
  neuroioRequests("StreamTokens", paths.streamTokens),
  {
    path: /\/tokens(\/[^/]+)?$/,
    toAll: { POST: "ApiTokens.create", GET: "ApiTokens.list" },
    toOne: { GET: "ApiTokens.get", DELETE: "ApiTokens.delete" },
  },
]

/** Which operation a request is, by its method and its path without the query. */
export const operationOf = (httpMethod: string, path: string): RemoteOperation | undefined => {
  for (const { path: pattern, toAll, toOne } of requests) {
    const match = pattern.exec(path)
    if (match !== null) return (match[1] === undefined ? toAll : toOne)[httpMethod]
  }
  return undefined
}
