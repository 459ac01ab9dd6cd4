/**
 * Laws that check answers against the model: those to calls one after another, and those to calls at the same time.
 *
 * Rules: docs/rules/neuroio.md
 */
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import { branchesOf, type Execution, runRace, runSequence } from "../../../internal/laws/execution.ts"
import { makeInterpreter } from "../../../internal/laws/interpreter.ts"
import type { Family, OwnerKind } from "../../NeuroioRules.ts"
import { makeCalls } from "./calls.ts"
import * as Commands from "./commands.ts"
import { type Model, type ModelCall, modelOf, type Observed, observe, tokenSpecification } from "./model.ts"
import { type Actor, law, serviceNames, type Subject } from "./subject.ts"

/** The model calls owners by their place in this list. */
type Owners = ReadonlyArray<readonly [OwnerKind, Actor]>

const executionOf = (
  { account, clock, credential, history }: Subject & Required<Pick<Subject, "credential">>,
  owners: Owners,
): Execution<Model, Commands.Call, ModelCall, Observed> => {
  const calls = makeCalls()
  const callers = owners.map(([kind, actor], i): [string, readonly [ModelCall["caller"], Actor]] => [kind, [i, actor]])
  const interpreter = makeInterpreter({
    owners: Object.fromEntries(callers),
    as: credential.as,
    holder: (ordinal) => {
      const { family, key, token } = calls.holder(ordinal)
      const name = family && token && history.name(serviceNames[family], token.id)
      return { credential: key, caller: Redacted.value(key), name }
    },
    resolve: calls.resolve,
    perform: ({ others, tokens }: Actor, call) => calls.perform(call.family === account.family ? tokens : others, call),
    observe,
  })
  return { specification: tokenSpecification, interpreter, history, clock }
}

/** Numbers of permanent tokens to begin with. Often one place is left, for two calls to race for. */
const manySlots = [0, 1, 2, 3, 4, 4, 4, 4, 5]
const slots = fc.nat({ max: manySlots.length - 1 }).map(
  (i) => manySlots[i] ?? 0,
  // A replay from JSON has a number, and no place in the list.
  (count) => manySlots.findIndex((other) => other === count),
)

const filling = (family: Family, count: number): ReadonlyArray<Commands.Call> =>
  Array.from({ length: count }, () => ({ do: "create", as: "account", family, permanent: true }))

const families = (family: Family): ReadonlyArray<Family> =>
  family === "tokens" ? ["tokens", "streamTokens"] : ["streamTokens", "tokens"]

/** Lists everything afterwards. That shows wrong effects of calls whose answers were right. */
const lookBack = (family: Family): ReadonlyArray<Commands.Call> =>
  families(family).map((family) => ({ do: "list", as: "account", family, permanent: null, limit: 100, offset: 0 }))

export const story = (family: Family) =>
  law({
    id: "story",
    rules: ["N1", "N2", "N3", "N4", "N5", "N6", "N8", "N9", "N10", "N11", "N12", "N13", "N14", "N15", "N16", "N17"],
    description: "Any sequence of calls, by any owner or holder of a token, is answered as the rules say.",
    needs: ["clock", "otherOwner", "credential", "destructive"],
    arbitrary: fc.record({
      slots,
      commands: fc.array(
        Commands.command({ families: families(family), callers: ["account", "space", "manager", "token"] }),
        // Without a size, no array is much longer than 10.
        { maxLength: 30, size: "max" },
      ),
    }),
    *check(subject, { commands, slots }) {
      const owners: Owners = [
        ["account", subject.account],
        ["space", yield* subject.otherOwner.add("space")],
        ["manager", yield* subject.otherOwner.add("manager")],
      ]
      const model = modelOf(
        yield* subject.clock.now,
        owners.map(([kind]) => kind),
      )
      const all = [...filling(family, slots), ...commands, ...lookBack(family)]
      yield* runSequence(executionOf(subject, owners), model, all)
    },
  })(family)

export const race = (family: Family) => {
  const call = Commands.call({ families: families(family), callers: ["account", "token"] })
  return law({
    id: "race",
    rules: ["N18"],
    description: "Calls at the same time are answered as they would be in some order, one after another.",
    needs: ["clock", "credential", "concurrency", "destructive"],
    arbitrary: fc.record({ slots, before: fc.array(call, { maxLength: 5 }), branches: branchesOf(call) }),
    *check(subject, { before, branches, slots }) {
      const execution = executionOf(subject, [["account", subject.account]])
      const empty = modelOf(yield* subject.clock.now, ["account"])
      const model = yield* runSequence(execution, empty, [...filling(family, slots), ...before])
      yield* runRace(execution, model, branches, lookBack(family))
    },
  })(family)
}
