/** Tests that a bundle of the packages for a browser holds no module of Node. */
import { fileURLToPath } from "node:url"
import { assert, test } from "vitest"
import { bundle } from "../../tools/bundle.ts"

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))

test("no module of Node reaches the bundle", async () => {
  const { code, nodeModules, warnings } = await bundle(fixture("browserApp.ts"))
  assert.deepStrictEqual({ nodeModules, warnings }, { nodeModules: [], warnings: [] })
  assert.notMatch(code, /(?:from|import|require)\s*\(?\s*["']node:|__vite-browser-external/)
  for (const word of ["BrowserTransport.layer", "many-owners", "/v1/streams/tokens/"]) assert.include(code, word)
})
