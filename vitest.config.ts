import { playwright } from "@vitest/browser-playwright"
import { globSync, readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config"
import { backend } from "./packages/platform-browser/test/support/backend.ts"
import { type Chromium, lookForChromium } from "./tools/chromium.ts"
import { folders } from "./vitest.workspace.ts"

/** Packages of the workspace resolve to their sources: tests need no build. */
const source = "@effect-tokens/source"
const conditions = [source, "node", "import", "module", "default"]

/**
 * What code in the browser imports of other packages. Vite bundles each of them once; one that it only came upon during a
 * test would make it load the page anew.
 */
const dependencies = [
  ...new Set(
    globSync("packages/{core,platform-browser,testkit}/{src,test/browser,test/support}/**/*.ts").flatMap((file) =>
      Array.from(
        readFileSync(file, "utf8").matchAll(
          /^(?:import|export) (?!type )[^"]*"((?:effect|@effect\/vitest|fast-check)(?:\/[^"]+)?)"/gm,
        ),
        ([, name = ""]) => name,
      ),
    ),
  ),
]

/** Without one all other tests run, and `chromium.test.ts` fails, which says what is missing. */
const chromium = lookForChromium()

const inChromium = (launchOptions: Chromium): TestProjectInlineConfiguration => ({
  root: "packages/platform-browser",
  plugins: [backend()],
  optimizeDeps: { include: dependencies },
  resolve: { conditions: [source, "browser", "import", "module", "default"] },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    name: "packages/platform-browser in Chromium",
    testTimeout: 60_000,
    include: ["test/browser/**/*.test.ts"],
    globalSetup: [fileURLToPath(new URL("packages/platform-browser/test/support/servers.ts", import.meta.url))],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions }),
      instances: [{ browser: "chromium" }],
    },
  },
})

export default defineConfig({
  test: {
    // Much of the time goes by waiting for processes: the default on two cores is one worker.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ["default", ["json", { outputFile: "node_modules/.cache/vitest/report.json" }]],
    projects: [
      ...folders.map((root) => ({
        root,
        resolve: { conditions },
        ssr: { resolve: { conditions, externalConditions: conditions } },
        test: {
          name: root,
          // The programs that tests start are compiled once for all of them.
          env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/node", import.meta.url)) },
          // No test is about time, and machines may be busy: this only ends what hangs.
          testTimeout: 60_000,
          include: [root === "test" ? "**/*.test.ts" : "test/**/*.test.ts"],
          exclude: ["**/test/browser/**"],
          typecheck: {
            enabled: root === "packages/core",
            checker: "tsc",
            tsconfig: "tsconfig.types.json",
            include: ["test/**/*.test-d.ts"],
          },
        },
      })),
      ...(chromium === undefined ? [] : [inChromium(chromium)]),
    ],
  },
})
