/** NeuroIO's own client. */
import vendor from "@neuroio/rest-api"
import type { Calls } from "../subject.ts"
import { promises } from "./atOnce.ts"

export const start = async ({
  atOnce,
  origin,
}: {
  readonly atOnce: number
  readonly origin: string
}): Promise<Calls> => {
  const api = vendor.createNeuroioRestApi({ version: 1, token: "secret" })
  if (api === undefined) throw new Error("The vendor's client knows no version 1.")
  api.setEndpoint({ base: `${origin}/v1/`, auth: `${origin}/v1/` })
  return promises(atOnce, () => api.tokens.getToken(1))
}
