/** Laws as vitest tests: what a user sees who runs them. */
import { assert, describe, it } from "vitest"
import { spawnSync } from "node:child_process"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url))
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs")

const run = (env: Record<string, string>, ...args: ReadonlyArray<string>): string => {
  const { stderr, stdout } = spawnSync(
    process.execPath,
    [vitest, "run", "--root", fixtures, "--reporter", "verbose", ...args],
    { env: { ...process.env, NO_COLOR: "1", VITEST: "", ...env }, encoding: "utf8" },
  )
  return stdout + stderr
}

describe("testLaws", () => {
  const output = run({})

  it("has a test for each law and each saved case", () => {
    assert.match(output, /✓ .*laws of tokens > tokens\.lifetime: A temporary token expires 24 hours .*\(N2\)/)
    assert.match(output, /✓ .*laws of tokens > tokens\.lifetime, saved case 1/)
    assert.match(output, /Tests +1 failed \| 2 passed \| 1 skipped/)
  })

  it("skips what cannot be tried, and says why", () => {
    assert.match(output, /↓ .*tokens\.delete-list: .*\[it would delete tokens that it did not make\]/)
  })

  it("fails with the story, and nothing of the machinery", () => {
    assert.match(output, /× .*tokens\.list: A list is exactly the owner's tokens that match/)
    assert.match(output, /Error: tokens\.list \(N6\) does not hold: A list is exactly the owner's tokens/)
    assert.match(output, /account {2}Tokens\.update\(#1, \{ isActive: false \}\) +→ #1 temporary, inactive/)
    assert.match(output, /expected {2}the page: \[#1 inactive\]\n +but got +\[\]/)
    assert.notMatch(output, /❯ .*(?:Laws|vitest|recorder)\.ts/)
  })

  it("replays what it says to replay, and passes over no misspelt one", () => {
    const [, replay = "", filter = ""] =
      /LAWS_REPLAY=(\S+) npx vitest run brokenLaws\.ts -t '([^']+)'/.exec(output) ?? []
    const again = run({ LAWS_REPLAY: replay }, "-t", filter)
    assert.match(again, /tokens\.list \(N6\) does not hold/)
    assert.match(again, /Run 1 broke it; shrunk 0 times/)
    assert.match(again, /Tests +1 failed \| 3 skipped/)
    assert.match(run({ LAWS_REPLAY: "tokens.list" }, "-t", filter), /LAWS_REPLAY must be a law, a seed and a path/)
  })
}, 60_000)
