/** Answers requests of Node's HTTP server with a sandbox. */
import * as Sandbox from "@effect-tokens/testkit/Sandbox"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from "node:http"

type Headers = Sandbox.Request["headers"]

const isPlain = (headers: IncomingHttpHeaders): headers is Headers & IncomingHttpHeaders =>
  headers["set-cookie"] === undefined

/** Node gives a list of none but this header, which no client sends. */
const plainHeaders = (headers: IncomingHttpHeaders): Headers => {
  if (isPlain(headers)) return headers
  delete headers["set-cookie"]
  return plainHeaders(headers)
}

const nothing = new Uint8Array(0)

/** The methods whose requests have a body that is read. */
const withBody = new Set(["POST", "PUT", "PATCH"])

/** Reads the body and gives it to `use`, unless the client goes before it is there. A body that is too large is cut off. */
const readBody = (request: IncomingMessage, response: ServerResponse, use: (body: Uint8Array) => void): void => {
  const { headers, method = "" } = request
  const length = Number(headers["content-length"] ?? 0)
  const isChunked = headers["transfer-encoding"] !== undefined
  if (!withBody.has(method) || (length === 0 && !isChunked) || length > Sandbox.maxBodySize) return use(nothing)
  if (headers.expect !== undefined) response.writeContinue()
  // A small body comes along with its head, and is there once Node is through with what it received.
  process.nextTick(() => {
    const whole: Uint8Array | null = request.readableLength === length ? request.read() : null
    if (whole !== null) return use(whole)
    const chunks: Array<Uint8Array> = []
    let size = 0
    let isOver = false
    const end = () => {
      if (isOver) return
      isOver = true
      use(Buffer.concat(chunks))
    }
    request.on("data", (chunk: Uint8Array) => {
      if (isOver) return
      chunks.push(chunk)
      size += chunk.byteLength
      if (size > Sandbox.maxBodySize) end()
    })
    request.on("end", end)
  })
}

const write = (response: ServerResponse, { body, headers, status }: Sandbox.Response): void => {
  if (body === undefined) response.writeHead(status, headers).end()
  else response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body)
}

/** Answers all requests. `context` has the clock and the logger. */
export const makeListener =
  (sandbox: Sandbox.Sandbox["Service"], context: Context.Context<never>): RequestListener =>
  (request, response) =>
    readBody(request, response, (body) => {
      const { headers, method = "", url: path = "" } = request
      let isOver = false
      const cancel = Sandbox.serve(
        sandbox,
        { method, path, headers: plainHeaders(headers), body },
        context,
        (answer) => {
          isOver = true
          if (answer === undefined) request.socket.destroy()
          else write(response, answer)
        },
      )
      if (isOver) return
      response.on("close", () => {
        if (!isOver) Effect.runFork(cancel)
      })
    })

const corsHeaders = {
  "access-control-allow-origin": "*",
  // A browser hides what is not exposed: the time to wait would be lost.
  "access-control-expose-headers": "retry-after",
}

/** Lets pages of all origins call. */
export const withCors =
  (listener: RequestListener): RequestListener =>
  (request, response) => {
    for (const [name, value] of Object.entries(corsHeaders)) response.setHeader(name, value)
    if (request.method !== "OPTIONS") return listener(request, response)
    const asked = request.headers["access-control-request-headers"]
    response
      .writeHead(204, {
        "access-control-allow-methods": "GET, HEAD, PUT, PATCH, POST, DELETE",
        "access-control-max-age": "600",
        ...(asked === undefined
          ? {}
          : { "access-control-allow-headers": asked, vary: "Access-Control-Request-Headers" }),
      })
      .end()
  }

const loopback = /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/i

/**
 * Refuses to let pages of other origins control the sandbox, which takes no credential: a browser sends some requests
 * without asking first. A page that has a name of its own made to resolve to this machine is one of another origin, too.
 */
export const withoutForeignPages =
  (listener: RequestListener, isLocal: () => boolean): RequestListener =>
  (request, response) => {
    const { host = "", origin } = request.headers
    const isForeign = origin !== undefined && (URL.parse(origin)?.host !== host || (isLocal() && !loopback.test(host)))
    if (!isForeign || !Sandbox.isControl(request.url ?? "")) return listener(request, response)
    write(response, Sandbox.errorResponse(403, "A page of another origin may not control the sandbox.", request.url))
  }
