/** The laws of API tokens on accounts that have tokens already: what they skip, what they leave alone, how they tell. */
import { ApiError, ApiTokens } from "@effect-tokens/core"
import { ApiTokenLaws, Laws, UmaaasControl, UmaaasMemory } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { vi } from "vitest"
import { makeOwnedTokens } from "../../src/umaaas/internal/laws/ownedTokens.ts"

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 60_000 })

type Operations = ApiTokens["Service"]

const { apiTokens: suite } = ApiTokenLaws

const failed = (reports: ReadonlyArray<Laws.LawReport>) =>
  reports.flatMap((report) => (report._tag === "Failed" ? [report] : []))

/** The platform in memory, with some operations changed. */
const wrong = (change: (apiTokens: Operations) => Partial<Operations>) =>
  Layer.provide(
    UmaaasControl.layerWrapped(
      Layer.effect(
        ApiTokens,
        Effect.map(ApiTokens, (apiTokens) => ({ ...apiTokens, ...change(apiTokens) })),
      ),
    ),
    UmaaasMemory.layer,
  )

/** An account as on the real platform: with tokens of its own, and nothing but the service. */
const account = Effect.gen(function* () {
  const context = yield* Layer.build(UmaaasMemory.layer)
  const apiTokens = Context.get(context, ApiTokens)
  const names = ["a", "b", "A", "manager", "first"]
  for (let i = 0; i < 23; i++) {
    yield* apiTokens.create({ name: names[i % names.length] ?? "a", permissions: ["VIEW", "MANAGE"] })
  }
  const all = Stream.runCollect(apiTokens.stream())
  return { apiTokens, all, control: Context.get(context, UmaaasControl.UmaaasControl) }
})

describe("an account that has tokens already", () => {
  it.effect("is put to what it can be put to, and keeps its tokens", () =>
    Effect.gen(function* () {
      const { all, apiTokens } = yield* account
      const before = yield* all
      const reports = yield* Effect.provideService(Laws.run(suite, { runs: 10 }), ApiTokens, apiTokens)
      assert.deepStrictEqual(failed(reports), [], Laws.format(reports))
      const skipped = reports.flatMap((report) => (report._tag === "Skipped" ? [[report.law.id, report.reason]] : []))
      assert.deepInclude(skipped, ["apiTokens.creation-time", "the platform's time cannot be moved"])
      assert.deepInclude(skipped, ["apiTokens.permissions", "no call can be made as the holder of a token"])
      assert.isAbove(reports.length - skipped.length, 20)
      assert.isTrue(Equal.equals(yield* all, before), "all that was there is there, and nothing else")
    }),
  )

  it.effect("is put to all laws but those of time where holders of tokens are let in", () =>
    Effect.gen(function* () {
      const { all, apiTokens, control } = yield* account
      const before = yield* all
      const reports = yield* Laws.run(suite, { runs: 10 }).pipe(
        Effect.provideService(ApiTokenLaws.Capabilities, { as: control.as }),
        Effect.provideService(ApiTokens, apiTokens),
      )
      assert.deepStrictEqual(failed(reports), [], Laws.format(reports))
      const reasons = reports.flatMap((report) => (report._tag === "Skipped" ? [report.reason] : []))
      assert.deepStrictEqual([...new Set(reasons)], ["the platform's time cannot be moved"])
      assert.isTrue(Equal.equals(yield* all, before))
    }),
  )

  it.effect("is put to no races where calls cannot be made at the same time", () =>
    Effect.gen(function* () {
      const { apiTokens, control } = yield* account
      const reports = yield* Laws.run(suite, { laws: ["apiTokens.race", "apiTokens.pages"], runs: 2 }).pipe(
        Effect.provideService(ApiTokenLaws.Capabilities, { as: control.as, concurrency: false }),
        Effect.provideService(ApiTokens, apiTokens),
      )
      assert.deepStrictEqual(
        reports.map((report) => (report._tag === "Skipped" ? report.reason : report._tag)),
        ["Passed", "calls cannot be made at the same time"],
      )
    }),
  )

  it.effect("is left clean by a law that is interrupted", () =>
    Effect.gen(function* () {
      const { all, apiTokens } = yield* account
      const before = yield* all
      const made = yield* Deferred.make<void>()
      const slow: Operations = {
        ...apiTokens,
        list: () => Effect.andThen(Deferred.succeed(made, undefined), Effect.never),
      }
      const run = Laws.run(suite, { laws: ["apiTokens.list-defaults"] })
      const fiber = yield* Effect.forkChild(Effect.provideService(run, ApiTokens, slow))
      yield* Deferred.await(made)
      assert.isAbove((yield* all).length, before.length + 10)
      yield* Fiber.interrupt(fiber)
      assert.isTrue(Equal.equals(yield* all, before))
    }),
  )
})

describe("what laws have made", () => {
  it.effect("is all that they may delete of what they have seen", () =>
    Effect.gen(function* () {
      const { all, apiTokens, control } = yield* account
      const before = yield* all
      const services = Context.make(ApiTokens, apiTokens)
      const { cleanup, guard } = makeOwnedTokens(services, false)
      const guarded = Context.get(guard(services), ApiTokens)
      const own = yield* guarded.create({ name: "own", permissions: ["VIEW"] })
      const [, second, third] = before
      if (second === undefined || third === undefined) return assert.fail("there are others")
      yield* guarded.get(second.id)
      yield* guarded.list({ limit: 2 })
      assert.isTrue(Exit.hasDies(yield* Effect.exit(guarded.delete(second.id))))
      assert.isTrue(Exit.hasDies(yield* Effect.exit(guarded.delete(control.rootToken.id))), "nor what it acts as")
      yield* Stream.runDrain(guarded.stream())
      assert.isTrue(Exit.hasDies(yield* Effect.exit(guarded.delete(third.id))))
      assert.isTrue(Exit.isSuccess(yield* Effect.exit(guarded.delete(own.id))))
      yield* guarded.create({ name: "own", permissions: ["VIEW"] })
      yield* cleanup
      assert.isTrue(Equal.equals(yield* all, before))
    }),
  )

  it.effect("is deleted though a deletion fails, and named where it cannot be", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.layer([Logger.make(({ message }) => lines.push(String(message)))])
      const { all, apiTokens } = yield* account
      const before = yield* all
      const nothing = { serverMessage: undefined, codes: [], fields: [] }
      const down = new ApiError.InternalServerError({ operation: "ApiTokens.delete", ...nothing })
      let attempts = 0
      let stuck = ""
      const failing: Operations = {
        ...apiTokens,
        delete: (id) => {
          attempts += 1
          return id === stuck || attempts % 2 === 1 ? Effect.fail(down) : apiTokens.delete(id)
        },
      }
      const services = Context.make(ApiTokens, failing)
      const { cleanup, guard } = makeOwnedTokens(services, false)
      const guarded = Context.get(guard(services), ApiTokens)
      yield* guarded.create({ name: "a", permissions: ["VIEW"] })
      stuck = (yield* guarded.create({ name: "a", permissions: ["VIEW"] })).id
      const clearing = yield* Effect.forkChild(Effect.provide(cleanup, logger))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.await(clearing)
      assert.lengthOf(yield* all, before.length + 1)
      assert.deepStrictEqual(lines, [
        `The laws could not delete what they made: ApiTokens ${stuck}. Delete them by hand.`,
      ])
    }),
  )
})

describe("a law that does not hold", () => {
  /** Deletes what is not there. */
  const forgetful = wrong((apiTokens) => ({
    delete: (id) => Effect.catchTag(apiTokens.delete(id), "NotFound", () => Effect.void),
  }))

  it.effect("tells its story, and replays from its seed and from JSON", () =>
    Effect.gen(function* () {
      const [report] = failed(yield* Laws.run(suite, { seed: 1, laws: ["apiTokens.story"] }))
      if (report === undefined) return assert.fail("it holds")
      const { counterexample } = report
      assert.strictEqual(counterexample.expected, "NotFound")
      assert.strictEqual(counterexample.got, "done")
      assert.isAtMost(counterexample.story.length, 3, "a short story")
      const saved: unknown = JSON.parse(JSON.stringify(counterexample.input))
      for (const replay of [
        Laws.readReplay(Laws.writeReplay(report.law.id, counterexample)),
        { law: report.law.id, input: saved },
      ]) {
        const [again] = failed(yield* Laws.run(suite, { replay }))
        assert.deepStrictEqual(again?.counterexample.story, counterexample.story)
      }
    }).pipe(Effect.provide(forgetful)),
  )

  it.effect("reads as a story, in which no secret stands", () =>
    Effect.gen(function* () {
      const secrets: Array<string> = []
      // Whoever creates twice as fast makes two.
      const hasty = wrong((apiTokens) => ({
        create: (token) =>
          Effect.andThen(apiTokens.create(token), apiTokens.create(token)).pipe(
            Effect.tap(({ clientSecret }) =>
              Effect.sync(() => secrets.push(clientSecret === undefined ? "" : Redacted.value(clientSecret))),
            ),
          ),
      }))
      const reports = yield* Effect.provide(Laws.run(suite, { seed: 2, runs: 20 }), hasty)
      const text = Laws.format(reports, (replay) => `again: ${replay}`)
      assert.match(text, /^FAILED {2}apiTokens\.one-name \(U11\): after \d+ runs?$/m)
      assert.match(text, /apiTokens\.story \(U1–U11\)/)
      assert.match(
        text,
        /^ +\d+ {2}\+0 {2}account {2}ApiTokens\.create\(\{ name: "a", permissions: \[VIEW\] \}\) +→ #\d+ "a" VIEW with its secret$/m,
      )
      assert.match(text, /ApiTokens\.list\(\{ limit: 1, cursor: after #\d+ \}\)/)
      assert.match(text, /^again: apiTokens\.one-name:2:\d+(:\d+)*$/m)
      assert.isAbove(secrets.length, 100)
      for (const secret of secrets) assert.notInclude(text, secret)
    }),
  )

  it.effect("says which call of a race overlapped which", () =>
    Effect.gen(function* () {
      // Looks whether there is such a token, lets others go first, and is content with what it has seen.
      const racy = wrong((apiTokens) => ({
        delete: (id) =>
          apiTokens
            .get(id)
            .pipe(
              Effect.catchTag("MalformedResponse", Effect.die),
              Effect.andThen(Effect.yieldNow),
              Effect.andThen(Effect.ignore(apiTokens.delete(id))),
            ),
      }))
      const run = Laws.run(suite, { seed: 3, runs: 1000, laws: ["apiTokens.deletes-at-once"] })
      const reports = yield* Effect.provide(run, racy)
      const [report] = failed(reports)
      if (report === undefined) return assert.fail("it holds")
      assert.isTrue(report.counterexample.story.some(({ overlaps }) => overlaps.length > 0))
      assert.match(Laws.format(reports), /\(at once with \d+/)
      assert.strictEqual(report.counterexample.expected, "one success, and NotFound for the others")
    }),
  )
})

it("any input of a law can be saved as JSON, and replayed", () => {
  for (const { arbitrary, id } of suite.laws) {
    for (const input of fc.sample(arbitrary, { seed: 1, numRuns: 50 })) {
      const saved: unknown = JSON.parse(JSON.stringify(input))
      assert.deepStrictEqual(saved, input, id)
      assert.isTrue(arbitrary.canShrinkWithoutContext(saved), `${id}: ${JSON.stringify(input)}`)
    }
  }
})

it.effect("two runs at once on one platform take turns", () =>
  Effect.gen(function* () {
    const run = Laws.run(suite, { runs: 5 })
    const reports = yield* Effect.all([run, run], { concurrency: 2 })
    assert.deepStrictEqual(failed(reports.flat()), [])
  }).pipe(Effect.provide(UmaaasMemory.layer)),
)

it.effect("no law needs more than the platform in memory offers", () =>
  Effect.gen(function* () {
    const harness = yield* suite.harness
    assert.deepStrictEqual(Object.keys(harness.missing), ["otherOwner", "destructive"])
    for (const { id, needs } of suite.laws) {
      assert.isFalse(needs.includes("otherOwner") || needs.includes("destructive"), id)
    }
  }).pipe(Effect.provide(UmaaasMemory.layer)),
)
