/** What came of a create whose answer was lost: told as it is, or not at all. */
import {
  ApiError,
  type ApiToken,
  ApiTokens,
  CreateOutcome,
  type KnownPermission,
  StreamTokens,
  Token,
  Tokens,
} from "@effect-tokens/core"
import { Faults, NeuroioControl, NeuroioMemory, UmaaasControl, UmaaasMemory } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { failed, plans, runningBackwards, timed } from "./support/timed.ts"

const platform = (plan: Faults.Plan) => NeuroioMemory.layer.pipe(Faults.inject(plan))

/** The create is done, and nobody hears of it. */
const lost = platform(Faults.script(Faults.on("any", Faults.reset({ afterEffect: true }), { call: 1 })))

/** Nothing is done, and nobody hears of that either. */
const undone = platform(Faults.script(Faults.on("any", Faults.reset(), { call: 1 })))

/** Creates past the faults, as somebody else with the same owner would. */
const aside = (permanent = false) =>
  Effect.gen(function* () {
    const control = yield* NeuroioControl.NeuroioControl
    const create = Effect.flatMap(Tokens, (tokens) => tokens.create({ permanent }))
    return yield* Effect.provide(create, control.as(control.account))
  })

const unknown = (permanent = false) =>
  Effect.gen(function* () {
    const tokens = yield* Tokens
    const { error } = yield* failed(tokens.create({ permanent }))
    if (error._tag !== "OutcomeUnknown") return assert.fail(`unexpected ${error._tag}`)
    return error
  })

const found = (options?: CreateOutcome.Options<Token>, permanent = false) =>
  Effect.gen(function* () {
    const { exit, took } = yield* timed(CreateOutcome.find(Tokens, yield* unknown(permanent), options))
    return { outcome: yield* exit, took }
  })

const aDay: Duration.Input = "24 hours"

describe("a create of unknown outcome", () => {
  for (const permanent of [true, false]) {
    it.effect(`that made a ${permanent ? "permanent" : "temporary"} token: this one`, () =>
      Effect.gen(function* () {
        const { outcome, took } = yield* found({ before: [] }, permanent)
        if (outcome._tag !== "Created") return assert.fail(outcome._tag)
        const tokens = yield* Tokens
        assert.deepStrictEqual(outcome.token, yield* tokens.get(outcome.token.id))
        assert.strictEqual(Token.isPermanent(outcome.token), permanent)
        assert.strictEqual(took, 0)
      }).pipe(Effect.provide(lost)),
    )
  }

  it.effect("that made none does not exist; that is said once nothing can come any more", () =>
    Effect.gen(function* () {
      yield* aside()
      yield* TestClock.adjust(aDay)
      const { outcome, took } = yield* found()
      assert.strictEqual(outcome._tag, "NotCreated")
      assert.strictEqual(took, 10_000)
    }).pipe(Effect.provide(undone)),
  )

  it.effect("that is done late is found while there is patience", () =>
    Effect.gen(function* () {
      const error = yield* unknown()
      yield* Effect.forkChild(Effect.delay(aside(), "6 seconds"))
      const { exit, took } = yield* timed(CreateOutcome.find(Tokens, error, { before: [] }))
      assert.strictEqual((yield* exit)._tag, "Created")
      assert.strictEqual(took, 6000)
    }).pipe(Effect.provide(undone)),
  )

  it.effect("long ago is answered at once", () =>
    Effect.gen(function* () {
      const error = yield* unknown()
      yield* TestClock.adjust("10 seconds")
      const { took } = yield* timed(CreateOutcome.find(Tokens, error))
      assert.strictEqual(took, 0)
    }).pipe(Effect.provide(undone)),
  )

  it.effect.each([true, false])("is not mixed up with tokens of the other kind: permanent %s", (permanent) =>
    Effect.gen(function* () {
      const error = yield* unknown(permanent)
      yield* aside(!permanent)
      const { exit } = yield* timed(CreateOutcome.find(Tokens, error))
      assert.strictEqual((yield* exit)._tag, "NotCreated")
    }).pipe(Effect.provide(undone)),
  )

  it.effect("nor with those that were there before", () =>
    Effect.gen(function* () {
      const before = [yield* aside(), yield* aside()]
      const { outcome } = yield* found({ before })
      assert.strictEqual(outcome._tag, "Created")
    }).pipe(Effect.provide(lost)),
  )

  it.effect("nor with older ones that nobody has listed", () =>
    Effect.gen(function* () {
      yield* aside()
      const before = [yield* aside()]
      assert.strictEqual((yield* found({ before })).outcome._tag, "NotCreated")
    }).pipe(Effect.provide(undone)),
  )

  it.effect("beside another new one cannot be told: both are named", () =>
    Effect.gen(function* () {
      const error = yield* unknown()
      const other = yield* aside()
      const { exit } = yield* timed(CreateOutcome.find(Tokens, error, { before: [] }))
      const outcome = yield* exit
      if (outcome._tag !== "Ambiguous") return assert.fail(outcome._tag)
      assert.lengthOf(outcome.candidates, 2)
      assert.include(
        outcome.candidates.map(({ id }) => id),
        other.id,
      )
    }).pipe(Effect.provide(lost)),
  )

  it.effect("soon after another one cannot be told without what was there before", () =>
    Effect.gen(function* () {
      const other = yield* aside()
      yield* TestClock.adjust("30 seconds")
      const error = yield* unknown()
      const find = (options: CreateOutcome.Options<Token>) =>
        Effect.flatMap(timed(CreateOutcome.find(Tokens, error, options)), ({ exit }) => exit)
      assert.strictEqual((yield* find({}))._tag, "Ambiguous")
      assert.strictEqual((yield* find({ clockSkew: "30 seconds" }))._tag, "Ambiguous")
      assert.strictEqual((yield* find({ clockSkew: 29_999 }))._tag, "NotCreated")
      assert.strictEqual((yield* find({ before: [other] }))._tag, "NotCreated")
    }).pipe(Effect.provide(undone)),
  )

  it.effect("is told by the times alone where the clocks are surely in step", () =>
    Effect.gen(function* () {
      const { outcome } = yield* found({ clockSkew: 0 })
      assert.strictEqual(outcome._tag, "Created")
    }).pipe(Effect.provide(lost)),
  )

  it.effect.each([
    [59, "Created"],
    [60, "Created"],
    [61, "Ambiguous"],
  ] as const)("on a platform whose clock is %d seconds behind: %s", ([seconds, expected]) =>
    Effect.gen(function* () {
      const error = yield* unknown()
      // What this machine would have noted with its clock so far ahead.
      const noted = new ApiError.OutcomeUnknown({ ...error, sentAt: DateTime.add(error.sentAt, { seconds }) })
      const { exit } = yield* timed(CreateOutcome.find(Tokens, noted, { before: [] }))
      assert.strictEqual((yield* exit)._tag, expected)
    }).pipe(Effect.provide(lost)),
  )

  it.effect("is waited for from when it failed, and not from when it was sent", () =>
    Effect.gen(function* () {
      const error = yield* unknown()
      assert.strictEqual(DateTime.toEpochMillis(error.failedAt), 4000)
      const { took } = yield* timed(CreateOutcome.find(Tokens, error, { patience: "1500 millis" }))
      assert.strictEqual(took, 1500)
    }).pipe(Effect.provide(platform(Faults.script(Faults.on("Tokens.create", Faults.timeout()))))),
  )

  it.effect("is waited for no longer when this machine's clock is set back", () =>
    Effect.gen(function* () {
      const error = yield* unknown()
      const { took } = yield* timed(
        Effect.provideService(CreateOutcome.find(Tokens, error), Clock.Clock, yield* runningBackwards),
      )
      assert.strictEqual(took, 10_000)
    }).pipe(Effect.provide(undone)),
  )

  it.effect("is looked for once more when the last look took long", () =>
    Effect.gen(function* () {
      const error = yield* unknown()
      yield* Effect.forkChild(Effect.delay(aside(), "12 seconds"))
      const { exit } = yield* timed(CreateOutcome.find(Tokens, error, { before: [] }))
      assert.strictEqual((yield* exit)._tag, "Created")
    }).pipe(
      Effect.provide(
        // Each answer is on its way for 6 seconds: what leaves the platform after 7 comes after 13.
        Layer.effect(
          Tokens,
          Effect.map(Tokens, (tokens) => ({
            ...tokens,
            stream: (options) =>
              Stream.unwrap(
                Effect.map(Stream.runCollect(tokens.stream(options)), (answer) =>
                  Stream.unwrap(Effect.as(Effect.sleep("6 seconds"), Stream.fromIterable(answer))),
                ),
              ),
          })),
        ).pipe(Layer.provideMerge(undone)),
      ),
    ),
  )

  it.effect("is looked for beyond the first page", () =>
    Effect.gen(function* () {
      yield* Effect.forEach(Array.from({ length: 250 }), () => aside(), { discard: true })
      const all = Effect.flatMap(Tokens, (tokens) => Stream.runCollect(tokens.stream()))
      const control = yield* NeuroioControl.NeuroioControl
      const before = yield* Effect.provide(all, control.as(control.account))
      assert.strictEqual((yield* found({ before })).outcome._tag, "Created")
    }).pipe(Effect.provide(lost)),
  )
})

describe("what cannot be asked", () => {
  it.effect("the error of one service of another", () =>
    Effect.gen(function* () {
      const error = yield* unknown()
      const refusal = yield* Effect.flip(CreateOutcome.find(StreamTokens, error))
      if (!(refusal instanceof ApiError.InvalidRequest)) return assert.fail(refusal._tag)
      assert.strictEqual(
        refusal.message,
        "CreateOutcome.find was refused before anything was sent. error: must come from StreamTokens.create, and comes from Tokens.create.",
      )
    }).pipe(Effect.provide(lost)),
  )

  it.effect.each([
    ["patience", -1],
    ["clockSkew", -1],
  ] as const)("%s of %d", ([field, value]) =>
    Effect.gen(function* () {
      const refusal = yield* Effect.flip(CreateOutcome.find(Tokens, yield* unknown(), { [field]: value }))
      if (!(refusal instanceof ApiError.InvalidRequest)) return assert.fail(refusal._tag)
      assert.strictEqual(refusal.field, field)
    }).pipe(Effect.provide(lost)),
  )
})

describe("deleting what was found", () => {
  const tokensLeft = Effect.flatMap(Tokens, (tokens) => tokens.list())

  it.effect("deletes it and nothing else", () =>
    Effect.gen(function* () {
      const others = [yield* aside(true), yield* aside()]
      yield* TestClock.adjust("61 seconds")
      const { exit } = yield* timed(CreateOutcome.findAndDelete(Tokens, yield* unknown(true), { before: others }))
      assert.strictEqual((yield* exit)._tag, "Created")
      assert.deepStrictEqual(yield* tokensLeft, others)
    }).pipe(Effect.provide(lost)),
  )

  it.effect("leaves alone what cannot be told", () =>
    Effect.gen(function* () {
      const error = yield* unknown()
      yield* aside()
      const { exit } = yield* timed(CreateOutcome.findAndDelete(Tokens, error))
      assert.strictEqual((yield* exit)._tag, "Ambiguous")
      assert.lengthOf(yield* tokensLeft, 2)
    }).pipe(Effect.provide(lost)),
  )

  it.effect("has nothing to do where nothing was made", () =>
    Effect.gen(function* () {
      const other = yield* aside()
      yield* TestClock.adjust(aDay)
      const { exit } = yield* timed(CreateOutcome.findAndDelete(Tokens, yield* unknown()))
      assert.strictEqual((yield* exit)._tag, "NotCreated")
      assert.deepStrictEqual(yield* tokensLeft, [other])
    }).pipe(Effect.provide(undone)),
  )

  it.effect("says by its own name what it was not asked rightly", () =>
    Effect.gen(function* () {
      const refusal = yield* Effect.flip(CreateOutcome.findAndDelete(StreamTokens, yield* unknown()))
      if (!(refusal instanceof ApiError.InvalidRequest)) return assert.fail(refusal._tag)
      assert.deepStrictEqual([refusal.operation, refusal.field], ["CreateOutcome.findAndDelete", "error"])
    }).pipe(Effect.provide(lost)),
  )
})

interface Asked {
  readonly name: string
  readonly permissions: ReadonlyArray<KnownPermission>
}

const reports: Asked = { name: "reports", permissions: ["VIEW", "MANAGE"] }

/** As `aside`. */
const createAside = (asked: Asked = reports) =>
  Effect.gen(function* () {
    const control = yield* UmaaasControl.UmaaasControl
    const create = Effect.flatMap(ApiTokens, (apiTokens) => apiTokens.create(asked))
    return yield* Effect.provide(create, control.as(control.rootToken))
  })

describe("a create of an API token, whose secret is lost with the answer", () => {
  /** A platform whose answers to create do not arrive. */
  const losing = (isDone: boolean) =>
    Layer.effect(
      ApiTokens,
      Effect.map(ApiTokens, (apiTokens) => ({
        ...apiTokens,
        create: (asked: Asked) =>
          Effect.gen(function* () {
            const operation = "ApiTokens.create"
            const sentAt = yield* DateTime.now
            if (isDone) yield* apiTokens.create(asked)
            const reason = new ApiError.ConnectionFailed({
              operation,
              origin: "https://api.lightspark.com",
              sent: true,
            })
            const requested = { name: asked.name, permissions: asked.permissions }
            const failedAt = yield* DateTime.now
            return yield* new ApiError.OutcomeUnknown({
              operation,
              sentAt,
              failedAt,
              requested,
              secretLost: true,
              reason,
            })
          }),
      })),
    ).pipe(Layer.provideMerge(UmaaasMemory.layer))

  const unknownOutcome = (asked: Asked = reports) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.flatMap(ApiTokens, (apiTokens) => apiTokens.create(asked)))
      if (error._tag !== "OutcomeUnknown") return assert.fail(`unexpected ${error._tag}`)
      return error
    })

  const tokensLeft = Effect.flatMap(UmaaasControl.UmaaasControl, ({ rootToken, tokens }) =>
    Effect.map(tokens, (all) => all.filter(({ id }) => id !== rootToken.id).map(({ id }) => id)),
  )

  const outcomeOf = (error: ApiError.OutcomeUnknown, options?: CreateOutcome.Options<ApiToken>) =>
    Effect.gen(function* () {
      const { exit, took } = yield* timed(CreateOutcome.find(ApiTokens, error, options))
      return { outcome: yield* exit, took }
    })

  it.effect("that made one: this one, without a secret", () =>
    Effect.gen(function* () {
      const { outcome, took } = yield* outcomeOf(yield* unknownOutcome(), { before: [] })
      if (outcome._tag !== "Created") return assert.fail(outcome._tag)
      const { clientSecret, id, name, permissions } = outcome.token
      assert.deepStrictEqual({ name, permissions }, reports)
      assert.deepStrictEqual([id], yield* tokensLeft)
      assert.isUndefined(clientSecret)
      assert.strictEqual(took, 0)
    }).pipe(Effect.provide(losing(true))),
  )

  it.effect("is deleted, and can then be done again", () =>
    Effect.gen(function* () {
      const other = yield* createAside()
      yield* TestClock.adjust("61 seconds")
      const { exit } = yield* timed(
        CreateOutcome.findAndDelete(ApiTokens, yield* unknownOutcome(), { before: [other] }),
      )
      const outcome = yield* exit
      if (outcome._tag !== "Created") return assert.fail(outcome._tag)
      assert.deepStrictEqual(yield* tokensLeft, [other.id])
      const apiTokens = yield* ApiTokens
      assert.strictEqual((yield* Effect.flip(apiTokens.get(outcome.token.id)))._tag, "NotFound")
    }).pipe(Effect.provide(losing(true))),
  )

  it.effect("that made none does not exist, once nothing can come any more, and nothing is deleted", () =>
    Effect.gen(function* () {
      const other = yield* createAside()
      yield* TestClock.adjust(aDay)
      const { exit, took } = yield* timed(CreateOutcome.findAndDelete(ApiTokens, yield* unknownOutcome()))
      assert.strictEqual((yield* exit)._tag, "NotCreated")
      assert.strictEqual(took, 10_000)
      assert.deepStrictEqual(yield* tokensLeft, [other.id])
    }).pipe(Effect.provide(losing(false))),
  )

  it.effect.each<Asked>([
    { name: "report", permissions: ["VIEW", "MANAGE"] },
    { name: "reports 2", permissions: ["VIEW", "MANAGE"] },
    { name: "Reports", permissions: ["VIEW", "MANAGE"] },
    { name: "reports", permissions: ["VIEW"] },
    { name: "reports", permissions: ["VIEW", "MANAGE", "TRANSACT"] },
    { name: "reports", permissions: ["VIEW", "TRANSACT"] },
  ])("is not mixed up with %j", (other) =>
    Effect.gen(function* () {
      const error = yield* unknownOutcome()
      yield* createAside(other)
      assert.strictEqual((yield* outcomeOf(error)).outcome._tag, "NotCreated")
    }).pipe(Effect.provide(losing(false))),
  )

  it.effect.each<Asked>([
    { name: "reports", permissions: ["MANAGE", "VIEW"] },
    { name: "reports", permissions: ["VIEW", "VIEW", "MANAGE"] },
  ])("is found as %j: the order of permissions means nothing", (asked) =>
    Effect.gen(function* () {
      const error = yield* unknownOutcome(asked)
      const { id } = yield* createAside()
      const { outcome } = yield* outcomeOf(error, { before: [] })
      assert.strictEqual(outcome._tag === "Created" && outcome.token.id, id)
    }).pipe(Effect.provide(losing(false))),
  )

  it.effect("is none of those that are older than what was there before, listed or not", () =>
    Effect.gen(function* () {
      yield* createAside()
      yield* TestClock.adjust("1 second")
      const before = [yield* createAside()]
      yield* TestClock.adjust("1 second")
      const { outcome } = yield* outcomeOf(yield* unknownOutcome(), { before })
      assert.strictEqual(outcome._tag, "NotCreated")
    }).pipe(Effect.provide(losing(false))),
  )

  it.effect("beside another new one cannot be told: both are left alone", () =>
    Effect.gen(function* () {
      const error = yield* unknownOutcome()
      const other = yield* createAside()
      const { exit } = yield* timed(CreateOutcome.findAndDelete(ApiTokens, error, { before: [] }))
      const outcome = yield* exit
      if (outcome._tag !== "Ambiguous") return assert.fail(outcome._tag)
      assert.lengthOf(outcome.candidates, 2)
      assert.lengthOf(yield* tokensLeft, 2)
      const known = yield* outcomeOf(error, { before: [other] })
      assert.strictEqual(known.outcome._tag, "Created")
    }).pipe(Effect.provide(losing(true))),
  )

  it.effect("on a platform whose clock is behind or ahead", () =>
    Effect.gen(function* () {
      const error = yield* unknownOutcome()
      const noted = (seconds: number) =>
        new ApiError.OutcomeUnknown({ ...error, sentAt: DateTime.add(error.sentAt, { seconds }) })
      const find = (seconds: number, options?: CreateOutcome.Options<ApiToken>) =>
        Effect.map(outcomeOf(noted(seconds), options), ({ outcome }) => outcome._tag)
      assert.strictEqual(yield* find(-60), "Created")
      assert.strictEqual(yield* find(-59), "Ambiguous")
      assert.strictEqual(yield* find(60), "Ambiguous")
      assert.strictEqual(yield* find(30, { before: [] }), "Created")
      assert.strictEqual(yield* find(60, { before: [] }), "Created")
      assert.strictEqual(yield* find(61, { before: [] }), "Ambiguous")
      assert.strictEqual(yield* find(61, { before: [], clockSkew: "2 minutes" }), "Created")
    }).pipe(Effect.provide(losing(true))),
  )

  it.effect("is looked for beyond the first page", () =>
    Effect.gen(function* () {
      const others = Array.from({ length: 250 }, () => createAside({ ...reports, permissions: ["VIEW"] }))
      yield* Effect.all(others, { discard: true })
      assert.strictEqual((yield* outcomeOf(yield* unknownOutcome(), { before: [] })).outcome._tag, "Created")
    }).pipe(Effect.provide(losing(true))),
  )

  it.effect("is asked of its own service", () =>
    Effect.gen(function* () {
      const error = new ApiError.OutcomeUnknown({ ...(yield* unknownOutcome()), operation: "Tokens.create" })
      const refusal = yield* Effect.flip(CreateOutcome.find(ApiTokens, error))
      if (!(refusal instanceof ApiError.InvalidRequest)) return assert.fail(refusal._tag)
      assert.strictEqual(refusal.problem, "must come from ApiTokens.create, and comes from Tokens.create")
    }).pipe(Effect.provide(losing(true))),
  )
})

type Identified = Pick<Token | ApiToken, "id">

type Finding<A, R> = (
  error: ApiError.OutcomeUnknown,
  options: CreateOutcome.Options<A>,
) => Effect.Effect<CreateOutcome.CreateOutcome<A>, unknown, R>

/** A service under a plan. What is asked for is of one kind or of another. */
interface Subject<A, R> {
  readonly name: "Tokens" | "ApiTokens"
  readonly platform: (plan: Faults.Plan) => Layer.Layer<R>
  readonly create: (kind: boolean) => Effect.Effect<Identified, ApiError.CreateError | ApiError.CreateApiTokenError, R>
  readonly find: Finding<A, R>
  readonly findAndDelete: Finding<A, R>
  /** Past the faults. */
  readonly aside: (kind: boolean) => Effect.Effect<unknown, unknown, R>
  readonly all: Effect.Effect<ReadonlyArray<A>, unknown, R>
}

/** Mostly the first create is of unknown outcome: by themselves, plans seldom come to that. */
const losingPlans = (name: "Tokens" | "ApiTokens") =>
  fc
    .tuple(
      fc.option(
        fc.constantFrom(
          Faults.body("truncated"),
          ...[false, true].flatMap((afterEffect) => [
            Faults.reset({ afterEffect }),
            Faults.timeout({ afterEffect }),
            Faults.status(503, { afterEffect }),
          ]),
        ),
      ),
      plans({ operations: [`${name}.create`, `${name}.list`, `${name}.delete`] }),
    )
    .map(([fault, plan]) =>
      fault === null || plan._tag === "Random"
        ? plan
        : Faults.script(Faults.on(`${name}.create`, fault, { call: 1 }), ...plan.rules),
    )

const whatIsFoundIsWhatHappened = <A extends Identified, R>(subject: Subject<A, R>) => {
  const { all, aside, create, find, findAndDelete, name, platform } = subject
  return fc.assert(
    fc.asyncProperty(
      losingPlans(name),
      fc.boolean(),
      fc.array(fc.boolean(), { maxLength: 4 }),
      fc.constantFrom(0, 30_000, 86_400_000),
      fc.record({ isKnown: fc.boolean(), isDeleted: fc.boolean() }),
      (plan, kind, others, age, { isDeleted, isKnown }) =>
        Effect.gen(function* () {
          yield* Effect.forEach(others, aside, { discard: true })
          yield* TestClock.adjust(age)
          const before = yield* all
          const { exit } = yield* timed(
            create(kind).pipe(
              Effect.map((token) => ({ _tag: "Made" as const, token })),
              Effect.catchTag("OutcomeUnknown", (error) =>
                (isDeleted ? findAndDelete : find)(error, { before: isKnown ? before : undefined }).pipe(
                  Effect.catch(() => Effect.succeed({ _tag: "NotSaid" as const })),
                ),
              ),
            ),
          )
          const after = yield* all
          assert.deepStrictEqual(after.slice(0, before.length), before)
          const made = after.slice(before.length)
          if (exit._tag === "Failure") return assert.isEmpty(made)
          const said = exit.value
          switch (said._tag) {
            case "Made":
              return assert.deepStrictEqual(
                made.map(({ id }) => id),
                [said.token.id],
              )
            case "Created":
              assert.notInclude(
                before.map(({ id }) => id),
                said.token.id,
              )
              return assert.deepStrictEqual(made, isDeleted ? [] : [said.token])
            case "NotCreated":
              return assert.isEmpty(made)
            case "Ambiguous":
              assert.isFalse(isKnown)
              return assert.includeDeepMembers([...said.candidates], made)
            case "NotSaid":
              return assert.isAtMost(made.length, 1)
          }
        }).pipe(Effect.provide(platform(plan)), Effect.provide(TestClock.layer()), Effect.runPromise),
    ),
  )
}

describe("whatever becomes of a create, what is found is what happened", () => {
  it("of a token", () =>
    whatIsFoundIsWhatHappened<Token, Tokens | StreamTokens | NeuroioControl.NeuroioControl>({
      name: "Tokens",
      platform,
      create: (permanent) => Effect.flatMap(Tokens, (tokens) => tokens.create({ permanent })),
      find: (error, options) => CreateOutcome.find(Tokens, error, options),
      findAndDelete: (error, options) => CreateOutcome.findAndDelete(Tokens, error, options),
      aside,
      all: Effect.flatMap(NeuroioControl.NeuroioControl, ({ state }) =>
        Effect.map(state, ([account]) => account?.tokens ?? []),
      ),
    }))

  it("of an API token", () => {
    const asked = (isReports: boolean) => ({ name: isReports ? "reports" : "billing", permissions: ["VIEW"] }) as const
    return whatIsFoundIsWhatHappened<ApiToken, ApiTokens | UmaaasControl.UmaaasControl>({
      name: "ApiTokens",
      platform: (plan) => UmaaasMemory.layer.pipe(Faults.inject(plan)),
      create: (kind) => Effect.flatMap(ApiTokens, (apiTokens) => apiTokens.create(asked(kind))),
      find: (error, options) => CreateOutcome.find(ApiTokens, error, options),
      findAndDelete: (error, options) => CreateOutcome.findAndDelete(ApiTokens, error, options),
      aside: (kind) => createAside(asked(kind)),
      all: Effect.flatMap(UmaaasControl.UmaaasControl, ({ tokens }) => tokens),
    })
  })
})
