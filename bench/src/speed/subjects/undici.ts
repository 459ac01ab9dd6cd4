/**
 * The limit: `undici.request` and `JSON.parse`, over a pool like the client's. With `values` it makes the client's
 * values of each token without any check: redacted keys (`"keys"`), and also times as `DateTime` (`"all"`), both in
 * Effect's fastest way.
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
  readonly values?: keyof typeof makers
}

interface WireToken {
  readonly id: number
  readonly is_active: boolean
  readonly key: string
  readonly created: string
  readonly expires: string
}

const timeOf = (text: string) => DateTime.fromDateUnsafe(new Date(text))

const makers = {
  keys: ({ created, expires, id, is_active, key }: WireToken) => ({
    id,
    key: Redacted.make(key),
    isActive: is_active,
    created,
    expires,
  }),
  all: ({ created, expires, id, is_active, key }: WireToken) => ({
    id,
    key: Redacted.make(key),
    isActive: is_active,
    created: timeOf(created),
    expires: timeOf(expires),
  }),
}

export const start = async ({ atOnce, limit, origin, values }: Options): Promise<Calls> => {
  const dispatcher = new Undici.Agent({ allowH2: false })
  const headers = { accept: "application/json", authorization: "Token secret" }
  const url = `${origin}/v1/tokens/${limit === undefined ? "1/" : `?limit=${limit}&offset=0`}`
  return promises(atOnce, async () => {
    const { body } = await Undici.request(url, { dispatcher, headers })
    const json = JSON.parse(await body.text())
    return values === undefined ? json : json.map(makers[values])
  })
}
