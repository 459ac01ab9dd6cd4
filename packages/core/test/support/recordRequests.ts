/** A transport that answers each request with 200 and the same body, and keeps the requests. */
import { Transport } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"

export const recordRequests = (body: string) => {
  const requests: Array<Transport.Request> = []
  const layer = Layer.succeed(Transport.Transport, {
    send: (request, { onComplete, onHeaders }) => {
      requests.push(request)
      if (onHeaders(200, () => "application/json")) onComplete(Exit.succeed(new TextEncoder().encode(body)))
      return Effect.succeed(true)
    },
    baseUrl: undefined,
    isSameOrigin: () => false,
  })
  return { layer, requests }
}
