/** The same, and every operation of UMAaaS's service. */
import { ApiTokens } from "@effect-tokens/core"
import { BrowserUmaaas } from "@effect-tokens/platform-browser"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import "./neuroio.ts"

const program = Effect.gen(function* () {
  const apiTokens = yield* ApiTokens
  const { clientSecret, id } = yield* apiTokens.create({ name: "reports", permissions: ["VIEW"] })
  console.log(clientSecret, yield* apiTokens.get(id), yield* apiTokens.list(), yield* Stream.runCollect(apiTokens.stream()))
  yield* apiTokens.delete(id)
})

await Effect.runPromise(Effect.provide(program, BrowserUmaaas.layer({ url: "/umaaas" })))
