/**
 * Laws that hold the platform against the model: calls one after another, and calls at once.
 *
 * Rules: docs/rules/umaaas.md
 */
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import * as Plays from "../../../internal/laws/execution.ts"
import { apiTokenSpecification, describeAnswer, type Model, type ModelCall, modelOf, type Observed } from "./model.ts"
import { type Call, call, command } from "./commands.ts"
import { all } from "./expectations.ts"
import { law, type Subject } from "./subject.ts"
import { makeInterpreter } from "./interpreter.ts"

const playOf = (
  subject: Pick<Subject, "account" | "name" | "recorder"> & Required<Pick<Subject, "credential">>,
): Plays.Execution<Model, Call, ModelCall, Observed> => ({
  machine: apiTokenSpecification,
  describe: (model, call) => describeAnswer(model, call, subject.recorder.nameOfId),
  recorder: subject.recorder,
  interpreter: makeInterpreter(subject),
})

const later = (model: Model, millis: number): Model => ({ ...model, now: (model.now ?? 0) + millis })

/** What everyone can see afterwards, so that wrong effects of rightly answered calls come out. */
const lookBack: Call = { do: "list", as: "account", name: null, bounds: null, limit: 100 }

export const story = law({
  id: "story",
  rules: ["U1", "U2", "U3", "U4", "U5", "U6", "U7", "U8", "U9", "U10", "U11"],
  description: "Any sequence of calls, by the account or holders of tokens, is answered as the rules say.",
  needs: ["clock", "credential"],
  // Without a size, no array is much longer than 10.
  arbitrary: fc.array(command, { maxLength: 30, size: "max" }),
  *check(subject, commands) {
    const play = playOf(subject)
    let model = modelOf(yield* all(subject.account.tokens), yield* subject.clock.now)
    for (const command of commands) {
      model = yield* command.do === "advance"
        ? Effect.as(subject.clock.advance(command.millis), later(model, command.millis))
        : Plays.step(play, model, command)
    }
    yield* Plays.step(play, model, lookBack)
  },
})

/** So many tokens that may do everything, to begin with: who calls and is deleted at once must be let in. */
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
  arbitrary: fc.record({ managers, before: fc.array(call, { maxLength: 3 }), branches: Plays.branchesOf(call) }),
  *check(subject, { before, branches, managers }) {
    const play = playOf(subject)
    let model = modelOf(yield* all(subject.account.tokens), undefined)
    const beginning = [...Array.from({ length: managers }, () => manager), ...before]
    for (const command of beginning) model = yield* Plays.step(play, model, command)
    yield* Plays.race(play, model, branches, [lookBack])
  },
})
