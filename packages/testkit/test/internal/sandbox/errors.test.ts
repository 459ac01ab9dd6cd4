/** What a route that fails is answered with: the vendor's shape, and nothing of how it failed. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { layerCatchAll } from "../../../src/internal/sandbox/errors.ts"
import { layerSandbox } from "../../../src/internal/sandbox/state.ts"

const routes = Layer.mergeAll(
  HttpRouter.add("GET", "/defect", Effect.die(new Error("canary: this is a defect"))),
  HttpRouter.add("GET", "/failure", Effect.orDie(Effect.fail({ canary: true }))),
  HttpRouter.add("GET", "/fine", HttpServerResponse.text("fine")),
  layerCatchAll,
  // What the sandbox logs of it is meant for a person, not for this test's output.
  Logger.layer([]),
).pipe(Layer.provide(layerSandbox(0)))

describe("a route that fails", () => {
  it.effect.each([
    ["/defect", 500],
    ["/failure", 500],
    ["/nowhere", 404],
  ] as const)("%s", ([path, status]) =>
    Effect.gen(function* () {
      const { dispose, handler } = HttpRouter.toWebHandler(routes, { disableLogger: true })
      const answer = yield* Effect.promise(() => handler(new Request(`http://sandbox${path}`)))
      const text = yield* Effect.promise(() => answer.text())
      assert.strictEqual(answer.status, status)
      assert.match(text, new RegExp(`^\\{"error_codes":\\[${status}\\],"message":"[^"]+","fields":\\[\\]\\}$`))
      assert.notInclude(text, "canary")
      assert.notMatch(text, /\bat .*:\d+:\d+/)
      assert.strictEqual((yield* Effect.promise(() => handler(new Request("http://sandbox/fine")))).status, 200)
      yield* Effect.promise(dispose)
    }),
  )
})
