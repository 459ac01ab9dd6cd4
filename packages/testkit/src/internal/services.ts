/** The list of the vendors' services, and their operations by name. */
import type * as Context from "effect/Context"
import * as neuroio from "../neuroio/internal/services.ts"
import * as umaaas from "../umaaas/internal/services.ts"
import type { Remote, Wrapping as WrappingOf } from "./service.ts"

/** The operations of the services, as errors name them. */
export type ServiceOperation = neuroio.Operation | umaaas.Operation

/** The operations of the vendors: to them, a stream is lists. */
export type RemoteOperation = Remote<ServiceOperation>

/** New ones come last: a seed draws by the place. */
export const remoteOperations: ReadonlyArray<RemoteOperation> = [...neuroio.names, ...umaaas.names]

export const serviceOperations: ReadonlyArray<ServiceOperation> = [
  ...remoteOperations,
  ...neuroio.streams,
  ...umaaas.streams,
]

export type Wrapping = WrappingOf<ServiceOperation>

/** Wraps each service that the context has. */
export const wrapServices = <S>(context: Context.Context<S>, wrap: Wrapping): Context.Context<S> =>
  umaaas.wrapServices(neuroio.wrapServices(context, wrap), wrap)

/** Wraps the services of each caller: of the context, and of the controls that it has. */
export const wrapCallers = <S>(context: Context.Context<S>, wrapAs: (caller: string) => Wrapping): Context.Context<S> =>
  umaaas.wrapCallers(neuroio.wrapCallers(context, wrapAs), wrapAs)
