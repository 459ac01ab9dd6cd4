import { playwright } from "@vitest/browser-playwright"
import { globSync, readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config"
import type { Reporter } from "vitest/node"
import { backend } from "./packages/platform-browser/test/support/backend.ts"
import { lookForChromium } from "./tools/chromium.ts"
import { filesOf, folders, type Tier, tiers } from "./vitest.workspace.ts"

/** Packages of the workspace resolve to their sources: tests need no build. */
const source = "@effect-tokens/source"
const conditions = [source, "node", "import", "module", "default"]

/**
 * What code in the browser imports of other packages. Vite bundles each of them once; one that it only came upon during a
 * test would make it load the page anew.
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

/** Where modules of the workspace resolve to: their sources, in each of the environments that Vitest makes. */
const resolution = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  // Global setups and what they import.
  environments: { __vitest__: { resolve: { conditions, externalConditions: conditions } } },
}

const project = (tier: Tier, root: string): TestProjectInlineConfiguration => ({
  ...resolution,
  root,
  test: {
    name: tier === "quick" ? root : `${root} (${tier})`,
    // The programs that tests start are compiled once for all of them.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/node", import.meta.url)) },
    // No test is about time, and machines may be busy: this only ends what hangs.
    testTimeout: 60_000,
    // Loading `effect` anew for each file would take a third of the time. The other tiers start processes, which do.
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

/** Without one all other tests run, and `chromium.test.ts` fails, which says what is missing. */
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
      // Much of the time goes by waiting for processes: the default on two cores is one worker.
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
