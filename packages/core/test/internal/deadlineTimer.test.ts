/** Many limits of time on one timer: each ends at its own time, and none that is over keeps a timer. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { TestClock } from "effect/testing"
import { startDeadlineTimer } from "../../src/internal/deadlineTimer.ts"

/** Counts who sleeps on the clock of the test. */
const counted = Effect.map(Clock.clockWith(Effect.succeed), (clock) => {
  let sleeping = 0
  const counting: Clock.Clock = Object.assign(Object.create(clock), {
    sleep: (duration: Parameters<Clock.Clock["sleep"]>[0]) =>
      Effect.suspend(() => {
        sleeping += 1
        return Effect.ensuring(
          clock.sleep(duration),
          Effect.sync(() => (sleeping -= 1)),
        )
      }),
  })
  return { clock: counting, sleeping: () => sleeping }
})

const millisOf = (clock: Clock.Clock) => clock.currentTimeMillisUnsafe()

describe("limits of time", () => {
  it.effect("end each at its own time, unless they are called off", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.record({
              begins: fc.integer({ min: 0, max: 20 }),
              takes: fc.integer({ min: 1, max: 20 }),
              calledOff: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
            }),
            { maxLength: 12 },
          ),
          (plans) =>
            Effect.gen(function* () {
              const { clock, sleeping } = yield* counted
              const context = yield* Effect.context<never>()
              const ended: Array<number | undefined> = plans.map(() => undefined)
              const stops: Array<() => void> = []
              for (let now = 0; now <= 45; now++) {
                for (const [i, { begins, calledOff, takes }] of plans.entries()) {
                  if (calledOff !== undefined && begins + calledOff === now) stops[i]?.()
                  if (begins === now) {
                    stops[i] = startDeadlineTimer(clock, context, takes, () => {
                      ended[i] = millisOf(clock)
                    })
                  }
                }
                assert.isAtMost(sleeping(), 1)
                yield* TestClock.adjust(1)
              }
              assert.strictEqual(sleeping(), 0)
              assert.deepStrictEqual(
                ended,
                plans.map(({ begins, calledOff, takes }) =>
                  // At the very moment it has ended before it can be called off; at its beginning it is not there yet.
                  calledOff !== undefined && calledOff > 0 && calledOff < takes ? undefined : begins + takes,
                ),
              )
            }).pipe(Effect.provide(TestClock.layer()), Effect.runPromise),
        ),
        { numRuns: 200 },
      ),
    ),
  )

  it.effect("none of them: nobody sleeps", () =>
    Effect.gen(function* () {
      const { clock, sleeping } = yield* counted
      const context = yield* Effect.context<never>()
      const stop = [10, 5, Number.POSITIVE_INFINITY].map((millis) =>
        startDeadlineTimer(clock, context, millis, assert.fail),
      )
      assert.strictEqual(sleeping(), 1)
      for (const one of stop) one()
      assert.strictEqual(sleeping(), 0)
      yield* TestClock.adjust(20)
    }),
  )
})
