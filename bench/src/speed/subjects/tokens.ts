/** `Tokens` over undici. With `limit` it lists so many, without it gets one token by its id. */
import { Neuroio, TokenId, Tokens } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import type { Calls } from "../subject.ts"
import { effects } from "./atOnce.ts"

interface Options {
  readonly origin: string
  readonly atOnce: number
  readonly limit?: number
}

export const start = async ({ atOnce, limit, origin }: Options): Promise<Calls> => {
  const apiToken = Redacted.make("secret")
  const runtime = ManagedRuntime.make(
    Layer.provide(Neuroio.layer({ apiToken, iamUrl: origin, apiUrl: origin }), NodeTransport.layer()),
  )
  const tokens = await runtime.runPromise(Tokens)
  const id = TokenId.make(1)
  if (limit === undefined) {
    const get = effects(atOnce, () => tokens.get(id))
    return (calls) => runtime.runPromise(get(calls))
  }
  const list = effects(atOnce, () => tokens.list({ limit }))
  return (calls) => runtime.runPromise(list(calls))
}
