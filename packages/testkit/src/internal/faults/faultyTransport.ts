/** A transport under a plan of faults: what goes wrong between a client and the platform. */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import { hasBody, isAfterEffect, plannedMessage, corrupt } from "./faultAnswer.ts"
import type { Planner, InjectedFault } from "./faultPlan.ts"
import { requestOf } from "../sandbox/vendors.ts"
import { errorResponse } from "../sandbox/request.ts"
import type { Wire } from "../sandbox/wire.ts"

type Fault = NonNullable<InjectedFault["fault"]>

type Answer = Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>

const readRequest = (request: HttpClientRequest.HttpClientRequest) =>
  Option.getOrUndefined(
    Option.map(HttpClientRequest.toUrl(request), ({ pathname }) => requestOf(request.method, pathname)),
  )

/** As a socket of Node's fails, which undici passes on. */
const socketError = (request: HttpClientRequest.HttpClientRequest, syscall: string, code: string): Answer =>
  Effect.fail(
    new HttpClientError.HttpClientError({
      reason: new HttpClientError.TransportError({
        request,
        cause: Object.assign(new Error(`${syscall} ${code}`), { code, syscall }),
      }),
    }),
  )

const plannedAnswer = (
  wire: Wire,
  request: HttpClientRequest.HttpClientRequest,
  { retryAfter, status }: Extract<Fault, { readonly _tag: "Status" }>,
): Answer =>
  Effect.sync(() =>
    HttpClientResponse.fromWeb(
      request,
      Response.json(wire.errorBody(errorResponse(status, plannedMessage)), {
        status,
        headers: retryAfter === undefined ? {} : { "retry-after": String(retryAfter) },
      }),
    ),
  )

/** They say how the body came. The new one comes otherwise. */
const ofTransfer = new Set(["content-length", "content-encoding", "transfer-encoding"])

const withBodySpoilt = (
  response: HttpClientResponse.HttpClientResponse,
  fault: Extract<Fault, { readonly _tag: "Body" }>,
): Answer =>
  hasBody(response.status)
    ? Effect.map(response.arrayBuffer, (body) =>
        HttpClientResponse.fromWeb(
          response.request,
          new Response(corrupt(new Uint8Array(body), fault.body), {
            status: response.status,
            headers: Object.entries(response.headers).filter(([name]) => !ofTransfer.has(name)),
          }),
        ),
      )
    : Effect.succeed(response)

const isSuccess = ({ status }: HttpClientResponse.HttpClientResponse): boolean => status >= 200 && status < 300

const insteadOfAnswer = (
  wire: Wire,
  request: HttpClientRequest.HttpClientRequest,
  fault: Exclude<Fault, { _tag: "Body" }>,
) => {
  switch (fault._tag) {
    case "Refused":
      return socketError(request, "connect", "ECONNREFUSED")
    case "Reset":
      return socketError(request, "read", "ECONNRESET")
    case "Timeout":
      return Effect.never
    case "Status":
      return plannedAnswer(wire, request, fault)
  }
}

const inject = (wire: Wire, send: Answer, request: HttpClientRequest.HttpClientRequest, fault: Fault): Answer => {
  if (fault._tag === "Body") return Effect.flatMap(send, (response) => withBodySpoilt(response, fault))
  if (!isAfterEffect(fault)) return insteadOfAnswer(wire, request, fault)
  return Effect.flatMap(send, (response) =>
    // Read to its end, so that the connection is free again.
    isSuccess(response)
      ? Effect.andThen(Effect.ignore(response.arrayBuffer), insteadOfAnswer(wire, request, fault))
      : Effect.succeed(response),
  )
}

export const faultyClient = (client: HttpClient.HttpClient, plan: Planner): HttpClient.HttpClient =>
  HttpClient.transform(client, (send, request) =>
    Effect.suspend(() => {
      const call = readRequest(request)
      if (call === undefined) return send
      const { fault, latency } = plan(call.operation)
      const answer = fault === undefined ? send : inject(call.wire, send, request, fault)
      return latency > 0 ? Effect.delay(answer, latency) : answer
    }),
  )
