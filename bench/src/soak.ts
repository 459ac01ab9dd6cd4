/**
 * Makes many calls of all kinds over real sockets, to a server that misbehaves in one request of ten. Checks that
 * nothing grows and that nothing is created twice. Limits are the defaults. Exits with 1 if a verdict is bad.
 *
 * `npm run soak`, or fewer calls: `npm run soak -- --calls 20000`.
 */
import { Neuroio, StreamTokens, TokenId, type TokenOperations, Tokens } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { fork } from "node:child_process"
import { subscribe } from "node:diagnostics_channel"
import { once } from "node:events"
import { Socket } from "node:net"
import { setImmediate } from "node:timers/promises"
import { parseArgs } from "node:util"
import type { Counts } from "./soakServer.ts"
import { median, table } from "./table.ts"

const { values: args } = parseArgs({ options: { calls: { type: "string", default: "200000" } } })
const total = Number(args.calls)
if (!Number.isSafeInteger(total) || total < 1000) throw new Error("--calls must be a whole number of at least 1000")

const atOnce = 64
const samples = 10
const collectGarbage = globalThis.gc
if (collectGarbage === undefined) throw new Error("must be run with --expose-gc")

const child = fork(new URL("./soakServer.ts", import.meta.url))
const [port]: Array<unknown> = await once(child, "message")

const askServer = (): Promise<Counts> =>
  new Promise((resolve) => {
    child.once("message", (counts: Counts) => resolve(counts))
    child.send("counts")
  })

/** The open sockets. Node does not list idle sockets of the pool among its resources: they keep no process alive. */
const sockets = new Set<Socket>()
subscribe("net.client.socket", (message) => {
  if (!Predicate.hasProperty(message, "socket") || !(message.socket instanceof Socket)) return
  const { socket } = message
  sockets.add(socket)
  socket.once("close", () => sockets.delete(socket))
})

const id = TokenId.make(1)
const key = Redacted.make("key-1")

const operations: ReadonlyArray<
  readonly [string, (tokens: TokenOperations.TokenOperations) => Effect.Effect<unknown, unknown>]
> = [
  ["create", (tokens) => tokens.create()],
  ["create", (tokens) => tokens.create({ permanent: true })],
  ["list", (tokens) => tokens.list()],
  ["stream", (tokens) => Stream.runDrain(tokens.stream({ pageSize: 4 }))],
  ["get", (tokens) => tokens.get(id)],
  ["get", (tokens) => tokens.get(key)],
  ["update", (tokens) => tokens.update(id, { isActive: false })],
  ["delete", (tokens) => tokens.delete(key)],
  ["deleteList", (tokens) => tokens.deleteList({ permanent: false })],
]

const outcomes = new Map<string, Map<string, number>>()
const outcomeOf = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return "success"
  const error: unknown = Cause.squash(exit.cause)
  return Predicate.hasProperty(error, "_tag") ? String(error._tag) : "defect"
}

/** Counts all fibers that calls start, those of the transport included. */
const fibers = { started: 0, ended: 0 }
const counting: Metric.FiberRuntimeMetricsService = {
  recordFiberStart: () => {
    fibers.started += 1
  },
  recordFiberEnd: () => {
    fibers.ended += 1
  },
}

const runCalls = (from: number, to: number) =>
  Effect.gen(function* () {
    const services = [yield* Tokens, yield* StreamTokens]
    yield* Effect.forEach(
      Array.from({ length: to - from }, (_, i) => from + i),
      (call) => {
        const [name, run] = operations[call % operations.length] ?? ["none", () => Effect.void]
        const service = services[Math.floor(call / operations.length) % services.length]
        return service === undefined
          ? Effect.void
          : Effect.map(Effect.exit(run(service)), (exit) => {
              const ofOperation = outcomes.get(name) ?? new Map<string, number>()
              outcomes.set(name, ofOperation)
              const outcome = outcomeOf(exit)
              ofOperation.set(outcome, (ofOperation.get(outcome) ?? 0) + 1)
            })
      },
      { concurrency: atOnce, discard: true },
    )
  }).pipe(Effect.provideService(Metric.FiberRuntimeMetrics, counting))

interface Sample {
  readonly calls: number
  readonly clientSockets: number
  readonly serverSockets: number
  readonly timers: number
  readonly others: number
  readonly fibers: number
  readonly heap: number
  readonly rss: number
}

const mebibytes = (bytes: number): number => bytes / 1024 / 1024

/** Takes a sample, after some turns of the event loop in which closed sockets go. */
const measure = async (calls: number): Promise<Sample> => {
  for (let i = 0; i < 10; i++) {
    // Turns come one after another.
    // oxlint-disable-next-line no-await-in-loop
    await setImmediate()
    collectGarbage()
  }
  const server = await askServer()
  const resources = process.getActiveResourcesInfo()
  const count = (kind: string) => resources.filter((other) => other === kind).length
  const timers = count("Timeout")
  const { heapUsed, rss } = process.memoryUsage()
  return {
    calls,
    clientSockets: sockets.size,
    serverSockets: server.sockets,
    timers,
    others: resources.length - count("TCPSocketWrap") - timers,
    fibers: fibers.started - fibers.ended,
    heap: mebibytes(heapUsed),
    rss: mebibytes(rss),
  }
}

const whole = (value: number): string => Math.round(value).toLocaleString("en")

const heads = ["calls", "sockets here", "there", "timers", "other handles", "fibers", "heap MiB", "RSS MiB"]
const row = (sample: Sample, name = whole(sample.calls)): ReadonlyArray<string> => [
  name,
  ...[sample.clientSockets, sample.serverSockets, sample.timers, sample.others, sample.fibers].map(String),
  sample.heap.toFixed(2),
  sample.rss.toFixed(0),
]

const fresh = await measure(0)
const url = `http://127.0.0.1:${port}`
const scope = await Effect.runPromise(Scope.make())
const services = await Effect.runPromise(
  Neuroio.layer({ apiToken: Redacted.make("soak"), iamUrl: url, apiUrl: url }).pipe(
    Layer.provide(NodeTransport.layer()),
    Layer.buildWithScope(scope),
  ),
)

const startedAt = performance.now()
const taken: Array<Sample> = []
for (let sample = 1; sample <= samples; sample++) {
  const [from, to] = [((sample - 1) * total) / samples, (sample * total) / samples].map(Math.round)
  // Samples are taken between the calls.
  // oxlint-disable-next-line no-await-in-loop
  await Effect.runPromise(Effect.provide(runCalls(from ?? 0, to ?? 0), services))
  // oxlint-disable-next-line no-await-in-loop
  taken.push(await measure(to ?? 0))
  process.stderr.write(`${whole(to ?? 0)} calls, ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`)
}
const seconds = (performance.now() - startedAt) / 1000
const counts = await askServer()
await Effect.runPromise(Scope.close(scope, Exit.void))
const closed = await measure(total)
child.disconnect()

process.stdout.write(`Node ${process.version}, ${whole(total)} calls, ${atOnce} at once, ${seconds.toFixed(0)} s\n`)
process.stdout.write(table(heads, [row(fresh, "before"), ...taken.map((sample) => row(sample)), row(closed, "closed")]))

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)
const outcomeNames = [...new Set([...outcomes.values()].flatMap((of) => Array.from(of.keys())))].toSorted()
process.stdout.write(
  `\n${table(
    ["outcomes", ...outcomes.keys()],
    outcomeNames.map((name) => [name].concat(Array.from(outcomes.values(), (of) => whole(of.get(name) ?? 0)))),
  )}`,
)
process.stdout.write(
  `\n${table(
    ["faults", "requests"],
    Object.entries(counts.byFault).map(([name, count]) => [name, whole(count)]),
  )}`,
)
const sends = counts.requests / total
const rate = (counts.faults / counts.requests) * 100
process.stdout.write(
  `\n${whole(counts.requests)} requests, ${sends.toFixed(3)} a call; ${rate.toFixed(1)} % of them faulty; ${whole(fibers.started)} fibers\n\n`,
)

// The first sample follows the warm-up: code is compiled, and the pool has its connections.
const settled = taken.slice(1)
const [early, late] = [settled.slice(0, 3), settled.slice(-3)]
const change = (figure: (sample: Sample) => number): readonly [number, number] => [
  median(early.map(figure)),
  median(late.map(figure)),
]
const most = (figure: (sample: Sample) => number): number => Math.max(...taken.map(figure))

const [heapBefore, heapAfter] = change(({ heap }) => heap)
const [rssBefore, rssAfter] = change(({ rss }) => rss)
const ofCreates = outcomes.get("create") ?? new Map<string, number>()
const made = ofCreates.get("success") ?? 0
const unknown = ofCreates.get("OutcomeUnknown") ?? 0
const defects = sum([...outcomes.values()].map((of) => of.get("defect") ?? 0))

/** The largest growth that cannot come from calls. */
const heapBound = 2
const rssBound = 48

const verdicts: ReadonlyArray<readonly [figure: string, isGood: boolean, seen: string, bound: string]> = [
  [
    "sockets here",
    most((s) => s.clientSockets) <= 2 * atOnce,
    `${most((s) => s.clientSockets)} at most`,
    "twice the calls at once",
  ],
  [
    "sockets there",
    most((s) => s.serverSockets) <= 2 * atOnce,
    `${most((s) => s.serverSockets)} at most`,
    "twice the calls at once",
  ],
  [
    "sockets once closed",
    closed.clientSockets + closed.serverSockets === 0,
    `${closed.clientSockets} here, ${closed.serverSockets} there`,
    "0",
  ],
  ["timers", most((s) => s.timers) <= fresh.timers + 1, `${most((s) => s.timers)} at most`, "one, of undici's"],
  [
    "other handles",
    most((s) => s.others) <= fresh.others,
    `${most((s) => s.others)} at most`,
    `${fresh.others}, as before`,
  ],
  ["fibers", fibers.started > total && most((s) => s.fibers) === 0, `${most((s) => s.fibers)} at most`, "0"],
  [
    "heap",
    heapAfter - heapBefore <= heapBound,
    `${heapBefore.toFixed(2)} → ${heapAfter.toFixed(2)} MiB`,
    `+${heapBound} MiB`,
  ],
  ["RSS", rssAfter - rssBefore <= rssBound, `${rssBefore.toFixed(0)} → ${rssAfter.toFixed(0)} MiB`, `+${rssBound} MiB`],
  [
    "creates that were not known of",
    counts.created <= made + unknown,
    `${counts.created} done`,
    `${made} succeeded, ${unknown} unknown`,
  ],
  [
    "creates sent again in doubt",
    counts.perhapsCreated <= made + unknown,
    `${counts.perhapsCreated} in doubt or done`,
    `${made} succeeded, ${unknown} unknown`,
  ],
  ["defects", defects === 0, String(defects), "0"],
]
process.stdout.write(
  table(
    ["verdict", "", "seen", "bound"],
    verdicts.map(([figure, isGood, seen, bound]) => [figure, isGood ? "ok" : "BAD", seen, bound]),
  ),
)
if (verdicts.some(([, isGood]) => !isGood)) process.exitCode = 1
