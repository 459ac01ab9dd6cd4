/** The whole of the sandbox: from a request to its response. */
import * as Result from "effect/Result"
import type { Entry } from "../journal/callLog.ts"
import { nowIn } from "../simulation.ts"
import { type ErrorResponse, errorResponse, isWellFormed, pathnameOf, type Request, type Response } from "./request.ts"
import type { Sandbox } from "./state.ts"
import { callAt, methodsAt, wireAt } from "./vendors.ts"
import { jsonHeaders, toResponse, type Wire } from "./wire.ts"

/** A response, with what the journal needs of it. */
export interface Answer extends Response {
  /** The fields of the body, without a secret. */
  readonly input: Entry["input"]
  /** The ids in the response. */
  readonly tokens: ReadonlyArray<number | string>
  /** A defect of the sandbox, which the response does not show. */
  readonly defect?: unknown
}

const plain = (response: Response): Answer => ({ ...response, input: {}, tokens: [] })

const withBody = (status: number, body: string | undefined): Response => ({
  status,
  headers: body === undefined ? {} : jsonHeaders,
  body,
})

const notAllowed = (wire: Wire, methods: ReadonlyArray<string>): Response =>
  toResponse(wire, errorResponse(405, "This method is not allowed here."), {
    allow: methods.join(", ").replace("GET", "GET, HEAD"),
  })

const notFound = (wire: Wire): Response =>
  toResponse(wire, { status: 404, code: "NOT_FOUND", message: `There is nothing at this path. ${wire.hint}` })

/** Answers a request to the sandbox itself, or to a path that does not exist. */
const handleOther = (sandbox: Sandbox, wire: Wire, request: Request, method: string, now: number): Response => {
  const pathname = pathnameOf(request.path)
  const methods = methodsAt(wire, pathname)
  if (methods !== undefined) return notAllowed(wire, methods)
  if (sandbox.pages.has(pathname)) return notAllowed(wire, ["GET"])
  const routes = sandbox.routes.filter(({ path }) => path.test(pathname))
  const route = routes.find((route) => route.method === method)
  if (route === undefined) {
    return routes.length === 0
      ? notFound(wire)
      : notAllowed(
          wire,
          routes.map((route) => route.method),
        )
  }
  const parameter = route.path.exec(pathname)?.[1] ?? ""
  const given = route.answer(
    request,
    { currentTimeMillisUnsafe: () => now },
    decodeURIComponent(parameter),
    wire.invalid,
  )
  return Result.match(given, {
    onFailure: (error) => toResponse(wire, error),
    onSuccess: (body) => withBody(route.status, body),
  })
}

const answer = (sandbox: Sandbox, wire: Wire, request: Request, now: number): Answer => {
  if (!isWellFormed(pathnameOf(request.path))) {
    return plain(toResponse(wire, errorResponse(400, "The path is not well-formed.")))
  }
  const method = request.method === "HEAD" ? "GET" : request.method
  const target = callAt(method, request.path)
  const perform = target && sandbox.vendorOf.get(target.operation)?.operations.get(target.operation)
  if (target === undefined || perform === undefined) return plain(handleOther(sandbox, wire, request, method, now))
  const { one = "", query } = target
  const time = nowIn(sandbox, { currentTimeMillisUnsafe: () => now })
  const { input, result } = perform(time, { request, one: decodeURIComponent(one), query })
  return Result.isFailure(result)
    ? { ...toResponse(wire, result.failure), input, tokens: [] }
    : { ...withBody(result.success.status, result.success.body), input, tokens: result.success.tokens }
}

/** Answers every request, in the shape of the vendor whose path it is, and never with a stack trace. */
export const handle = (sandbox: Sandbox, request: Request, now: number): Answer => {
  const wire = wireAt(pathnameOf(request.path))
  try {
    return answer(sandbox, wire, request, now)
  } catch (defect) {
    const failed: ErrorResponse = errorResponse(500, "The sandbox failed. Its log says how.")
    return { ...plain(toResponse(wire, failed)), defect }
  }
}
