/** The vendors that the sandbox has: the one list of them, and which of them a path, a request or an operation is of. */
import type { Transport } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { NeuroioControl } from "../../neuroio/NeuroioControl.ts"
import * as neuroio from "../../neuroio/internal/sandbox.ts"
import { neuroioWire } from "../../neuroio/internal/wire.ts"
import { UmaaasControl } from "../../umaaas/UmaaasControl.ts"
import * as umaaas from "../../umaaas/internal/sandbox.ts"
import { umaaasWire } from "../../umaaas/internal/wire.ts"
import type { RemoteOperation } from "../services.ts"
import type { SimulatedClock } from "../simulation.ts"
import { isWellFormed, pathnameOf, queryOf } from "./request.ts"
import type { Remote } from "./remoteControl.ts"
import type * as Simulation from "../../Simulation.ts"
import type { ByMethod, Wire } from "./wire.ts"

/** The vendors as their clients see them. A path under no other root is of the one at the root of all. */
const wires = [umaaasWire, neuroioWire]

/** The vendors in a fresh sandbox. `now` is in milliseconds since 1970. */
export const makeVendors = (seed: number, now: number, time: SimulatedClock) => ({
  neuroio: neuroio.makeVendor(seed, now, time),
  umaaas: umaaas.makeVendor(seed, now, time),
})

export type Vendors = ReturnType<typeof makeVendors>

/** The credentials that each vendor begins with. */
export const credentialsOf = ({ neuroio, umaaas }: Vendors) => ({
  neuroio: neuroio.credentials,
  umaaas: umaaas.credentials,
})

/** The controls of a sandbox in this process, whose services are clients over a transport. */
export const makeControls = (
  vendors: Vendors,
  whole: Simulation.Control,
  transport: Layer.Layer<Transport.Transport>,
) =>
  Context.make(NeuroioControl, neuroio.makeControl(vendors.neuroio, whole, transport)).pipe(
    Context.add(UmaaasControl, umaaas.makeControl(vendors.umaaas, whole, transport)),
  )

/** The controls of a sandbox that is served elsewhere. */
export const makeRemoteControls = (remote: Remote) =>
  Effect.map(
    Effect.all([neuroio.makeRemoteControl(remote), umaaas.makeRemoteControl(remote)]),
    ([neuroioControl, umaaasControl]) =>
      Context.make(NeuroioControl, neuroioControl).pipe(Context.add(UmaaasControl, umaaasControl)),
  )

/** The services as the first caller of each vendor. */
export const layerServices = Layer.merge(neuroio.layerServices, umaaas.layerServices)

/** The vendor whose path of the sandbox this is. */
export const wireAt = (pathname: string): Wire =>
  wires.find(
    ({ root }) => pathname.startsWith(root) && (pathname.length === root.length || pathname[root.length] === "/"),
  ) ?? neuroioWire

interface Place {
  readonly methods: ByMethod
  /** The member as it stands in the path, where the path is of one. */
  readonly one: string | undefined
}

const find = (wire: Wire, where: "here" | "anywhere", pathname: string): Place | undefined => {
  for (const requests of wire.requests) {
    const match = requests[where].exec(pathname)
    if (match !== null) return { methods: match[1] === undefined ? requests.toAll : requests.toOne, one: match[1] }
  }
  return undefined
}

/** A request to the sandbox that is one of an operation. */
export interface Target {
  readonly wire: Wire
  readonly operation: RemoteOperation
  readonly one: string | undefined
  readonly query: URLSearchParams
}

/** The call that a request to the sandbox is, by its method and its path with the query. */
export const callAt = (method: string, path: string): Target | undefined => {
  const pathname = pathnameOf(path)
  if (!isWellFormed(pathname)) return undefined
  const wire = wireAt(pathname)
  const place = find(wire, "here", pathname)
  const operation = place?.methods.get(method)
  return place && operation && { wire, operation, one: place.one, query: queryOf(path) }
}

/** The methods of a vendor's path of the sandbox, if there is such a path. */
export const methodsAt = (wire: Wire, pathname: string): ReadonlyArray<string> | undefined => {
  const place = find(wire, "here", pathname)
  return place && [...place.methods.keys()]
}

/** The operation that a request is of, to any vendor anywhere. A gateway may have put something before its path. */
export const requestOf = (method: string, pathname: string): Pick<Target, "wire" | "operation"> | undefined => {
  for (const wire of wires) {
    const operation = find(wire, "anywhere", pathname)?.methods.get(method)
    if (operation !== undefined) return { wire, operation }
  }
  return undefined
}
