/** The platforms by how they look from outside: which one a path, a request or an operation is of. */
import { neuroioWire } from "../../neuroio/internal/wire.ts"
import type { RemoteOperation } from "../operationNames.ts"
import { pathOf, queryOf } from "./requestTarget.ts"
import { umaaasWire } from "../../umaaas/internal/wire.ts"
import type { ByMethod, Wire } from "./wire.ts"

/** What is nobody's in particular is answered as NeuroIO would: its root is that of all. */
const wires = [umaaasWire, neuroioWire]

/** Whose path of the sandbox this is. */
export const wireAt = (path: string): Wire =>
  wires.find(({ root }) => path.startsWith(root) && (path.length === root.length || path[root.length] === "/")) ??
  neuroioWire

interface Place {
  readonly methods: ByMethod
  /** As it stands in the path, where it is of one. */
  readonly one: string | undefined
}

const find = (wire: Wire, where: "here" | "anywhere", path: string): Place | undefined => {
  for (const requests of wire.requests) {
    const match = requests[where].exec(path)
    if (match !== null) return { methods: match[1] === undefined ? requests.toAll : requests.toOne, one: match[1] }
  }
  return undefined
}

/** A request that is one of an operation. */
export interface Call {
  readonly wire: Wire
  readonly operation: RemoteOperation
  readonly one: string | undefined
  readonly query: URLSearchParams
}

/** Which call a request to the sandbox is, by its method and its target. */
export const callAt = (method: string, url: string): Call | undefined => {
  const path = pathOf(url)
  const wire = wireAt(path)
  const place = find(wire, "here", path)
  const operation = place?.methods.get(method)
  return place && operation && { wire, operation, one: place.one, query: queryOf(url) }
}

/** Which methods a path of the sandbox has, for `Allow`, if it is one of the platform. */
export const methodsAt = (wire: Wire, path: string): string | undefined => {
  const place = find(wire, "here", path)
  return place && [...place.methods.keys()].join(", ").replace("GET", "GET, HEAD")
}

/** Which operation a request is to whichever platform. A gateway may have put something before its path. */
export const requestOf = (method: string, path: string): Pick<Call, "wire" | "operation"> | undefined => {
  for (const wire of wires) {
    const operation = find(wire, "anywhere", path)?.methods.get(method)
    if (operation !== undefined) return { wire, operation }
  }
  return undefined
}
