/** The generic request of Stripe's SDK. */
import { Stripe } from "stripe"
import type { Calls } from "../subject.ts"
import { promises } from "./atOnce.ts"

export const start = async ({
  atOnce,
  origin,
}: {
  readonly atOnce: number
  readonly origin: string
}): Promise<Calls> => {
  const { hostname, port } = new URL(origin)
  const stripe = new Stripe("secret", { host: hostname, port, protocol: "http", telemetry: false })
  return promises(atOnce, () => stripe.rawRequest("GET", "/v1/tokens/1/"))
}
