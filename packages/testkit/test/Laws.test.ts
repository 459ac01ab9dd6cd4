/** What puts implementations to the laws: reports, counterexamples, replays, and what it leaves alone. */
import { ApiError, StreamTokens, Tokens } from "@effect-tokens/core"
import { Faults, Laws, NeuroioControl, NeuroioMemory, TokenLaws } from "@effect-tokens/testkit"
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
import { TestClock } from "effect/testing"
import { makeOwnedTokens } from "../src/neuroio/internal/laws/ownedTokens.ts"

type Platform = Tokens | StreamTokens | NeuroioControl.NeuroioControl

/** The platform in memory, with one operation of `Tokens` changed. */
const wrong = (change: (tokens: Tokens["Service"]) => Partial<Tokens["Service"]>): Layer.Layer<Platform> =>
  NeuroioControl.layerWrapped(
    Layer.effect(
      Tokens,
      Effect.map(Tokens, (tokens) => ({ ...tokens, ...change(tokens) })),
    ),
  ).pipe(Layer.provide(NeuroioMemory.layer))

/** Deletes everything, whatever the filter says. */
const deletesAll = wrong((tokens) => ({ deleteList: () => tokens.deleteList({ permanent: null }) }))

const failed = (reports: ReadonlyArray<Laws.LawReport>) =>
  reports.flatMap((report) => (report._tag === "Failed" ? [report] : []))

describe("the suites", () => {
  it.each([TokenLaws.tokens, TokenLaws.streamTokens])(
    "$name: every rule has a law, the cap and deleteList first",
    (suite) => {
      const rules = new Set(suite.laws.flatMap((law) => law.rules))
      assert.deepStrictEqual(
        Array.from({ length: 18 }, (_, i) => `N${i + 1}`).filter((rule) => !rules.has(rule)),
        [],
      )
      const ids = suite.laws.map(({ id }) => id)
      assert.strictEqual(new Set(ids).size, ids.length)
      assert.isTrue(ids.every((id) => id.startsWith(`${suite.name}.`)))
      assert.deepStrictEqual(ids.slice(0, 2), [`${suite.name}.permanent-cap`, `${suite.name}.delete-list`])
    },
  )

  it("are the same for both families", () => {
    const names = (suite: typeof TokenLaws.tokens) => suite.laws.map(({ id }) => id.slice(id.indexOf(".")))
    assert.deepStrictEqual(names(TokenLaws.tokens), names(TokenLaws.streamTokens))
  })
})

describe("a law that does not hold", () => {
  it.effect("is reported with the smallest story that was found, and replays from its seed and path", () =>
    Effect.gen(function* () {
      const [report] = failed(yield* Laws.run(TokenLaws.tokens, { seed: 1, laws: ["tokens.delete-list"] }))
      if (report === undefined) return assert.fail("it holds")
      const { counterexample } = report
      const changes = counterexample.story.map(({ call }) => call).filter((call) => /create|delete/.test(call))
      assert.lengthOf(changes, 2)
      assert.match(
        changes.join(" "),
        /^Tokens\.create\(\{ permanent: (true|false) \}\) Tokens\.deleteList\(\{ permanent: (?!\1)(true|false) \}\)$/,
      )
      assert.strictEqual(counterexample.expected, "the list after the first deletion: [#1]")
      assert.strictEqual(counterexample.got, "[]")

      const replay = Laws.readReplay(Laws.writeReplay(report.law.id, counterexample))
      const [again] = failed(yield* Laws.run(TokenLaws.tokens, { replay }))
      assert.deepStrictEqual(again?.counterexample.input, counterexample.input)
      assert.deepStrictEqual(again?.counterexample.story, counterexample.story)
    }).pipe(Effect.provide(deletesAll)),
  )

  it.effect("replays from JSON", () =>
    Effect.gen(function* () {
      const [report] = failed(yield* Laws.run(TokenLaws.tokens, { seed: 1, laws: ["tokens.story"] }))
      if (report === undefined) return assert.fail("it holds")
      const saved: { law: string; input: unknown } = JSON.parse(
        JSON.stringify({ law: report.law.id, input: report.counterexample.input }),
      )
      const [again] = failed(yield* Laws.run(TokenLaws.tokens, { replay: saved }))
      assert.deepStrictEqual(again?.counterexample.story, report.counterexample.story)
      assert.deepStrictEqual(again?.runs, 1)
      assert.isAtMost(report.counterexample.story.length, 4, "a short story")
    }).pipe(Effect.provide(deletesAll)),
  )

  it.effect("reads as a story, in which no key stands", () =>
    Effect.gen(function* () {
      const keys: Array<string> = []
      const watched = Layer.effect(
        Tokens,
        Effect.map(Tokens, (tokens) => ({
          ...tokens,
          create: (options) =>
            Effect.tap(tokens.create(options), ({ key }) => Effect.sync(() => keys.push(Redacted.value(key)))),
        })),
      )
      const layer = NeuroioControl.layerWrapped(watched).pipe(Layer.provide(deletesAll))
      const reports = yield* Effect.provide(Laws.run(TokenLaws.tokens, { seed: 2, runs: 40 }), layer)
      const text = Laws.format(reports, (replay) => `again: ${replay}`)
      assert.match(text, /^FAILED {2}tokens\.delete-list \(N12\): after \d+ runs?$/m)
      assert.match(text, /tokens\.story \(N1–N6, N8–N17\)/)
      assert.match(text, /tokens\.credential-deleted \(N11, N13\)/)
      assert.match(text, /^passed {2}tokens\.permanent-cap \(N4\): 40 runs$/m)
      assert.match(text, /^ +1 {2}\+0 {2}account {2}Tokens\.create\(\{ permanent: false \}\) +→ #1 temporary$/m)
      assert.match(text, /^ +expected {2}the list after the first deletion: \[#1\]$/m)
      assert.match(text, /^again: tokens\.delete-list:2:\d+(:\d+)*$/m)
      assert.isAbove(keys.length, 100)
      for (const key of keys) assert.notInclude(text, key)
    }),
  )

  it.effect("says which call of a race overlapped which", () =>
    Effect.gen(function* () {
      // Looks whether there is such a token, lets others go first, and is content with what it has seen.
      const racy = wrong((tokens) => ({
        delete: (ref) =>
          tokens
            .get(ref)
            .pipe(
              Effect.catchTag("MalformedResponse", Effect.die),
              Effect.andThen(Effect.yieldNow),
              Effect.andThen(Effect.ignore(tokens.delete(ref))),
            ),
      }))
      const reports = yield* Effect.provide(
        Laws.run(TokenLaws.tokens, { seed: 3, runs: 1000, laws: ["tokens.race"] }),
        racy,
      )
      const [report] = failed(reports)
      if (report === undefined) return assert.fail("it holds")
      assert.isTrue(report.counterexample.story.some(({ overlaps }) => overlaps.length > 0))
      assert.match(Laws.format(reports), /\(at once with \d+/)
    }),
  )

  it.effect("does so as well when the service fails in a way that the law does not speak of", () =>
    Effect.gen(function* () {
      const [report] = failed(yield* Laws.run(TokenLaws.tokens, { seed: 1, laws: ["tokens.update"] }))
      assert.match(report?.counterexample.got ?? "", /^NotFound: Tokens\.update was answered/)
    }).pipe(
      Effect.provide(
        wrong(() => ({
          update: () =>
            Effect.fail(
              new ApiError.NotFound({ operation: "Tokens.update", serverMessage: undefined, codes: [], fields: [] }),
            ),
        })),
      ),
    ),
  )
})

describe("a platform without control", () => {
  /** The services alone, as of an account on the real platform. */
  const withoutControl = Effect.map(Layer.build(NeuroioMemory.layer), Context.pick(Tokens, StreamTokens))

  const all = (services: Context.Context<Tokens | StreamTokens>) =>
    Effect.all([Context.get(services, Tokens).list(), Context.get(services, StreamTokens).list()])

  it.effect("is put to what it can be put to, and keeps its tokens", () =>
    Effect.gen(function* () {
      const services = yield* withoutControl
      for (const service of [Context.get(services, Tokens), Context.get(services, StreamTokens)]) {
        yield* service.create({ permanent: true })
        yield* service.create()
      }
      const before = yield* all(services)
      const reports = yield* Effect.provideContext(Laws.run(TokenLaws.tokens, { runs: 10 }), services)
      assert.deepStrictEqual(failed(reports), [])
      const skipped = reports.flatMap((report) => (report._tag === "Skipped" ? [[report.law.id, report.reason]] : []))
      assert.deepInclude(skipped, ["tokens.delete-list", "it would delete tokens that it did not make"])
      assert.deepInclude(skipped, ["tokens.creation-time", "the platform's time cannot be moved"])
      assert.deepInclude(skipped, ["tokens.other-owner", "no owner can be added"])
      assert.deepInclude(skipped, ["tokens.credential-inactive", "no call can be made as the holder of a token"])
      assert.isAbove(reports.length - skipped.length, 12)
      assert.isTrue(Equal.equals(yield* all(services), before), "all that was there is there, and nothing else")
    }),
  )

  it.effect("is left clean by a law that is interrupted", () =>
    Effect.gen(function* () {
      const services = yield* withoutControl
      const tokens = Context.get(services, Tokens)
      const made = yield* Deferred.make<void>()
      const slow = Layer.effect(
        Tokens,
        Effect.map(Tokens, (tokens) => ({
          ...tokens,
          list: () => Effect.andThen(Deferred.succeed(made, undefined), Effect.never),
        })),
      ).pipe(Layer.merge(Layer.effect(StreamTokens, StreamTokens)))
      const run = Laws.run(TokenLaws.tokens, { laws: ["tokens.list-defaults"] })
      const fiber = yield* Effect.forkChild(Effect.provide(run, Layer.provide(slow, Layer.succeedContext(services))))
      yield* Deferred.await(made)
      assert.isAbove((yield* tokens.list()).length, 10)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(yield* tokens.list(), [])
    }),
  )

  it.effect("loses all its tokens only where that is allowed", () =>
    Effect.gen(function* () {
      const services = yield* withoutControl
      const run = Laws.run(TokenLaws.tokens, { runs: 10, laws: ["tokens.delete-list", "tokens.race-for-slots"] })
      const reports = yield* run.pipe(
        Effect.provideService(TokenLaws.Capabilities, { destructive: true, concurrency: false }),
        Effect.provideContext(services),
      )
      assert.deepStrictEqual(
        reports.map((report) => (report._tag === "Skipped" ? report.reason : report._tag)),
        ["Passed", "calls cannot be made at the same time"],
      )
    }),
  )
})

describe("what laws have made where others are about", () => {
  const services = Effect.map(Layer.build(NeuroioMemory.layer), Context.pick(Tokens, StreamTokens))

  it.effect("is all that they may change or delete", () =>
    Effect.gen(function* () {
      const account = yield* services
      const tokens = Context.get(account, Tokens)
      const foreign = yield* tokens.create()
      const { cleanup, guard } = makeOwnedTokens(account)
      const guarded = Context.get(guard(account), Tokens)
      const own = yield* guarded.create()
      for (const ref of [foreign.id, foreign.key]) {
        for (const call of [guarded.delete(ref), guarded.update(ref, { isActive: false })]) {
          assert.isTrue(Exit.hasDies(yield* Effect.exit(call)))
        }
      }
      assert.isTrue(Exit.hasDies(yield* Effect.exit(guarded.deleteList({ permanent: null }))))
      yield* guarded.update(own.key, { isActive: false })
      yield* cleanup
      assert.isTrue(Equal.equals(yield* tokens.list(), [foreign]))
    }),
  )

  it.effect("is deleted though a deletion fails, and named where it cannot be", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.layer([Logger.make(({ message }) => lines.push(String(message)))])
      const account = yield* services
      const failing = yield* Layer.build(
        Layer.succeedContext(account).pipe(
          Faults.inject(
            Faults.script(
              Faults.on("Tokens.delete", Faults.status(500), { from: 2, times: 2 }),
              Faults.on("StreamTokens.delete", Faults.status(500)),
              Faults.on("StreamTokens.create", Faults.reset(), { call: 2 }),
            ),
          ),
        ),
      )
      const { cleanup, guard } = makeOwnedTokens(failing)
      const guarded = guard(failing)
      yield* Effect.replicateEffect(Context.get(guarded, Tokens).create(), 4)
      const { id } = yield* Context.get(guarded, StreamTokens).create()
      yield* Effect.flip(Context.get(guarded, StreamTokens).create())
      const clearing = yield* Effect.forkChild(Effect.provide(cleanup, logger))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(clearing)
      assert.deepStrictEqual(yield* Context.get(account, Tokens).list(), [])
      assert.deepStrictEqual(lines, [
        `The laws could not delete what they made: StreamTokens ${id}. Delete them by hand.`,
        "The laws do not know what became of 1 calls of StreamTokens.create: look for tokens that nobody made.",
      ])
    }),
  )
})

it.effect("two suites at once on one platform take turns", () =>
  Effect.gen(function* () {
    const reports = yield* Effect.all(
      [Laws.run(TokenLaws.tokens, { runs: 5 }), Laws.run(TokenLaws.streamTokens, { runs: 5 })],
      { concurrency: 2 },
    )
    assert.deepStrictEqual(failed(reports.flat()), [])
  }).pipe(Effect.provide(NeuroioMemory.layer)),
)

describe("options that cannot be right", () => {
  it.effect.each([
    [{ runs: 0 }, "runs"],
    [{ runs: 1.5 }, "runs"],
    [{ seed: 0.5 }, "seed"],
    [{ seed: 99_999_999_999 }, "seed"],
    [{ replay: { law: "tokens.get", seed: 2 ** 40, path: "0" } }, "replay.seed"],
    [{ replay: { law: "tokens.get", seed: 1, path: "0:7:7:7:7" } }, "replay.path"],
    // Only the last step leads nowhere: no input is tried.
    [{ replay: { law: "tokens.get", seed: 42, path: "3:9999" } }, "replay.path"],
    [{ laws: ["tokens.get", "tokens.nothing"] }, "laws"],
    [{ replay: { law: "tokens.nothing", seed: 1, path: "0" } }, "replay.law"],
    [{ replay: { law: "tokens.permanent-cap", input: { before: "nothing" } } }, "replay.input"],
  ] as const)("%j", ([options, field]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Laws.run(TokenLaws.tokens, options))
      assert.strictEqual(error.field, field)
      assert.match(error.message, /^Laws\.run was refused/)
    }).pipe(Effect.provide(NeuroioMemory.layer)),
  )

  it("a text that replays nothing is none", () => {
    for (const text of ["", "tokens.get", "tokens.get:1", "tokens.get:x:0", "tokens.get:1:", "tokens.get:1:0:"]) {
      assert.isUndefined(Laws.readReplay(text), text)
    }
    assert.deepStrictEqual(Laws.readReplay("tokens.get:-5:3:0"), { law: "tokens.get", seed: -5, path: "3:0" })
  })
})

it.effect("each run has a subject of its own, its time included", () =>
  Effect.gen(function* () {
    const harness = yield* TokenLaws.tokens.harness
    const visit = Effect.scoped(
      Effect.gen(function* () {
        const { subject } = yield* harness.open
        const found = yield* subject.account.tokens.list()
        const now = yield* subject.clock?.now ?? Effect.never
        yield* subject.account.tokens.create({ permanent: true })
        yield* subject.clock?.advance(1000) ?? Effect.void
        return [found, now]
      }),
    )
    assert.deepStrictEqual(
      [yield* visit, yield* visit],
      [
        [[], 0],
        [[], 0],
      ],
    )
  }).pipe(Effect.provide(NeuroioMemory.layer)),
)
