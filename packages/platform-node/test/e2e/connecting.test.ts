/** Connections that are being made keep no process from its end (C6). */
import * as ChildProcess from "@effect-tokens/test-support/ChildProcess"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { fileURLToPath } from "node:url"

const script = fileURLToPath(new URL("../fixtures/giveUp.ts", import.meta.url))

it.live.each([
  ["a proxy that never answers CONNECT", (url: string) => ({ https_proxy: url, IAM_URL: "https://platform.test" })],
  ["a server whose TLS never comes", (url: string) => ({ IAM_URL: url.replace("http:", "https:") })],
] as const)("a process ends with its calls: %s", ([, environmentFor]) =>
  Effect.gen(function* () {
    const server = yield* RawServer.make()
    server.answer = () => RawServer.silence
    const { exited, printed } = yield* ChildProcess.start(script, [], {
      http_proxy: "",
      https_proxy: "",
      ...environmentFor(server.url),
    })
    yield* printed(/^100 failed$/m)
    assert.strictEqual(yield* Effect.timeout(exited, "1 second"), 0)
  }),
)
