/** Uses every operation of both of NeuroIO's services. */
import { Neuroio, StreamTokens, Tokens } from "@effect-tokens/core"
import { BrowserTransport } from "@effect-tokens/platform-browser"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

const program = Effect.gen(function* () {
  for (const tokens of [yield* Tokens, yield* StreamTokens]) {
    const { id } = yield* tokens.create({ permanent: true })
    yield* tokens.get(id)
    yield* tokens.update(id, { isActive: false })
    yield* Console.log(yield* tokens.list({ permanent: true }), yield* Stream.runCollect(tokens.stream()))
    yield* tokens.delete(id)
    yield* tokens.deleteList({ permanent: false })
  }
})

const layer = Neuroio.layer({ iamUrl: "/neuroio", apiUrl: "/neuroio" }).pipe(Layer.provide(BrowserTransport.layer()))

export const useNeuroio = Effect.provide(program, layer)
