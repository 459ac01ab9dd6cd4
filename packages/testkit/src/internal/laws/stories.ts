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
import type { StoryRecorder } from "./storyRecorder.ts"
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
const names = (recorder: StoryRecorder) => (family: Family, id: number) => recorder.nameOfId(serviceNames[family], id)

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
    statement: "Any sequence of calls, by any owner or holder of a token, is answered as the rules say.",
    needs: ["clock", "otherOwner", "credential", "destructive"],
    arbitrary: fc.record({
      slots,
      commands: fc.array(
        TokenCommand.command({ families: families(family), callers: ["account", "space", "manager", "token"] }),
        // Without a size, no array is much longer than 10.
        { maxLength: 30, size: "max" },
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
      for (const command of lookBack(families(world.family))) model = yield* step(world, player, model, command)
    }),
  })(family)

/** How often a step of a race lets the others go first. */
const yields = fc.oneof(
  { withCrossShrink: true },
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }) },
)

/** Few are given up: such a call may have taken effect or not, so that much is right afterwards. */
const patience = fc.oneof(
  { withCrossShrink: true },
  { weight: 9, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 10 }) },
)

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
          patience,
        }),
        { minLength: 1, maxLength: 5 },
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
      const numbers = new Map<Operation, number>()
      const perform = Effect.fnUntraced(function* (command: TokenCommand.Call, patience: number | null) {
        const { call, run } = yield* player.prepare(command)
        const began = recorder.tick()
        let number = 0
        // The call is the next step of the story once it starts, which is later where it is forked.
        const numbered = Effect.suspend(() => {
          number = recorder.length() + 1
          return run
        })
        const observed = patience === null ? yield* numbered : yield* giveUpAfter(numbered, patience)
        const ended = observed === undefined ? Number.POSITIVE_INFINITY : recorder.tick()
        const operation = { call, observed, began, ended }
        operations.push(operation)
        numbers.set(operation, number)
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
      const numberOf = (operation: Operation) => numbers.get(operation) ?? 0
      const story = recorder.story()
      const firstEnd = Math.min(...result.rest.map((operation) => operation.ended))
      const next = result.rest.filter(({ began, observed }) => observed !== undefined && began <= firstEnd)
      const expected = next.map(
        (operation) =>
          `${numberOf(operation)}: ${describeAnswer(answer(result.model, operation.call), names(recorder))}`,
      )
      const got = next.map((operation) => `${numberOf(operation)}: ${story[numberOf(operation) - 1]?.answer}`)
      const order =
        result.order.length === 0 ? "At first" : `After ${result.order.map(numberOf).join(", ")} in this order`
      return yield* Effect.fail(
        new Violation({
          expected: `answers that the calls get one after another, in some order. ${order} comes ${expected.join(", or ")}`,
          got: got.join(", and "),
        }),
      )
    }),
  })(family)
