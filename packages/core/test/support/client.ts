/** The services over real sockets, to the raw server. */
import { type Neuroio, StreamTokens, type TokenOperations, Tokens } from "@effect-tokens/core"
import { NodeNeuroio } from "@effect-tokens/platform-node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as RawServer from "./rawServer.ts"

export const apiToken = Redacted.make("credential-0123456789")

/** One attempt for each call, unless a test is about more. */
export const layerWith = (options: Partial<Neuroio.Options> = {}) =>
  Layer.unwrap(
    Effect.map(RawServer.RawServer, ({ url }) =>
      NodeNeuroio.layer({ retries: 0, apiToken, iamUrl: url, apiUrl: url, ...options }),
    ),
  ).pipe(Layer.provideMerge(RawServer.layer))

export const layer = layerWith()

interface FamilyUnderTest {
  readonly name: "Tokens" | "StreamTokens"
  readonly collection: string
  readonly service: Effect.Effect<TokenOperations.TokenOperations, never, Tokens | StreamTokens>
}

/** Both services offer the same, so that a test of one is a test of the other. */
export const families: ReadonlyArray<FamilyUnderTest> = [
  { name: "Tokens", collection: "/v1/tokens/", service: Tokens },
  { name: "StreamTokens", collection: "/v1/streams/tokens/", service: StreamTokens },
]
