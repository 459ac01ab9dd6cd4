/** Properties of the key ring under all faults, and while others use the same account. */
import { Token, type Tokens } from "@effect-tokens/core"
import { Faults, Journal, NeuroioControl, TokenCommand } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { KeyRing } from "../src/KeyRing.ts"
import { authenticates, platform } from "./platform.ts"

/** To replay a counterexample, put its parameters here, such as `{ seed: 42, path: "3:0", endOnFailure: true }`. */
const replay: Pick<fc.Parameters, "seed" | "path" | "endOnFailure"> = {}

type Services = Tokens | Journal.Journal | NeuroioControl.NeuroioControl

/** Runs a property. Each input gets a new platform, clock and ring. */
const holds = <Input>(
  arbitrary: fc.Arbitrary<Input>,
  planOf: (input: Input) => Faults.Plan,
  story: (input: Input) => Effect.Effect<void, unknown, Services>,
) =>
  fc.assert(
    fc.asyncProperty(arbitrary, (input) =>
      story(input).pipe(
        Effect.provide(platform(planOf(input))),
        Effect.provide([TestClock.layer(), Logger.layer([])]),
        Random.withSeed("jitter"),
        Effect.runPromise,
      ),
    ),
    { numRuns: 50, ...replay },
  )

/**
 * Starts a ring, and stops it on demand. Under faults either may take time, which passes only as the test moves the
 * clock: so both run in fibers beside the test.
 */
const startRing = Effect.gen(function* () {
  const scope = yield* Scope.make()
  const starting = yield* Effect.forkChild(Layer.buildWithScope(KeyRing.layer(), scope), { startImmediately: true })
  const stop = Effect.gen(function* () {
    yield* Fiber.interrupt(starting)
    const stopping = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
    yield* TestClock.adjust("1 hour")
    yield* Fiber.join(stopping)
  })
  return { started: Effect.sync(() => starting.pollUnsafe()), stop }
})

const eachStep = <E, R>(step: Duration.Input, times: number, check: Effect.Effect<void, E, R>) =>
  Effect.replicateEffect(Effect.andThen(TestClock.adjust(step), check), times, { discard: true })

/** The tokens that the ring created, also those whose answer was lost. */
const madeByRing = Effect.flatMap(Journal.Journal, (journal) =>
  Effect.map(journal.calls("Tokens.create"), (calls) =>
    calls.flatMap(({ outcome }) => (outcome._tag === "Success" ? outcome.tokens : [])),
  ),
)

/** Faults of creates with unknown outcomes, and of the lists that look for their tokens. */
const lostCreates = fc.record({ seed: fc.nat(), rate: fc.constantFrom(0.3, 0.6, 0.9, 1) }).map((draw) =>
  Faults.random({
    ...draw,
    operations: ["Tokens.create", "Tokens.list"],
    faults: [Faults.reset(), Faults.reset({ afterEffect: true }), Faults.status(502), Faults.body("garbled")],
  }),
)

const temporaryCreate: TokenCommand.Call = { do: "create", as: "account", family: "tokens", permanent: false }

/**
 * Commands of somebody else, and the delays between them. They often create tokens that the ring might take for its own
 * while it is in doubt. Without `size`, fast-check generates 10 at most.
 */
const doings = fc.array(
  fc.record({
    command: fc.oneof(TokenCommand.command({ families: ["tokens"] }), fc.constant(temporaryCreate)),
    wait: fc.constantFrom("5 seconds", "5 seconds", "30 seconds", "20 hours"),
  }),
  { minLength: 5, maxLength: 30, size: "max" },
)

describe("under all faults, a key ring", { timeout: 60_000 }, () => {
  it("always has a token that authenticates, when the platform fails for less than the margin", () =>
    holds(
      // Each fault ends within 25 calls, which take less time than the margin.
      Faults.arbitrary(),
      (plan) => plan,
      Effect.fnUntraced(function* () {
        const { started } = yield* startRing
        yield* TestClock.adjust("3 hours")
        const exit = yield* started
        if (exit === undefined) return assert.fail("it has not started after 3 hours")
        if (Exit.isFailure(exit)) return // the ring was told that its credential is wrong
        const { current } = Context.get(exit.value, KeyRing)
        const check = Effect.gen(function* () {
          assert.isTrue(yield* authenticates((yield* current).key))
        })
        yield* eachStep("30 minutes", 100, check)
      }),
    ))

  it("deletes no token that it did not create, and changes none", () =>
    holds(
      fc.record({ plan: fc.oneof(Faults.arbitrary({ endless: true }), { weight: 3, arbitrary: lostCreates }), doings }),
      ({ plan }) => plan,
      Effect.fnUntraced(function* ({ doings }) {
        const { stop } = yield* startRing
        // Somebody else with the same account knows only the tokens that they created.
        const stranger = yield* TokenCommand.makeInterpreter({ advance: TestClock.adjust })
        for (const { command, wait } of doings) {
          yield* Effect.ignore(stranger(command))
          yield* TestClock.adjust(wait)
        }
        yield* stop
        const journal = yield* Journal.Journal
        const calls = Journal.format(yield* journal.snapshot)
        const made = yield* madeByRing
        for (const { input } of yield* journal.calls("Tokens.delete")) assert.include(made, input["token"], calls)
        assert.lengthOf(yield* journal.calls("Tokens.update"), 0)
        assert.lengthOf(yield* journal.calls("Tokens.deleteList"), 0)
      }),
    ))

  it("never has more than two valid tokens of its own, also after many creates with unknown outcomes", () =>
    holds(
      lostCreates,
      (plan) => plan,
      Effect.fnUntraced(function* () {
        const control = yield* NeuroioControl.NeuroioControl
        yield* startRing
        const check = Effect.gen(function* () {
          const now = yield* control.now
          const made = yield* madeByRing
          const [account] = yield* control.state
          const valid = account?.tokens.filter((token) => made.includes(token.id) && Token.isValidAt(token, now)) ?? []
          assert.isAtMost(valid.length, 2)
        })
        yield* eachStep("2 hours", 36, check)
      }),
    ))
})
