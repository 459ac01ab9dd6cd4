/** The requests that control the sandbox itself, for tests in any language: their shapes, and how one is answered. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { faultsOf, Plan } from "../faults/faultPlan.ts"
import { Snapshot } from "../journal/callLog.ts"
import type { Now } from "../simulation.ts"
import { type ErrorResponse, type Problem, problemsOf, readJson, type Request } from "./request.ts"

export const controlPath = "/_sandbox"

export const ClockState = Schema.Struct({
  now: Schema.String.annotate({ description: "The platforms' time, ISO 8601" }),
  frozen: Schema.Boolean.annotate({ description: "Whether it stands still but for `advance`" }),
}).annotate({ identifier: "Clock" })

const aCentury = 100 * 365 * 24 * 60 * 60 * 1000

export const ClockChange = Schema.Struct({
  frozen: Schema.optionalKey(Schema.Boolean),
  advance: Schema.optionalKey(
    Schema.Int.check(
      Schema.isBetween(
        { minimum: 0, maximum: aCentury },
        { expected: "a whole number of milliseconds, from 0 to a hundred years" },
      ),
    ),
  ).annotate({ description: "How far to move it on, in milliseconds" }),
})

export const WireSnapshot = Schema.Struct({ id: Schema.Int }).annotate({ identifier: "Snapshot" })

export const ServedPlan = Plan.annotate({ identifier: "Faults" }).check(
  Schema.makeFilter((plan) =>
    faultsOf(plan).some(({ _tag }) => _tag === "Refused")
      ? "Refused cannot be planned here: the connection is there by the time of the call. Reset breaks it."
      : undefined,
  ),
)

export const Journal = Snapshot.annotate({ identifier: "Journal" })

type Invalid = (problems: ReadonlyArray<Problem>) => ErrorResponse

/** Answers one kind of request to the sandbox itself. */
export interface ControlRoute {
  readonly method: string
  /** The pattern of its path. The first group is the parameter of the path. */
  readonly path: RegExp
  /** Gives the response's body, if it has one. */
  readonly answer: (
    request: Request,
    now: Now,
    parameter: string,
    invalid: Invalid,
  ) => Result.Result<string | undefined, ErrorResponse>
  /** The status of the response where there is no error. */
  readonly status: 200 | 201 | 204
}

/** Reads the payload. A misspelt field may mean the contrary of what was meant: none is passed over. */
export const payload = <A>(schema: Schema.ConstraintDecoder<A>) => {
  const decode = Schema.decodeUnknownResult(schema, { onExcessProperty: "error" })
  return (request: Request, invalid: Invalid): Result.Result<A, ErrorResponse> =>
    Result.flatMap(readJson(request), (json) => Result.mapError(decode(json), (error) => invalid(problemsOf(error))))
}

export const noPayload = (): Result.Result<undefined> => Result.succeed(undefined)

/** Makes a route. `:id` in its path stands for the parameter. */
export const route = <Payload, Given, Encoded>(
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE",
  path: string,
  options: {
    readonly read: (request: Request, invalid: Invalid) => Result.Result<Payload, ErrorResponse>
    /** The schema of the response's body. Left out where there is none. */
    readonly success?: Schema.Codec<Given, Encoded>
    readonly status: ControlRoute["status"]
  },
  perform: (payload: Payload, now: Now, parameter: string) => Result.Result<Given, ErrorResponse>,
): ControlRoute => {
  const encode = options.success && Schema.encodeSync(options.success)
  return {
    method,
    path: new RegExp(`^${controlPath}${path.replace(":id", "([^/]+)")}$`),
    status: options.status,
    answer: (request, now, parameter, invalid) =>
      Result.map(
        Result.flatMap(options.read(request, invalid), (payload) => perform(payload, now, parameter)),
        (given) => encode && JSON.stringify(encode(given)),
      ),
  }
}
