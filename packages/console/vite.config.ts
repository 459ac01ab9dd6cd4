import { fileURLToPath } from "node:url"
import { defineConfig } from "vite"

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The page, built into the package of the command, which serves it at this path. */
export default defineConfig(({ command }) => {
  // A test may run the build. What is built is what users get all the same.
  if (command === "build") process.env["NODE_ENV"] = "production"
  return {
    root: here("."),
    base: "/console/",
    cacheDir: here("../../node_modules/.cache/vite"),
    // The packages of the workspace are built into it from their sources.
    resolve: { conditions: ["@effect-tokens/source", "browser", "module", "import", "default"] },
    // All that React needs of Vite: its plugin adds that a page under work keeps its state.
    oxc: { jsx: { runtime: "automatic" } },
    build: {
      outDir: here("../cli/dist/console"),
      emptyOutDir: true,
      target: "baseline-widely-available",
      // An asset inlined as a `data:` URL would be refused by the policy that the page is served with.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // What is built in from others, and by which licence.
      license: { fileName: "licenses.md" },
    },
  }
})
