/** The operations by their names, as errors give them. */

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
