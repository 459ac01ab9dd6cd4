/**
 * Laws that check answers against the model: those to calls one after another, and those to calls at the same time.
 *
 * Rules: docs/rules/umaaas.md
 */
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import { branchesOf, type Execution, runRace, runSequence } from "../../../internal/laws/execution.ts"
import { makeInterpreter } from "../../../internal/laws/interpreter.ts"
import { makeCalls } from "./calls.ts"
import { type Call, call, command } from "./commands.ts"
import { all } from "./expectations.ts"
import { apiTokenSpecification, type Model, type ModelCall, modelOf, type Observed, observe } from "./model.ts"
import { type Actor, law, type Subject } from "./subject.ts"

const executionOf = ({
  account,
  clock,
  credential,
  history,
  name,
}: Subject & Required<Pick<Subject, "credential">>): Execution<Model, Call, ModelCall, Observed> => {
  const calls = makeCalls()
  const owner: readonly [ModelCall["caller"], Actor] = ["account", account]
  const interpreter = makeInterpreter({
    owners: { account: owner },
    as: credential.as,
    holder: (ordinal) => {
      const { credential, token } = calls.holder(ordinal)
      const { clientId, clientSecret } = credential
      const caller = { clientId, clientSecret: Redacted.value(clientSecret) }
      return { credential, caller, name: token && name(token) }
    },
    resolve: calls.resolve,
    perform: ({ tokens }: Actor, call) => calls.perform(tokens, call),
    observe,
  })
  return { specification: apiTokenSpecification, interpreter, history, clock }
}

/** Lists everything afterwards. That shows wrong effects of calls whose answers were right. */
const lookBack: Call = { do: "list", as: "account", name: null, bounds: null, limit: 100 }

export const story = law({
  id: "story",
  rules: ["U1", "U2", "U3", "U4", "U5", "U6", "U7", "U8", "U9", "U10", "U11"],
  description: "Any sequence of calls, by the account or holders of tokens, is answered as the rules say.",
  needs: ["clock", "credential"],
  // Without a size, no array is much longer than 10.
  arbitrary: fc.array(command, { maxLength: 30, size: "max" }),
  *check(subject, commands) {
    const model = modelOf(yield* all(subject.account.tokens), yield* subject.clock.now)
    yield* runSequence(executionOf(subject), model, [...commands, lookBack])
  },
})

/** Number of tokens with all permissions to begin with, so that callers can be deleted while they call. */
const managers = fc.oneof(
  { withCrossShrink: true },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }) },
)

const manager: Call = { do: "create", as: "account", name: "a", permissions: ["VIEW", "MANAGE"] }

export const race = law({
  id: "race",
  rules: ["U12"],
  description: "Calls at the same time are answered as they would be in some order, one after another.",
  needs: ["credential", "concurrency"],
  arbitrary: fc.record({ managers, before: fc.array(call, { maxLength: 3 }), branches: branchesOf(call) }),
  *check(subject, { before, branches, managers }) {
    const execution = executionOf(subject)
    const begin = modelOf(yield* all(subject.account.tokens), undefined)
    const first = [...Array.from({ length: managers }, () => manager), ...before]
    const model = yield* runSequence(execution, begin, first)
    yield* runRace(execution, model, branches, [lookBack])
  },
})
