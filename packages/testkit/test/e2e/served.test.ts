/** The laws hold for the client over undici, against a sandbox that is served over HTTP. */
import { SandboxServer } from "@effect-tokens/cli"
import { NodeTransport } from "@effect-tokens/platform-node"
import { ApiTokenLaws, Sandbox, TokenLaws } from "@effect-tokens/testkit"
import { testLaws } from "@effect-tokens/testkit/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const layer = Layer.unwrap(Effect.map(SandboxServer.SandboxServer, ({ url }) => Sandbox.layerRemote({ url }))).pipe(
  Layer.provide(NodeTransport.layer()),
  Layer.provide(SandboxServer.layer({ port: 0 })),
)

testLaws(TokenLaws.tokens, layer, { runs: 4 })
testLaws(TokenLaws.streamTokens, layer, { runs: 4 })
testLaws(ApiTokenLaws.apiTokens, layer, { runs: 4 })
