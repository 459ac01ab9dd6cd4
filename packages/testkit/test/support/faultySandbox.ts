/**
 * The whole client over the sandbox's routes, with a transport that fails in between, in ways that the client must hide:
 * never more often in a row than it sends a call again, and only where what it promises (C3, C4) covers the loss.
 */
import {
  ApiTokenOperations,
  ApiTokens,
  Neuroio,
  StreamTokens,
  TokenOperations,
  Tokens,
  Transport,
  Umaaas,
} from "@effect-tokens/core"
import { Faults, NeuroioControl, Sandbox, UmaaasControl } from "@effect-tokens/testkit"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { mix } from "../../src/internal/mix.ts"
import { type RemoteOperation, remoteOperations } from "../../src/internal/services.ts"
import { pathnameOf } from "../../src/internal/sandbox/request.ts"
import { requestOf } from "../../src/internal/sandbox/vendors.ts"

/** The attempt's own limit, and the default of the client. No wait between two attempts is as long. In milliseconds. */
const attemptTimeout = 4000

/** A call as the transport sees it: which one it is, and how often in a row it was struck. */
interface Call {
  readonly number: number
  /** Whoever calls with a token may lose it by the call. */
  readonly byToken: boolean
  struck: number
  readonly clock: Clock.Clock
  /** Lets the limit of the attempt pass. */
  readonly expire: Effect.Effect<void>
}

const CurrentCall = Context.Reference<Call | undefined>("test/faultySandbox/CurrentCall", {
  defaultValue: () => undefined,
})

/**
 * Each call has a clock of its own, so that no fault takes time, and none makes another call late. Waits pass at once.
 * The limit of an attempt passes when the transport says that nothing will come.
 */
const makeCall = (number: number, byToken: boolean): Call => {
  let elapsed = 0
  let isExpired = false
  let waiting: (() => void) | undefined
  const millis = () => elapsed
  const nanos = () => BigInt(elapsed) * 1_000_000n
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.suspend(() => {
        const time = Duration.toMillis(duration)
        if (time < attemptTimeout) {
          elapsed += time
          return Effect.void
        }
        return Effect.callback<void>((resume) => {
          const end = () => {
            elapsed += time
            isExpired = false
            waiting = undefined
            resume(Effect.void)
          }
          // The attempt begins before its limit does, and may have found out by then.
          if (isExpired) end()
          else waiting = end
          return Effect.sync(() => {
            if (waiting === end) waiting = undefined
          })
        })
      }),
  }
  const expire = Effect.sync(() => {
    isExpired = true
    waiting?.()
  })
  return { number, byToken, struck: 0, clock, expire }
}

/**
 * What is known of a call once the fault has struck: nothing was done; it was lost on its way there, or on its way back,
 * which looks alike from here.
 */
type Kind = "certain" | "lost" | "done"

interface Fault {
  readonly name: string
  readonly kind: Kind
  readonly inflict: (send: Transport.Send, call: Call) => Transport.Send
}

const lossesOf = (kind: "lost" | "done"): Record<string, Faults.Fault> => {
  const options = { afterEffect: kind === "done" }
  return {
    reset: Faults.reset(options),
    502: Faults.status(502, options),
    503: Faults.status(503, { ...options, retryAfter: "1 second" }),
    504: Faults.status(504, options),
  }
}

const planned: ReadonlyArray<readonly [string, Kind, Faults.Fault]> = [
  ["refused", "certain", Faults.refused],
  ["429", "certain", Faults.status(429)],
  ["429, retry after 2 s", "certain", Faults.status(429, { retryAfter: "2 seconds" })],
  ...(["lost", "done"] as const).flatMap((kind) =>
    Object.entries(lossesOf(kind)).map(([name, fault]) => [`${name}, ${kind}`, kind, fault] as const),
  ),
]

/** Answers with the head, and breaks in the body. */
const cut: Fault = {
  name: "cut, done",
  kind: "done",
  inflict:
    (send) =>
    (request, { onComplete, onHeaders }, maxBodySize, context) => {
      let isCut = false
      return send(
        request,
        {
          onHeaders: (status, header) => {
            // What the platform refuses fails as the platform says.
            isCut = status === 200
            return onHeaders(status, header)
          },
          onComplete: (exit) => onComplete(isCut ? Exit.fail(new Error("the connection broke")) : exit),
        },
        maxBodySize,
        context,
      )
    },
}

/** Those, `cut`, and silence before and after. */
export const faultCount = planned.length + 3

const makeFaults = (transport: Transport.Transport["Service"]) =>
  Effect.map(
    Effect.forEach(planned, ([name, kind, fault]) =>
      Layer.build(
        Layer.succeed(Transport.Transport, transport).pipe(Faults.inject(Faults.script(Faults.on("any", fault)))),
      ).pipe(
        Effect.map(Context.get(Transport.Transport)),
        Effect.map(({ send }): Fault => ({ name, kind, inflict: () => send })),
      ),
    ),
    (faults) => [
      ...faults,
      cut,
      // Silence is what a reset would be, had it not been heard.
      ...faults
        .filter(({ name }) => name.startsWith("reset"))
        .map(({ inflict, kind }): Fault => ({
          name: `silence, ${kind}`,
          kind,
          inflict:
            (send, call) =>
            (request, { onComplete, onHeaders }, maxBodySize, context) =>
              inflict(send, call)(
                request,
                {
                  onHeaders,
                  onComplete: (exit) => (Exit.isFailure(exit) ? Effect.runSync(call.expire) : onComplete(exit)),
                },
                maxBodySize,
                context,
              ),
        })),
    ],
  )

/** What may strike what. Reads are struck by anything. */
export interface Plan {
  readonly seed: number
  /** How often in a row one call is struck at the most. */
  readonly inARow: number
  readonly creates: ReadonlyArray<Kind>
  readonly writes: ReadonlyArray<Kind>
}

const any: ReadonlyArray<Kind> = ["certain", "lost", "done"]

const methodOf = (operation: RemoteOperation): string => operation.slice(operation.indexOf(".") + 1)

/** Whether a success has one. */
const hasBody = (method: string): boolean => !method.startsWith("delete")

const kindsFor = (plan: Plan, method: string, call: Call): ReadonlyArray<Kind> => {
  if (method === "list" || method === "get") return any
  if (method === "create") return plan.creates
  // A call that takes its own credential away cannot be sent again: it gets 401, which tells nothing.
  return call.byToken ? plan.writes.filter((kind) => kind === "certain") : plan.writes
}

interface Strike {
  readonly method: string
  readonly fault: string
  readonly kind: Kind
}

/** All that has struck. */
export class Strikes extends Context.Service<Strikes, ReadonlyArray<Strike>>()("test/faultySandbox/Strikes") {}

/** Which attempts are struck follows from the plan's seed and the number of the call: a story replays as it went. */
const striking = Effect.fnUntraced(function* (
  transport: Transport.Transport["Service"],
  plan: Plan,
  strikes: Array<Strike>,
) {
  const faults = yield* makeFaults(transport)

  const isThere = (request: Transport.Request, context: Context.Context<never>) =>
    Effect.callback<boolean>((resume) =>
      transport.send(
        { ...request, method: "GET", body: undefined },
        {
          onHeaders: (status) => {
            resume(Effect.succeed(status === 200))
            return false
          },
          onComplete: () => resume(Effect.succeed(false)),
        },
        0,
        context,
      ),
    )

  const choose = Effect.fnUntraced(function* (request: Transport.Request, context: Context.Context<never>) {
    const { send } = transport
    const call = Context.get(context, CurrentCall)
    const operation = requestOf(request.method, pathnameOf(request.path))?.operation
    if (call === undefined || operation === undefined) return send
    const method = methodOf(operation)
    const kinds = kindsFor(plan, method, call)
    const choice = faults.filter((fault) => kinds.includes(fault.kind) && (fault !== cut || hasBody(method)))
    const place = Math.imul(call.number, remoteOperations.length) + remoteOperations.indexOf(operation)
    const draw = mix(mix(plan.seed + Math.imul(place, 0x9e3779b1)) + call.struck)
    const fault = choice[(draw >>> 1) % choice.length]
    const isStruck =
      fault !== undefined &&
      call.struck < plan.inARow &&
      draw % 2 === 0 &&
      // After a loss, 404 to a delete is taken for its success (C4). Where nothing was there, that would be wrong.
      (fault.kind !== "lost" || method !== "delete" || (yield* isThere(request, context)))
    if (!isStruck) {
      call.struck = 0
      return send
    }
    call.struck += 1
    strikes.push({ method, fault: fault.name, kind: fault.kind })
    return fault.inflict(send, call)
  })

  const send: Transport.Send = (request, receiver, maxBodySize, context) => {
    const sending = Effect.flatMap(choose(request, context), (chosen) =>
      Effect.callback<void>((resume) => {
        const cancel = chosen(
          request,
          {
            onHeaders: (status, header) => {
              const goesOn = receiver.onHeaders(status, header)
              if (!goesOn) resume(Effect.void)
              return goesOn
            },
            onComplete: (exit) => {
              receiver.onComplete(exit)
              resume(Effect.void)
            },
          },
          maxBodySize,
          context,
        )
        return Effect.asVoid(cancel)
      }),
    )
    return Effect.as(Fiber.interrupt(Effect.runForkWith(context)(sending)), true)
  }
  return { ...transport, send }
})

type AsCall = <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>

/** Every request of `stream` is a call of `list`, to the transport as well. */
const callwise = (
  service: "Tokens" | "StreamTokens",
  tokens: TokenOperations.TokenOperations,
  asCall: AsCall,
): TokenOperations.TokenOperations =>
  TokenOperations.make(service, {
    create: (input) => asCall(tokens.create(input)),
    list: (input) => asCall(tokens.list(input)),
    get: ({ token }) => asCall(tokens.get(token)),
    update: ({ isActive, token }) => asCall(tokens.update(token, { isActive })),
    delete: ({ token }) => asCall(tokens.delete(token)),
    deleteList: (input) => asCall(tokens.deleteList(input)),
  })

const callwiseApiTokens = (
  apiTokens: ApiTokenOperations.ApiTokenOperations,
  asCall: AsCall,
): ApiTokenOperations.ApiTokenOperations =>
  ApiTokenOperations.make("ApiTokens", {
    create: (input) => asCall(apiTokens.create(input)),
    list: (input) => asCall(apiTokens.list(input)),
    get: ({ id }) => asCall(apiTokens.get(id)),
    delete: ({ id }) => asCall(apiTokens.delete(id)),
  })

/** The platforms for laws. `retries` is the client's, its default unless given. */
export const layer = (
  plan: Plan,
  retries?: number,
): Layer.Layer<
  Tokens | StreamTokens | NeuroioControl.NeuroioControl | ApiTokens | UmaaasControl.UmaaasControl | Strikes
> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const neuroio = yield* NeuroioControl.NeuroioControl
      const umaaas = yield* UmaaasControl.UmaaasControl
      const strikes: Array<Strike> = []
      const client = Layer.succeed(Transport.Transport, yield* striking(yield* Transport.Transport, plan, strikes))
      const owners = new Set([Redacted.value(neuroio.account.key)])
      let calls = 0

      const calling =
        (byToken: boolean): AsCall =>
        (effect) =>
          Effect.suspend(() => {
            calls += 1
            const call = makeCall(calls, byToken)
            return effect.pipe(Effect.provideService(CurrentCall, call), Effect.provideService(Clock.Clock, call.clock))
          })

      const asOwner: NeuroioControl.NeuroioControl["Service"]["as"] = (caller) => {
        const apiToken = Redacted.isRedacted(caller) ? caller : caller.key
        const asCall = calling(!owners.has(Redacted.value(apiToken)))
        return Layer.effectContext(
          Effect.map(Effect.context<Tokens | StreamTokens>(), (services) =>
            Context.make(Tokens, callwise("Tokens", Context.get(services, Tokens), asCall)).pipe(
              Context.add(StreamTokens, callwise("StreamTokens", Context.get(services, StreamTokens), asCall)),
            ),
          ),
        ).pipe(Layer.provide(Neuroio.layer({ apiToken, retries })), Layer.provide(client), Layer.orDie)
      }

      const asHolder: UmaaasControl.UmaaasControl["Service"]["as"] = ({ clientId, clientSecret }) => {
        // Laws delete no token that they did not make: the first one stays.
        const asCall = calling(clientId !== umaaas.rootToken.clientId)
        return Layer.effect(
          ApiTokens,
          Effect.map(ApiTokens, (apiTokens) => callwiseApiTokens(apiTokens, asCall)),
        ).pipe(
          Layer.provide(Umaaas.layer({ clientId, clientSecret: clientSecret ?? Redacted.make("none"), retries })),
          Layer.provide(client),
          Layer.orDie,
        )
      }

      const reset = Effect.andThen(
        // Of the whole sandbox.
        neuroio.reset,
        Effect.sync(() => {
          calls = 0
        }),
      )
      const services = Layer.merge(asOwner(neuroio.account), asHolder(umaaas.rootToken))
      return (yield* Layer.build(services)).pipe(
        Context.add(NeuroioControl.NeuroioControl, {
          ...neuroio,
          as: asOwner,
          addOwner: (kind) =>
            Effect.tap(neuroio.addOwner(kind), ({ key }) => Effect.sync(() => owners.add(Redacted.value(key)))),
          reset,
        }),
        Context.add(UmaaasControl.UmaaasControl, { ...umaaas, as: asHolder, reset }),
        Context.add(Strikes, strikes),
      )
    }),
  ).pipe(
    // In process a call is answered before another begins. Over an `HttpClient` calls overlap, as races must.
    Layer.provide(Transport.layerHttpClient.pipe(Layer.provideMerge(Sandbox.layerHttpClient()))),
  )
