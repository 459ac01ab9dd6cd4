/** Node reads the certificate authorities that it trusts as its process starts. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { otherCa, server as certificates } from "../support/certificates.ts"
import { platform } from "../support/servers.ts"

it.live("extra certificate authorities come besides those that Node trusts", () =>
  Effect.gen(function* () {
    const server = yield* platform({ tls: certificates })
    const script = fileURLToPath(new URL("../fixtures/list.ts", import.meta.url))
    const env = {
      ...process.env,
      NODE_EXTRA_CA_CERTS: fileURLToPath(new URL("../fixtures/ca.pem", import.meta.url)),
      IAM_URL: server.url,
      EXTRA_CA: otherCa,
    }
    const run = promisify(execFile)(process.execPath, ["--conditions=@effect-tokens/source", script], { env })
    assert.strictEqual((yield* Effect.promise(() => run)).stdout, "[]\n")
  }),
)
