/** A program in a worker: lists tokens through the backend, and tells the page what came of it. */
import { Tokens } from "@effect-tokens/core"
import { BrowserNeuroio } from "@effect-tokens/platform-browser"
import * as Effect from "effect/Effect"

const list = Effect.flatMap(Tokens, (tokens) => tokens.list())

Effect.gen(function* () {
  const tokens = yield* Effect.provide(list, BrowserNeuroio.layer({ iamUrl: "/backend", apiUrl: "/backend" }))
  const error = yield* Effect.flip(Effect.provide(list, BrowserNeuroio.layer()))
  return { listed: tokens.length, refused: error._tag === "InvalidRequest" ? error.field : error._tag }
}).pipe(
  Effect.runPromise,
  // A worker has no origin to post to.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  (answer) => answer.then((answer) => postMessage(answer)),
)
