/** The test projects, each a folder with tests. `vitest.config.ts` reads this list. */
export const folders: ReadonlyArray<string> = [
  "packages/core",
  "packages/platform-node",
  "packages/platform-browser",
  "packages/testkit",
  "packages/cli",
  "examples/console",
  "examples/quickstart",
  "examples/rotation",
  "test",
]
