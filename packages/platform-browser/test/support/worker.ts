/** A program in a worker: lists tokens through the backend and posts the outcome to the page. */
import { Neuroio, Tokens } from "@effect-tokens/core"
import { BrowserTransport } from "@effect-tokens/platform-browser"
import * as Effect from "effect/Effect"

const list = Effect.flatMap(Tokens, (tokens) => tokens.list())

Effect.gen(function* () {
  const tokens = yield* Effect.provide(list, Neuroio.layer({ iamUrl: "/backend", apiUrl: "/backend" }))
  const error = yield* Effect.flip(Effect.provide(list, Neuroio.layer({})))
  return { listed: tokens.length, refused: error._tag === "InvalidOptions" ? error.field : error._tag }
}).pipe(
  Effect.provide(BrowserTransport.layer()),
  Effect.runPromise,
  // A worker has no origin to post to.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  (answer) => answer.then((answer) => postMessage(answer)),
)
