/** Tests the program as a person runs it. */
import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url))

describe("the program", () => {
  it("shows a key that is replaced while a worker goes on, and ends", { timeout: 30_000 }, () => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("NEUROIO_")))
    const output = execFileSync(process.execPath, ["--conditions=@effect-tokens/source", main], {
      env,
      encoding: "utf8",
    })
    assert.include(output, "the ring gives token 1")
    assert.include(output, "the ring gives token 2")
    assert.include(output, "the ring is gone, and its tokens with it")
    assert.notMatch(output, /[0-9a-f]{16}/i, "a key, or much of one")
  })
})
