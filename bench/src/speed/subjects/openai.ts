/** The generic `get` of OpenAI's SDK. */
import OpenAI from "openai"
import type { Calls } from "../subject.ts"
import { promises } from "./atOnce.ts"

export const start = async ({
  atOnce,
  origin,
}: {
  readonly atOnce: number
  readonly origin: string
}): Promise<Calls> => {
  const client = new OpenAI({ apiKey: "secret", baseURL: origin })
  return promises(atOnce, () => client.get("/v1/tokens/1/"))
}
