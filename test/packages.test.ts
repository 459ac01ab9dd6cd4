/** Tests that the published packages have one version, which they also need of each other. */
import { version } from "@effect-tokens/core"
import { fileURLToPath } from "node:url"
import { assert, test } from "vitest"
import { publishedPackages } from "../tools/publishedPackages.ts"

const published = publishedPackages(fileURLToPath(new URL("..", import.meta.url)))

test.each(published)("$manifest.name has the version that core exports", ({ manifest }) => {
  assert.strictEqual(manifest.version, version)
  for (const [name, range] of Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    if (name.startsWith("@effect-tokens/")) assert.strictEqual(range, `^${version}`, name)
  }
})
