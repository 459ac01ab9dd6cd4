/** The platforms: all that is to know of each where they are served, called or made to fail. */
import type { RemoteOperation } from "./operationNames.ts"
import { neuroioWire } from "./neuroioWire.ts"
import { umaaasWire } from "./umaaasWire.ts"
import type { Wire } from "./wire.ts"

/** Whose path of the sandbox this is. What is nobody's in particular is answered as NeuroIO would. */
export const wireAt = (path: string): Wire => (/^\/umaaas(?:\/|$)/.test(path) ? umaaasWire : neuroioWire)

/** Whose operation this is. */
export const wireOf = (operation: RemoteOperation): Wire =>
  operation.startsWith("ApiTokens.") ? umaaasWire : neuroioWire
