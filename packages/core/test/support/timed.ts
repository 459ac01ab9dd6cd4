/** Calls of the client over the sandbox's routes in process, under a plan of faults, on the clock of the test. */
import { Neuroio, StreamTokens, type TokenOperations, Tokens, Transport } from "@effect-tokens/core"
import { Faults, NeuroioControl, Sandbox } from "@effect-tokens/testkit"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"

/** Times are in milliseconds of the test's clock. */
export interface Sent {
  readonly at: number
  /** When it ended, with an answer or without. `undefined` while it is under way. */
  endedAt?: number
  /** Whether nothing can have come of it: it was refused, or turned away. */
  changedNothing: boolean
  status?: number
  retryAfter?: string | undefined
}

/** What the client gave to its transport, in order. */
export class Wire extends Context.Service<Wire, { readonly sent: Array<Sent> }>()("test/Wire") {}

const recorded = Layer.effectContext(
  Effect.map(Transport.Transport, (transport) => {
    const sent: Array<Sent> = []
    const send: Transport.Send = (request, { onComplete, onHeaders }, maxBodySize, context) => {
      const clock = Context.get(context, Clock.Clock)
      const one: Sent = { at: clock.currentTimeMillisUnsafe(), changedNothing: false }
      const end = () => void (one.endedAt ??= clock.currentTimeMillisUnsafe())
      sent.push(one)
      const cancel = transport.send(
        request,
        {
          onHeaders: (status, header) => {
            Object.assign(one, { status, retryAfter: header("retry-after"), changedNothing: status === 429 })
            end()
            return onHeaders(status, header)
          },
          onComplete: (exit) => {
            if (Exit.isFailure(exit)) one.changedNothing ||= /ECONNREFUSED/.test(String(exit.cause))
            end()
            onComplete(exit)
          },
        },
        maxBodySize,
        context,
      )
      return Effect.ensuring(cancel, Effect.sync(end))
    }
    return Context.make(Transport.Transport, { ...transport, send }).pipe(Context.add(Wire, { sent }))
  }),
)

/** The client as the account, and the platform beneath it (`NeuroioControl`). Faults strike between the two. */
export const layer = (plan: Faults.Plan = Faults.none, options: Partial<Neuroio.Options> = {}) =>
  Layer.unwrap(
    Effect.map(Sandbox.Credentials, ({ neuroio }) => Neuroio.layer({ apiToken: neuroio.account, ...options })),
  ).pipe(
    Layer.orDie,
    Layer.provideMerge(recorded),
    Layer.provideMerge(Sandbox.layerTransport().pipe(Faults.inject(plan))),
  )

/** Lets all that needs no time be done: what goes through promises takes turns of the event loop. */
const turns = Effect.callback<void>((resume) => {
  let left = 8
  const next = () => {
    left -= 1
    if (left === 0) resume(Effect.void)
    else setImmediate(next)
  }
  setImmediate(next)
})

/** Moves the clock until the effect is done, and gives what came of it and how long it took, in milliseconds. */
export const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const startedAt = yield* Clock.currentTimeMillis
    const fiber = yield* Effect.forkChild(
      Effect.flatMap(Effect.exit(effect), (exit) =>
        Effect.map(Clock.currentTimeMillis, (endedAt) => ({ exit, took: endedAt - startedAt })),
      ),
    )
    yield* turns
    while (fiber.pollUnsafe() === undefined) {
      yield* TestClock.adjust("100 millis")
      yield* turns
    }
    return yield* Fiber.join(fiber)
  })

/** The clock of the test as a wall clock would show it that is set back all the time. Waits take as long as ever. */
export const runningBackwards = Clock.clockWith((clock) =>
  Effect.succeed<Clock.Clock>({
    ...clock,
    sleep: (duration) => clock.sleep(duration),
    currentTimeMillisUnsafe: () => -clock.currentTimeMillisUnsafe(),
  }),
)

/** As `timed`, for what should fail. */
export const failed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(timed(Effect.flip(effect)), ({ exit, took }) => {
    if (Exit.isFailure(exit)) throw new Error("it did not fail", { cause: exit.cause })
    return { error: exit.value, took }
  })

/** How many tokens the account has, of both services, past all faults. */
export const tokensMade = Effect.gen(function* () {
  const control = yield* NeuroioControl.NeuroioControl
  const [account] = yield* control.state
  return (account?.tokens.length ?? 0) + (account?.streamTokens.length ?? 0)
})

type ServiceName = "Tokens" | "StreamTokens"

export const services: Record<
  ServiceName,
  Effect.Effect<TokenOperations.TokenOperations, never, Tokens | StreamTokens>
> = { Tokens, StreamTokens }

/** Refused with a status that says that nothing was done, and done all the same. No client can know better. */
const isLie = (fault: Faults.Fault) =>
  fault._tag === "Status" && fault.afterEffect === true && (fault.status < 500 || fault.status === 501)

/** Plans that no platform is too bad for. */
export const plans = (options?: Parameters<typeof Faults.arbitrary>[0]) =>
  Faults.arbitrary(options).filter((plan) => plan._tag === "Random" || !plan.rules.some(({ fault }) => isLie(fault)))
