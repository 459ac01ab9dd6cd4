/** Requests that are answered by the direct entrance as soon as Node has read them: without the time that routes take. */
import type * as Sandbox from "@effect-tokens/testkit/Sandbox"
import type { IncomingHttpHeaders, ServerResponse } from "node:http"
import type { First } from "./drainingServer.ts"

/** Node gives a list of none but this one, which no client sends. */
const isPlain = (headers: IncomingHttpHeaders): headers is Sandbox.DirectRequest["headers"] & IncomingHttpHeaders =>
  headers["set-cookie"] === undefined

const nothing = new Uint8Array(0)

const write = (response: ServerResponse, { body, status }: Sandbox.DirectAnswer) => {
  if (body === undefined) return response.writeHead(status).end()
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) }
  return response.writeHead(status, headers).end(body)
}

/**
 * A small body comes along with its head, and is there once Node is through with what it received. One that is not is for
 * the routes, which wait for it.
 */
export const answerDirectly =
  ({ answer }: Sandbox.DirectEntrance["Service"]): First =>
  (request, response, handOver) => {
    const { headers, method = "", url = "" } = request
    if (!isPlain(headers) || headers["transfer-encoding"] !== undefined) return handOver()
    const tryAnswer = (body: Uint8Array): boolean => {
      const direct = answer({ method, url, headers, body })
      if (direct !== undefined) write(response, direct)
      return direct !== undefined
    }
    const length = Number(headers["content-length"] ?? 0)
    if (length === 0) return tryAnswer(nothing) ? undefined : handOver()
    process.nextTick(() => {
      const body: Uint8Array | null = request.readableLength === length ? request.read() : null
      if (body !== null) {
        if (tryAnswer(body)) return
        request.unshift(body)
      }
      handOver()
    })
  }
