/** All services that there are, by platform. */
import { ApiTokens, StreamTokens, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import { streamTokens, tokens } from "../neuroio/internal/services.ts"
import { type Wrapping, wrapping } from "./service.ts"
import { apiTokens } from "../umaaas/internal/services.ts"

const wrapTokens = wrapping(tokens)
const wrapStreamTokens = wrapping(streamTokens)
const wrapApiTokens = wrapping(apiTokens)

/** NeuroIO's services, as far as they are there, with something around each. */
export const wrapNeuroio = <S>(context: Context.Context<S>, wrap: Wrapping) =>
  wrapStreamTokens(wrapTokens(Context.pick(Tokens, StreamTokens)(context), wrap), wrap)

/** UMAaaS's service, if it is there, with something around it. */
export const wrapUmaaas = <S>(context: Context.Context<S>, wrap: Wrapping) =>
  wrapApiTokens(Context.pick(ApiTokens)(context), wrap)

/** The services of all platforms, as far as they are there, with something around each. */
export const wrapServices = <S extends Tokens | StreamTokens | ApiTokens>(
  context: Context.Context<S>,
  wrap: Wrapping,
): Context.Context<S> => Context.merge(wrapNeuroio(context, wrap), wrapUmaaas(context, wrap))
