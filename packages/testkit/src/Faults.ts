/**
 * Plans that make calls slow, refused, cut off or garbled, before or after they took effect. `inject` puts a layer of
 * services, or of a `Transport`, under a plan.
 *
 * A plan is plain data, scripted or drawn from a seed, and goes through JSON by its schema. Wrong arguments throw
 * `ApiError.InvalidRequest`, which names the field.
 *
 * A fault *after the effect* needs an effect: a call that the vendor refuses fails as the vendor says.
 *
 * All time passes on `Clock`. Under `TestClock` a call that waits, for a latency or for an answer that never comes, waits
 * until the test moves the clock: run it beside the test (`Effect.forkChild`), then `TestClock.adjust`.
 *
 * The services of a control have no faults, such as those of `control.as(control.account)` with `NeuroioControl`.
 *
 * @since 0.1.0
 */
import { ApiError } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as fc from "fast-check"
import * as FaultPlan from "./internal/faults/faultPlan.ts"
import { faultyOperations } from "./internal/faults/faultyServices.ts"
import { wrapTransport } from "./internal/faults/faultyTransport.ts"
import { mapLayer } from "./internal/service.ts"
import { type RemoteOperation, remoteOperations, wrapServices } from "./internal/services.ts"

/**
 * An operation that a fault can strike. A stream is lists: each of its pages counts as a call of `list`.
 *
 * @since 0.1.0
 */
export type Operation = RemoteOperation

/**
 * A fault of a call, as plain data.
 *
 * - `Latency`: the call is held up for `millis` before anything else happens.
 * - `Refused`: no connection. Nothing was sent.
 * - `Reset`: the connection breaks.
 * - `Timeout`: no answer ever.
 * - `Status`: an answer with that error. `retryAfter` is in seconds.
 * - `Body`: the call succeeds, and the body of its answer is corrupt.
 *
 * With `afterEffect: true` the call is done all the same.
 *
 * @since 0.1.0
 */
export const Fault = FaultPlan.Fault

/** @since 0.1.0 */
export type Fault = FaultPlan.Fault

/**
 * Which calls of an operation (of all operations, with `"any"`) a fault strikes, counted from 1: `call` is one of them,
 * `from` the first of all later ones, `times` how many from there. Without any of them it is every call.
 *
 * @since 0.1.0
 */
export const Rule = FaultPlan.Rule

/** @since 0.1.0 */
export type Rule = FaultPlan.Rule

/**
 * Rules, or a seed to draw from. A plan counts calls from where its layer was built.
 *
 * @example
 * import { Faults } from "@effect-tokens/testkit"
 * import { Schema } from "effect"
 *
 * const plan = Schema.decodeUnknownEffect(Faults.Plan)({
 *   _tag: "Script",
 *   rules: [{ operation: "any", from: 3, fault: { _tag: "Status", status: 429, retryAfter: 2 } }],
 * })
 *
 * @since 0.1.0
 */
export const Plan = FaultPlan.Plan

/** @since 0.1.0 */
export type Plan = FaultPlan.Plan

const refuse = (operation: string, field: string, problem: string): never => {
  throw new ApiError.InvalidRequest({ operation, field, problem })
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** Types are no guard: JavaScript calls this too. A misspelt `afterEffect` must not pass for the contrary of itself. */
const checked = <S extends Schema.ConstraintDecoder<unknown>>(
  operation: string,
  subject: string,
  schema: S,
  input: unknown,
): S["Type"] => {
  const decoded = Schema.decodeUnknownResult(schema, {
    errors: "first",
    reportInput: false,
    onExcessProperty: "error",
  })(input)
  if (Result.isSuccess(decoded)) return decoded.success
  const [issue] = format(decoded.failure.issue).issues
  const path = (issue?.path ?? []).map((segment) => String(typeof segment === "object" ? segment.key : segment))
  const problem = (issue?.message ?? "Expected another value").replace(/^Expected /, "must be ")
  return refuse(operation, path.length === 0 ? subject : path.join("."), problem)
}

const checkedMillis = (operation: string, field: string, duration: Duration.Input): number => {
  // `Duration` takes NaN for zero. Here it is a mistake.
  const input = Number.isNaN(duration) ? Option.none() : Duration.fromInput(duration)
  const millis = Option.match(input, { onNone: () => Number.NaN, onSome: Duration.toMillis })
  return Number.isFinite(millis) && millis >= 0
    ? millis
    : refuse(operation, field, 'must be a duration of 0 or more, such as "3 seconds" or a number of milliseconds')
}

/**
 * Holds a call up.
 *
 * @since 0.1.0
 */
export const latency = (duration: Duration.Input): Fault => ({
  _tag: "Latency",
  millis: checkedMillis("Faults.latency", "duration", duration),
})

/**
 * Refuses the connection: `ConnectionFailed`, and nothing was sent.
 *
 * @since 0.1.0
 */
export const refused: Fault = { _tag: "Refused" }

/** @since 0.1.0 */
export interface EffectOptions {
  /** True when the call is done all the same. Defaults to `false`. */
  readonly afterEffect?: boolean | undefined
}

/** Leaves `undefined` out: plain data has none. */
const given = ({ afterEffect }: EffectOptions) => (afterEffect === undefined ? {} : { afterEffect })

/**
 * Breaks the connection: `ConnectionFailed`, and the request may have been sent.
 *
 * @since 0.1.0
 */
export const reset = (options: EffectOptions = {}): Fault =>
  checked("Faults.reset", "options", Fault, { _tag: "Reset", ...given(options) })

/**
 * Never answers: `TimedOut`, when the client's time is up.
 *
 * @since 0.1.0
 */
export const timeout = (options: EffectOptions = {}): Fault =>
  checked("Faults.timeout", "options", Fault, { _tag: "Timeout", ...given(options) })

/** @since 0.1.0 */
export interface StatusOptions extends EffectOptions {
  /** The wait that the answer asks for, rounded up to seconds as its header has it. By default it asks for none. */
  readonly retryAfter?: Duration.Input | undefined
}

/**
 * Answers with an error: a status from 300 to 599. 304 is none, since its answer has no body.
 *
 * @example
 * import { Faults } from "@effect-tokens/testkit"
 *
 * const busy = Faults.status(503, { retryAfter: "2 seconds" })
 *
 * @since 0.1.0
 */
export const status = (status: number, options: StatusOptions = {}): Fault =>
  checked("Faults.status", "options", Fault, {
    _tag: "Status",
    status,
    ...(options.retryAfter === undefined
      ? {}
      : { retryAfter: Math.ceil(checkedMillis("Faults.status", "retryAfter", options.retryAfter) / 1000) }),
    ...given(options),
  })

/**
 * Does the call, and corrupts the body of its answer: `MalformedResponse`. `truncated` cuts it in the middle; `oversized`
 * makes it larger than 1 MiB, which is more than a client reads. An answer without a body, such as that to `delete`, stays
 * as it is.
 *
 * @since 0.1.0
 */
export const body = (body: "empty" | "garbled" | "truncated" | "oversized"): Fault =>
  checked("Faults.body", "options", Fault, { _tag: "Body", body })

/**
 * The calls of a rule, counted from 1 as the vendor sees them: one of them, or `times` of them `from` one on.
 *
 * @since 0.1.0
 */
export type Calls =
  | { readonly call: number; readonly from?: undefined; readonly times?: undefined }
  | { readonly call?: undefined; readonly from?: number | undefined; readonly times?: number | undefined }

/**
 * A rule of a script: this fault, on these calls of this operation. `"any"` counts the calls of all operations
 * together. `calls` defaults to every call.
 *
 * @since 0.1.0
 */
export const on = (operation: Operation | "any", fault: Fault, calls: Calls = {}): Rule =>
  checked("Faults.on", "calls", Rule, {
    operation,
    ...Object.fromEntries(Object.entries(calls).filter(([, value]) => value !== undefined)),
    fault,
  })

/**
 * A plan of rules. Where several strike one call, their latencies add up, and the first other fault is what happens.
 *
 * @example
 * import { Tokens } from "@effect-tokens/core"
 * import { Faults, NeuroioMemory } from "@effect-tokens/testkit"
 * import { Effect, Layer } from "effect"
 *
 * const plan = Faults.script(
 *   Faults.on("any", Faults.latency("3 seconds")),
 *   Faults.on("Tokens.create", Faults.status(503, { afterEffect: true }), { call: 2 }),
 * )
 *
 * // The second token is made, and its creation fails with `OutcomeUnknown`.
 * const program = Effect.gen(function* () {
 *   const tokens = yield* Tokens
 *   yield* tokens.create()
 *   return yield* tokens.create()
 * }).pipe(Effect.provide(NeuroioMemory.layer.pipe(Faults.inject(plan))))
 *
 * @since 0.1.0
 */
export const script = (...rules: ReadonlyArray<Rule>): Plan =>
  checked("Faults.script", "rules", Plan, { _tag: "Script", rules })

/**
 * A plan that draws faults: from the seed, and from the call's position among calls of its operation, counted from 1.
 *
 * @since 0.1.0
 */
export const random = (options: {
  /** A whole number. */
  readonly seed: number
  /** The share of the calls that are struck, from 0 (none) to 1 (each). */
  readonly rate: number
  /** The faults to draw from. Defaults to faults of each kind, with latencies of 1 second. */
  readonly faults?: ReadonlyArray<Fault> | undefined
  /** The operations that may be struck. Defaults to all. */
  readonly operations?: ReadonlyArray<Operation> | undefined
}): Plan =>
  checked("Faults.random", "options", Plan, {
    _tag: "Random",
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  })

const statuses = [301, 400, 401, 403, 404, 408, 409, 422, 429, 500, 501, 502, 503, 504, 507]

const plain = { noNullPrototype: true } as const

const ordinal = fc.integer({ min: 1, max: 5 })
const effect = { _tag: fc.constantFrom("Reset" as const, "Timeout" as const), afterEffect: fc.boolean() }

const arbitraryFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ _tag: fc.constant("Latency" as const), millis: fc.integer({ min: 0, max: 5000 }) }, plain),
  fc.record({ _tag: fc.constant("Refused" as const) }, plain),
  fc.record(effect, { ...plain, requiredKeys: ["_tag"] }),
  fc.record(
    {
      _tag: fc.constant("Status" as const),
      status: fc.constantFrom(...statuses),
      retryAfter: fc.integer({ min: 0, max: 10 }),
      afterEffect: fc.boolean(),
    },
    { ...plain, requiredKeys: ["_tag", "status"] },
  ),
  fc.record({ _tag: fc.constant("Body" as const), body: fc.constantFrom(...FaultPlan.BodyFault.literals) }, plain),
)

/**
 * Plans, for properties that must hold under all faults: mostly scripts of up to 5 rules, which shrink to those that
 * matter.
 *
 * @example
 * import type { Tokens } from "@effect-tokens/core"
 * import { Faults, NeuroioMemory } from "@effect-tokens/testkit"
 * import { Effect, Layer } from "effect"
 * import * as fc from "fast-check"
 *
 * declare const program: Effect.Effect<void, never, Tokens>
 *
 * // The program survives all faults of its creates.
 * const property = fc.asyncProperty(Faults.arbitrary({ operations: ["Tokens.create"] }), (plan) =>
 *   Effect.runPromise(Effect.provide(program, NeuroioMemory.layer.pipe(Faults.inject(plan)))),
 * )
 *
 * @since 0.1.0
 */
export const arbitrary = (
  options: {
    /** The operations that may be struck. Defaults to all. */
    readonly operations?: ReadonlyArray<Operation> | undefined
    /** True when some plans strike for ever. Defaults to `false`: each plan ends after 25 calls at the most. */
    readonly endless?: boolean | undefined
  } = {},
): fc.Arbitrary<Plan> => {
  const { endless = false } = options
  const operations = options.operations ?? remoteOperations
  if (operations.length === 0) refuse("Faults.arbitrary", "operations", "must be at least one, or left out")
  const operation =
    options.operations === undefined ? fc.constantFrom(...operations, "any" as const) : fc.constantFrom(...operations)
  const ending = fc.oneof(
    fc.record({ operation, call: ordinal, fault: arbitraryFault }, plain),
    fc.record({ operation, from: ordinal, times: ordinal, fault: arbitraryFault }, plain),
  )
  const script = (rule: fc.Arbitrary<Rule>) =>
    fc.record({ _tag: fc.constant("Script" as const), rules: fc.array(rule, { maxLength: 5 }) }, plain)
  if (!endless) return script(ending)

  const rule = fc.oneof(
    ending,
    fc.record({ operation, from: ordinal, fault: arbitraryFault }, { ...plain, requiredKeys: ["operation", "fault"] }),
  )
  const random = fc.record(
    {
      _tag: fc.constant("Random" as const),
      seed: fc.nat(),
      rate: fc.constantFrom(0, 0.1, 0.5, 1),
      operations: fc.constant(operations),
    },
    plain,
  )
  return fc.oneof({ weight: 4, arbitrary: script(rule) }, { weight: 1, arbitrary: random })
}

/**
 * A plan in which nothing goes wrong.
 *
 * @since 0.1.0
 */
export const none: Plan = FaultPlan.none

/**
 * Changes the plan of a layer in the middle of a test: the vendor goes down, and comes up again. The new plan counts calls
 * from there on.
 *
 * @example
 * import { Faults } from "@effect-tokens/testkit"
 * import { Effect } from "effect"
 * import { TestClock } from "effect/testing"
 *
 * const down = Faults.script(Faults.on("any", Faults.status(503)))
 *
 * const anHourDown = Effect.gen(function* () {
 *   const plan = yield* Faults.CurrentPlan
 *   yield* plan.set(down)
 *   yield* TestClock.adjust("1 hour")
 *   yield* plan.set(Faults.none)
 * })
 *
 * @since 0.1.0
 */
export class CurrentPlan extends Context.Service<
  CurrentPlan,
  {
    /** Changes the plan. A wrong one throws `ApiError.InvalidRequest`. */
    readonly set: (plan: Plan) => Effect.Effect<void>
  }
>()("@effect-tokens/testkit/Faults/CurrentPlan") {}

/** @since 0.1.0 */
export interface InjectOptions {
  /** The time that a client waits for an answer, with the latency in it. A duration of 0 or more. Defaults to 4 seconds. */
  readonly attemptTimeout?: Duration.Input | undefined
}

/**
 * Puts all that a layer gives under one plan, and gives `CurrentPlan` beside it.
 *
 * - A service fails as the client does when the fault meets its last attempt, and after the same time: no retry hides it.
 *   A call that is refused as `InvalidRequest` is not made, so that it is neither struck nor counted.
 * - A `Transport` fails under the client, whose retries hide what they can. Each attempt is a request, and counts.
 *   Requests of no operation pass.
 *
 * @example
 * import { Neuroio, Transport } from "@effect-tokens/core"
 * import { Faults, NeuroioMemory } from "@effect-tokens/testkit"
 * import { Layer, Redacted } from "effect"
 *
 * const plan = Faults.random({ seed: 1, rate: 0.2 })
 *
 * const UnreliableService = NeuroioMemory.layer.pipe(Faults.inject(plan))
 *
 * const UnreliableTransport = Neuroio.layer({ apiToken: Redacted.make("…") }).pipe(
 *   Layer.provide(Transport.layerHttpClient.pipe(Faults.inject(plan))),
 * )
 *
 * @since 0.1.0
 */
export const inject = (plan: Plan, options: InjectOptions = {}) => {
  const attemptTimeout = Duration.millis(
    checkedMillis("Faults.inject", "attemptTimeout", options.attemptTimeout ?? "4 seconds"),
  )
  const first = checked("Faults.inject", "plan", Plan, plan)
  return <S, E, R>(layer: Layer.Layer<S, E, R>): Layer.Layer<S | CurrentPlan, E, R> =>
    mapLayer(layer, (context) => {
      const { planner, set } = FaultPlan.makeSwitch(first)
      const faulty = wrapServices(context, (service, operations) =>
        faultyOperations(service, operations, planner, attemptTimeout),
      )
      return Context.add(wrapTransport(faulty, planner), CurrentPlan, {
        set: (next) => Effect.sync(() => set(checked("Faults.CurrentPlan.set", "plan", Plan, next))),
      })
    })
}
