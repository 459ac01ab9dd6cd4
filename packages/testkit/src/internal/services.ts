/** The list of the vendors' services. */
import type * as Context from "effect/Context"
import * as neuroio from "../neuroio/internal/services.ts"
import * as umaaas from "../umaaas/internal/services.ts"
import type { Wrapping } from "./service.ts"

/** Wraps each service that the context has. */
export const wrapServices = <S>(context: Context.Context<S>, wrap: Wrapping): Context.Context<S> =>
  umaaas.wrapServices(neuroio.wrapServices(context, wrap), wrap)

/** Wraps the services of each caller: of the context, and of the controls that it has. */
export const wrapCallers = <S>(context: Context.Context<S>, wrapAs: (caller: string) => Wrapping): Context.Context<S> =>
  umaaas.wrapCallers(neuroio.wrapCallers(context, wrapAs), wrapAs)
