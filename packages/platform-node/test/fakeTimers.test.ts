/** Tests that fake timers, before this package is imported or after, still get answers. */
import { Neuroio, TokenId, Tokens } from "@effect-tokens/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { mock } from "node:test"
import { vi } from "vitest"
import { NodeTransport } from "../src/index.ts"
import { platform } from "./support/servers.ts"

const body = JSON.stringify({ id: 1, key: "k", is_active: true, created: "2021-05-28T10:37:51Z", expires: null })

/** As Jest fakes them, `nextTick` of the process apart, which Vitest does not let go. */
const sinon = {
  fake: () => vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "Date"] }),
  restore: () => vi.useRealTimers(),
}

const nodeTest = { fake: () => mock.timers.enable(), restore: () => mock.timers.reset() }

/** Loads the modules of this package anew. */
const importAgain = () => {
  vi.resetModules()
  return import("../src/index.ts")
}

describe.each([
  ["Vitest and Jest", sinon],
  ["node:test", nodeTest],
])("timers that %s fakes", (_, { fake, restore }) => {
  const faking = Effect.acquireRelease(Effect.sync(fake), () => Effect.sync(restore))

  const layerAt = (iamUrl: string, transport: ReturnType<typeof NodeTransport.layer>) =>
    Layer.provide(Neuroio.layer({ apiToken: Redacted.make("secret"), iamUrl }), transport)

  const threeCalls = Effect.gen(function* () {
    const tokens = yield* Tokens
    for (let call = 1; call <= 3; call++) assert.strictEqual((yield* tokens.get(TokenId.make(1))).id, 1)
  })

  it.effect(
    "after the import",
    () =>
      Effect.gen(function* () {
        const { url } = yield* platform({ body })
        yield* faking
        yield* Effect.provide(threeCalls, layerAt(url, NodeTransport.layer()))
      }),
    4000,
  )

  it.effect(
    "before the import",
    () =>
      Effect.gen(function* () {
        const { url } = yield* platform({ body })
        yield* faking
        const { NodeTransport } = yield* Effect.promise(importAgain)
        yield* Effect.provide(threeCalls, layerAt(url, NodeTransport.layer()))
      }),
    4000,
  )

  it.effect(
    "between two calls",
    () =>
      Effect.gen(function* () {
        const { url } = yield* platform({ body })
        yield* Effect.gen(function* () {
          yield* threeCalls
          yield* faking
          yield* threeCalls
        }).pipe(Effect.provide(layerAt(url, NodeTransport.layer())))
      }),
    4000,
  )
})
