/** A test that fakes timers (`vi.useFakeTimers`, which takes `setImmediate` as well) still gets answers. */
import { Neuroio, TokenId, Tokens } from "@effect-tokens/core"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { once } from "node:events"
import { createServer } from "node:http"
import { vi } from "vitest"
import { NodeTransport } from "../src/index.ts"

it("an answer comes while timers are faked", { timeout: 4000 }, async () => {
  const body = JSON.stringify({ id: 1, key: "k", is_active: true, created: "2021-05-28T10:37:51Z", expires: null })
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(body)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const iamUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`
  vi.useFakeTimers()
  try {
    const { id } = await Effect.runPromise(
      Tokens.use((tokens) => tokens.get(TokenId.make(1))).pipe(
        Effect.provide(
          Neuroio.layer({ apiToken: Redacted.make("secret"), iamUrl }).pipe(Layer.provide(NodeTransport.layer())),
        ),
      ),
    )
    assert.strictEqual(id, 1)
  } finally {
    vi.useRealTimers()
    server.closeAllConnections()
    server.close()
  }
})
