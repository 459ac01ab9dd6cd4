/** A call on its way through the sandbox: it is written down, and what is planned goes wrong with it. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { hasBody, isAfterEffect, plannedMessage, corrupt } from "../faults/faultAnswer.ts"
import type { InjectedFault } from "../faults/faultPlan.ts"
import { callAt } from "./vendors.ts"
import type { End, Entry } from "../journal/callLog.ts"
import type { Operation } from "../operation.ts"
import type { CurrentSandbox } from "./state.ts"
import { toResponse, type ErrorResponse, errorResponse, type Wire } from "./wire.ts"
import { nowIn, type HasClock } from "../simulation.ts"

type Fault = NonNullable<InjectedFault["fault"]>

type Answer = Effect.Effect<HttpServerResponse.HttpServerResponse>

/** What a route finds out of the call that it serves: fields of the body, and the tokens that it gives. */
interface Notes {
  input: Entry["input"]
  tokens: ReadonlyArray<number | string>
}

const CurrentNotes = Context.Reference<Notes>("@effect-tokens/testkit/Sandbox/CurrentNotes", {
  defaultValue: () => ({ input: {}, tokens: [] }),
})

/** Does what a route is asked for, and tells the journal of it. At one go: calls take effect one after another (N18, U12). */
export const perform = <World extends HasClock, Caller, Asked, Answer>(
  world: World,
  operation: Operation<World, Caller, Asked, Answer>,
  caller: Caller,
  asked: Asked,
): Effect.Effect<Answer, ErrorResponse> =>
  Effect.flatMap(CurrentNotes, (notes) =>
    Effect.clockWith((clock) => {
      notes.input = operation.inputOf(asked)
      const attempt = operation.attempt(world, nowIn(world, clock), caller, asked)
      if (Result.isFailure(attempt)) return Effect.fail(attempt.failure)
      const { answer, commit, tokens } = attempt.success
      commit()
      notes.tokens = tokens
      return Effect.succeed(answer)
    }),
  )

const errorNames: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  422: "UnprocessableEntity",
  429: "TooManyRequests",
  500: "InternalServerError",
  501: "NotImplemented",
  502: "BadGateway",
  503: "ServiceUnavailable",
  504: "GatewayTimeout",
}

const bodyOf = ({ body }: HttpServerResponse.HttpServerResponse): Uint8Array | undefined =>
  body._tag === "Uint8Array" ? body.body : undefined

const isSuccess = ({ status }: HttpServerResponse.HttpServerResponse): boolean => status >= 200 && status < 300

const readJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Json))

/** Both vendors' errors have one. */
const readMessage = Schema.decodeUnknownOption(Schema.Struct({ message: Schema.String }))

const outcomeOf = (
  wire: Wire,
  exit: Exit.Exit<HttpServerResponse.HttpServerResponse, unknown>,
  notes: Notes,
): End["outcome"] => {
  if (Exit.isFailure(exit)) return { _tag: "Interrupted" }
  const { status } = exit.value
  if (isSuccess(exit.value)) return { _tag: "Success", tokens: notes.tokens }
  const body = Option.getOrUndefined(readJson(new TextDecoder().decode(bodyOf(exit.value))))
  return {
    _tag: "Failure",
    error: wire.errorOf(body, status, notes.input) ?? errorNames[status] ?? "UnexpectedStatus",
    status,
    message: Option.match(readMessage(body), { onNone: () => "", onSome: ({ message }) => message }),
  }
}

/** Without a socket to close, an answer breaks off at its beginning. */
const breakOff = (request: HttpServerRequest.HttpServerRequest): Answer => {
  const socket = Predicate.hasProperty(request.source, "socket") ? request.source.socket : undefined
  if (!Predicate.hasProperty(socket, "destroy") || !Predicate.isFunction(socket.destroy)) {
    return Effect.succeed(HttpServerResponse.stream(Stream.fail(new Error(plannedMessage))))
  }
  const destroy = socket.destroy.bind(socket)
  // The server interrupts the call once it sees that its connection is closed.
  return Effect.andThen(
    Effect.sync(() => destroy()),
    Effect.never,
  )
}

const planned = (wire: Wire, { retryAfter, status }: Extract<Fault, { readonly _tag: "Status" }>) =>
  toResponse(
    wire,
    errorResponse(status, plannedMessage),
    retryAfter === undefined ? {} : { "retry-after": String(retryAfter) },
  )

const insteadOfAnswer = (
  wire: Wire,
  request: HttpServerRequest.HttpServerRequest,
  fault: Exclude<Fault, { _tag: "Body" }>,
) => {
  switch (fault._tag) {
    case "Refused":
    case "Reset":
      return breakOff(request)
    case "Timeout":
      return Effect.never
    case "Status":
      return Effect.succeed(planned(wire, fault))
  }
}

const withBodySpoilt = (response: HttpServerResponse.HttpServerResponse, fault: Extract<Fault, { _tag: "Body" }>) => {
  const body = bodyOf(response)
  return body === undefined || !hasBody(response.status)
    ? response
    : HttpServerResponse.uint8Array(corrupt(body, fault.body), {
        status: response.status,
        contentType: "application/json",
      })
}

const inject = <E, R>(
  wire: Wire,
  route: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  request: HttpServerRequest.HttpServerRequest,
  fault: Fault,
): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R> => {
  if (fault._tag === "Body") return Effect.map(route, (response) => withBodySpoilt(response, fault))
  if (!isAfterEffect(fault)) return insteadOfAnswer(wire, request, fault)
  return Effect.flatMap(route, (response) =>
    isSuccess(response) ? insteadOfAnswer(wire, request, fault) : Effect.succeed(response),
  )
}

/** Whatever is no call of the platform passes untouched, and leaves no entry. */
export const asCall = <E, R>(
  route: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  request: HttpServerRequest.HttpServerRequest,
  sandbox: CurrentSandbox["Service"],
): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R> =>
  Effect.clockWith((clock) => {
    const call = callAt(request.method, request.url)
    if (call === undefined) return route
    const { one, operation, query, wire } = call
    const { traffic } = sandbox
    const notes: Notes = { input: {}, tokens: [] }
    const end = traffic.journal.begin({
      at: nowIn(sandbox, clock),
      caller: wire.callerOf(sandbox, request.headers),
      operation,
      input: wire.inputOf(one, query),
    })
    const { fault, latency } = traffic.faults.planner(operation)
    const answer = fault === undefined ? route : inject(wire, route, request, fault)
    const delayed = latency === 0 ? answer : Effect.delay(answer, latency)
    // Middleware is not interrupted when a client goes, unless it says so: what waits here would go on waiting.
    const answered = Effect.interruptible(Effect.provideService(delayed, CurrentNotes, notes))
    return Effect.onExit(answered, (exit) =>
      Effect.sync(() => end({ at: nowIn(sandbox, clock), input: notes.input, outcome: outcomeOf(wire, exit, notes) })),
    )
  })
