/**
 * Runs described operations over an `HttpClient`: the one place that turns a description and an input into a request,
 * and an answer into a value or an error.
 *
 * A call goes through three stages:
 *
 * 1. `prepare`: description and input → request.
 * 2. `attempt`: sends it once, within the time limits, and frees the connection whatever comes.
 * 3. `send`: attempts until one succeeds or nothing speaks for another (`resend.ts`), and then settles what the last
 *    failure means for this kind of operation (`settle.ts`).
 *
 * Around it, `telemetry.ts` tells what can be seen of it from outside.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { constTrue } from "effect/Function"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as ApiError from "../ApiError.ts"
import { answeredError, type ErrorBodyReader, makeValueReader, noDetail, readDetail } from "./answer.ts"
import { CurrentLimits } from "../Limits.ts"
import { noAnswer } from "./connection.ts"
import { type CallLimits, readLimits } from "./limits.ts"
import { makeMask } from "./mask.ts"
import type { Operation } from "./operation.ts"
import { mayResend, waitAfter } from "./resend.ts"
import { type CallFailure, type Field, type Fields, isInconclusive, named, plain, settle } from "./settle.ts"
import * as Telemetry from "./telemetry.ts"

export interface Credential {
  /** The value of the header `Authorization`. */
  readonly authorization: Redacted.Redacted
  /** What an answer must not repeat. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>
}

/** How a platform is called: everything that its operations have in common. */
export interface Platform {
  /** Base URLs by the name that descriptions give them, without a trailing slash. */
  readonly hosts: Readonly<Record<string, string>>
  /** Without one, something on the way adds it. */
  readonly credential?: Credential | undefined
  readonly readErrorBody: ErrorBodyReader
  /** Those of the layer. A region of code may set others. */
  readonly limits: CallLimits
}

/** Makes a description runnable. What it can fail with is said by the description. */
export type Run = <Input extends { readonly [K in keyof Input]: Field }, Output, E>(
  operation: Operation<Input, Output, E>,
) => (input: Input) => Effect.Effect<Output, E>

type AnyFailure = CallFailure | ApiError.InvalidRequest | ApiError.OutcomeUnknown

/** A call under way. */
interface Call {
  readonly input: Fields
  readonly limits: CallLimits
  readonly clock: Clock.Clock
  /** In nanoseconds of the monotonic clock: a wall clock that is set meanwhile must not change how long a call may take. */
  readonly startedAt: bigint
}

/** In milliseconds, until the deadline. */
const timeLeft = ({ clock, limits, startedAt }: Call): number =>
  limits.deadline - Number(clock.monotonicTimeNanosUnsafe() - startedAt) / 1e6

/** The status of the answer that a browser makes of a redirect which it is not to follow. It hides all of it. */
const hiddenRedirect = 0

const first: Telemetry.Attempt = { number: 1, waited: 0 }

const expose = (field: Field): string => {
  if (DateTime.isDateTime(field)) return DateTime.formatIso(field)
  return String(Redacted.isRedacted(field) ? Redacted.value(field) : field)
}

/** The transport is the one that is there now. */
export const make = (platform: Platform): Effect.Effect<Run, never, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    // What was set for `fetch` around the layer, in case that is the transport.
    const fetchOptions = yield* Effect.serviceOption(FetchHttpClient.RequestInit)
    return makeRun(
      platform,
      yield* HttpClient.HttpClient,
      Option.getOrElse(fetchOptions, () => ({})),
    )
  })

const makeRun = (platform: Platform, httpClient: HttpClient.HttpClient, fetchOptions: RequestInit): Run => {
  // A scope for each attempt aborts what is still open when the attempt ends, in whatever way.
  const client = HttpClient.withScope(httpClient)
  // The raw client span would bear the URL, and with it a key: this package's own spans bear the template (C7).
  // And `fetch`, unlike other transports, follows redirects unless it is told not to (C8). With "error" it would fail as
  // if there were no connection: the call would be sent again, and a create would be in doubt for want of a network.
  const transportContext = Context.make(HttpClient.TracerDisabledWhen, constTrue).pipe(
    Context.add(FetchHttpClient.RequestInit, { ...fetchOptions, redirect: "manual" }),
  )
  const { credential } = platform
  const platformSecrets = credential?.secrets.map(Redacted.value) ?? []
  const headers = {
    accept: "application/json",
    ...(credential === undefined ? {} : { authorization: Redacted.value(credential.authorization) }),
  }

  const platformMask = makeMask(platformSecrets)

  /** Keys that the input points with must not come back either: a server may repeat what it was asked for. */
  const maskFor = (input: Fields) => {
    const keys = Object.values(input).filter(Redacted.isRedacted)
    return keys.length === 0 ? platformMask : makeMask([...platformSecrets, ...keys.map(expose)])
  }

  // The overload is what callers see. Inside, an operation is any operation: that the failures below are those that
  // `ErrorOf` derives from a description is held by the tests of the client, for each operation and status.
  function compile<Input extends { readonly [K in keyof Input]: Field }, Output, E>(
    operation: Operation<Input, Output, E>,
  ): (input: Input) => Effect.Effect<Output, E>
  function compile(operation: Operation<Fields, unknown, unknown>) {
    const base = platform.hosts[operation.host] ?? ""
    const origin = new URL(base).origin
    const segments = operation.path.split(/\{(\w+)\}/)
    const readValue =
      operation.success.schema === undefined ? undefined : makeValueReader(operation.name, operation.success.schema)
    const telemetry = Telemetry.make(operation, new URL(base))

    const prepare = (input: Fields): HttpClientRequest.HttpClientRequest => {
      // Every other segment is the name of a field: `split` with a group puts it between the fixed parts.
      const path = segments.map((part, i) => (i % 2 === 0 ? part : encodeURIComponent(expose(input[part])))).join("")
      const query =
        operation.query === undefined
          ? ""
          : new URLSearchParams(
              named(operation.query, input, expose).map(([name, value]): [string, string] => [name, value]),
            ).toString()
      const request = HttpClientRequest.make(operation.method)(base + path + (query === "" ? "" : `?${query}`), {
        headers,
      })
      if (operation.body === undefined) return request
      const body = Object.fromEntries(named(operation.body, input, plain))
      return HttpClientRequest.setBody(request, HttpBody.text(JSON.stringify(body), "application/json"))
    }

    const connectionFailed = (error: HttpClientError.HttpClientError): ApiError.ConnectionFailed =>
      new ApiError.ConnectionFailed({ operation: operation.name, origin, ...noAnswer(error) })

    const attempt = (
      { input, limits }: Call,
      left: number,
      answered: (status: number) => void,
    ): Effect.Effect<unknown, CallFailure> =>
      Effect.suspend(() => {
        let refused: HttpClientResponse.HttpClientResponse | undefined
        return client.execute(prepare(input)).pipe(
          // A client that was told to fail on error statuses still has the answer.
          Effect.catchTag("HttpClientError", (error) =>
            error.reason._tag === "StatusCodeError" ? Effect.succeed(error.reason.response) : Effect.fail(error),
          ),
          Effect.flatMap((response): Effect.Effect<unknown, CallFailure | HttpClientError.HttpClientError> => {
            if (response.status !== hiddenRedirect) answered(response.status)
            if (response.status === operation.success.status) {
              return readValue === undefined ? Effect.void : readValue(response)
            }
            refused = response
            return Effect.flatMap(readDetail(response, platform.readErrorBody, maskFor(input)), (detail) =>
              answeredError(operation, input, response, detail),
            )
          }),
          Effect.catchTag("HttpClientError", (error) => Effect.fail(connectionFailed(error))),
          Effect.scoped,
          Effect.provideContext(transportContext),
          Effect.timeoutOrElse({
            duration: Math.min(limits.attemptTimeout, left),
            orElse: (): Effect.Effect<never, CallFailure> =>
              // An error whose body does not come is still that error.
              refused === undefined
                ? Effect.fail(timedOut(limits, left))
                : answeredError(operation, input, refused, noDetail),
          }),
        )
      })

    const timedOut = ({ attemptTimeout, deadline }: CallLimits, left: number): ApiError.TimedOut =>
      left < attemptTimeout
        ? new ApiError.TimedOut({ operation: operation.name, limit: "deadline", after: Duration.millis(deadline) })
        : new ApiError.TimedOut({
            operation: operation.name,
            limit: "attemptTimeout",
            after: Duration.millis(attemptTimeout),
          })

    /** `inDoubt`: an attempt before this one may have taken effect. */
    const send = (call: Call, next: Telemetry.Attempt, inDoubt: boolean): Effect.Effect<unknown, AnyFailure> =>
      Effect.suspend(() => {
        const sentAt = call.clock.currentTimeMillisUnsafe()
        const left = timeLeft(call)
        return Effect.catch(
          telemetry.attempt(next, (answered) => attempt(call, left, answered)),
          (failure) => {
            if (inDoubt && operation.doneWhenAbsent === true && "status" in failure && failure.status === 404) {
              return Effect.void
            }
            const failedAt = call.clock.currentTimeMillisUnsafe()
            const settled = Effect.fail(settle(operation, call.input, { sentAt, failedAt, inDoubt }, failure))
            if (next.number > call.limits.retries || !mayResend(operation.safety, failure)) return settled
            return Effect.flatMap(Random.next, (random) => {
              const wait = waitAfter(next.number, failure, random)
              if (wait >= timeLeft(call)) return settled
              const again = { number: next.number + 1, waited: wait }
              // A busy machine may wake up late: what is sent after the deadline is sent for nobody.
              return Effect.andThen(
                Effect.sleep(wait),
                Effect.suspend(() =>
                  timeLeft(call) > 0 ? send(call, again, inDoubt || isInconclusive(failure)) : settled,
                ),
              )
            })
          },
        )
      })

    return (input: Fields): Effect.Effect<unknown, AnyFailure> =>
      Effect.withFiber((fiber) => {
        const limits = readLimits(operation.name, fiber.getRef(CurrentLimits), platform.limits)
        if (Result.isFailure(limits)) return Effect.fail(limits.failure)
        const clock = fiber.getRef(Clock.Clock)
        const call = { input, limits: limits.success, clock, startedAt: clock.monotonicTimeNanosUnsafe() }
        return telemetry.call(clock, send(call, first, false))
      })
  }

  return compile
}
