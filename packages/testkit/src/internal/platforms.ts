/** The platforms by how they look from outside: which one a path, a request or an operation is of. */
import { neuroioWire } from "./neuroioWire.ts"
import type { RemoteOperation } from "./operationNames.ts"
import { umaaasWire } from "./umaaasWire.ts"
import type { ByMethod, Wire } from "./wire.ts"

/** What is nobody's in particular is answered as NeuroIO would: its root is that of all. */
const wires = [umaaasWire, neuroioWire]

/** Whose path of the sandbox this is. */
export const wireAt = (path: string): Wire =>
  wires.find(({ root }) => path === root || path.startsWith(`${root}/`)) ?? neuroioWire

interface Request {
  readonly wire: Wire
  readonly operation: RemoteOperation
}

const find = (wire: Wire, where: "here" | "anywhere", path: string): ByMethod | undefined => {
  for (const requests of wire.requests) {
    const match = requests[where].exec(path)
    if (match !== null) return match[1] === undefined ? requests.toAll : requests.toOne
  }
  return undefined
}

/** Which operation a request to the sandbox is, by its method and its path without the query. */
export const operationAt = (wire: Wire, method: string, path: string): RemoteOperation | undefined =>
  find(wire, "here", path)?.get(method)

/** Which methods a path of the sandbox has, for `Allow`, if it is one of the platform. */
export const methodsAt = (wire: Wire, path: string): string | undefined => {
  const methods = find(wire, "here", path)
  return methods && [...methods.keys()].join(", ").replace("GET", "GET, HEAD")
}

/** Which operation a request is to whichever platform. A gateway may have put something before its path. */
export const requestOf = (method: string, path: string): Request | undefined => {
  for (const wire of wires) {
    const operation = find(wire, "anywhere", path)?.get(method)
    if (operation !== undefined) return { wire, operation }
  }
  return undefined
}
