/** Plans of faults as plain data, and which faults of a plan strike a call. */
import * as Schema from "effect/Schema"
import { mix } from "../mix.ts"
import { type RemoteOperation, remoteOperations } from "../services.ts"

const expecting = (expected: string, holds: (value: number) => boolean) =>
  Schema.Number.annotate({ expected }).check(Schema.makeFilter(holds, { expected }))

const Ordinal = expecting("a whole number of at least 1", (value) => Number.isSafeInteger(value) && value >= 1)

/**
 * An answer with an error, and a body that says so. A 1xx is no answer, it announces one. A 304 answers conditional
 * requests, which nobody here sends, and has no body.
 */
const ErrorStatus = expecting(
  "the status of an error: a whole number from 300 to 599, other than 304",
  (value) => Number.isInteger(value) && value >= 300 && value <= 599 && value !== 304,
)

const afterEffect = Schema.optionalKey(Schema.Boolean)

export const BodyFault = Schema.Literals(["empty", "garbled", "truncated", "oversized"])

export const Fault = Schema.Union([
  Schema.TaggedStruct("Latency", {
    millis: expecting("a finite number of milliseconds, 0 or more", (value) => Number.isFinite(value) && value >= 0),
  }),
  Schema.TaggedStruct("Refused", {}),
  Schema.TaggedStruct("Reset", { afterEffect }),
  Schema.TaggedStruct("Timeout", { afterEffect }),
  Schema.TaggedStruct("Status", {
    status: ErrorStatus,
    retryAfter: Schema.optionalKey(
      expecting("a whole number of seconds, 0 or more", (value) => Number.isSafeInteger(value) && value >= 0),
    ),
    afterEffect,
  }),
  Schema.TaggedStruct("Body", { body: BodyFault }),
])

export type Fault = typeof Fault.Type

const someOf = <S extends Schema.Constraint>(schema: S) =>
  Schema.Array(schema).check(Schema.isMinLength(1, { expected: "at least one, or left out" }))

const RemoteOperationName = Schema.Literals(remoteOperations)

export const Rule = Schema.Struct({
  operation: Schema.Literals([...remoteOperations, "any"]),
  call: Schema.optionalKey(Ordinal),
  from: Schema.optionalKey(Ordinal),
  times: Schema.optionalKey(Ordinal),
  fault: Fault,
}).check(
  Schema.makeFilter(({ call, from, times }) =>
    call === undefined || (from === undefined && times === undefined)
      ? undefined
      : { path: ["call"], issue: "must be left out where from or times is given" },
  ),
)

export type Rule = typeof Rule.Type

export const Plan = Schema.Union([
  Schema.TaggedStruct("Script", { rules: Schema.Array(Rule) }),
  Schema.TaggedStruct("Random", {
    seed: expecting("a whole number", Number.isSafeInteger),
    rate: expecting("a number from 0 to 1", (value) => value >= 0 && value <= 1),
    faults: Schema.optionalKey(someOf(Fault)),
    operations: Schema.optionalKey(someOf(RemoteOperationName)),
  }),
])

export type Plan = typeof Plan.Type

/** All that a plan may inflict. */
export const faultsOf = (plan: Plan): ReadonlyArray<Fault> =>
  plan._tag === "Script" ? plan.rules.map(({ fault }) => fault) : (plan.faults ?? [])

type RandomPlan = Extract<Plan, { readonly _tag: "Random" }>

/** Something of each kind, on both sides of the effect where that makes a difference. */
const defaultFaults: ReadonlyArray<Fault> = [
  { _tag: "Latency", millis: 1000 },
  { _tag: "Refused" },
  { _tag: "Reset" },
  { _tag: "Reset", afterEffect: true },
  { _tag: "Timeout" },
  { _tag: "Timeout", afterEffect: true },
  { _tag: "Status", status: 429, retryAfter: 1 },
  { _tag: "Status", status: 500 },
  { _tag: "Status", status: 500, afterEffect: true },
  { _tag: "Status", status: 502 },
  { _tag: "Status", status: 503, retryAfter: 1 },
  { _tag: "Status", status: 504, afterEffect: true },
  { _tag: "Body", body: "empty" },
  { _tag: "Body", body: "garbled" },
  { _tag: "Body", body: "truncated" },
  { _tag: "Body", body: "oversized" },
]

/** One call, counted from 1: as the how manieth of its operation, and of all operations. */
interface CountedCall {
  readonly operation: RemoteOperation
  readonly ofOperation: number
  readonly ofAll: number
}

/** What becomes of a call: how long it is held up, in milliseconds, and what then goes wrong. */
export interface InjectedFault {
  readonly latency: number
  readonly fault: Exclude<Fault, { readonly _tag: "Latency" }> | undefined
}

const combine = (faults: ReadonlyArray<Fault>): InjectedFault => {
  let latency = 0
  let first: InjectedFault["fault"]
  for (const fault of faults) {
    if (fault._tag === "Latency") latency += fault.millis
    else first ??= fault
  }
  return { latency, fault: first }
}

const isStruck = (rule: Rule, call: CountedCall): boolean => {
  if (rule.operation !== "any" && rule.operation !== call.operation) return false
  const count = rule.operation === "any" ? call.ofAll : call.ofOperation
  if (rule.call !== undefined) return count === rule.call
  const from = rule.from ?? 1
  return count >= from && (rule.times === undefined || count < from + rule.times)
}

/** The order of calls of different operations makes no difference, so that a race does not change what strikes whom. */
const drawn = (plan: RandomPlan, call: CountedCall): ReadonlyArray<Fault> => {
  const { faults = defaultFaults, operations = remoteOperations } = plan
  if (!operations.includes(call.operation)) return []
  const ofPlan = mix(plan.seed ^ 0x2545f491)
  const ofOperation = mix(ofPlan + Math.imul(remoteOperations.indexOf(call.operation) + 1, 0x9e3779b1))
  const draw = mix(ofOperation + call.ofOperation)
  const fault = faults[mix(draw ^ 0x5bd1e995) % faults.length]
  return fault !== undefined && draw / 2 ** 32 < plan.rate ? [fault] : []
}

/** What a plan does to a call. */
export const injectedFaultOf = (plan: Plan, call: CountedCall): InjectedFault =>
  combine(
    plan._tag === "Random"
      ? drawn(plan, call)
      : plan.rules.filter((rule) => isStruck(rule, call)).map((rule) => rule.fault),
  )

/** What a plan does to the next call of an operation. */
export type Planner = (operation: RemoteOperation) => InjectedFault

/** Counts the calls of one run of a plan. */
const makePlanner = (plan: Plan): Planner => {
  const counts = new Map<RemoteOperation, number>()
  let ofAll = 0
  return (operation) => {
    const ofOperation = (counts.get(operation) ?? 0) + 1
    counts.set(operation, ofOperation)
    ofAll += 1
    return injectedFaultOf(plan, { operation, ofOperation, ofAll })
  }
}

/** A plan that can be changed while it is followed. */
export interface Switch {
  readonly planner: Planner
  readonly plan: () => Plan
  /** Whether nothing can go wrong, whatever is called: then calls need not be counted. */
  readonly isNone: () => boolean
  /** The new plan counts calls from now on. */
  readonly set: (plan: Plan) => void
}

/** Nothing goes wrong. */
export const none: Plan = { _tag: "Script", rules: [] }

export const makeSwitch = (first: Plan): Switch => {
  let plan = first
  let planner = makePlanner(first)
  return {
    planner: (operation) => planner(operation),
    plan: () => plan,
    isNone: () => plan._tag === "Script" && plan.rules.length === 0,
    set: (next) => {
      plan = next
      planner = makePlanner(next)
    },
  }
}
