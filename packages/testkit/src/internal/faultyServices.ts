/** The services under a plan of faults, whatever implements them. */
import { ApiError, TokenOperations } from "@effect-tokens/core"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { hasBody, isAfterEffect, plannedMessage, problems } from "./faultAnswer.ts"
import type { Planner, Strike } from "./faultPlan.ts"
import type { ServiceName } from "./observe.ts"
import type { RemoteMethod } from "./operationNames.ts"

/** Where the client would have called. */
const origins: Readonly<Record<ServiceName, string>> = {
  Tokens: "https://iam.neuroio.com",
  StreamTokens: "https://api.neuroio.com",
}

const successes: Readonly<Record<RemoteMethod, number>> = {
  create: 201,
  list: 200,
  get: 200,
  update: 200,
  delete: 204,
  deleteList: 204,
}

const timedOut = (operation: string, after: Duration.Duration) =>
  new ApiError.TimedOut({ operation, limit: "attemptTimeout", after })

/** What a platform would fail with, if the fault makes a difference to this operation. */
const failureOf = (
  fault: NonNullable<Strike["fault"]>,
  service: ServiceName,
  method: RemoteMethod,
  attemptTimeout: Duration.Duration,
): TokenOperations.PlatformFailure | undefined => {
  const operation = `${service}.${method}`
  const origin = origins[service]
  switch (fault._tag) {
    case "Refused":
      return new ApiError.ConnectionFailed({ operation, origin, code: "ECONNREFUSED", sent: false })
    case "Reset":
      return new ApiError.ConnectionFailed({ operation, origin, code: "ECONNRESET", sent: true })
    case "Timeout":
      return timedOut(operation, attemptTimeout)
    case "Status": {
      const { retryAfter, status } = fault
      return {
        status,
        message: plannedMessage,
        fields: [],
        retryAfter: retryAfter === undefined ? undefined : Duration.seconds(retryAfter),
      }
    }
    case "Body": {
      const status = successes[method]
      return hasBody(status)
        ? new ApiError.MalformedResponse({ operation, status, problem: problems[fault.body] })
        : undefined
    }
  }
}

/** Operations that all fail so, after what takes its time: the core turns it into each operation's own error. */
const failing = (
  service: ServiceName,
  fail: Effect.Effect<never, TokenOperations.PlatformFailure>,
): TokenOperations.TokenOperations =>
  TokenOperations.fromPlatform(service, {
    create: () => fail,
    list: () => fail,
    get: () => fail,
    update: () => fail,
    delete: () => fail,
    deleteList: () => fail,
  })

export const faultyOperations = (
  service: ServiceName,
  operations: TokenOperations.TokenOperations,
  plan: Planner,
  attemptTimeout: Duration.Duration,
): TokenOperations.TokenOperations => {
  const limit = Duration.toMillis(attemptTimeout)

  /** `call` is made on the real operations, or on such that fail. */
  const struck = Effect.fnUntraced(function* <A, E>(
    method: RemoteMethod,
    call: (operations: TokenOperations.TokenOperations) => Effect.Effect<A, E>,
  ) {
    const { fault, latency } = plan(`${service}.${method}`)
    const began = yield* Clock.currentTimeMillis
    // A client that waits for its answer gives up, and the request never gets to where it has an effect.
    const isTooSlow = latency > limit
    const failure = isTooSlow
      ? timedOut(`${service}.${method}`, attemptTimeout)
      : fault && failureOf(fault, service, method, attemptTimeout)
    const sleepUntil = (elapsed: number) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        began + elapsed > now ? Effect.sleep(began + elapsed - now) : Effect.void,
      )

    const late = sleepUntil(Math.min(latency, limit))
    if (failure === undefined) return yield* Effect.andThen(late, call(operations))

    let refused: Exit.Exit<A, E> | undefined
    const inflict = Effect.gen(function* () {
      yield* late
      if (fault && !isTooSlow) {
        if (isAfterEffect(fault)) {
          const exit = yield* Effect.exit(call(operations))
          if (Exit.isFailure(exit)) refused = exit
        }
        if (fault._tag === "Timeout" && refused === undefined) yield* sleepUntil(limit)
      }
      return yield* Effect.fail(failure)
    })
    const outcome = yield* Effect.exit(call(failing(service, inflict)))
    return yield* refused ?? outcome
  })

  return TokenOperations.make(service, {
    create: (input) => struck("create", ({ create }) => create(input)),
    list: (input) => struck("list", ({ list }) => list(input)),
    get: ({ token }) => struck("get", ({ get }) => get(token)),
    update: ({ isActive, token }) => struck("update", ({ update }) => update(token, { isActive })),
    delete: ({ token }) => struck("delete", (operations) => operations.delete(token)),
    deleteList: (input) => struck("deleteList", ({ deleteList }) => deleteList(input)),
  })
}
