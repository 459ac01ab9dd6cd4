import { playwright } from "@vitest/browser-playwright"
import { globSync, readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config"
import type { Reporter } from "vitest/node"
import { backend } from "./packages/platform-browser/test/support/backend.ts"
import { lookForChromium } from "./tools/chromium.ts"
import { filesOf, folders, type Tier, tiers } from "./vitest.workspace.ts"

/** Resolves packages of the workspace to their sources: tests need no build. */
const source = "@effect-tokens/source"
const conditions = [source, "node", "import", "module", "default"]

/**
 * Finds the imports of code in the browser from other packages. Vite bundles each of them before the tests: one that it
 * met during a test would make it load the page anew.
 */
const dependencies = () => [
  ...new Set(
    globSync("packages/{core,platform-browser,testkit}/{src,test/e2e/browser,test/support}/**/*.ts").flatMap((file) =>
      Array.from(
        readFileSync(file, "utf8").matchAll(
          /^(?:import|export) (?!type )[^"]*"((?:effect|@effect\/vitest|fast-check)(?:\/[^"]+)?)"/gm,
        ),
        ([, name = ""]) => name,
      ),
    ),
  ),
]

const isMode = (mode: string): mode is keyof typeof tiers => Object.hasOwn(tiers, mode)

/** Resolves modules of the workspace to their sources, in each environment that Vitest makes. */
const resolution = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  // For global setups and their imports.
  environments: { __vitest__: { resolve: { conditions, externalConditions: conditions } } },
}

const project = (tier: Tier, root: string): TestProjectInlineConfiguration => ({
  ...resolution,
  root,
  test: {
    name: tier === "quick" ? root : `${root} (${tier})`,
    // Node compiles the programs that tests start once.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/node", import.meta.url)) },
    // No test measures time, and machines may be busy: this limit only ends what hangs.
    testTimeout: 60_000,
    // Loading `effect` anew for each file would take a third of the time.
    isolate: tier !== "quick",
    ...filesOf(tier, root),
    typecheck: {
      enabled: tier === "quick" && root === "packages/core",
      checker: "tsc",
      tsconfig: "tsconfig.types.json",
      include: ["test/**/*.test-d.ts"],
    },
  },
})

/** Makes the project of tests in Chromium. Without a Chromium, `chromium.test.ts` fails and says what is missing. */
const projectInChromium = (): ReadonlyArray<TestProjectInlineConfiguration> => {
  const launchOptions = lookForChromium()
  if (launchOptions === undefined) return []
  return [
    {
      ...resolution,
      root: "packages/platform-browser",
      plugins: [backend()],
      optimizeDeps: { include: dependencies() },
      resolve: { conditions: [source, "browser", "import", "module", "default"] },
      test: {
        name: "packages/platform-browser in Chromium",
        testTimeout: 60_000,
        include: ["test/e2e/browser/**/*.test.ts"],
        globalSetup: [fileURLToPath(new URL("packages/platform-browser/test/support/servers.ts", import.meta.url))],
        browser: {
          enabled: true,
          headless: true,
          screenshotFailures: false,
          provider: playwright({ launchOptions }),
          instances: [{ browser: "chromium" }],
        },
      },
    },
  ]
}

const saysWhereTheRestIs: Reporter = {
  onTestRunEnd: () => {
    process.stdout.write("These are the quick tests. `npm run test:all` runs the rest as well.\n\n")
  },
}

export default defineConfig(({ mode }) => {
  const name = isMode(mode) ? mode : "test"
  const chosen: ReadonlyArray<Tier> = tiers[name]
  return {
    test: {
      // Tests mostly wait for processes. On two cores the default would be one worker.
      maxWorkers: Math.max(2, availableParallelism() - 1),
      reporters: [
        "default",
        ["json", { outputFile: `node_modules/.cache/vitest/${name}.json` }],
        ...(name === "test" ? [saysWhereTheRestIs] : []),
      ],
      projects: [
        ...chosen.flatMap((tier) => folders.map((folder) => project(tier, folder))),
        ...(chosen.includes("e2e") ? projectInChromium() : []),
      ],
    },
  }
})
