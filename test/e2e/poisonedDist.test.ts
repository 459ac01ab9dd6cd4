/**
 * Tests that test files read the sources, also after a build: every module of `dist/` throws, and each test file of each
 * tier still loads, in Node and in Chromium, with its setup. CI runs all tests like that.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, test } from "vitest"
import { poisonDist } from "../../tools/poisonDist.ts"
import { copyWorkspace } from "../support/workspaceCopy.ts"

const folder = mkdtempSync(join(tmpdir(), "effect-tokens-poisoned-"))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("no test file loads a module of dist/", { timeout: 240_000 }, () => {
  copyWorkspace(folder)
  poisonDist(folder)
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", "run", "--mode", "all", "--testNamePattern", "no test has this name"],
    { cwd: folder, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } },
  )
  assert.strictEqual(status, 0, stdout + stderr)
  assert.match(stdout, /Tests .*\b\d{4,} skipped/)
})
