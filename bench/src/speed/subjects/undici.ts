/**
 * The limit: `undici.request` and `JSON.parse`, over a pool like the one of the client. With `values`, it makes of each
 * token what the client must make of it (a key that does not show, times as `DateTime`), without a look at the rest.
 */
import * as Undici from "@effect/platform-node/Undici"
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import type { Calls } from "../subject.ts"
import { promises } from "./atOnce.ts"

interface Options {
  readonly origin: string
  readonly atOnce: number
  readonly limit?: number
  readonly values?: string
}

interface WireToken {
  readonly key: string
  readonly created: string
  readonly expires: string
}

const makeValues = (tokens: ReadonlyArray<WireToken>) =>
  tokens.map(({ created, expires, key, ...token }) => ({
    ...token,
    key: Redacted.make(key),
    created: DateTime.makeUnsafe(Date.parse(created)),
    expires: DateTime.makeUnsafe(Date.parse(expires)),
  }))

export const start = async ({ atOnce, limit, origin, values }: Options): Promise<Calls> => {
  const dispatcher = new Undici.Agent({ allowH2: false })
  const headers = { accept: "application/json", authorization: "Token secret" }
  const url = `${origin}/v1/tokens/${limit === undefined ? "1/" : `?limit=${limit}&offset=0`}`
  return promises(atOnce, async () => {
    const { body } = await Undici.request(url, { dispatcher, headers })
    const json = JSON.parse(await body.text())
    return values === undefined ? json : makeValues(json)
  })
}
