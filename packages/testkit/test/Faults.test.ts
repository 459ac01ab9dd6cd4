/** Faults of the services are those that the whole client meets on a faulty transport. */
import {
  ApiError,
  ApiTokens,
  Neuroio,
  StreamTokens,
  type TokenOperations,
  Tokens,
  Transport,
  Umaaas,
} from "@effect-tokens/core"
import { Faults, NeuroioControl, NeuroioMemory, Sandbox, UmaaasControl, UmaaasMemory } from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Fiber from "effect/Fiber"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { inspect } from "node:util"
import { makeSwitch, type InjectedFault } from "../src/internal/faults/faultPlan.ts"

type Operations = TokenOperations.TokenOperations

type ServiceName = "Tokens" | "StreamTokens"

const services: Record<ServiceName, Effect.Effect<Operations, never, Tokens | StreamTokens>> = { Tokens, StreamTokens }

/**
 * The services under a plan, and the control of the platform beneath: in memory, and as the client over a transport. The
 * client sends once, since a fault of a service is one that no retry has hidden.
 */
const inMemory = (plan: Faults.Plan) => NeuroioMemory.layer.pipe(Faults.inject(plan))

const faultyTransport = (plan: Faults.Plan) => Sandbox.layerTransport().pipe(Faults.inject(plan))

const overTransport = (plan: Faults.Plan) =>
  Layer.unwrap(
    Effect.map(Sandbox.Credentials, ({ neuroio }) => Neuroio.layer({ apiToken: neuroio.account, retries: 0 })),
  ).pipe(Layer.orDie, Layer.provideMerge(faultyTransport(plan)))

/** Sends one request to NeuroIO and reads the response. */
const get = (path: string) =>
  Effect.flatMap(Transport.Transport, ({ send }) =>
    Effect.contextWith((context: Context.Context<never>) =>
      Effect.callback<{ readonly status: number; readonly header: Transport.Header; readonly text: string }, unknown>(
        (resume) => {
          let head: { readonly status: number; readonly header: Transport.Header }
          return send(
            { method: "GET", origin: "https://iam.neuroio.com", path, headers: Headers.empty, body: undefined },
            {
              onHeaders: (status, header) => {
                head = { status, header }
                return true
              },
              onComplete: (exit) =>
                resume(Effect.map(exit, (bytes) => ({ ...head, text: new TextDecoder().decode(bytes) }))),
            },
            1024 * 1024,
            context,
          )
        },
      ),
    ),
  )

const unwrapped = <A, E>(service: ServiceName, use: (operations: Operations) => Effect.Effect<A, E>) =>
  Effect.flatMap(NeuroioControl.NeuroioControl, (control) =>
    Effect.provide(Effect.flatMap(services[service], use), control.as(control.account)),
  )

/** A platform with three tokens, the second of which is called for. */
interface Stage {
  readonly calls: Readonly<Record<string, Effect.Effect<unknown, ApiErrors>>>
  /** All that the platform holds, and what is listed of it past the faults. */
  readonly state: Effect.Effect<unknown>
  readonly left: Effect.Effect<unknown>
  readonly secret: string
}

type OnStage = <A, E>(plan: Faults.Plan, use: (stage: Stage) => Effect.Effect<A, E>) => Effect.Effect<A, E>

/** A service in memory, and as the client over a transport. */
interface Subject {
  readonly name: string
  readonly methods: ReadonlyArray<Method>
  readonly inMemory: OnStage
  readonly overTransport: OnStage
}

/** A method, as the name that plans have for it, and whether it changes things. */
interface Method {
  readonly method: string
  readonly struck: string
  readonly changes: boolean
}

const read = (method: string): Method => ({ method, struck: method, changes: false })
const change = (method: string): Method => ({ method, struck: method, changes: true })
const stream: Method = { ...read("stream"), struck: "list" }

const neuroioStage = Effect.fnUntraced(function* (service: ServiceName) {
  const control = yield* NeuroioControl.NeuroioControl
  const beneath = <A, E>(use: (operations: Operations) => Effect.Effect<A, E>) =>
    Effect.provide(Effect.flatMap(services[service], use), control.as(control.account))
  const [, token] = yield* Effect.orDie(beneath(({ create }) => Effect.replicateEffect(create(), 3)))
  if (token === undefined) return assert.fail("there is no second token")
  const { create, deleteList, get, list, stream, update, ...operations }: Operations = yield* services[service]
  const stage: Stage = {
    calls: {
      create: create({ permanent: true }),
      list: list(),
      stream: Stream.runCollect(stream()),
      get: get(token.key),
      update: update(token.key, { isActive: false }),
      delete: operations.delete(token.key),
      deleteList: deleteList({ permanent: false }),
    },
    state: control.state,
    left: Effect.orDie(beneath(({ list }) => list())),
    secret: Redacted.value(token.key),
  }
  return stage
})

const neuroio = (name: ServiceName): Subject => ({
  name,
  methods: [
    change("create"),
    read("list"),
    stream,
    read("get"),
    change("update"),
    change("delete"),
    change("deleteList"),
  ],
  inMemory: (plan, use) => Effect.provide(Effect.flatMap(neuroioStage(name), use), inMemory(plan)),
  overTransport: (plan, use) => Effect.provide(Effect.flatMap(neuroioStage(name), use), overTransport(plan)),
})

const umaaasStage = Effect.gen(function* () {
  const control = yield* UmaaasControl.UmaaasControl
  const beneath = yield* Effect.provide(ApiTokens, control.as(control.rootToken))
  const create = beneath.create({ name: "reports", permissions: ["VIEW"] })
  const [, token] = yield* Effect.orDie(Effect.replicateEffect(create, 3))
  if (token?.clientSecret === undefined) return assert.fail("there is no second token")
  const apiTokens = yield* ApiTokens
  const stage: Stage = {
    calls: {
      create: apiTokens.create({ name: "more", permissions: ["VIEW", "MANAGE"] }),
      list: apiTokens.list({ name: "reports", limit: 2 }),
      stream: Stream.runCollect(apiTokens.stream()),
      get: apiTokens.get(token.id),
      delete: apiTokens.delete(token.id),
    },
    state: control.tokens,
    left: Effect.orDie(beneath.list()),
    secret: Redacted.value(token.clientSecret),
  }
  return stage
})

const umaaasInMemory = (plan: Faults.Plan) => UmaaasMemory.layer.pipe(Faults.inject(plan))

const umaaasOverTransport = (plan: Faults.Plan) =>
  Layer.unwrap(Effect.map(Sandbox.Credentials, ({ umaaas }) => Umaaas.layer({ ...umaaas, retries: 0 }))).pipe(
    Layer.orDie,
    Layer.provideMerge(faultyTransport(plan)),
  )

const umaaas: Subject = {
  name: "ApiTokens",
  methods: [change("create"), read("list"), stream, read("get"), change("delete")],
  inMemory: (plan, use) => Effect.provide(Effect.flatMap(umaaasStage, use), umaaasInMemory(plan)),
  overTransport: (plan, use) => Effect.provide(Effect.flatMap(umaaasStage, use), umaaasOverTransport(plan)),
}

type ApiErrors =
  | ApiError.CreateError
  | ApiError.ListError
  | ApiError.GetError
  | ApiError.UpdateError
  | ApiError.DeleteError
  | ApiError.DeleteListError
  | ApiError.CreateApiTokenError
  | ApiError.ListApiTokensError
  | ApiError.GetApiTokenError
  | ApiError.DeleteApiTokenError

interface Expected {
  readonly name: string
  readonly fault: Faults.Fault
  readonly takesEffect: boolean
  readonly takes: number
  /** What a call that is safe to send again fails with, or no failure at all. */
  readonly tag: ApiErrors["_tag"] | undefined
  /** The same for a create, where that is another one. */
  readonly ofCreate?: ApiErrors["_tag"] | undefined
  readonly spoilsBody?: boolean
}

const unknown = { ofCreate: "OutcomeUnknown" } as const
const after = { afterEffect: true } as const

const statuses: ReadonlyArray<Expected> = (
  [
    [301, "UnexpectedStatus", "OutcomeUnknown"],
    [400, "BadRequest"],
    [401, "Unauthorized"],
    [403, "Forbidden"],
    [408, "UnexpectedStatus", "UnexpectedStatus"],
    [429, "TooManyRequests"],
    [500, "InternalServerError", "OutcomeUnknown"],
    [501, "NotImplemented"],
    [502, "BadGateway", "OutcomeUnknown"],
    [503, "ServiceUnavailable", "OutcomeUnknown"],
    [504, "GatewayTimeout", "OutcomeUnknown"],
    [599, "UnexpectedStatus", "OutcomeUnknown"],
  ] as const
).map(([status, tag, ofCreate]) => ({
  name: `${status}`,
  fault: Faults.status(status),
  takesEffect: false,
  takes: 0,
  tag,
  ofCreate,
}))

const expectations: ReadonlyArray<Expected> = [
  { name: "3 seconds", fault: Faults.latency("3 seconds"), takesEffect: true, takes: 3000, tag: undefined },
  {
    name: "a second too many",
    fault: Faults.latency("5 seconds"),
    takesEffect: false,
    takes: 4000,
    tag: "TimedOut",
    ...unknown,
  },
  { name: "refused", fault: Faults.refused, takesEffect: false, takes: 0, tag: "ConnectionFailed" },
  { name: "reset", fault: Faults.reset(), takesEffect: false, takes: 0, tag: "ConnectionFailed", ...unknown },
  { name: "reset after", fault: Faults.reset(after), takesEffect: true, takes: 0, tag: "ConnectionFailed", ...unknown },
  { name: "timeout", fault: Faults.timeout(), takesEffect: false, takes: 4000, tag: "TimedOut", ...unknown },
  { name: "timeout after", fault: Faults.timeout(after), takesEffect: true, takes: 4000, tag: "TimedOut", ...unknown },
  ...statuses,
  {
    name: "429 with Retry-After",
    fault: Faults.status(429, { retryAfter: "1500 millis" }),
    takesEffect: false,
    takes: 0,
    tag: "TooManyRequests",
  },
  {
    name: "503 with Retry-After, after",
    fault: Faults.status(503, { retryAfter: "2 seconds", afterEffect: true }),
    takesEffect: true,
    takes: 0,
    tag: "ServiceUnavailable",
    ...unknown,
  },
  ...(["empty", "garbled", "truncated", "oversized"] as const).map((body) => ({
    name: `${body} body`,
    fault: Faults.body(body),
    takesEffect: true,
    takes: 0,
    tag: "MalformedResponse" as const,
    spoilsBody: true,
    ofCreate: "OutcomeUnknown" as const,
  })),
]

/** Gives the requests on their way the time that they take outside of the test's clock. */
const untilItChanges = <A>(read: Effect.Effect<A>, before: A): Effect.Effect<void> =>
  Effect.flatMap(read, (now) =>
    Equal.equals(now, before)
      ? Effect.andThen(
          Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve))),
          untilItChanges(read, before),
        )
      : Effect.void,
  )

/** One call under a fault: how it ended, what it changed and how long it took. */
const strike = ({ changes, method }: Method, expected: Expected) =>
  Effect.fnUntraced(function* ({ calls, left, secret, state }: Stage) {
    const call = calls[method]
    if (call === undefined) return assert.fail(`there is no ${method}`)
    const before = yield* state
    const began = yield* Clock.currentTimeMillis
    const fiber = yield* Effect.forkChild(
      Effect.flatMap(Effect.result(call), (result) =>
        Effect.map(Clock.currentTimeMillis, (ended) => ({ result, millis: ended - began })),
      ),
      { startImmediately: true },
    )
    if (changes && expected.takesEffect && expected.fault._tag === "Timeout") yield* untilItChanges(state, before)
    if (expected.takes > 0) yield* TestClock.adjust(expected.takes)
    const { result, millis } = yield* Fiber.join(fiber)
    const changed = !Equal.equals(yield* state, before)
    return { result, millis, changed, secret, left: yield* left }
  })

const subjects: ReadonlyArray<Subject> = [neuroio("Tokens"), neuroio("StreamTokens"), umaaas]

describe.each(subjects)("a fault of $name, in the service and on the wire", ({ methods, name, ...platform }) => {
  describe.each(expectations)("$name", (expected) => {
    it.effect.each(methods.map((method) => [method.method, method] as const))("%s", ([, method]) =>
      Effect.gen(function* () {
        const plan = yield* Effect.orDie(
          Schema.decodeUnknownEffect(Faults.Plan)({
            _tag: "Script",
            rules: [{ operation: `${name}.${method.struck}`, fault: expected.fault }],
          }),
        )
        const memory = yield* platform.inMemory(plan, strike(method, expected))
        yield* TestClock.setTime(0)
        const client = yield* platform.overTransport(plan, strike(method, expected))

        // Nothing is spoilt where there is no body.
        const fails = !(expected.spoilsBody === true && method.struck.startsWith("delete"))
        const tag = method.method === "create" ? (expected.ofCreate ?? expected.tag) : expected.tag
        const error = Result.isFailure(memory.result) ? memory.result.failure : undefined
        assert.strictEqual(error?._tag, fails ? tag : undefined)
        assert.isTrue(
          Equal.equals(memory.result, client.result),
          `in memory: ${inspect(memory.result)}\nover a transport: ${inspect(client.result)}`,
        )
        for (const { result, secret } of [memory, client]) {
          assert.notInclude(inspect(result, { depth: 20, showHidden: true }), secret)
          assert.notInclude(JSON.stringify(result), secret)
        }
        assert.strictEqual(memory.changed, method.changes && expected.takesEffect, "in memory")
        assert.strictEqual(client.changed, method.changes && expected.takesEffect, "over a transport")
        assert.isTrue(Equal.equals(memory.left, client.left))
        assert.strictEqual(memory.millis, expected.takes)
        assert.strictEqual(client.millis, expected.takes)
      }),
    )
  })
})

describe("a planned answer of UMAaaS", () => {
  it.effect.each([
    [400, "INVALID_INPUT"],
    [401, "UNAUTHORIZED"],
    [403, "FORBIDDEN"],
    [404, "TOKEN_NOT_FOUND"],
    [409, "CONFLICT"],
    [418, "REQUEST_FAILED"],
    [424, "FAILED_DEPENDENCY"],
    [429, "RATE_LIMITED"],
    [500, "INTERNAL_ERROR"],
    [503, "INTERNAL_ERROR"],
  ] as const)("%s has the code of the vendor's page: %s", ([status, code]) =>
    Effect.gen(function* () {
      const plan = Faults.script(Faults.on("ApiTokens.get", Faults.status(status)))
      for (const on of [umaaas.inMemory, umaaas.overTransport]) {
        const error = yield* on(plan, ({ calls: { get = Effect.void } }) => Effect.flip(get))
        assert.deepInclude({ ...error }, { code, serverMessage: "This answer was planned as a fault." })
      }
    }),
  )

  it.effect("leaves NeuroIO alone, and the other way round, in a sandbox of both", () =>
    Effect.gen(function* () {
      const program = Effect.gen(function* () {
        const tags = [yield* tagOf((yield* Tokens).list()), yield* tagOf((yield* ApiTokens).list())]
        const plan = yield* Faults.CurrentPlan
        yield* plan.set(Faults.script(Faults.on("Tokens.list", Faults.refused)))
        return [...tags, yield* tagOf((yield* Tokens).list()), yield* tagOf((yield* ApiTokens).list())]
      })
      const plan = Faults.script(Faults.on("ApiTokens.list", Faults.refused))
      const faulty = Sandbox.layer().pipe(Faults.inject(plan))
      assert.deepStrictEqual(yield* Effect.provide(program, faulty), [
        "ok",
        "ConnectionFailed",
        "ConnectionFailed",
        "ok",
      ])
    }),
  )
})

/** A program on both: in memory, and as the client over a transport. */
const onBoth = <A, E>(
  plan: Faults.Plan,
  program: Effect.Effect<A, E, Tokens | StreamTokens | NeuroioControl.NeuroioControl>,
) =>
  Effect.all([
    Effect.provide(program, Layer.fresh(inMemory(plan))),
    Effect.provide(program, Layer.fresh(overTransport(plan))),
  ])

const tagOf = <A>(effect: Effect.Effect<A, ApiErrors>): Effect.Effect<ApiErrors["_tag"] | "ok"> =>
  Effect.match(effect, { onFailure: ({ _tag }) => _tag, onSuccess: () => "ok" as const })

describe("a plan", () => {
  const refuseSecond = Faults.script(Faults.on("Tokens.create", Faults.refused, { call: 2 }))

  it.effect("strikes the calls that it names", () =>
    Effect.gen(function* () {
      const program = Effect.gen(function* () {
        const [tokens, streamTokens] = [yield* Tokens, yield* StreamTokens]
        const creates = [
          tokens.create(),
          streamTokens.create(),
          streamTokens.create(),
          tokens.create(),
          tokens.create(),
        ]
        return yield* Effect.forEach(creates, tagOf)
      })
      for (const tags of yield* onBoth(refuseSecond, program)) {
        assert.deepStrictEqual(tags, ["ok", "ok", "ok", "ConnectionFailed", "ok"])
      }
    }),
  )

  it.effect("counts anew for each layer", () =>
    Effect.gen(function* () {
      const create = Effect.flatMap(Tokens, ({ create }) => create())
      const layer = inMemory(refuseSecond)
      for (let i = 0; i < 3; i++) yield* Effect.provide(create, Layer.fresh(layer))
    }),
  )

  it.effect("does not count calls that are never made", () =>
    Effect.gen(function* () {
      const plan = Faults.script(Faults.on("Tokens.list", Faults.refused, { call: 1 }))
      const program = Effect.flatMap(Tokens, ({ list }) =>
        Effect.forEach([list({ limit: 0 }), list({ offset: -1 }), list(), list()], tagOf),
      )
      for (const tags of yield* onBoth(plan, program)) {
        assert.deepStrictEqual(tags, ["InvalidRequest", "InvalidRequest", "ConnectionFailed", "ok"])
      }
    }),
  )

  it.effect("strikes the pages of a stream as calls of list", () =>
    Effect.gen(function* () {
      const plan = Faults.script(Faults.on("Tokens.list", Faults.status(500), { call: 2 }))
      const program = Effect.gen(function* () {
        const { stream } = yield* Tokens
        yield* unwrapped("Tokens", ({ create }) => Effect.replicateEffect(create(), 5))
        const ids: Array<number> = []
        const collect = Stream.runForEach(stream({ pageSize: 2 }), ({ id }) => Effect.sync(() => ids.push(id)))
        const { operation } = yield* Effect.flip(collect)
        return { ids, operation }
      })
      for (const outcome of yield* onBoth(plan, program)) {
        assert.deepStrictEqual(outcome, { ids: [1, 2], operation: "Tokens.list" })
      }
    }),
  )

  it.effect("leaves a call that the platform refuses as it is, where a fault comes after the effect", () =>
    Effect.gen(function* () {
      const faults = [
        Faults.reset({ afterEffect: true }),
        Faults.timeout({ afterEffect: true }),
        Faults.status(503, { afterEffect: true }),
        Faults.body("garbled"),
      ]
      for (const fault of faults) {
        const program = Effect.flatMap(Tokens, ({ get }) => Effect.flip(get(Redacted.make("no-such-token"))))
        const [memory, client] = yield* onBoth(Faults.script(Faults.on("any", fault)), program)
        assert.strictEqual(memory._tag, "NotFound")
        assert.isTrue(Equal.equals(memory, client), `${inspect(memory)}, ${inspect(client)}`)
      }
    }),
  )

  it.effect("adds latencies up, before the first other fault", () =>
    Effect.gen(function* () {
      const plan = Faults.script(
        Faults.on("any", Faults.latency("1 second")),
        Faults.on("Tokens.get", Faults.status(409)),
        Faults.on("Tokens.get", Faults.refused),
        Faults.on("Tokens.get", Faults.latency(500)),
      )
      const program = Effect.gen(function* () {
        const { get } = yield* Tokens
        const fiber = yield* Effect.forkChild(tagOf(get(Redacted.make("key"))), { startImmediately: true })
        yield* TestClock.adjust(1499)
        const early = fiber.pollUnsafe()
        yield* TestClock.adjust(1)
        return [early, yield* Fiber.join(fiber)] as const
      })
      for (const [early, late] of yield* onBoth(plan, program)) {
        assert.isUndefined(early)
        assert.strictEqual(late, "UnexpectedStatus")
      }
    }),
  )

  it.effect("counts latency in the time that a client waits", () =>
    Effect.gen(function* () {
      const plan = Faults.script(Faults.on("any", Faults.latency("300 millis")), Faults.on("any", Faults.timeout()))
      const layer = NeuroioMemory.layer.pipe(Faults.inject(plan, { attemptTimeout: "1 second" }))
      const fiber = yield* Effect.forkChild(
        Effect.provide(
          Effect.flatMap(Tokens, ({ list }) => Effect.flip(list())),
          layer,
        ),
        { startImmediately: true },
      )
      yield* TestClock.adjust("1 second")
      const error = fiber.pollUnsafe()
      assert.isDefined(error)
      assert.strictEqual(
        (yield* Fiber.join(fiber)).message,
        "Tokens.list had no whole answer after 1s (attemptTimeout).",
      )
    }),
  )

  it.effect("passes on what is no request of the operations", () =>
    Effect.gen(function* () {
      const plan = Faults.script(Faults.on("any", Faults.refused))
      const statuses = Effect.forEach(["/_sandbox/clock", "/v1/elsewhere/"], (path) =>
        Effect.map(get(path), ({ status }) => status),
      )
      assert.deepStrictEqual(yield* Effect.provide(statuses, faultyTransport(plan)), [200, 404])
    }),
  )

  it.effect("replaces a body whose transfer had headers of its own", () =>
    Effect.gen(function* () {
      const body = '[{"id": 1}]'
      const headers = { "content-type": "application/json", "content-length": `${body.length}`, etag: "1" }
      const transport = Transport.layerHttpClient.pipe(
        Layer.provide(
          Layer.succeed(
            HttpClient.HttpClient,
            HttpClient.make((request) =>
              Effect.succeed(HttpClientResponse.fromWeb(request, new Response(body, { headers }))),
            ),
          ),
        ),
      )
      const plan = Faults.script(Faults.on("any", Faults.body("truncated")))
      const { header, text } = yield* Effect.provide(get("/v1/tokens/"), transport.pipe(Faults.inject(plan)))
      assert.strictEqual(text, '[{"id')
      assert.deepStrictEqual(
        Object.keys(headers).map((name) => header(name)),
        ["application/json", undefined, "1"],
      )
    }),
  )

  it.effect("goes through JSON", () =>
    Effect.gen(function* () {
      const plan = Faults.script(
        Faults.on("Tokens.create", Faults.status(503, { retryAfter: "2 seconds", afterEffect: true }), { call: 2 }),
        Faults.on("any", Faults.latency("3 seconds"), { from: 2, times: 3 }),
      )
      const json = {
        _tag: "Script",
        rules: [
          {
            operation: "Tokens.create",
            call: 2,
            fault: { _tag: "Status", status: 503, retryAfter: 2, afterEffect: true },
          },
          { operation: "any", from: 2, times: 3, fault: { _tag: "Latency", millis: 3000 } },
        ],
      }
      assert.deepStrictEqual(JSON.parse(JSON.stringify(plan)), json)
      assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(Faults.Plan)(json), plan)
    }),
  )
})

describe("the type of services under a plan", () => {
  it("says which are needed, and which are given", () => {
    const all: Layer.Layer<Tokens | StreamTokens | ApiTokens | Faults.CurrentPlan> = Sandbox.layer().pipe(
      Faults.inject(Faults.none),
    )
    const transport: Layer.Layer<Transport.Transport | Faults.CurrentPlan, never, HttpClient.HttpClient> =
      Transport.layerHttpClient.pipe(Faults.inject(Faults.none))
    // @ts-expect-error: NeuroIO's services are not there
    const missing: Layer.Layer<Tokens> = UmaaasMemory.layer.pipe(Faults.inject(Faults.none))
    assert.lengthOf([all, transport, missing], 3)
  })
})

describe("a random plan", () => {
  /** What becomes of 20 calls, half of them creates. */
  const outcomes = (plan: Faults.Plan) =>
    Effect.provide(
      Effect.flatMap(Tokens, ({ create, list }) =>
        Effect.forEach(Array.from({ length: 20 }), (_, i) => (i % 2 === 0 ? tagOf(create()) : tagOf(list()))),
      ),
      Layer.fresh(inMemory(plan)),
    )

  const faults = [Faults.refused, Faults.status(500), Faults.status(429)]

  it.effect("repeats from its seed", () =>
    Effect.gen(function* () {
      const first = yield* outcomes(Faults.random({ seed: 7, rate: 0.5, faults }))
      assert.deepStrictEqual(yield* outcomes(Faults.random({ seed: 7, rate: 0.5, faults })), first)
      assert.notDeepEqual(yield* outcomes(Faults.random({ seed: 8, rate: 0.5, faults })), first)
      assert.include(first, "ok")
      assert.isAbove(new Set(first).size, 2, "more than one fault was drawn")
    }),
  )

  it("draws for an operation what it always drew, also since there are others", () => {
    const { planner } = makeSwitch(Faults.random({ seed: 7, rate: 0.5, faults }))
    const drawn = (operation: Faults.Operation) =>
      Array.from({ length: 12 }, () => planner(operation).fault?._tag.slice(0, 1) ?? "-").join("")
    assert.deepStrictEqual([drawn("Tokens.create"), drawn("StreamTokens.deleteList")], ["--R---S--R--", "-RS-RSS----S"])
  })

  it.effect("strikes nothing at a rate of 0, and everything at a rate of 1", () =>
    Effect.gen(function* () {
      for (let seed = 0; seed < 20; seed++) {
        const none = yield* outcomes(Faults.random({ seed, rate: 0, faults }))
        assert.isTrue(none.every((tag) => tag === "ok"))
        const all = yield* outcomes(Faults.random({ seed, rate: 1, faults }))
        assert.isFalse(all.includes("ok"))
      }
    }),
  )

  it.effect("strikes only the operations that it names", () =>
    Effect.gen(function* () {
      const tags = yield* outcomes(Faults.random({ seed: 1, rate: 1, faults, operations: ["Tokens.list"] }))
      assert.isTrue(tags.every((tag, i) => (tag === "ok") === (i % 2 === 0)))
    }),
  )
})

/** No waiting, so that nothing has to move the clock. */
const inNoTime = (plan: Faults.Plan): Faults.Plan => {
  const takesNoTime = ({ _tag }: Faults.Fault) => _tag !== "Latency" && _tag !== "Timeout"
  return plan._tag === "Script"
    ? { ...plan, rules: plan.rules.filter(({ fault }) => takesNoTime(fault)) }
    : { ...plan, faults: [Faults.refused, Faults.reset({ afterEffect: true }), Faults.body("empty")] }
}

describe("a plan that is changed while it is followed", () => {
  const down = Faults.script(Faults.on("Tokens.list", Faults.status(503)))

  const list = Effect.flatMap(Tokens, (tokens) => Effect.result(tokens.list()))

  const platforms: ReadonlyArray<readonly [string, Layer.Layer<Tokens | Faults.CurrentPlan>]> = [
    ["services", inMemory(Faults.none)],
    ["transport", overTransport(Faults.none)],
  ]

  it.effect.each(platforms)("%s", ([, platform]) =>
    Effect.gen(function* () {
      const plan = yield* Faults.CurrentPlan
      assert.isTrue(Result.isSuccess(yield* list))
      yield* plan.set(down)
      assert.isTrue(Result.isFailure(yield* list))
      yield* plan.set(Faults.script(Faults.on("Tokens.list", Faults.status(503), { call: 2 })))
      assert.isTrue(Result.isSuccess(yield* list), "counted from here")
      assert.isTrue(Result.isFailure(yield* list))
      yield* plan.set(Faults.none)
      assert.isTrue(Result.isSuccess(yield* list))
    }).pipe(Effect.provide(platform)),
  )
})

describe("an arbitrary plan", () => {
  it("is one that the schema takes, as it is", () => {
    fc.assert(
      fc.property(Faults.arbitrary({ endless: true }), (plan) => {
        const decoded = Schema.decodeUnknownSync(Faults.Plan)(JSON.parse(JSON.stringify(plan)))
        assert.deepStrictEqual(decoded, plan)
      }),
    )
  })

  it("strikes only what it is given", () => {
    const operations = ["Tokens.get", "StreamTokens.get"] as const
    fc.assert(
      fc.property(Faults.arbitrary({ operations, endless: true }), (plan) => {
        const struck = plan._tag === "Script" ? plan.rules.map(({ operation }) => operation) : plan.operations
        for (const operation of struck ?? []) assert.include<string>([...operations], operation)
      }),
    )
  })

  it("comes to an end, unless it may be endless", () => {
    const isStruck = ({ fault, latency }: InjectedFault) => fault !== undefined || latency > 0
    const endsWithin25 = (plan: Faults.Plan) => {
      const { planner } = makeSwitch(plan)
      const strikes = Array.from({ length: 100 }, () => isStruck(planner("Tokens.get")))
      return !strikes.slice(25).includes(true)
    }
    fc.assert(fc.property(Faults.arbitrary(), endsWithin25))
    assert.isTrue(fc.sample(Faults.arbitrary({ endless: true }), 200).some((plan) => !endsWithin25(plan)))
  })

  it("can be recognised, so that a saved case shrinks", () => {
    const plan = Faults.script(Faults.on("any", Faults.reset({ afterEffect: true }), { from: 2, times: 1 }))
    assert.isTrue(Faults.arbitrary().canShrinkWithoutContext(plan))
  })

  it("does in the services what it does on the wire", async () => {
    const program = Effect.gen(function* () {
      const tokens = yield* Tokens
      const [first] = yield* unwrapped("Tokens", ({ create }) => Effect.replicateEffect(create(), 1))
      if (first === undefined) return assert.fail("there is no token")
      const calls: ReadonlyArray<Effect.Effect<unknown, ApiErrors>> = [
        tokens.create(),
        tokens.update(first.key, { isActive: false }),
        tokens.create({ permanent: true }),
        tokens.list(),
        tokens.delete(first.id),
        tokens.update(first.id, { isActive: true }),
        Stream.runCollect(tokens.stream({ pageSize: 1 })),
      ]
      const results = yield* Effect.forEach(calls, (call) => Effect.result(call))
      return [results, yield* unwrapped("Tokens", ({ list }) => list())]
    })
    await fc.assert(
      fc.asyncProperty(
        Faults.arbitrary({
          operations: ["Tokens.create", "Tokens.list", "Tokens.update", "Tokens.delete"],
          endless: true,
        }),
        (plan) =>
          Effect.runPromise(
            Effect.map(Effect.provide(onBoth(inNoTime(plan), program), TestClock.layer()), ([memory, client]) =>
              assert.isTrue(Equal.equals(memory, client), `${inspect(memory)}\n${inspect(client)}`),
            ),
          ),
      ),
      { numRuns: 50 },
    )
  })
})

describe("what cannot be right", () => {
  const refusal = (make: () => unknown): ApiError.InvalidRequest => {
    try {
      make()
    } catch (error) {
      if (error instanceof ApiError.InvalidRequest) return error
      throw error
    }
    return assert.fail("it was taken")
  }

  const latency = Faults.latency(1)

  it.each([
    ["a success", () => Faults.status(204), "Faults.status", "status"],
    ["no status at all", () => Faults.status(700), "Faults.status", "status"],
    ["what is no answer", () => Faults.status(100), "Faults.status", "status"],
    ["an answer without a body", () => Faults.status(304), "Faults.status", "status"],
    ["half a status", () => Faults.status(500.5), "Faults.status", "status"],
    ["a wait below zero", () => Faults.status(503, { retryAfter: -1 }), "Faults.status", "retryAfter"],
    ["an endless wait", () => Faults.status(503, { retryAfter: Infinity }), "Faults.status", "retryAfter"],
    ["a latency below zero", () => Faults.latency(-1), "Faults.latency", "duration"],
    ["an endless latency", () => Faults.latency("Infinity"), "Faults.latency", "duration"],
    ["a latency that is none", () => Faults.latency(Number.NaN), "Faults.latency", "duration"],
    ["a call 0", () => Faults.on("any", latency, { call: 0 }), "Faults.on", "call"],
    ["half a call", () => Faults.on("any", latency, { from: 1.5 }), "Faults.on", "from"],
    ["no times", () => Faults.on("any", latency, { times: 0 }), "Faults.on", "times"],
    ["a rate above 1", () => Faults.random({ seed: 1, rate: 1.1 }), "Faults.random", "rate"],
    ["a rate below 0", () => Faults.random({ seed: 1, rate: -0.1 }), "Faults.random", "rate"],
    ["no rate", () => Faults.random({ seed: 1, rate: Number.NaN }), "Faults.random", "rate"],
    ["half a seed", () => Faults.random({ seed: 0.5, rate: 1 }), "Faults.random", "seed"],
    ["nothing to draw from", () => Faults.random({ seed: 1, rate: 1, faults: [] }), "Faults.random", "faults"],
    ["nothing to try", () => Faults.arbitrary({ operations: [] }), "Faults.arbitrary", "operations"],
    ["nothing to strike", () => Faults.random({ seed: 1, rate: 1, operations: [] }), "Faults.random", "operations"],
    [
      "a rule made by hand",
      () => Faults.script({ operation: "any", fault: { _tag: "Status", status: 200 } }),
      "Faults.script",
      "rules.0.fault.status",
    ],
    ["a plan made by hand", () => Faults.inject({ _tag: "Random", seed: 1, rate: 2 }), "Faults.inject", "rate"],
    [
      "no time to answer in",
      () => Faults.inject(Faults.script(), { attemptTimeout: -1 }),
      "Faults.inject",
      "attemptTimeout",
    ],
  ])("is refused with the name of the field: %s", (_, make, operation, field) => {
    const error = refusal(make)
    assert.strictEqual(error.operation, operation)
    assert.strictEqual(error.field, field)
    assert.match(error.problem, /^must be /)
  })

  it("is refused in words that say what would be right", () => {
    assert.strictEqual(
      refusal(() => Faults.status(200)).message,
      "Faults.status was refused before anything was sent. " +
        "status: must be the status of an error: a whole number from 300 to 599, other than 304.",
    )
    // @ts-expect-error: a call, or a range of them
    const both = refusal(() => Faults.on("any", latency, { call: 1, times: 2 }))
    assert.strictEqual(both.field, "call")
    const misspelt: unknown = { _tag: "Reset", afterEfect: true }
    assert.strictEqual(refusal(() => Reflect.apply(Faults.on, undefined, ["any", misspelt])).field, "fault.afterEfect")
  })
})
