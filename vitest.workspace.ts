/** The folders with tests. `vitest.config.ts` makes a test project of each, for the tiers in it. */
export const folders: ReadonlyArray<string> = [
  "packages/core",
  "packages/platform-node",
  "packages/platform-browser",
  "packages/testkit",
  "packages/cli",
  "packages/console",
  "examples/quickstart",
  "examples/rotation",
  "test",
]

/**
 * The tiers that each mode of Vitest runs (`vitest run --mode e2e`). A test file is in the tier of its folder: `e2e` in
 * `test/e2e/`, `mutants` in `test/mutants/`, and `quick` everywhere else.
 */
export const tiers = {
  /** `npm test`: types, units, rules, laws in memory and in process, the client against raw servers. */
  test: ["quick"],
  /** Chromium, the console, processes, packed packages, the programs of the documentation. */
  e2e: ["e2e"],
  /** Wrong implementations, each killed by a law. */
  mutants: ["mutants"],
  all: ["quick", "e2e", "mutants"],
} as const

export type Tier = "quick" | "e2e" | "mutants"

/** Selects the test files of a folder that are in a tier. */
export const filesOf = (tier: Tier, folder: string) => {
  const tests = folder === "test" ? "" : "test/"
  return tier === "quick"
    ? { include: [`${tests}**/*.test.ts`], exclude: [`${tests}e2e/**`, `${tests}mutants/**`] }
    : { include: [`${tests}${tier}/**/*.test.ts`], exclude: [`${tests}e2e/browser/**`] }
}
