/** What was called, by whom and with what outcome, without a secret. */
import {
  ApiError,
  type ApiToken,
  ApiTokenId,
  ApiTokens,
  Neuroio,
  StreamTokens,
  TokenId,
  Tokens,
  Umaaas,
} from "@effect-tokens/core"
import {
  Faults,
  Journal,
  NeuroioControl,
  NeuroioMemory,
  Sandbox,
  UmaaasControl,
  UmaaasMemory,
} from "@effect-tokens/testkit"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"

const journal = NeuroioMemory.layer.pipe(Journal.record({ caller: "account 1" }))

const under = (plan: Faults.Plan) => NeuroioMemory.layer.pipe(Faults.inject(plan), Journal.record())

const thrownBy = (make: () => unknown): unknown => {
  try {
    make()
  } catch (error) {
    return error
  }
  return undefined
}

const asJson = Schema.encodeEffect(Journal.Snapshot)

describe("a journal", () => {
  it.effect("holds every call of both services, in order", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const streamTokens = yield* StreamTokens
      const { entries } = yield* Journal.Journal
      yield* TestClock.setTime(1000)
      const { id, key } = yield* tokens.create({ permanent: true })
      yield* streamTokens.create()
      yield* tokens.list({ permanent: null, limit: 5 })
      yield* Stream.runDrain(tokens.stream({ pageSize: 1 }))
      yield* tokens.get(key)
      yield* tokens.update(id, { isActive: false })
      yield* tokens.delete(key)
      yield* streamTokens.deleteList({ permanent: null })
      const calls = yield* entries
      assert.deepStrictEqual(
        calls.map(({ input, operation, outcome }) => [operation, input, outcome]),
        [
          ["Tokens.create", { permanent: true }, { _tag: "Success", tokens: [1] }],
          ["StreamTokens.create", {}, { _tag: "Success", tokens: [2] }],
          ["Tokens.list", { permanent: null, limit: 5 }, { _tag: "Success", tokens: [1] }],
          ["Tokens.stream", { pageSize: 1 }, { _tag: "Success", tokens: [1] }],
          ["Tokens.get", { token: "<key>" }, { _tag: "Success", tokens: [1] }],
          ["Tokens.update", { token: 1, isActive: false }, { _tag: "Success", tokens: [1] }],
          ["Tokens.delete", { token: "<key>" }, { _tag: "Success", tokens: [] }],
          ["StreamTokens.deleteList", { permanent: null }, { _tag: "Success", tokens: [] }],
        ],
      )
      assert.deepStrictEqual(
        calls.map(({ began, ended, index }) => [index, began, ended]),
        calls.map((_, i) => [i + 1, 2 * i + 1, 2 * i + 2]),
      )
      for (const { at, caller, millis } of calls) {
        assert.deepStrictEqual([DateTime.toEpochMillis(at), caller, millis], [1000, "account 1", 0])
      }
    }).pipe(Effect.provide(journal)),
  )

  it.effect("says what a call failed with", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const { calls } = yield* Journal.Journal
      yield* Effect.flip(tokens.get(TokenId.make(42)))
      yield* Effect.flip(tokens.list({ limit: Number.NaN }))
      yield* Effect.flip(tokens.create())
      assert.deepStrictEqual(
        (yield* calls("Tokens.get")).map(({ outcome }) => outcome),
        [
          {
            _tag: "Failure",
            error: "NotFound",
            status: 404,
            message: "Tokens.get was answered 404 Not Found. The server says: Not found.",
          },
        ],
      )
      const [list] = yield* calls("Tokens.list")
      assert.deepInclude(list, { input: { limit: "NaN" } })
      assert.deepInclude(list?.outcome, { error: "InvalidRequest" })
      assert.notProperty(list?.outcome, "status")
      assert.deepInclude((yield* calls("Tokens.create"))[0]?.outcome, { error: "OutcomeUnknown" })
    }).pipe(Effect.provide(under(Faults.script(Faults.on("Tokens.create", Faults.reset()))))),
  )

  it.effect("shows what is pending, what was interrupted, how long it took and what ran beside it", () =>
    Effect.gen(function* () {
      const { create, get, list } = yield* Tokens
      const { entries } = yield* Journal.Journal
      const slow = yield* Effect.forkChild(create(), { startImmediately: true })
      const never = yield* Effect.forkChild(get(Redacted.make("key")), { startImmediately: true })
      yield* list()
      assert.deepStrictEqual(
        (yield* entries).map(({ began, ended, millis, outcome }) => [outcome._tag, began, ended, millis]),
        [
          ["Pending", 1, null, null],
          ["Pending", 2, null, null],
          ["Success", 3, 4, 0],
        ],
      )
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(slow)
      yield* Fiber.interrupt(never)
      assert.deepStrictEqual(
        (yield* entries).map(({ began, ended, millis, outcome }) => [outcome._tag, began, ended, millis]),
        [
          ["Success", 1, 5, 2000],
          ["Interrupted", 2, 6, 2000],
          ["Success", 3, 4, 0],
        ],
      )
    }).pipe(
      Effect.provide(
        under(
          Faults.script(
            Faults.on("Tokens.create", Faults.latency("2 seconds")),
            Faults.on("Tokens.get", Faults.timeout()),
          ),
        ),
      ),
    ),
  )

  it.effect("holds what was taken from a stream that was not taken whole", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const { calls } = yield* Journal.Journal
      yield* Effect.replicateEffect(tokens.create(), 5)
      yield* Stream.runDrain(Stream.take(tokens.stream({ pageSize: 2 }), 1))
      const [stream] = yield* calls("Tokens.stream")
      if (stream?.outcome._tag !== "Success") return assert.fail(inspect(stream))
      assert.deepStrictEqual(stream.outcome.tokens, [1])
    }).pipe(Effect.provide(journal)),
  )

  it.effect("keeps the latest calls, and says how many it does not keep", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const { dropped, entries, snapshot } = yield* Journal.Journal
      yield* Effect.replicateEffect(tokens.list(), 3)
      assert.strictEqual(yield* dropped, 0)
      yield* Effect.replicateEffect(tokens.list(), 2)
      assert.strictEqual(yield* dropped, 2)
      assert.deepStrictEqual(
        (yield* entries).map(({ index }) => index),
        [3, 4, 5],
      )
      assert.match(Journal.format(yield* snapshot), /^… 2 earlier calls are not kept\n/)
      assert.notInclude(Journal.format(yield* entries), "…")
    }).pipe(Effect.provide(NeuroioMemory.layer.pipe(Journal.record({ capacity: 3 })))),
  )

  it.effect("does not bring a call back that it dropped while it was pending", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const { entries } = yield* Journal.Journal
      const slow = yield* Effect.forkChild(tokens.create(), { startImmediately: true })
      yield* tokens.list()
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(slow)
      assert.deepStrictEqual(
        (yield* entries).map(({ operation }) => operation),
        ["Tokens.list"],
      )
    }).pipe(
      Effect.provide(
        NeuroioMemory.layer.pipe(
          Faults.inject(Faults.script(Faults.on("Tokens.create", Faults.latency("2 seconds")))),
          Journal.record({ capacity: 1 }),
        ),
      ),
    ),
  )

  it.effect("keeps 1,000 calls unless it is told otherwise", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const { dropped, entries } = yield* Journal.Journal
      yield* Effect.replicateEffect(tokens.list(), 1001)
      assert.lengthOf(yield* entries, 1000)
      assert.strictEqual(yield* dropped, 1)
    }).pipe(Effect.provide(journal)),
  )

  it.effect("forgets, and counts on", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const { clear, dropped, entries } = yield* Journal.Journal
      yield* Effect.replicateEffect(tokens.list(), 3)
      yield* clear
      assert.deepStrictEqual([yield* entries, yield* dropped], [[], 0])
      yield* tokens.list()
      assert.deepStrictEqual(
        (yield* entries).map(({ began, index }) => [index, began]),
        [[4, 7]],
      )
    }).pipe(Effect.provide(NeuroioMemory.layer.pipe(Journal.record({ capacity: 2 })))),
  )

  it.each([0, -1, 1.5, Number.NaN, Infinity])("refuses a capacity of %s", (capacity) => {
    for (const record of ["record", "recordCallers"] as const) {
      const error = thrownBy(() => NeuroioMemory.layer.pipe(Journal[record]({ capacity })))
      if (!(error instanceof ApiError.InvalidRequest)) return assert.fail("it was not refused")
      assert.deepInclude({ ...error }, { operation: `Journal.${record}`, field: "capacity" })
      assert.include(error.message, "capacity: must be a whole number of at least 1.")
    }
  })

  it.effect("goes through JSON", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const { snapshot } = yield* Journal.Journal
      yield* tokens.create({ permanent: true })
      yield* Effect.flip(tokens.get(TokenId.make(42)))
      const json = yield* asJson(yield* snapshot)
      assert.deepStrictEqual(JSON.parse(JSON.stringify(json)), json)
      assert.deepStrictEqual(json.entries[0], {
        index: 1,
        at: "1970-01-01T00:00:00.000Z",
        caller: "account 1",
        operation: "Tokens.create",
        input: { permanent: true },
        outcome: { _tag: "Success", tokens: [1] },
        began: 1,
        ended: 2,
        millis: 0,
      })
      assert.deepStrictEqual(yield* Schema.decodeEffect(Journal.Snapshot)(json), yield* snapshot)
    }).pipe(Effect.provide(journal)),
  )

  it.effect("prints as a table", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const { snapshot } = yield* Journal.Journal
      yield* tokens.create({ permanent: true })
      yield* Effect.forkChild(tokens.get(Redacted.make("key")), { startImmediately: true })
      yield* Effect.flip(tokens.delete(TokenId.make(42)))
      assert.strictEqual(
        Journal.format(yield* snapshot),
        [
          "#  at                        order  caller  call                            outcome",
          "1  1970-01-01T00:00:00.000Z  1–2    caller  Tokens.create(permanent: true)  gave 1 (0 ms)",
          "2  1970-01-01T00:00:00.000Z  3–     caller  Tokens.get(token: <key>)        pending",
          "3  1970-01-01T00:00:00.000Z  4–5    caller  Tokens.delete(token: 42)        NotFound 404 (0 ms): " +
            "Tokens.delete was answered 404 Not Found. The server says: Not found.",
        ].join("\n"),
      )
    }).pipe(Effect.provide(under(Faults.script(Faults.on("Tokens.get", Faults.timeout()))))),
  )

  it("prints one line a call, whatever a server says", () => {
    const entry = Schema.decodeUnknownSync(Journal.Entry)({
      index: 12,
      at: "2026-01-02T03:04:05.000Z",
      caller: "token 5",
      operation: "Tokens.get",
      input: { token: "<key>" },
      outcome: { _tag: "Failure", error: "BadGateway", status: 502, message: "one\r\n  two\nthree" },
      began: 1,
      ended: 2,
      millis: 3,
    })
    const lines = Journal.format({ entries: [entry], dropped: 1 }).split("\n")
    assert.lengthOf(lines, 3)
    assert.strictEqual(lines[0], "… 1 earlier call is not kept")
    assert.match(lines[2] ?? "", /BadGateway 502 \(3 ms\): one two three$/)
  })
})

describe("a journal of a platform", () => {
  it.effect("has all callers in one order, each by name", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const control = yield* NeuroioControl.NeuroioControl
      const journal = yield* Journal.Journal
      const space = yield* control.addOwner("space")
      const call = Effect.flatMap(Tokens, (tokens) => tokens.create())
      const own = yield* tokens.create()
      yield* Effect.provide(call, control.as(space))
      yield* Effect.provide(call, control.as(own.key))
      yield* Effect.provide(call, control.as(space.key))
      yield* Effect.flip(Effect.provide(call, control.as(Redacted.make("made up"))))
      assert.deepStrictEqual(
        (yield* journal.calls("Tokens.create")).map(({ caller, index }) => [index, caller]),
        [
          [1, `account ${control.account.number}`],
          [2, `space ${space.number}`],
          [3, `token ${own.id} of account ${control.account.number}`],
          [4, `space ${space.number}`],
          [5, "unknown credential"],
        ],
      )
    }).pipe(Effect.provide(NeuroioMemory.layer.pipe(Journal.recordCallers()))),
  )

  it.effect("is as large as it is asked to be", () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(NeuroioMemory.layer.pipe(Journal.recordCallers({ capacity: 1 })))
      yield* Effect.replicateEffect(Context.get(context, Tokens).create(), 3)
      assert.strictEqual(yield* Context.get(context, Journal.Journal).dropped, 2)
    }),
  )
})

describe("a journal of UMAaaS", () => {
  const journal = UmaaasMemory.layer.pipe(Journal.record())

  const newest = (tokens: ReadonlyArray<ApiToken>) => tokens.slice(1).map(({ id }) => id)

  it.effect("holds every call in order, with ids, names, permissions and filters", () =>
    Effect.gen(function* () {
      const apiTokens = yield* ApiTokens
      const { entries, snapshot } = yield* Journal.Journal
      yield* TestClock.setTime(1000)
      const { createdAt, id } = yield* apiTokens.create({ name: "reports", permissions: ["VIEW", "MANAGE"] })
      const { nextCursor } = yield* apiTokens.list({ limit: 1 })
      const rest = yield* apiTokens.list({ cursor: nextCursor })
      assert.deepStrictEqual(rest.data[0]?.id, id)
      const filter = { name: "reports", createdAfter: createdAt, updatedBefore: new Date(60_000) }
      yield* Stream.runDrain(apiTokens.stream({ ...filter, pageSize: 10 }))
      yield* apiTokens.get(id)
      yield* apiTokens.delete(id)
      yield* Effect.flip(apiTokens.get(id))
      const all = yield* entries
      const first = all[1]?.outcome._tag === "Success" ? all[1].outcome.tokens : []
      assert.deepStrictEqual(
        all.map(({ input, operation, outcome }) => [
          operation,
          input,
          outcome._tag === "Success" ? outcome.tokens : outcome._tag === "Failure" && [outcome.error, outcome.status],
        ]),
        [
          ["ApiTokens.create", { name: "reports", permissions: ["VIEW", "MANAGE"] }, [id]],
          ["ApiTokens.list", { limit: 1 }, first],
          ["ApiTokens.list", { cursor: "<cursor>" }, [id]],
          [
            "ApiTokens.stream",
            {
              name: "reports",
              createdAfter: "1970-01-01T00:00:01.000Z",
              updatedBefore: "1970-01-01T00:01:00.000Z",
              pageSize: 10,
            },
            [id],
          ],
          ["ApiTokens.get", { id }, [id]],
          ["ApiTokens.delete", { id }, []],
          ["ApiTokens.get", { id }, ["NotFound", 404]],
        ],
      )
      const json = yield* asJson(yield* snapshot)
      assert.deepStrictEqual(yield* Schema.decodeEffect(Journal.Snapshot)(json), yield* snapshot)
      assert.include(Journal.format(yield* snapshot), `ApiTokens.get(id: ${id})`)
    }).pipe(Effect.provide(journal)),
  )

  it.effect("has all callers of a sandbox of both platforms in one order, each by name", () =>
    Effect.gen(function* () {
      const umaaas = yield* UmaaasControl.UmaaasControl
      const neuroio = yield* NeuroioControl.NeuroioControl
      const { entries } = yield* Journal.Journal
      const list = Effect.flatMap(ApiTokens, (apiTokens) => apiTokens.list())
      const made = yield* Effect.flatMap(ApiTokens, ({ create }) => create({ name: "a", permissions: ["VIEW"] }))
      yield* Effect.flatMap(Tokens, (tokens) => tokens.create())
      yield* Effect.provide(list, umaaas.as(made))
      yield* Effect.flip(
        Effect.provide(list, umaaas.as({ clientId: "made-up", clientSecret: Redacted.make("made-up") })),
      )
      yield* Effect.provide(
        Effect.flatMap(StreamTokens, (tokens) => tokens.list()),
        neuroio.as(yield* neuroio.addOwner("space")),
      )
      assert.deepStrictEqual(
        (yield* entries).map(({ caller, operation }) => [caller, operation]),
        [
          [umaaas.rootToken.id, "ApiTokens.create"],
          ["account 1", "Tokens.create"],
          [made.id, "ApiTokens.list"],
          ["unknown credential", "ApiTokens.list"],
          ["space 3", "StreamTokens.list"],
        ],
      )
      assert.deepStrictEqual(newest(yield* umaaas.tokens), [made.id])
    }).pipe(Effect.provide(Sandbox.layer().pipe(Journal.recordCallers()))),
  )

  it.effect("of UMAaaS alone", () =>
    Effect.gen(function* () {
      const { create } = yield* ApiTokens
      const { rootToken } = yield* UmaaasControl.UmaaasControl
      const { entries } = yield* Journal.Journal
      yield* create({ name: "a", permissions: ["VIEW"] })
      assert.deepStrictEqual(
        (yield* entries).map(({ caller }) => caller),
        [rootToken.id],
      )
    }).pipe(Effect.provide(UmaaasMemory.layer.pipe(Journal.recordCallers()))),
  )
})

describe("no key gets into a journal", () => {
  const canary = "canary-5f2b8e41c7"

  const everyText = Effect.gen(function* () {
    const { entries, snapshot } = yield* Journal.Journal
    const all = yield* snapshot
    assert.isAbove((yield* entries).length, 0)
    const texts = [
      JSON.stringify(yield* asJson(all)),
      Journal.format(all),
      inspect(all, { depth: 20, showHidden: true }),
    ]
    return texts.join("\n")
  })

  it.effect("of a call, of its token or of its failure", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const { key } = yield* tokens.create()
      yield* Effect.exit(tokens.list())
      yield* Effect.exit(Stream.runDrain(tokens.stream()))
      for (const ref of [key, Redacted.make(canary)]) {
        yield* Effect.exit(tokens.get(ref))
        yield* Effect.exit(tokens.update(ref, { isActive: true }))
        yield* Effect.exit(tokens.delete(ref))
      }
      const text = yield* everyText
      assert.notInclude(text, canary)
      assert.notInclude(text, Redacted.value(key))
    }).pipe(
      Effect.provide(
        Layer.unwrap(
          Effect.map(Sandbox.Credentials, ({ neuroio }) => Neuroio.layer({ apiToken: neuroio.account, retries: 0 })),
        ).pipe(
          Layer.provide(
            Sandbox.layerTransport().pipe(
              Faults.inject(
                Faults.script(
                  Faults.on("Tokens.get", Faults.reset()),
                  Faults.on("Tokens.update", Faults.body("garbled")),
                  Faults.on("Tokens.delete", Faults.refused),
                ),
              ),
            ),
          ),
          Journal.record(),
        ),
      ),
    ),
  )

  it.effect("that was given where none belongs", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      for (const method of [tokens.create, tokens.list, tokens.get, tokens.delete, tokens.deleteList]) {
        for (const input of [canary, { permanent: canary, [canary]: 1 }, { token: canary, limit: canary }]) {
          const misuse: Effect.Effect<unknown, unknown> = Reflect.apply(method, tokens, [input])
          yield* Effect.exit(misuse)
        }
      }
      const misuse: Effect.Effect<unknown, unknown> = Reflect.apply(tokens.update, tokens, [1, { isActive: canary }])
      yield* Effect.exit(misuse)
      const text = yield* everyText
      assert.notInclude(text, canary)
      assert.include(text, "permanent: <string>")
    }).pipe(Effect.provide(journal)),
  )

  it.effect("of an API token", () =>
    Effect.gen(function* () {
      const apiTokens = yield* ApiTokens
      const { clientSecret } = yield* apiTokens.create({ name: "reports", permissions: ["VIEW"] })
      if (clientSecret === undefined) return assert.fail("there is no secret")
      const secret = Redacted.value(clientSecret)
      yield* Effect.exit(apiTokens.create({ name: "lost", permissions: ["VIEW"] }))
      yield* Effect.exit(apiTokens.list())
      yield* Effect.exit(Stream.runDrain(apiTokens.stream()))
      for (const id of [secret, `x:${secret}`]) {
        yield* Effect.exit(apiTokens.get(ApiTokenId.make(id)))
        yield* Effect.exit(apiTokens.delete(ApiTokenId.make(id)))
      }
      for (const method of [apiTokens.create, apiTokens.list, apiTokens.get, apiTokens.delete]) {
        for (const input of [
          secret,
          clientSecret,
          { name: clientSecret, permissions: [secret, clientSecret] },
          { name: "a", permissions: secret, [secret]: 1 },
          { limit: secret, cursor: secret, createdAfter: secret, pageSize: secret },
        ]) {
          const misuse: Effect.Effect<unknown, unknown> = Reflect.apply(method, apiTokens, [input])
          yield* Effect.exit(misuse)
        }
      }
      const text = yield* everyText
      assert.notInclude(text, secret)
      assert.include(text, "limit: <string>")
    }).pipe(
      Effect.provide(
        Layer.unwrap(Effect.map(Sandbox.Credentials, ({ umaaas }) => Umaaas.layer({ ...umaaas, retries: 0 }))).pipe(
          Layer.provide(
            Sandbox.layerTransport().pipe(
              Faults.inject(
                Faults.script(
                  Faults.on("ApiTokens.create", Faults.body("garbled"), { call: 2 }),
                  Faults.on("ApiTokens.get", Faults.reset(), { call: 1 }),
                  Faults.on("ApiTokens.delete", Faults.status(500), { call: 1 }),
                ),
              ),
            ),
          ),
          Journal.record(),
        ),
      ),
    ),
  )

  it.effect("that a defect tells", () => {
    const broken = Layer.effectContext(
      Effect.map(Tokens, (tokens) =>
        Context.make(Tokens, { ...tokens, list: () => Effect.die(new Error(canary)) }).pipe(
          Context.add(StreamTokens, tokens),
        ),
      ),
    ).pipe(Layer.provide(NeuroioMemory.layer))
    return Effect.gen(function* () {
      const tokens = yield* Tokens
      const { calls } = yield* Journal.Journal
      yield* Effect.exit(tokens.list())
      assert.notInclude(yield* everyText, canary)
      assert.deepInclude((yield* calls("Tokens.list"))[0]?.outcome, { _tag: "Failure", error: "Defect" })
    }).pipe(Effect.provide(broken.pipe(Journal.record())))
  })
})
