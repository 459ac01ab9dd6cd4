/** A transport under a plan of faults, between a client and a vendor. */
import { Transport } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { errorResponse, pathnameOf } from "../sandbox/request.ts"
import { requestOf } from "../sandbox/vendors.ts"
import type { Wire } from "../sandbox/wire.ts"
import { corrupt, hasBody, isAfterEffect, plannedMessage } from "./faultAnswer.ts"
import type { InjectedFault, Planner } from "./faultPlan.ts"

type Fault = NonNullable<InjectedFault["fault"]>

/** A response, whose body may have failed to arrive. */
interface Response {
  readonly status: number
  readonly header: Transport.Header
  readonly body: Exit.Exit<Uint8Array, unknown>
}

type Exchange = Effect.Effect<Response, unknown>

/** Sends a request and reads the whole response. It fails where there is none. */
const exchange = (send: Transport.Send, request: Transport.Request, maxBodySize: number): Exchange =>
  Effect.contextWith((context: Context.Context<never>) =>
    Effect.callback<Response, unknown>((resume) => {
      let head: Omit<Response, "body"> | undefined
      const cancel = send(
        request,
        {
          onHeaders: (status, header) => {
            head = { status, header }
            return true
          },
          onComplete: (exit) => {
            resume(
              head === undefined
                ? Effect.flatMap(exit, () => Effect.die(new Error("A body came without a status.")))
                : Effect.succeed({ ...head, body: exit }),
            )
          },
        },
        maxBodySize,
        context,
      )
      return Effect.asVoid(cancel)
    }),
  )

/** Fails as a socket of Node's does. */
const socketError = (syscall: string, code: string): Exchange =>
  Effect.fail(Object.assign(new Error(`${syscall} ${code}`), { code, syscall }))

const plannedResponse = (wire: Wire, { retryAfter, status }: Extract<Fault, { readonly _tag: "Status" }>): Response => {
  const headers: Readonly<Record<string, string | undefined>> = {
    "content-type": "application/json",
    "retry-after": retryAfter === undefined ? undefined : String(retryAfter),
  }
  const body = JSON.stringify(wire.errorBody(errorResponse(status, plannedMessage)))
  return { status, header: (name) => headers[name], body: Exit.succeed(new TextEncoder().encode(body)) }
}

/** The headers that describe the transfer of the body. They are not true of another one. */
const ofTransfer = new Set(["content-length", "content-encoding", "transfer-encoding"])

const withCorruptBody = (
  response: Response,
  fault: Extract<Fault, { readonly _tag: "Body" }>,
  maxBodySize: number,
): Response => {
  if (!hasBody(response.status) || Exit.isFailure(response.body)) return response
  const body = corrupt(response.body.value, fault.body)
  return {
    status: response.status,
    header: (name) => (ofTransfer.has(name) ? undefined : response.header(name)),
    body: body.byteLength > maxBodySize ? Exit.fail(new Transport.BodyTooLarge()) : Exit.succeed(body),
  }
}

const isSuccess = ({ status }: Response): boolean => status >= 200 && status < 300

const insteadOfResponse = (wire: Wire, fault: Exclude<Fault, { _tag: "Body" }>): Exchange => {
  switch (fault._tag) {
    case "Refused":
      return socketError("connect", "ECONNREFUSED")
    case "Reset":
      return socketError("read", "ECONNRESET")
    case "Timeout":
      return Effect.never
    case "Status":
      return Effect.succeed(plannedResponse(wire, fault))
  }
}

const inject = (wire: Wire, sent: Exchange, fault: Fault, maxBodySize: number): Exchange => {
  if (fault._tag === "Body") return Effect.map(sent, (response) => withCorruptBody(response, fault, maxBodySize))
  if (!isAfterEffect(fault)) return insteadOfResponse(wire, fault)
  return Effect.flatMap(sent, (response) =>
    isSuccess(response) ? insteadOfResponse(wire, fault) : Effect.succeed(response),
  )
}

const faultySend =
  (send: Transport.Send, plan: Planner): Transport.Send =>
  (request, receiver, maxBodySize, context) => {
    const call = requestOf(request.method, pathnameOf(request.path))
    const { fault, latency } = call === undefined ? { fault: undefined, latency: 0 } : plan(call.operation)
    if (call === undefined || (fault === undefined && latency === 0)) {
      return send(request, receiver, maxBodySize, context)
    }
    const sent = exchange(send, request, maxBodySize)
    const answer = fault === undefined ? sent : inject(call.wire, sent, fault, maxBodySize)
    const fiber = Effect.runForkWith(context)(latency === 0 ? answer : Effect.delay(answer, latency))
    fiber.addObserver((exit) => {
      if (Exit.isFailure(exit)) receiver.onComplete(Exit.failCause(exit.cause))
      else if (receiver.onHeaders(exit.value.status, exit.value.header)) receiver.onComplete(exit.value.body)
    })
    return Effect.as(Fiber.interrupt(fiber), true)
  }

/** Puts the transport under a plan, if the context has one. */
export const wrapTransport = <S>(context: Context.Context<S>, plan: Planner): Context.Context<S> =>
  Option.match(Context.getOption(context, Transport.Transport), {
    onNone: () => context,
    onSome: (transport) =>
      Context.add(context, Transport.Transport, { ...transport, send: faultySend(transport.send, plan) }),
  })
