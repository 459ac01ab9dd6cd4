/** The laws hold for the whole client over the sandbox's routes, without a socket. */
import { Neuroio } from "@effect-tokens/core"
import { Sandbox, TokenLaws } from "@effect-tokens/testkit"
import { testLaws } from "@effect-tokens/testkit/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const layer = Layer.unwrap(
  Effect.map(Sandbox.Credentials, ({ neuroio }) => Neuroio.layer({ apiToken: neuroio.account })),
).pipe(Layer.provideMerge(Sandbox.layerHttpClient()))

testLaws(TokenLaws.tokens, layer, { runs: 15 })
testLaws(TokenLaws.streamTokens, layer, { runs: 15 })
