/**
 * Tests that a vendor is a place: outside the folders `neuroio/` and `umaaas/` of a package, only the files of these lists
 * name a vendor. The command and the console are programs for the vendors, and are not tested.
 */
import { globSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, test } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))

/** The lists of vendors, and public modules whose doc comments show an example. There are 10 at most. */
const allowed = new Set([
  "packages/core/src/Transport.ts",
  "packages/core/src/index.ts",
  "packages/platform-browser/src/BrowserTransport.ts",
  "packages/platform-node/src/NodeTransport.ts",
  "packages/testkit/src/Faults.ts",
  "packages/testkit/src/Journal.ts",
  "packages/testkit/src/Laws.ts",
  "packages/testkit/src/Sandbox.ts",
  "packages/testkit/src/index.ts",
  "packages/testkit/src/vitest.ts",
])

/** Files that name a vendor and should not. A file leaves this list for good. */
const notYet = new Set([
  "packages/testkit/src/internal/sandbox/document.ts",
  "packages/testkit/src/internal/sandbox/vendors.ts",
  "packages/testkit/src/internal/services.ts",
])

const naming = globSync("packages/{core,platform-*,testkit}/src/**/*.ts", { cwd: root })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => !/\/src\/(?:neuroio|umaaas)\//.test(path))
  .filter((path) => /neuroio|umaaas|lightspark/i.test(path + readFileSync(`${root}/${path}`, "utf8")))

test("no other file outside the folders of the vendors names one", () => {
  assert.isAtMost(allowed.size, 10)
  assert.isNotEmpty(naming)
  assert.sameMembers(naming, [...allowed, ...notYet])
})
