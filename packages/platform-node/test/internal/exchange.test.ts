/** What no server can be made to do at will: an exchange is told of it as undici would tell it. */
import { Transport } from "@effect-tokens/core"
import type * as Undici from "@effect/platform-node/Undici"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { Exchange } from "../../src/internal/exchange.ts"

const controller: Undici.Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  abort: () => {},
  pause: () => {},
  resume: () => {},
}

/** What an exchange makes of these things, and of its connection. */
const told = (tell: (exchange: Exchange) => void) =>
  Effect.callback<{ readonly exit: Exit.Exit<Uint8Array, unknown>; readonly connection: ReadonlyArray<string> }>(
    (resume) => {
      const connection: Array<string> = []
      const exchange = new Exchange(
        { free: () => connection.push("free"), destroy: () => connection.push("destroy") },
        undefined,
        { onHeaders: () => true, onComplete: (exit) => resume(Effect.succeed({ exit, connection })) },
        1024,
      )
      tell(exchange)
    },
  )

describe("an exchange", () => {
  const refused = Object.assign(new Error("it failed"), { code: "ECONNREFUSED" })
  const broken = Object.assign(new Error("it failed"), { code: "UND_ERR_SOCKET" })

  it.effect("that breaks off had an answer, whatever the reason is called", () =>
    Effect.gen(function* () {
      const { connection, exit } = yield* told((exchange) => {
        exchange.onRequestStart()
        exchange.onResponseStart(controller, 200, {})
        exchange.onResponseError(controller, refused)
      })
      assert.deepStrictEqual(exit, Exit.fail(new Transport.TransportError(true, refused)))
      assert.deepStrictEqual(connection, ["destroy"])
    }),
  )

  it.effect.each([refused, broken])("that has begun may have left, whatever the reason is called", (reason) =>
    Effect.gen(function* () {
      const { exit } = yield* told((exchange) => {
        exchange.onRequestStart()
        exchange.onResponseError(controller, reason)
      })
      assert.deepStrictEqual(exit, Exit.fail(new Transport.TransportError(true, reason)))
    }),
  )

  it.effect.each([refused, broken])("that has not begun never left, whatever the reason is called", (reason) =>
    Effect.gen(function* () {
      const { exit } = yield* told((exchange) => exchange.onResponseError(null, reason))
      assert.deepStrictEqual(exit, Exit.fail(new Transport.TransportError(false, reason)))
    }),
  )

  it.effect("frees its connection before it tells of its end", () =>
    Effect.gen(function* () {
      const { connection, exit } = yield* told((exchange) => {
        exchange.onRequestStart()
        exchange.onResponseStart(controller, 200, {})
        exchange.onResponseData(controller, Buffer.from("12"))
        exchange.onResponseEnd()
      })
      assert.deepStrictEqual(exit, Exit.succeed(Buffer.from("12")))
      assert.deepStrictEqual(connection, ["free"])
    }),
  )

  it.effect("does not wait for a body that is announced to be too large", () =>
    Effect.gen(function* () {
      const { connection, exit } = yield* told((exchange) => {
        exchange.onRequestStart()
        exchange.onResponseStart(controller, 200, { "content-length": "1025" })
      })
      assert.deepStrictEqual(exit, Exit.fail(new Transport.BodyTooLarge()))
      assert.deepStrictEqual(connection, ["destroy"])
    }),
  )
})
