/** Calls on their way through the sandbox: the journal records them, and the planned faults are injected. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { corrupt, hasBody, isAfterEffect, plannedMessage } from "../faults/faultAnswer.ts"
import type { InjectedFault } from "../faults/faultPlan.ts"
import type { End, Entry } from "../journal/callLog.ts"
import { nowIn } from "../simulation.ts"
import { type Answer, handle } from "./handle.ts"
import { errorResponse, pathnameOf, type Request } from "./request.ts"
import type { Page, Sandbox } from "./state.ts"
import { callAt, type Target } from "./vendors.ts"
import { toResponse, type Wire } from "./wire.ts"

/** Takes the answer, or `undefined` where the connection breaks instead. It is called once at most, maybe at once. */
export type Respond = (answer: Answer | undefined) => void

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

const isSuccess = ({ status }: Answer): boolean => status >= 200 && status < 300

const readJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Json))

/** Every vendor's errors have one. */
const readMessage = Schema.decodeUnknownOption(Schema.Struct({ message: Schema.String }))

const outcomeOf = (wire: Wire, answer: Answer | undefined): End["outcome"] => {
  if (answer === undefined) return { _tag: "Interrupted" }
  const { input, status, tokens } = answer
  if (isSuccess(answer)) return { _tag: "Success", tokens }
  const body = Option.getOrUndefined(readJson(answer.body))
  return {
    _tag: "Failure",
    error: wire.errorOf(body, status, input) ?? errorNames[status] ?? "UnexpectedStatus",
    status,
    message: Option.match(readMessage(body), { onNone: () => "", onSome: ({ message }) => message }),
  }
}

/** Records a call. The function that it gives records the end: an answer, or `undefined` for none. */
const record = (sandbox: Sandbox, { headers }: Request, target: Target, clock: Clock.Clock) => {
  const { one, operation, query, wire } = target
  const end = sandbox.journal.begin({
    at: nowIn(sandbox, clock),
    caller: sandbox.vendorOf.get(operation)?.callerOf(headers) ?? "",
    operation,
    input: wire.inputOf(one, query),
  })
  return (input: Entry["input"], answer: Answer | undefined) =>
    end({ at: nowIn(sandbox, clock), input, outcome: outcomeOf(wire, answer) })
}

const corrupted = (answer: Answer, fault: Parameters<typeof corrupt>[1]): Answer =>
  answer.body === undefined || !hasBody(answer.status)
    ? answer
    : { ...answer, body: corrupt(new TextEncoder().encode(String(answer.body)), fault) }

/** Injects a fault into a call. The effect does not end where no answer comes, and gives `undefined` for a broken connection. */
const inject = (
  wire: Wire,
  perform: () => Answer,
  { fault, latency }: InjectedFault,
): Effect.Effect<Answer | undefined> => {
  const answered = Effect.suspend((): Effect.Effect<Answer | undefined> => {
    if (fault === undefined) return Effect.succeed(perform())
    if (fault._tag === "Body") return Effect.succeed(corrupted(perform(), fault.body))
    const answer = isAfterEffect(fault) ? perform() : undefined
    if (answer !== undefined && !isSuccess(answer)) return Effect.succeed(answer)
    switch (fault._tag) {
      case "Refused":
      case "Reset":
        return Effect.succeed(undefined)
      case "Timeout":
        return Effect.never
      case "Status": {
        const headers = fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) }
        const error = errorResponse(fault.status, plannedMessage)
        return Effect.succeed({ ...toResponse(wire, error, headers), input: {}, tokens: [] })
      }
    }
  })
  return latency === 0 ? answered : Effect.delay(answered, latency)
}

const toPage = ({ body, contentType }: Page): Answer => ({
  status: 200,
  headers: { "content-type": contentType },
  body,
  input: {},
  tokens: [],
})

/**
 * Answers a request as a server does: records it, injects what is planned, and logs defects. Without a planned fault the
 * answer is there at once. `context` has the clock. The effect that it gives cancels the call.
 */
export const serve = (
  sandbox: Sandbox,
  request: Request,
  context: Context.Context<never>,
  respond: Respond,
): Effect.Effect<void> => {
  const clock = Context.get(context, Clock.Clock)
  let input: Entry["input"] = {}
  const perform = () => {
    const answer = handle(sandbox, request, clock.currentTimeMillisUnsafe())
    input = answer.input
    if (answer.defect !== undefined) {
      Effect.runForkWith(context)(Effect.logError("The sandbox failed", answer.defect))
    }
    return answer
  }
  const target = callAt(request.method, request.path)
  const page = sandbox.pages.get(pathnameOf(request.path))
  if (page !== undefined && (request.method === "GET" || request.method === "HEAD")) {
    Effect.runForkWith(context)(page).addObserver((exit) => {
      if (Exit.isSuccess(exit)) respond(toPage(exit.value))
    })
    return Effect.void
  }
  if (target === undefined) {
    respond(perform())
    return Effect.void
  }
  const end = record(sandbox, request, target, clock)
  if (sandbox.faults.isNone()) {
    const answer = perform()
    end(input, answer)
    respond(answer)
    return Effect.void
  }
  const planned = inject(target.wire, perform, sandbox.faults.planner(target.operation))
  const fiber = Effect.runForkWith(context)(planned)
  fiber.addObserver((exit) => {
    end(input, Exit.isSuccess(exit) ? exit.value : undefined)
    if (Exit.isSuccess(exit)) respond(exit.value)
  })
  return Fiber.interrupt(fiber)
}
