/** The services under a plan of faults, whatever implements them. */
import { ApiError, type TokenOperations } from "@effect-tokens/core"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { hasBody, isAfterEffect, plannedMessage, problems } from "./faultAnswer.ts"
import type { Planner, InjectedFault } from "./faultPlan.ts"
import type { RemoteCall as RemoteCallOf, Service as ServiceOf } from "../service.ts"
import type { ServiceOperation } from "../services.ts"

type Service<Operations> = ServiceOf<unknown, Operations, ServiceOperation>

type RemoteCall = RemoteCallOf<ServiceOperation>

const timedOut = (operation: string, after: Duration.Duration) =>
  new ApiError.TimedOut({ operation, limit: "attemptTimeout", after })

/** What a platform would fail with, if the fault makes a difference to this operation. */
const failureOf = (
  fault: NonNullable<InjectedFault["fault"]>,
  { origin, refusal }: Pick<Service<never>, "origin" | "refusal">,
  { operation, success: status }: RemoteCall,
  attemptTimeout: Duration.Duration,
): TokenOperations.PlatformFailure | undefined => {
  switch (fault._tag) {
    case "Refused":
      return new ApiError.ConnectionFailed({ operation, origin, code: "ECONNREFUSED", sent: false })
    case "Reset":
      return new ApiError.ConnectionFailed({ operation, origin, code: "ECONNRESET", sent: true })
    case "Timeout":
      return timedOut(operation, attemptTimeout)
    case "Status": {
      const { retryAfter } = fault
      return {
        ...refusal(fault.status, plannedMessage),
        retryAfter: retryAfter === undefined ? undefined : Duration.seconds(retryAfter),
      }
    }
    case "Body":
      return hasBody(status)
        ? new ApiError.MalformedResponse({ operation, status, problem: problems[fault.body] })
        : undefined
  }
}

export const faultyOperations = <Operations>(
  service: Service<Operations>,
  operations: Operations,
  plan: Planner,
  attemptTimeout: Duration.Duration,
): Operations => {
  const limit = Duration.toMillis(attemptTimeout)

  /** `make` makes it on the real operations, or on such that fail. */
  const struck = Effect.fnUntraced(function* <A, E>(
    call: RemoteCall,
    make: (operations: Operations) => Effect.Effect<A, E>,
  ) {
    const { fault, latency } = plan(call.operation)
    const began = yield* Clock.currentTimeMillis
    // A client that waits for its answer gives up, and the request never gets to where it has an effect.
    const isTooSlow = latency > limit
    const failure = isTooSlow
      ? timedOut(call.operation, attemptTimeout)
      : fault && failureOf(fault, service, call, attemptTimeout)
    const sleepUntil = (elapsed: number) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        began + elapsed > now ? Effect.sleep(began + elapsed - now) : Effect.void,
      )

    const late = sleepUntil(Math.min(latency, limit))
    if (failure === undefined) return yield* Effect.andThen(late, make(operations))

    let refused: Exit.Exit<A, E> | undefined
    const inject = Effect.gen(function* () {
      yield* late
      if (fault && !isTooSlow) {
        if (isAfterEffect(fault)) {
          const exit = yield* Effect.exit(make(operations))
          if (Exit.isFailure(exit)) refused = exit
        }
        if (fault._tag === "Timeout" && refused === undefined) yield* sleepUntil(limit)
      }
      return yield* Effect.fail(failure)
    })
    const outcome = yield* Effect.exit(make(service.failing(inject)))
    return yield* refused ?? outcome
  })

  return service.through(struck)
}
