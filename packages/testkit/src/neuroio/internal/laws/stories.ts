/**
 * Laws that hold the platform against the model: calls one after another, and calls at once.
 *
 * Rules: docs/rules/neuroio.md
 */
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import type { Family } from "../../NeuroioRules.ts"
import * as TokenCommand from "../../TokenCommand.ts"
import * as Plays from "../../../internal/laws/execution.ts"
import { branchesOf, type Execution } from "../../../internal/laws/execution.ts"
import { type Actor, law, serviceNames } from "./subject.ts"
import { makeInterpreter, type TokenInterpreter } from "./interpreter.ts"
import { answer, describeAnswer, type Model, type ModelCall, type Observed, tokenSpecification } from "./model.ts"
import type { TokenHistory } from "./history.ts"

type Owners = ReadonlyArray<readonly [Extract<TokenCommand.Caller, string>, Actor]>

const emptyModel = (now: number, owners: Owners): Model => ({
  now,
  owners: owners.map(([kind]) => kind),
  tokens: [],
  highestId: { tokens: 0, streamTokens: 0 },
})

const later = (model: Model, millis: number): Model => ({ ...model, now: model.now + millis })

const playOf = (
  recorder: TokenHistory,
  interpreter: TokenInterpreter,
): Execution<Model, TokenCommand.Call, ModelCall, Observed> => ({
  machine: tokenSpecification,
  describe: (model, call) =>
    describeAnswer(answer(model, call), (family, id) => recorder.nameOfId(serviceNames[family], id)),
  recorder,
  interpreter,
})

/** So many permanent tokens of the account to begin with: often all but one, so that two can race for the last. */
const manySlots = [0, 1, 2, 3, 4, 4, 4, 4, 5]
const slots = fc.nat({ max: manySlots.length - 1 }).map(
  (i) => manySlots[i] ?? 0,
  // So that it can be replayed from JSON, which has no place in the list.
  (count) => manySlots.findIndex((other) => other === count),
)

const filling = (family: Family, count: number): ReadonlyArray<TokenCommand.Call> =>
  Array.from({ length: count }, () => ({ do: "create", as: "account", family, permanent: true }))

const families = (family: Family): ReadonlyArray<Family> =>
  family === "tokens" ? ["tokens", "streamTokens"] : ["streamTokens", "tokens"]

/** What everyone can see afterwards, so that wrong effects of rightly answered calls come out. */
const lookBack = (families: ReadonlyArray<Family>): ReadonlyArray<TokenCommand.Call> =>
  families.map((family) => ({ do: "list", as: "account", family, permanent: null, limit: 100, offset: 0 }))

export const story = (family: Family) =>
  law({
    id: "story",
    rules: ["N1", "N2", "N3", "N4", "N5", "N6", "N8", "N9", "N10", "N11", "N12", "N13", "N14", "N15", "N16", "N17"],
    description: "Any sequence of calls, by any owner or holder of a token, is answered as the rules say.",
    needs: ["clock", "otherOwner", "credential", "destructive"],
    arbitrary: fc.record({
      slots,
      commands: fc.array(
        TokenCommand.command({ families: families(family), callers: ["account", "space", "manager", "token"] }),
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
      const play = playOf(subject.recorder, makeInterpreter(subject, owners))
      let model = emptyModel(yield* subject.clock.now, owners)
      for (const command of [...filling(subject.family, slots), ...commands]) {
        model = yield* command.do === "advance"
          ? Effect.as(subject.clock.advance(command.millis), later(model, command.millis))
          : Plays.step(play, model, command)
      }
      for (const command of lookBack(families(subject.family))) model = yield* Plays.step(play, model, command)
    },
  })(family)

const race_ = (family: Family) => {
  const call = TokenCommand.call({ families: families(family), callers: ["account", "token"] })
  return fc.record({
    slots,
    before: fc.array(call, { maxLength: 5 }),
    branches: branchesOf(call),
  })
}

export const race = (family: Family) =>
  law({
    id: "race",
    rules: ["N18"],
    description: "Calls at the same time are answered as they would be in some order, one after another.",
    needs: ["clock", "credential", "concurrency", "destructive"],
    arbitrary: race_(family),
    *check(subject, { before, branches, slots }) {
      const owners: Owners = [["account", subject.account]]
      const play = playOf(subject.recorder, makeInterpreter(subject, owners))
      let model = emptyModel(yield* subject.clock.now, owners)
      for (const command of [...filling(subject.family, slots), ...before]) {
        model = yield* Plays.step(play, model, command)
      }

      yield* Plays.race(play, model, branches, lookBack(families(subject.family)))
    },
  })(family)
