/** The sandbox as the command serves it, with one token. Its first message holds the credential. */
import { Neuroio, Tokens } from "@effect-tokens/core"
import { SandboxServer } from "@effect-tokens/cli"
import { NodeTransport } from "@effect-tokens/platform-node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { tellCpu } from "./tellCpu.ts"

const program = Effect.gen(function* () {
  const { credentials, url } = yield* SandboxServer.SandboxServer
  const apiToken = credentials.neuroio.account
  const neuroio = Neuroio.layer({ apiToken, iamUrl: url }).pipe(Layer.provide(NodeTransport.layer()))
  yield* Tokens.use((tokens) => tokens.create()).pipe(Effect.provide(neuroio))
  tellCpu(JSON.stringify({ url, token: Redacted.value(apiToken) }))
  return yield* Effect.never
})

await Effect.runPromise(Effect.provide(program, SandboxServer.layer({ port: 0 })))
