/**
 * Runs a worker and its key ring for five seconds, with tokens that are replaced after two. It runs on a platform in
 * memory, or with `NEUROIO_API_TOKEN` set on NeuroIO itself.
 */
import { type TokenKey, type TokenOperations, Neuroio, Tokens, Transport } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import { NeuroioControl, NeuroioMemory } from "@effect-tokens/testkit"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { KeyRing } from "./KeyRing.ts"

/** The platform as the holder of a token sees it. The worker calls it. */
class AsHolder extends Context.Service<
  AsHolder,
  (key: TokenKey) => Layer.Layer<Tokens, { readonly message: string }>
>()("@effect-tokens/example-rotation/AsHolder") {}

const Memory = Layer.provideMerge(
  Layer.effect(
    AsHolder,
    Effect.map(NeuroioControl.NeuroioControl, (control) => control.as),
  ),
  NeuroioMemory.layer,
)

const Live = Layer.merge(
  Neuroio.layerConfig(),
  Layer.effect(
    AsHolder,
    Effect.gen(function* () {
      const config = yield* Neuroio.config
      const transport = Layer.succeed(Transport.Transport, yield* Transport.Transport)
      return (apiToken) => Layer.provide(Neuroio.layer({ ...config, apiToken }), transport)
    }),
  ),
).pipe(Layer.provide(NodeTransport.layer()))

const say = Effect.fnUntraced(function* (text: string) {
  yield* Console.log(`${DateTime.formatIso(yield* DateTime.now).slice(11, 19)}  ${text}`)
})

const works = (tokens: TokenOperations.TokenOperations) => tokens.list({ limit: 1 })

const worker = Effect.gen(function* () {
  const ring = yield* KeyRing
  const as = yield* AsHolder
  let last: number | undefined
  for (let second = 0; second < 5; second++) {
    const token = yield* ring.current
    if (token.id !== last) yield* say(`the ring gives token ${token.id}`)
    last = token.id
    yield* Effect.provide(Effect.flatMap(Tokens, works), as(token.key))
    yield* say(`  the worker calls with token ${token.id}, and is let in`)
    yield* Effect.sleep("1 second")
  }
})

const program = Effect.gen(function* () {
  yield* Effect.provide(
    worker,
    KeyRing.layer({ margin: { hours: 23, minutes: 59, seconds: 58 }, checkEvery: "1 second" }),
  )
  yield* say("the ring is gone, and its tokens with it")
})

const main = Effect.gen(function* () {
  const credential = yield* Config.option(Config.NonEmptyString("NEUROIO_API_TOKEN"))
  if (Option.isNone(credential)) {
    yield* Console.log("NeuroIO in memory. Set NEUROIO_API_TOKEN to run on the real one.")
    return yield* Effect.provide(program, Memory)
  }
  yield* Console.log("NeuroIO, as the owner of NEUROIO_API_TOKEN. Only what this program makes is deleted.")
  return yield* Effect.provide(program, Live)
})

// The cause is a wrong setting or an unreachable platform. A stack trace would help with neither.
const explained = Effect.catch(main, (error) =>
  Effect.andThen(
    Console.error(error.message),
    Effect.sync(() => {
      process.exitCode = 1
    }),
  ),
)

NodeRuntime.runMain(explained)
