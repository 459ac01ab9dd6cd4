/**
 * Every operation of all services against everything that can go wrong on a real socket. What it comes to is printed
 * into `docs/guarantees.md`; what must hold in any case is asserted here.
 */
import { ApiTokens, Limits, StreamTokens, Tokens } from "@effect-tokens/core"
import { Faults } from "@effect-tokens/testkit"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import { chapters, good, type Misbehaviour } from "@effect-tokens/test-support/Misbehaviour"
import {
  type AnyError,
  type AnyService,
  services,
  type ServiceUnderTest,
} from "@effect-tokens/test-support/ServiceUnderTest"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { vi } from "vitest"
import { type TransportName, transports } from "./support/client.ts"
import { answer, pagedLists } from "./support/pagedLists.ts"
import { layerRehearsal, makeInProcess, Reached, type Rehearsal, rehearsals, stages } from "./support/rehearsal.ts"
import { cell, table, withPart } from "./support/table.ts"
import { observe, type Observed } from "./support/virtualTime.ts"

/** Without what differs from one run or one transport to another: codes of the operating system, times of day. */
const describeError = (error: AnyError): string => {
  switch (error._tag) {
    case "OutcomeUnknown":
      return `OutcomeUnknown (${describeError(error.reason)})`
    case "ConnectionFailed":
      return error.sent ? "ConnectionFailed" : "ConnectionFailed, nothing sent"
    case "TimedOut":
      return `TimedOut, ${error.limit}`
    case "MalformedResponse":
      return `MalformedResponse, ${error.problem}`
    default:
      return error._tag
  }
}

const outcomeOf = (exit: Exit.Exit<unknown, AnyError>, label: string): string => {
  if (Exit.isSuccess(exit)) return "success"
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  return error === undefined ? assert.fail(`${label}: ${Cause.pretty(exit.cause)}`) : describeError(error)
}

const times = (count: number) => (count === 1 ? "once" : `${count} times`)

const cellOf = ({ attempts, exit, time }: Observed<unknown, AnyError>, label: string): string =>
  `${times(attempts)} · ${outcomeOf(exit, label)} · ${time / 1000} s`

const pem = (file: string) =>
  readFileSync(new URL(`../../platform-node/test/fixtures/${file}`, import.meta.url), "utf8")

const serverFor = ({ connection }: Misbehaviour) =>
  RawServer.make(
    connection === "untrusted" || connection === "plain to TLS"
      ? { cert: pem("server.pem"), key: pem("server.key") }
      : undefined,
  )

const urlOf = ({ connection, isProxy }: Misbehaviour, url: string) => {
  if (isProxy === true) return "https://platform.test"
  if (connection === "TLS to plain") return url.replace("http:", "https:")
  return connection === "plain to TLS" ? url.replace("https:", "http:") : url
}

/** The settings of the environment for a layer that is built within the scope. */
const withProxy = (url: string) =>
  Effect.acquireRelease(
    Effect.sync(() => vi.stubEnv("https_proxy", url).stubEnv("no_proxy", "")),
    () => Effect.sync(() => vi.unstubAllEnvs()),
  )

const limitsOf = ({ limits = {} }: Misbehaviour) => ({
  deadline: Duration.toMillis(Duration.fromInputUnsafe(limits.deadline ?? "30 seconds")),
  retries: limits.retries ?? 2,
})

/** What comes of one call, with all that must hold in any case. Undefined where it makes no sense. */
const trial = Effect.fnUntraced(function* (
  misbehaviour: Misbehaviour,
  elsewhere: RawServer.RawServer["Service"],
  transport: TransportName,
  service: ServiceUnderTest,
  operation: string,
) {
  const label = `${service.name}.${operation} over ${transport}`
  const { body, call, status } = service.operations[operation] ?? assert.fail(`no ${label}`)
  const expected = { status, body: body?.with({}) }
  const server = yield* serverFor(misbehaviour)
  const isHttp = misbehaviour.answer !== undefined
  const answer = (attempt: number) => misbehaviour.answer?.({ expected, attempt, elsewhere: elsewhere.url })
  if (isHttp && answer(1) === undefined) return undefined

  server.answer = (_, index) => answer(index + 1) ?? assert.fail("nothing to answer")
  server.greeting =
    misbehaviour.connection === "TLS to plain" && misbehaviour.greeting === undefined
      ? RawServer.response(400, { connection: "close", "content-length": 0 })
      : misbehaviour.greeting
  server.interruption = misbehaviour.interruption
  if (misbehaviour.connection === "refused") yield* server.listen(false)

  if (misbehaviour.isProxy === true) yield* withProxy(server.url)
  const url = urlOf(misbehaviour, server.url)
  const { deadline, retries } = limitsOf(misbehaviour)
  return yield* Effect.gen(function* () {
    const observed = yield* observe(call, server, misbehaviour.stallsInBody)

    assert.isAtMost(observed.attempts, retries + 1, label)
    assert.isAtMost(observed.time, deadline, label)
    if (isHttp) assert.strictEqual(server.requests.length, observed.attempts, label)
    if (operation === "create" && misbehaviour.isHarmless !== true) assert.strictEqual(observed.attempts, 1, label)
    assert.strictEqual(elsewhere.connections(), 0, label)

    // Nothing is held, and the next call works.
    if (transport !== "fetch" || misbehaviour.isHeldByFetch !== true) yield* server.allFreed
    if (misbehaviour.isProxy === true) return cellOf(observed, label)
    if (misbehaviour.connection === "refused") yield* server.listen(true)
    if (isHttp || misbehaviour.connection === "refused") {
      server.answer = () => good(expected)
      yield* Limits.override(call, { retries: 0 })
    }
    return cellOf(observed, label)
  }).pipe(Effect.provide(transports[transport](url, misbehaviour.limits)))
}, Effect.scoped)

/** By operation. */
type Cells = Partial<Record<string, string>>

const trials = Effect.fnUntraced(function* (
  misbehaviour: Misbehaviour,
  transport: TransportName,
  name: ServiceUnderTest["name"],
) {
  const service = services.find((service) => service.name === name) ?? assert.fail(`no ${name}`)
  const elsewhere = yield* RawServer.make()
  const cells: Cells = {}
  const entries = yield* Effect.forEach(
    Object.keys(service.operations),
    (operation) =>
      Effect.map(trial(misbehaviour, elsewhere, transport, service, operation), (cell) => ({ operation, cell })),
    // The environment names one proxy at a time.
    { concurrency: misbehaviour.isProxy === true ? 1 : "unbounded" },
  )
  for (const { cell, operation } of entries) {
    if (cell !== undefined) cells[operation] = cell
  }
  return cells
}, Effect.scoped)

/** What of the second is not as in the first. */
const differences = (cells: Cells, others: Cells): Cells =>
  Object.fromEntries(Object.entries(others).filter(([operation, text]) => text !== cells[operation]))

interface Row {
  readonly cells: Cells
  /** Over `fetch`, where that differs. */
  readonly overFetch: Cells | undefined
  /** Of `ApiTokens`, only where they differ. */
  readonly ofApiTokens: Cells
}

const results = new Map<Misbehaviour, Row>()

describe.each(chapters)("$title", ({ misbehaviours }) => {
  it.effect.each(misbehaviours)("$name", (misbehaviour) =>
    Effect.gen(function* () {
      // One comparison for both: these services differ in where they are, the transports in what they are.
      const cells = yield* trials(misbehaviour, "undici", "Tokens")
      const overFetch = misbehaviour.isProxy === true ? cells : yield* trials(misbehaviour, "fetch", "StreamTokens")
      if (misbehaviour.overFetch === undefined) assert.deepStrictEqual(overFetch, cells, "over fetch")
      else assert.notDeepEqual(overFetch, cells, "over fetch")
      const ofApiTokens = differences(cells, yield* trials(misbehaviour, "undici", "ApiTokens"))
      const mayDiffer = misbehaviour.ofApiTokens !== undefined
      assert.strictEqual(Object.keys(ofApiTokens).length > 0, mayDiffer, `ApiTokens: ${JSON.stringify(ofApiTokens)}`)
      results.set(misbehaviour, {
        cells,
        overFetch: misbehaviour.overFetch === undefined ? undefined : overFetch,
        ofApiTokens,
      })
    }),
  )
})

const names = ["list", "get", "update", "delete", "deleteList", "create"] as const

type Name = (typeof names)[number]

const namesOfApiTokens: ReadonlyArray<Name> = ["list", "get", "delete", "create"]

/** The same under a fault that is planned, with what it comes to on the platform. */
const rehearse = Effect.fnUntraced(function* (
  { fault, isHarmless }: Rehearsal,
  planned: Faults.Calls,
  service: ServiceUnderTest["name"],
  operation: Name,
) {
  const label = `${service}.${operation}`
  const plan = yield* Faults.CurrentPlan
  const reached = yield* Reached
  yield* plan.set(Faults.none)
  const { calls, held } = yield* stages[service]
  const { call, struck } = calls.find(({ struck }) => struck === label) ?? assert.fail(`no ${label}`)
  yield* plan.set(Faults.script(Faults.on(struck, fault, planned)))
  const before = reached()
  const observed = yield* observe(call, makeInProcess())
  const requests = reached() - before
  const after = yield* held

  assert.isAtMost(observed.attempts, 3, label)
  assert.isAtMost(observed.time, 30_000, label)
  assert.isAtMost(requests, observed.attempts, label)
  if (operation === "create") {
    assert.isAtMost(requests, 1, label)
    assert.strictEqual(after, 1 + requests, label)
    if (isHarmless !== true) assert.strictEqual(observed.attempts, 1, label)
  }
  const changed = after === 1 ? "" : ` · ${after > 1 ? "made" : "deleted"}`
  return `${cellOf(observed, label)} · ${requests} got there${changed}`
})

const kinds = ["always", "once"] as const

const rehearsed = new Map<string, Cells>()

layer(layerRehearsal)("under faults of the testkit", (it) => {
  it.effect.each(rehearsals.flatMap((rehearsal) => kinds.map((kind) => ({ ...rehearsal, kind }))))(
    "$name, $kind",
    ({ kind, ...rehearsal }) =>
      Effect.gen(function* () {
        const [planned, service] = kind === "always" ? [{}, "Tokens" as const] : [{ call: 1 }, "StreamTokens" as const]
        const cellsOf = Effect.fnUntraced(function* (service: ServiceUnderTest["name"], names: ReadonlyArray<Name>) {
          const cells: Cells = {}
          for (const name of names) cells[name] = yield* rehearse(rehearsal, planned, service, name)
          return cells
        })
        const cells = yield* cellsOf(service, names)
        assert.deepStrictEqual(differences(cells, yield* cellsOf("ApiTokens", namesOfApiTokens)), {}, "ApiTokens")
        rehearsed.set(`${rehearsal.name}, ${kind}`, cells)
      }),
  )
})

const streamed = new Map<string, Cells>()

/** Reads the stream of a service to its end. */
const reading = (
  see: (id: unknown) => void,
): Readonly<Record<ServiceUnderTest["name"], Effect.Effect<void, AnyError, AnyService>>> => {
  const read = <E>(stream: Stream.Stream<{ readonly id: unknown }, E>) =>
    Stream.runForEach(stream, ({ id }) => Effect.sync(() => see(id)))
  return {
    Tokens: Tokens.use((tokens) => read(tokens.stream())),
    StreamTokens: StreamTokens.use((tokens) => read(tokens.stream())),
    ApiTokens: ApiTokens.use((apiTokens) => read(apiTokens.stream())),
  }
}

describe("streams", () => {
  it.effect.each(pagedLists)("$name", (list) =>
    Effect.gen(function* () {
      /** How many requests a stream makes, how many tokens it gives, and how it ends. */
      const outcome = Effect.fnUntraced(function* (transport: TransportName, service: ServiceUnderTest["name"]) {
        const server = yield* RawServer.make()
        server.answer = answer(list)
        const ids = new Array<unknown>()
        const read = reading((id) => ids.push(id))[service]
        const exit = yield* Effect.provide(Effect.exit(read), transports[transport](server.url))
        assert.lengthOf([...new Set(ids)], ids.length, "no token comes twice")
        const requests = server.requests.length === 1 ? "1 request" : `${server.requests.length} requests`
        return `${requests} · ${ids.length} tokens · ${outcomeOf(exit, list.name)}`
      }, Effect.scoped)
      const tokens = yield* outcome("undici", "Tokens")
      assert.strictEqual(yield* outcome("fetch", "StreamTokens"), tokens)
      const apiTokens = yield* outcome("undici", "ApiTokens")
      assert.strictEqual(yield* outcome("fetch", "ApiTokens"), apiTokens)
      streamed.set(list.name, { tokens, apiTokens })
    }),
  )
})

const byList = () =>
  table(
    ["The list", "Tokens, StreamTokens", "ApiTokens"],
    [...streamed].map(([name, { apiTokens = "", tokens = "" }]) => [name, tokens, apiTokens]),
  )

const again = names.filter((name) => name !== "create")

const bySocket = () =>
  chapters
    .map(({ misbehaviours, title }) => {
      const rows = misbehaviours.map((misbehaviour) => {
        const cells = results.get(misbehaviour)?.cells ?? {}
        return [misbehaviour.name, cell(cells, again), cell(cells, ["create"])]
      })
      return `### ${title}\n\n${table(["What goes wrong", again.join(", "), "create"], rows)}`
    })
    .join("\n\n")

const overFetch = () =>
  table(
    ["What goes wrong", again.join(", "), "create", "Why"],
    [...results].flatMap(([{ name, overFetch = "" }, { overFetch: cells }]) =>
      cells === undefined ? [] : [[name, cell(cells, again), cell(cells, ["create"]), overFetch]],
    ),
  )

const ofApiTokens = () =>
  table(
    ["What goes wrong", "list, get, delete", "create", "Why"],
    [...results].flatMap(([{ name, ofApiTokens: why }, { ofApiTokens: cells }]) =>
      why === undefined ? [] : [[name, cell(cells, ["list", "get", "delete"]), cell(cells, ["create"]), why]],
    ),
  )

const byPlan = () =>
  table(
    ["Fault", "list, get, update", "delete, deleteList", "create"],
    [...rehearsed].map(([name, cells]) => [
      name,
      cell(cells, ["list", "get", "update"]),
      cell(cells, ["delete", "deleteList"]),
      cell(cells, ["create"]),
    ]),
  )

describe("docs/guarantees.md", () => {
  const file = fileURLToPath(new URL("../../../docs/guarantees.md", import.meta.url))

  it("says what came of it", async ({ expect }) => {
    const rows = chapters.flatMap(({ misbehaviours }) => misbehaviours)
    assert.strictEqual(results.size, rows.length, "only a run of all tests in this file knows the tables")
    assert.strictEqual(rehearsed.size, rehearsals.length * kinds.length, "some planned fault has no row")
    assert.strictEqual(streamed.size, pagedLists.length, "some list has no row")
    const parts = { sockets: bySocket(), fetch: overFetch(), umaaas: ofApiTokens(), streams: byList(), plans: byPlan() }
    const text = Object.entries(parts).reduce(
      (text, [name, part]) => withPart(text, name, part),
      readFileSync(file, "utf8"),
    )
    // What is not between the marks is compared with itself.
    await expect(
      text,
      "docs/guarantees.md says otherwise. If what happens now is right, print it anew: npm run guarantees",
    ).toMatchFileSnapshot(file)
  })
})
