/** A call on its way through the sandbox: it is written down, and what is planned goes wrong with it. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as NeuroioPlatform from "../NeuroioPlatform.ts"
import { hasBody, isAfterEffect, plannedMessage, spoil } from "./faultAnswer.ts"
import type { Strike } from "./faultPlan.ts"
import { operationOf } from "./operationNames.ts"
import type { End, Entry } from "./callLog.ts"
import type { CurrentSandbox } from "./sandboxState.ts"
import { rejection, rejectionResponse } from "./wire.ts"
import { nowIn } from "./world.ts"

type Fault = NonNullable<Strike["fault"]>

type Answer = Effect.Effect<HttpServerResponse.HttpServerResponse>

/** What a route finds out of the call that it serves: fields of the body, and the tokens that it gives. */
export interface Notes {
  input: Entry["input"]
  tokens: ReadonlyArray<number>
}

export const CurrentNotes = Context.Reference<Notes>("@effect-tokens/testkit/Sandbox/CurrentNotes", {
  defaultValue: () => ({ input: {}, tokens: [] }),
})

const callerOf = (state: NeuroioPlatform.State, { headers }: HttpServerRequest.HttpServerRequest): string => {
  const header = headers["authorization"] ?? headers["token"]
  if (header === undefined) return "no credential"
  const whose = NeuroioPlatform.whose(state, header.replace(/^Token +/i, ""))
  if (whose === undefined) return "unknown credential"
  const owner = `${whose.kind} ${whose.owner}`
  return whose.id === 0 ? owner : `token ${whose.id} of ${owner}`
}

/** What the path and the query say. What is no id may be a key. */
const inputOf = (url: URL): Entry["input"] => {
  const token = /tokens\/([^/]+)\/$/.exec(url.pathname)?.[1]
  return {
    ...(token === undefined ? {} : { token: /^\d{1,15}$/.test(token) ? Number(token) : "<key>" }),
    ...Object.fromEntries(
      ["permanent", "limit", "offset"].flatMap((name) => {
        const text = url.searchParams.get(name)
        // Whatever else somebody puts there may be long, or a key.
        const shown = text !== null && /^(?:true|false|-?\d{1,16})$/i.test(text) ? text : "<text>"
        return text === null ? [] : [[name, shown] as const]
      }),
    ),
  }
}

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

interface ErrorBody {
  readonly message: string
  readonly fields: ReadonlyArray<{ readonly name: string }>
}

const readError = Schema.decodeUnknownOption(
  Schema.fromJsonString(
    Schema.Struct({ message: Schema.String, fields: Schema.Array(Schema.Struct({ name: Schema.String })) }),
  ),
)

const errorOf = (response: HttpServerResponse.HttpServerResponse): ErrorBody => {
  const body = bodyOf(response)
  const none = { message: "", fields: [] }
  return body === undefined ? none : Option.getOrElse(readError(new TextDecoder().decode(body)), () => none)
}

const outcomeOf = (exit: Exit.Exit<HttpServerResponse.HttpServerResponse, unknown>, notes: Notes): End["outcome"] => {
  if (Exit.isFailure(exit)) return { _tag: "Interrupted" }
  const { status } = exit.value
  if (isSuccess(exit.value)) return { _tag: "Success", tokens: notes.tokens }
  const { fields, message } = errorOf(exit.value)
  const isCap = status === 400 && notes.input["permanent"] === true && fields.some(({ name }) => name === "permanent")
  const error = isCap ? "PermanentTokenLimitReached" : (errorNames[status] ?? "UnexpectedStatus")
  return { _tag: "Failure", error, status, message }
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

const planned = ({ retryAfter, status }: Extract<Fault, { readonly _tag: "Status" }>) =>
  rejectionResponse(
    rejection(status, plannedMessage),
    retryAfter === undefined ? {} : { "retry-after": String(retryAfter) },
  )

const insteadOfAnswer = (request: HttpServerRequest.HttpServerRequest, fault: Exclude<Fault, { _tag: "Body" }>) => {
  switch (fault._tag) {
    case "Refused":
    case "Reset":
      return breakOff(request)
    case "Timeout":
      return Effect.never
    case "Status":
      return Effect.succeed(planned(fault))
  }
}

const withBodySpoilt = (response: HttpServerResponse.HttpServerResponse, fault: Extract<Fault, { _tag: "Body" }>) => {
  const body = bodyOf(response)
  return body === undefined || !hasBody(response.status)
    ? response
    : HttpServerResponse.uint8Array(spoil(body, fault.body), {
        status: response.status,
        contentType: "application/json",
      })
}

const inflict = <E, R>(
  route: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  request: HttpServerRequest.HttpServerRequest,
  fault: Fault,
): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R> => {
  if (fault._tag === "Body") return Effect.map(route, (response) => withBodySpoilt(response, fault))
  if (!isAfterEffect(fault)) return insteadOfAnswer(request, fault)
  return Effect.flatMap(route, (response) =>
    isSuccess(response) ? insteadOfAnswer(request, fault) : Effect.succeed(response),
  )
}

/** Whatever is no call of the platform passes untouched, and leaves no entry. */
export const asCall = <E, R>(
  route: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  request: HttpServerRequest.HttpServerRequest,
  { traffic, world }: Pick<CurrentSandbox["Service"], "traffic" | "world">,
): Effect.Effect<HttpServerResponse.HttpServerResponse, E, R> =>
  Effect.clockWith((clock) => {
    const url = new URL(request.url, "http://sandbox")
    const operation = operationOf(request.method, url.pathname)
    if (operation === undefined) return route
    const notes: Notes = { input: {}, tokens: [] }
    const end = traffic.journal.begin({
      at: nowIn(world, clock),
      caller: callerOf(world.state, request),
      operation,
      input: inputOf(url),
    })
    const { fault, latency } = traffic.faults.planner(operation)
    const answer = fault === undefined ? route : inflict(route, request, fault)
    const delayed = latency === 0 ? answer : Effect.delay(answer, latency)
    // Middleware is not interrupted when a client goes, unless it says so: what waits here would go on waiting.
    const call = Effect.interruptible(Effect.provideService(delayed, CurrentNotes, notes))
    return Effect.onExit(call, (exit) =>
      Effect.sync(() => end({ at: nowIn(world, clock), input: notes.input, outcome: outcomeOf(exit, notes) })),
    )
  })
