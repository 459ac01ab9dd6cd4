/** Interruption at any moment ends the request on the wire, and leaves nothing behind (C6). */
import { Neuroio, TokenId, Tokens } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { vi } from "vitest"
import { type Stage, stages, stallingServer } from "./support/stallingServer.ts"

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 120_000 })

const calls = 3000
const atOnce = 32
const methods = ["get", "update", "delete"] as const

/** When a call is given up: after so many turns, counted from its start or from where its answer has stalled. */
const moment = Effect.gen(function* () {
  return {
    stage: yield* Random.choice(stages),
    method: yield* Random.choice(methods),
    isReached: yield* Random.nextBoolean,
    yields: yield* Random.nextIntBetween(0, 8),
    turns: yield* Random.nextIntBetween(0, 12),
  }
})

/** One turn of the event loop. */
const turn = Effect.callback<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

/** What keeps this process alive, by its kind. */
const active = (): Record<string, number> => {
  const counts: Record<string, number> = { TCPSocketWrap: 0, Timeout: 0 }
  for (const kind of process.getActiveResourcesInfo()) {
    if (kind in counts) counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

/** Counts what is being waited for. The time is that of the test, which stands still: no limit ends a call here. */
const counting = (clock: Clock.Clock) => {
  const counts = { pending: 0, backoffs: 0 }
  const wrapped: Clock.Clock = {
    currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe(),
    currentTimeMillis: clock.currentTimeMillis,
    currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
    currentTimeNanos: clock.currentTimeNanos,
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: clock.monotonicTimeNanos,
    sleep: (duration) =>
      Effect.suspend(() => {
        counts.pending += 1
        // Longer than an attempt may take: what the server has asked for.
        if (Duration.toMillis(duration) >= 5000) counts.backoffs += 1
        return Effect.ensuring(
          clock.sleep(duration),
          Effect.sync(() => {
            counts.pending -= 1
          }),
        )
      }),
  }
  return { counts, clock: wrapped }
}

describe("a call that is interrupted", () => {
  it.effect(`at ${calls} random moments: no request goes on, and nothing is left`, () =>
    Effect.gen(function* () {
      const moments = yield* Random.withSeed(Effect.replicateEffect(moment, calls), "interruption")
      const server = yield* stallingServer((id) => moments[id - 1]?.stage ?? "answer")
      const { clock, counts } = counting(yield* Clock.Clock)
      let [started, ended] = [0, 0]
      const interrupted: Record<Stage, number> = { silence: 0, head: 0, body: 0, answer: 0, busy: 0 }

      const before = active()
      const scope = yield* Scope.make()
      const services = yield* Layer.buildWithScope(
        Neuroio.layer({ apiToken: Redacted.make("credential"), iamUrl: server.url }).pipe(
          Layer.provide(NodeTransport.layer()),
        ),
        scope,
      )

      const giveUp = Effect.fnUntraced(function* (index: number) {
        const { isReached, method, stage, turns, yields } = moments[index] ?? (yield* moment)
        const tokens = yield* Tokens
        const id = TokenId.make(index + 1)
        const call =
          method === "get"
            ? tokens.get(id)
            : method === "update"
              ? tokens.update(id, { isActive: true })
              : tokens.delete(id)
        const fiber = yield* Effect.forkChild(call, { startImmediately: true })
        if (isReached) yield* server.reached(index + 1)
        for (let i = 0; i < turns; i++) yield* turn
        for (let i = 0; i < yields; i++) yield* Effect.yieldNow
        yield* Fiber.interrupt(fiber)
        const exit = yield* Fiber.await(fiber)
        if (Exit.hasInterrupts(exit)) interrupted[stage] += 1
        else assert.isTrue(Exit.isSuccess(exit) && stage === "answer", `${stage}: ${String(exit)}`)
      })

      yield* Effect.forEach(moments.keys(), giveUp, { concurrency: atOnce, discard: true }).pipe(
        Effect.provide(services),
        Effect.provideService(Clock.Clock, clock),
        Effect.provideService(Metric.FiberRuntimeMetrics, {
          recordFiberStart: () => {
            started += 1
          },
          recordFiberEnd: () => {
            ended += 1
          },
        }),
      )

      yield* server.settled
      assert.isAbove(started, calls)
      assert.strictEqual(ended, started)
      assert.strictEqual(counts.pending, 0)
      // undici marks a connection as free a little after the answer has ended: the next call may open a second one.
      assert.isAtMost(server.open(), 2 * atOnce)
      // None was sent again, though many had begun to wait for that.
      assert.deepStrictEqual(
        [...server.asked].filter(([, times]) => times !== 1),
        [],
      )
      assert.isAbove(counts.backoffs, calls / 50)
      for (const stage of stages) assert.isAbove(interrupted[stage], calls / 50, stage)

      const good = Effect.flatMap(Tokens, (tokens) => tokens.get(TokenId.make(calls + 1)))
      assert.strictEqual((yield* Effect.provide(good, services)).id, calls + 1)
      // Whatever came in late was given up as well, and not just by the end of the layer.
      yield* server.settled
      yield* Scope.close(scope, Exit.void)
      yield* server.allClosed
      // A timer of the test runner's own may have been there before, and be gone.
      for (const [kind, count] of Object.entries(active())) assert.isAtMost(count, before[kind] ?? 0, kind)
    }),
  )
})
