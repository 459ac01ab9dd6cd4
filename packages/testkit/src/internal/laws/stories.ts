/** Laws that hold the platform against the model: calls one after another, and calls at once. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as fc from "fast-check"
import { type Failure, Violation } from "../../Laws.ts"
import type { Family } from "../../NeuroioPlatform.ts"
import * as TokenCommand from "../../TokenCommand.ts"
import { linearize, type Operation } from "./linearize.ts"
import { type Actor, law, type LawWorld, serviceNames } from "./lawWorld.ts"
import { makePlayer, type Player } from "./player.ts"
import type { Recorder } from "./recorder.ts"
import { accept, answer, describeAnswer, type Model, type Observed } from "./tokenModel.ts"

type Owners = ReadonlyArray<readonly [Extract<TokenCommand.Caller, string>, Actor]>

const emptyModel = (now: number, owners: Owners): Model => ({
  now,
  owners: owners.map(([kind]) => kind),
  tokens: [],
  highestId: { tokens: 0, streamTokens: 0 },
})

const later = (model: Model, millis: number): Model => ({ ...model, now: model.now + millis })

/** Ids as the story calls them. */
const names = (recorder: Recorder) => (family: Family, id: number) => recorder.nameOfId(serviceNames[family], id)

/** Makes the call and holds its answer against the model. */
const step = Effect.fnUntraced(function* (
  world: Pick<LawWorld, "recorder">,
  player: Player,
  model: Model,
  command: TokenCommand.Call,
) {
  const { call, run } = yield* player.prepare(command)
  const observed = yield* run
  const next = observed === undefined ? undefined : accept(model, call, observed)
  if (next !== undefined) return next
  const number = world.recorder.length()
  return yield* Effect.fail(
    new Violation({
      expected: describeAnswer(answer(model, call), names(world.recorder)),
      got: world.recorder.story()[number - 1]?.answer ?? "no answer",
      step: number,
    }),
  )
})

/** So many permanent tokens of the account to begin with: the cap is then not far. */
const slots = fc.integer({ min: 0, max: 5 })

const filling = (family: Family, count: number): ReadonlyArray<TokenCommand.Call> =>
  Array.from({ length: count }, () => ({ do: "create", as: "account", family, permanent: true }))

const families = (family: Family): ReadonlyArray<Family> =>
  family === "tokens" ? ["tokens", "streamTokens"] : ["streamTokens", "tokens"]

export const story = (family: Family) =>
  law({
    id: "story",
    rules: ["N1", "N2", "N3", "N4", "N5", "N6", "N8", "N9", "N10", "N11", "N12", "N13", "N14", "N15", "N16", "N17"],
    statement: "Any sequence of calls, by any owner or holder of a token, is answered as the rules say.",
    needs: ["clock", "otherOwner", "credential", "destructive"],
    arbitrary: fc.record({
      slots,
      commands: fc.array(
        TokenCommand.command({ families: families(family), callers: ["account", "space", "manager", "token"] }),
        { maxLength: 30 },
      ),
    }),
    check: Effect.fnUntraced(function* (world, { commands, slots }): Effect.fn.Return<void, Failure> {
      const owners: Owners = [
        ["account", world.account],
        ["space", yield* world.otherOwner.add("space")],
        ["manager", yield* world.otherOwner.add("manager")],
      ]
      const player = makePlayer(world, owners)
      let model = emptyModel(yield* world.clock.now, owners)
      for (const command of [...filling(world.family, slots), ...commands]) {
        model = yield* command.do === "advance"
          ? Effect.as(world.clock.advance(command.millis), later(model, command.millis))
          : step(world, player, model, command)
      }
    }),
  })(family)

/** How often a step of a race lets the others go first. */
const yields = fc.integer({ min: 0, max: 3 })

const race_ = (family: Family) => {
  const call = TokenCommand.call({ families: families(family), callers: ["account", "token"] })
  return fc.record({
    slots,
    before: fc.array(call, { maxLength: 5 }),
    branches: fc.array(
      fc.array(
        fc.record({
          call,
          before: yields,
          after: yields,
          // Given up after so many turns, unless it is answered by then.
          patience: fc.option(fc.integer({ min: 0, max: 10 }), { freq: 10 }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      { minLength: 2, maxLength: 4 },
    ),
  })
}

const yieldTimes = (count: number) => Effect.replicateEffect(Effect.yieldNow, count, { discard: true })

/** Without an answer by then, it is given up; an answer that comes while it ends is one all the same. */
const giveUpAfter = Effect.fnUntraced(function* (run: Effect.Effect<Observed | undefined>, turns: number) {
  const fiber = yield* Effect.forkChild(run)
  yield* yieldTimes(turns)
  yield* Fiber.interrupt(fiber)
  const exit = yield* Fiber.await(fiber)
  return Exit.isSuccess(exit) ? exit.value : undefined
})

/** What everyone can see afterwards, so that wrong effects of rightly answered calls come out. */
const lookBack = (families: ReadonlyArray<Family>): ReadonlyArray<TokenCommand.Call> =>
  families.map((family) => ({ do: "list", as: "account", family, permanent: null, limit: 100, offset: 0 }))

export const race = (family: Family) =>
  law({
    id: "race",
    rules: ["N18"],
    statement: "Calls at the same time are answered as they would be in some order, one after another.",
    needs: ["clock", "credential", "concurrency", "destructive"],
    arbitrary: race_(family),
    check: Effect.fnUntraced(function* (world, { before, branches, slots }): Effect.fn.Return<void, Failure> {
      const { recorder } = world
      const owners: Owners = [["account", world.account]]
      const player = makePlayer(world, owners)
      let model = emptyModel(yield* world.clock.now, owners)
      for (const command of [...filling(world.family, slots), ...before]) {
        model = yield* step(world, player, model, command)
      }

      const operations: Array<Operation> = []
      const perform = Effect.fnUntraced(function* (command: TokenCommand.Call, patience: number | null) {
        const { call, run } = yield* player.prepare(command)
        const began = recorder.tick()
        const observed = patience === null ? yield* run : yield* giveUpAfter(run, patience)
        const ended = observed === undefined ? Number.POSITIVE_INFINITY : recorder.tick()
        operations.push({ call, observed, began, ended })
      })
      yield* Effect.forEach(
        branches,
        (branch) =>
          Effect.forEach(
            branch,
            ({ after, before, call, patience }) =>
              yieldTimes(before).pipe(Effect.andThen(perform(call, patience)), Effect.andThen(yieldTimes(after))),
            { discard: true },
          ),
        { concurrency: "unbounded", discard: true },
      )
      for (const command of lookBack(families(world.family))) yield* perform(command, null)

      const result = linearize(model, operations)
      if (result._tag === "Legal") return
      const text = names(recorder)
      const rest = result.rest.map(
        ({ call }) =>
          `${serviceNames[call.family]}.${call.method}: ${describeAnswer(answer(result.model, call), text)}`,
      )
      return yield* Effect.fail(
        new Violation({
          expected: `answers that some order of the calls gives. After the ${result.order.length} that can come first, the next would be ${rest.join(", or ")}`,
          got: "answers that no order gives",
        }),
      )
    }),
  })(family)
