/** Uses every operation of NeuroIO's services and of UMAaaS's. */
import { ApiTokens, Umaaas } from "@effect-tokens/core"
import { BrowserTransport } from "@effect-tokens/platform-browser"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { useNeuroio } from "./useNeuroio.ts"

const program = Effect.gen(function* () {
  const apiTokens = yield* ApiTokens
  const { clientSecret, id } = yield* apiTokens.create({ name: "reports", permissions: ["VIEW"] })
  yield* Console.log(clientSecret, yield* apiTokens.get(id), yield* apiTokens.list())
  yield* Console.log(yield* Stream.runCollect(apiTokens.stream()))
  yield* apiTokens.delete(id)
})

const useUmaaas = Effect.provide(program, Layer.provide(Umaaas.layer({ url: "/umaaas" }), BrowserTransport.layer()))

await Effect.runPromise(Effect.andThen(useNeuroio, useUmaaas))
