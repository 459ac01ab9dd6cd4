/** What no server can be made to do at will: the handler is told of it as undici would tell it. */
import { Transport } from "@effect-tokens/core"
import * as Undici from "@effect/platform-node/Undici"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Headers from "effect/http/Headers"
import * as Context from "effect/Context"
import { sendOver } from "../../src/internal/exchange.ts"

const request: Transport.Request = {
  method: "GET",
  origin: "https://iam.example",
  path: "/v1/tokens/",
  headers: Headers.empty,
  body: undefined,
}

type Handler = Undici.Dispatcher.DispatchHandler

const makeController = () => {
  let aborted = false
  const controller: Undici.Dispatcher.DispatchController = {
    aborted: false,
    paused: false,
    reason: null,
    abort: () => (aborted = true),
    pause: () => {},
    resume: () => {},
  }
  return { controller, isAborted: () => aborted }
}

/** A request whose handler is told these things. */
const told = (tell: (handler: Handler, controller: Undici.Dispatcher.DispatchController) => void) =>
  Effect.callback<{ readonly exit: Exit.Exit<Uint8Array, unknown>; readonly isAborted: boolean }>((resume) => {
    const { controller, isAborted } = makeController()
    class Telling extends Undici.Dispatcher {
      override dispatch(_options: Undici.Dispatcher.DispatchOptions, handler: Handler): boolean {
        handler.onRequestStart?.(controller, {})
        tell(handler, controller)
        return true
      }
    }
    return sendOver(new Telling(), {})(
      request,
      {
        onHeaders: () => true,
        onComplete: (exit) => resume(Effect.succeed({ exit, isAborted: isAborted() })),
      },
      1024,
      Context.empty(),
    )
  })

describe("an exchange", () => {
  const refused = Object.assign(new Error("it failed"), { code: "ECONNREFUSED" })

  it.effect("that breaks off had an answer, whatever the reason is called", () =>
    Effect.gen(function* () {
      const { exit } = yield* told((handler, controller) => {
        handler.onResponseStart?.(controller, 200, {})
        handler.onResponseError?.(controller, refused)
      })
      assert.deepStrictEqual(exit, Exit.fail(new Transport.TransportError(true, refused)))
    }),
  )

  it.effect("without an answer is judged by the reason", () =>
    Effect.gen(function* () {
      const { exit } = yield* told((handler, controller) => handler.onResponseError?.(controller, refused))
      assert.deepStrictEqual(exit, Exit.fail(refused))
    }),
  )

  it.effect("does not wait for a body that is announced to be too large", () =>
    Effect.gen(function* () {
      const { exit, isAborted } = yield* told((handler, controller) =>
        handler.onResponseStart?.(controller, 200, { "content-length": "1025" }),
      )
      assert.deepStrictEqual(exit, Exit.fail(new Transport.BodyTooLarge()))
      assert.isTrue(isAborted)
    }),
  )
})
