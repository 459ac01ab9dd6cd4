/** C3 to C6: when a call is sent again, how long it waits, and when it gives up. */
import { ApiError, Limits, TokenId, type TokenOperations, Tokens } from "@effect-tokens/core"
import { Faults, NeuroioControl } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { failed, layer, plans, runningBackwards, services, timed, tokensMade, Wire } from "../support/timed.ts"

type Operations = TokenOperations.TokenOperations
type Method = "create" | "list" | "get" | "update" | "delete" | "deleteList"

const id = TokenId.make(1)

type AnyError =
  | ApiError.CreateError
  | ApiError.ListError
  | ApiError.GetError
  | ApiError.UpdateError
  | ApiError.DeleteError
  | ApiError.DeleteListError

const calls: Record<Method, (tokens: Operations) => Effect.Effect<unknown, AnyError>> = {
  create: (tokens) => tokens.create(),
  list: (tokens) => tokens.list(),
  get: (tokens) => tokens.get(id),
  update: (tokens) => tokens.update(id, { isActive: false }),
  delete: (tokens) => tokens.delete(id),
  deleteList: (tokens) => tokens.deleteList({ permanent: false }),
}

const methods: ReadonlyArray<Method> = ["create", "list", "get", "update", "delete", "deleteList"]

/** Makes the token that calls point at, past the faults. */
const made = Effect.gen(function* () {
  const control = yield* NeuroioControl.NeuroioControl
  return yield* Effect.provide(
    Effect.flatMap(Tokens, (tokens) => tokens.create()),
    control.as(control.account),
  )
})

const call = (method: Method) => Effect.flatMap(Tokens, calls[method])

const sends = Effect.map(Wire, ({ sent }) => sent.length)

/** The times between the end of one request and the start of the next. */
const waits = Effect.map(Wire, ({ sent }) => sent.slice(1).map(({ at }, i) => at - (sent[i]?.endedAt ?? Number.NaN)))

const every = (fault: Faults.Fault) => Faults.script(Faults.on("any", fault))
const once = (fault: Faults.Fault) => Faults.script(Faults.on("any", fault, { call: 1 }))

/** Full jitter at its two ends, and in the middle. */
const jitter = (value: number) =>
  Effect.provideService(Random.Random, {
    nextIntUnsafe: () => 0,
    nextDoubleUnsafe: () => value,
  })

const changesNothing = { refused: Faults.refused, "429": Faults.status(429) }

const leavesOpen = {
  reset: Faults.reset(),
  timeout: Faults.timeout(),
  "502": Faults.status(502),
  "503": Faults.status(503),
  "504": Faults.status(504),
}

const isFinal = {
  "400": Faults.status(400),
  "401": Faults.status(401),
  "403": Faults.status(403),
  "404": Faults.status(404),
  "409": Faults.status(409),
  "422": Faults.status(422),
  "500": Faults.status(500),
  "501": Faults.status(501),
}

describe("a passing failure", () => {
  for (const method of methods) {
    const hidden = method === "create" ? changesNothing : { ...changesNothing, ...leavesOpen }
    it.effect.each(Object.entries(hidden))(`of ${method} is hidden: %s`, ([, fault]) =>
      Effect.gen(function* () {
        yield* made
        const { exit } = yield* timed(call(method))
        assert.isTrue(Exit.isSuccess(exit), JSON.stringify(exit))
        assert.strictEqual(yield* sends, 2)
        yield* failed(call(method).pipe(Limits.override({ retries: 0 })))
      }).pipe(
        Effect.provide(
          layer(Faults.script(Faults.on("any", fault, { call: 1 }), Faults.on("any", fault, { call: 3 }))),
        ),
      ),
    )
  }

  it.effect.each(Object.entries(isFinal))("%s is none", ([status, fault]) =>
    Effect.gen(function* () {
      for (const method of methods) {
        const before = yield* sends
        const { error } = yield* failed(call(method))
        assert.strictEqual(yield* sends, before + 1)
        if (method === "create" && status === "500") assert.strictEqual(error._tag, "OutcomeUnknown")
        else assert.strictEqual("status" in error ? String(error.status) : error._tag, status)
      }
    }).pipe(Effect.provide(layer(every(fault)))),
  )

  it.effect.each(Object.entries(leavesOpen))("of a create, after which it may exist, is told: %s", ([, fault]) =>
    Effect.gen(function* () {
      const { error } = yield* failed(call("create"))
      assert.strictEqual(error._tag, "OutcomeUnknown")
      assert.strictEqual(yield* sends, 1)
    }).pipe(Effect.provide(layer(every(fault)))),
  )

  it.effect("that does not pass is told, after two retries", () =>
    Effect.gen(function* () {
      const { error } = yield* failed(call("get"))
      assert.strictEqual(error._tag, "ServiceUnavailable")
      assert.strictEqual(yield* sends, 3)
    }).pipe(Effect.provide(layer(every(Faults.status(503))))),
  )

  it.effect("no answer that makes sense is none", () =>
    Effect.gen(function* () {
      yield* made
      const { error } = yield* failed(call("get"))
      assert.strictEqual(error._tag, "MalformedResponse")
      assert.strictEqual(yield* sends, 1)
    }).pipe(Effect.provide(layer(every(Faults.body("garbled"))))),
  )
})

describe("the wait", () => {
  const ceilings = [200, 400, 800, 1600, 3200, 5000, 5000]

  it.effect.each([0, 0.5, 1])("is %d of what doubles each time, up to 5 seconds", (share) =>
    Effect.gen(function* () {
      yield* failed(call("get").pipe(jitter(share)))
      assert.deepStrictEqual(
        yield* waits,
        ceilings.map((ceiling) => ceiling * share),
      )
    }).pipe(Effect.provide(layer(every(Faults.status(503)), { retries: 7, deadline: "1 minute" }))),
  )

  it.effect.each([429, 502, 503, 504] as const)("begins after the Retry-After of a %d", (status) =>
    Effect.gen(function* () {
      yield* failed(call("get").pipe(jitter(0.5)))
      assert.deepStrictEqual(yield* waits, [2100, 2200])
    }).pipe(Effect.provide(layer(every(Faults.status(status, { retryAfter: "2 seconds" }))))),
  )

  it.effect("that would not end before the deadline is not begun: the error comes at once", () =>
    Effect.gen(function* () {
      for (const method of methods) {
        const before = yield* sends
        const { error, took } = yield* failed(call(method))
        if (!(error instanceof ApiError.TooManyRequests)) return assert.fail(`unexpected ${error._tag}`)
        assert.strictEqual(error.retryAfter && Duration.toSeconds(error.retryAfter), 30)
        assert.strictEqual(took, 0)
        assert.strictEqual(yield* sends, before + 1)
      }
    }).pipe(Effect.provide(layer(every(Faults.status(429, { retryAfter: "30 seconds" }))))),
  )

  it.effect("ends with an interruption, and nothing is sent after it", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(call("get").pipe(jitter(1)))
      yield* Effect.raceFirst(TestClock.adjust("100 millis"), Effect.never)
      yield* timed(Effect.void)
      assert.strictEqual(yield* sends, 1)
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 minute")
      yield* timed(Effect.void)
      assert.strictEqual(yield* sends, 1)
    }).pipe(Effect.provide(layer(every(Faults.status(503))))),
  )

  it.effect("differs from client to client, also when the server tells all the same", () =>
    Effect.gen(function* () {
      const clients = 50
      yield* timed(
        Effect.forEach(
          Array.from({ length: clients }, (_, i) => i),
          (seed) => Effect.exit(call("get")).pipe(Random.withSeed(seed)),
          { concurrency: "unbounded" },
        ),
      )
      const { sent } = yield* Wire
      const second = new Set(sent.slice(clients, 2 * clients).map(({ at }) => at))
      assert.isAbove(second.size, clients / 2)
      for (const at of second) assert.isAtLeast(at, 1000)
    }).pipe(Effect.provide(layer(every(Faults.status(503, { retryAfter: "1 seconds" }))))),
  )
})

describe("the deadline", () => {
  it.effect("counts the time that attempts took: a wait past it is not begun", () =>
    Effect.gen(function* () {
      const { error, took } = yield* failed(call("get").pipe(jitter(0)))
      assert.strictEqual(error._tag, "ServiceUnavailable")
      assert.strictEqual(took, 3000)
    }).pipe(
      Effect.provide(
        layer(
          Faults.script(
            Faults.on("any", Faults.latency("3 seconds")),
            Faults.on("any", Faults.status(503, { retryAfter: "2 seconds" })),
          ),
          { deadline: "4 seconds" },
        ),
      ),
    ),
  )

  it.effect("leaves no time to a wait that ends just then", () =>
    Effect.gen(function* () {
      const { error, took } = yield* failed(call("get").pipe(jitter(0)))
      assert.strictEqual(error._tag, "TooManyRequests")
      assert.strictEqual(took, 0)
    }).pipe(Effect.provide(layer(every(Faults.status(429, { retryAfter: "5 seconds" })), { deadline: "5 seconds" }))),
  )

  it.effect("holds when a busy machine wakes up too late: nothing more is sent, and the answer is told", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.clockWith(Effect.succeed)
      const late: Clock.Clock = {
        ...clock,
        sleep: (duration) => {
          const millis = Duration.toMillis(duration)
          return clock.sleep(millis < 1000 ? Duration.millis(millis + 1000) : duration)
        },
      }
      for (const method of methods) {
        const before = yield* sends
        const { error } = yield* failed(call(method).pipe(jitter(1), Effect.provideService(Clock.Clock, late)))
        assert.strictEqual(error._tag, "TooManyRequests")
        assert.strictEqual(yield* sends, before + 1)
      }
    }).pipe(Effect.provide(layer(every(Faults.status(429)), { attemptTimeout: "1 second", deadline: "1100 millis" }))),
  )

  it.effect("cuts an attempt short", () =>
    Effect.gen(function* () {
      const { error, took } = yield* failed(call("get").pipe(jitter(1)))
      if (!(error instanceof ApiError.TimedOut)) return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.limit, "deadline")
      assert.strictEqual(error.message, "Tokens.get had no whole answer after 9s (deadline).")
      assert.strictEqual(took, 9000)
      assert.strictEqual(yield* sends, 3)
    }).pipe(Effect.provide(layer(every(Faults.timeout()), { deadline: "9 seconds" }))),
  )

  it.effect("leaves three attempts of four seconds alone", () =>
    Effect.gen(function* () {
      const { error, took } = yield* failed(call("get").pipe(jitter(1)))
      if (!(error instanceof ApiError.TimedOut)) return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.limit, "attemptTimeout")
      assert.strictEqual(took, 4000 + 200 + 4000 + 400 + 4000)
    }).pipe(Effect.provide(layer(every(Faults.timeout())))),
  )

  it.effect("is for each call: a wall clock that is set back meanwhile changes nothing", () =>
    Effect.gen(function* () {
      const { took } = yield* timed(
        Effect.exit(call("get").pipe(Effect.provideService(Clock.Clock, yield* runningBackwards))),
      )
      assert.isAtMost(took, 9000)
    }).pipe(Effect.provide(layer(every(Faults.timeout()), { deadline: "9 seconds", retries: 100 }))),
  )
})

describe("a delete", () => {
  const lost = [Faults.reset({ afterEffect: true }), Faults.timeout({ afterEffect: true })]

  it.effect.each(lost)("whose answer was lost has succeeded when the next one is 404 (C4)", (fault) =>
    Effect.gen(function* () {
      yield* made
      const { exit } = yield* timed(call("delete"))
      assert.isTrue(Exit.isSuccess(exit))
      assert.strictEqual(yield* sends, 2)
      assert.strictEqual(yield* tokensMade, 0)
    }).pipe(Effect.provide(layer(once(fault)))),
  )

  it.effect("of what is not there is NotFound", () =>
    Effect.gen(function* () {
      const { error } = yield* failed(call("delete"))
      assert.strictEqual(error._tag, "NotFound")
      assert.strictEqual(yield* sends, 1)
    }).pipe(Effect.provide(layer())),
  )

  it.effect.each(Object.entries(changesNothing))("that certainly did nothing leaves no doubt: %s", ([, fault]) =>
    Effect.gen(function* () {
      const { error } = yield* failed(call("delete"))
      assert.strictEqual(error._tag, "NotFound")
      assert.strictEqual(yield* sends, 2)
    }).pipe(Effect.provide(layer(once(fault)))),
  )

  it.effect("in doubt stays in doubt over an attempt that never left", () =>
    Effect.gen(function* () {
      yield* made
      const { exit } = yield* timed(call("delete"))
      assert.isTrue(Exit.isSuccess(exit))
      assert.strictEqual(yield* sends, 3)
    }).pipe(
      Effect.provide(
        layer(
          Faults.script(
            Faults.on("any", Faults.reset({ afterEffect: true }), { call: 1 }),
            Faults.on("any", Faults.refused, { call: 2 }),
          ),
        ),
      ),
    ),
  )

  it.effect("is alone in that: an update in doubt that meets 404 is NotFound", () =>
    Effect.gen(function* () {
      const { error } = yield* failed(call("update"))
      assert.strictEqual(error._tag, "NotFound")
      assert.strictEqual(yield* sends, 2)
    }).pipe(Effect.provide(layer(once(Faults.reset())))),
  )
})

describe("what was sent", () => {
  it.effect.each(["update", "delete", "deleteList"] as const)(
    "is not denied when it is the later attempt that never left: %s",
    (method) =>
      Effect.gen(function* () {
        yield* made
        const { error } = yield* failed(call(method))
        if (!(error instanceof ApiError.ConnectionFailed)) return assert.fail(`unexpected ${error._tag}`)
        assert.isTrue(error.sent)
        assert.notInclude(error.message, "Nothing was sent")
      }).pipe(
        Effect.provide(
          layer(
            Faults.script(
              Faults.on("any", Faults.reset({ afterEffect: true }), { call: 1 }),
              Faults.on("any", Faults.refused, { from: 2 }),
            ),
          ),
        ),
      ),
  )

  it.effect("is denied when no attempt left", () =>
    Effect.gen(function* () {
      for (const method of methods) {
        const { error } = yield* failed(call(method))
        if (!(error instanceof ApiError.ConnectionFailed)) return assert.fail(`unexpected ${error._tag}`)
        assert.isFalse(error.sent)
      }
    }).pipe(Effect.provide(layer(every(Faults.refused)))),
  )
})

describe("OutcomeUnknown", () => {
  it.effect("says when the request was sent that may have taken effect, and not one before it", () =>
    Effect.gen(function* () {
      const { error } = yield* failed(call("create").pipe(jitter(0)))
      if (!(error instanceof ApiError.OutcomeUnknown)) return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(DateTime.toEpochMillis(error.sentAt), 3000)
      assert.deepStrictEqual(error.requested, { permanent: false })
    }).pipe(
      Effect.provide(
        layer(
          Faults.script(
            Faults.on("any", Faults.status(429, { retryAfter: "3 seconds" }), { call: 1 }),
            Faults.on("any", Faults.timeout(), { call: 2 }),
          ),
        ),
      ),
    ),
  )
})

describe("limits of a region", () => {
  const down = layer(every(Faults.status(503)))

  it.effect("go before those of the layer, and end with it", () =>
    Effect.gen(function* () {
      yield* failed(call("get").pipe(Limits.override({ retries: 0 })))
      assert.strictEqual(yield* sends, 1)
      yield* failed(call("get"))
      assert.strictEqual(yield* sends, 4)
    }).pipe(Effect.provide(down)),
  )

  it.effect.each([
    ["what only the outer one sets stays", { attemptTimeout: 2000 }, { retries: 0 }, 2000],
    ["each of them", { deadline: 3000 }, { retries: 0 }, 3000],
    ["and the last", { retries: 0 }, { attemptTimeout: 2000 }, 2000],
    ["the inner one goes first", { retries: 0, deadline: 3000 }, { deadline: 1000 }, 1000],
    ["for each of them", { retries: 0, attemptTimeout: 1000 }, { attemptTimeout: 2000 }, 2000],
    ["whichever it is", { retries: 5, attemptTimeout: 1000 }, { retries: 0 }, 1000],
    ["and what it leaves undefined is not set", { retries: 0, deadline: 3000 }, { deadline: undefined }, 3000],
  ] as const)("add up: %s", ([, outer, inner, expected]) =>
    Effect.gen(function* () {
      const { took } = yield* failed(call("get").pipe(Limits.override(inner), Limits.override(outer)))
      assert.strictEqual(took, expected)
    }).pipe(Effect.provide(layer(every(Faults.timeout())))),
  )

  it.effect("hold for the pages of a stream", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      yield* failed(Stream.runDrain(tokens.stream()).pipe(Effect.provideService(Limits.CurrentLimits, { retries: 0 })))
      assert.strictEqual(yield* sends, 1)
    }).pipe(Effect.provide(down)),
  )

  it.effect.each([
    ["retries", -1],
    ["retries", 1.5],
    ["retries", Number.NaN],
    ["retries", Number.POSITIVE_INFINITY],
    ["attemptTimeout", 0],
    ["deadline", -1],
  ] as const)("that cannot be right are refused, and nothing is sent: %s %d", ([field, value]) =>
    Effect.gen(function* () {
      const { error } = yield* failed(call("get").pipe(Limits.override({ [field]: value })))
      if (!(error instanceof ApiError.InvalidRequest)) return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.operation, "Tokens.get")
      assert.strictEqual(error.field, field)
      assert.strictEqual(yield* sends, 0)
    }).pipe(Effect.provide(down)),
  )
})

describe("whatever goes wrong", () => {
  const limits = fc.record({
    retries: fc.integer({ min: 0, max: 4 }),
    attemptTimeout: fc.integer({ min: 1, max: 5000 }),
    deadline: fc.integer({ min: 1, max: 12_000 }),
  })

  const story = fc.record({
    plan: plans(),
    limits,
    method: fc.constantFrom(...methods),
    service: fc.constantFrom("Tokens" as const, "StreamTokens" as const),
    jitter: fc.integer(),
  })

  /** One call under a plan, and all that was seen of it. */
  const tell = (told: typeof story extends fc.Arbitrary<infer A> ? A : never) =>
    Effect.gen(function* () {
      const tokensBefore = yield* tokensMade
      const { exit, took } = yield* timed(
        Effect.flatMap(services[told.service], calls[told.method]).pipe(Random.withSeed(told.jitter)),
      )
      const { sent } = yield* Wire
      return { exit, took, sent, made: (yield* tokensMade) - tokensBefore }
    }).pipe(Effect.provide(layer(told.plan, told.limits)), Effect.provide(TestClock.layer()), Effect.runPromise)

  it("the call keeps its word", () =>
    fc.assert(
      fc.asyncProperty(story, async (told) => {
        const { exit, made, sent, took } = await tell(told)
        const { attemptTimeout, deadline, retries } = told.limits

        assert.isAtMost(took, deadline, "the deadline")
        assert.isAtMost(sent.length, retries + 1, "sends")
        assert.isAtLeast(sent.length, 1)
        if (retries === 0) assert.strictEqual(sent.length, 1)
        for (const { at, endedAt } of sent) {
          assert.isDefined(endedAt, "a request is left under way")
          assert.isAtMost((endedAt ?? 0) - at, attemptTimeout, "an attempt")
        }
        for (const [i, { at }] of sent.slice(1).entries()) {
          const before = sent[i]
          const asked = Number(before?.retryAfter ?? 0) * 1000
          assert.isAtLeast(at - (before?.endedAt ?? 0), asked, "Retry-After")
        }

        const error = Option.getOrUndefined(Exit.findErrorOption(exit))
        if (error?._tag === "ConnectionFailed") {
          const mayHaveChanged = sent.some(({ changedNothing }) => !changedNothing)
          assert.strictEqual(error.sent, mayHaveChanged, "what was sent")
        }
        assert.isAtMost(made, told.method === "create" ? 1 : 0, "tokens made")
        if (told.method !== "create") return
        if (Exit.isSuccess(exit)) assert.strictEqual(made, 1)
        if (made === 1 && error !== undefined) assert.strictEqual(error._tag, "OutcomeUnknown", "an unsaid token")
      }),
      { numRuns: 300 },
    ))
})
