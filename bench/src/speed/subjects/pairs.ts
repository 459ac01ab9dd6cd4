/** Pairs of a `create` and a `get` of the created token, one after another in one fiber. */
import { Neuroio, Tokens, Transport } from "@effect-tokens/core"
import { NeuroioMemory, Sandbox } from "@effect-tokens/testkit"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { http, HttpResponse } from "msw"
import { setupServer } from "msw/node"
import type { Calls } from "../subject.ts"

const collection = "https://iam.neuroio.com/v1/tokens/"
const lifetime = 24 * 60 * 60 * 1000

/** A test double as one writes it by hand: enough of the platform for these two calls. */
const layerMsw = Layer.effectDiscard(
  Effect.acquireRelease(
    Effect.sync(() => {
      const tokens = new Map<string, object>()
      const server = setupServer(
        http.post(collection, () => {
          const id = tokens.size + 1
          const now = Date.now()
          const token = {
            id,
            key: id.toString(16).padStart(40, "0"),
            is_active: true,
            created: new Date(now).toISOString(),
            expires: new Date(now + lifetime).toISOString(),
          }
          tokens.set(String(id), token)
          return HttpResponse.json(token, { status: 201 })
        }),
        http.get(`${collection}:id/`, ({ params }) => {
          const token = tokens.get(String(params["id"]))
          return token === undefined ? new HttpResponse(null, { status: 404 }) : HttpResponse.json(token)
        }),
      )
      server.listen({ onUnhandledFrame: "error" })
      return server
    }),
    (server) => Effect.sync(() => server.close()),
  ),
)

const layers = {
  memory: NeuroioMemory.layer,
  sandbox: Layer.unwrap(
    Effect.map(Sandbox.Credentials, ({ neuroio }) => Neuroio.layer({ apiToken: neuroio.account })),
  ).pipe(Layer.provide(Sandbox.layerTransport()), Layer.orDie),
  // msw replaces `fetch`. It must do so before the client reads it.
  msw: Neuroio.layer({ apiToken: Redacted.make("secret") }).pipe(
    Layer.provide(Transport.layerHttpClient),
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(layerMsw),
    Layer.orDie,
  ),
}

const runPairs = Effect.fnUntraced(function* (pairs: number) {
  const tokens = yield* Tokens
  for (let i = 0; i < pairs; i++) {
    const token = yield* tokens.create()
    yield* tokens.get(token.id)
  }
})

export const start = async ({ on }: { readonly on: "memory" | "sandbox" | "msw" }): Promise<Calls> => {
  // A new layer is a new platform, so that no round pays for the tokens of earlier ones.
  return (pairs) => Effect.runPromise(Effect.provide(runPairs(pairs), layers[on]))
}
