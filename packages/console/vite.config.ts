import { fileURLToPath } from "node:url"
import { defineConfig } from "vite"

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Builds the page into the package of the command, which serves it at this path. */
export default defineConfig(({ command }) => {
  // A test may run the build, which must still be the one for production.
  if (command === "build") process.env["NODE_ENV"] = "production"
  return {
    root: here("."),
    base: "/console/",
    cacheDir: here("../../node_modules/.cache/vite"),
    // The packages of the workspace are bundled from their sources.
    resolve: { conditions: ["@effect-tokens/source", "browser", "module", "import", "default"] },
    // JSX is all that React needs here: Vite's plugin for it adds hot reloading with state.
    oxc: { jsx: { runtime: "automatic" } },
    build: {
      outDir: here("../cli/dist/console"),
      emptyOutDir: true,
      target: "baseline-widely-available",
      // The page's content security policy refuses inlined `data:` URLs.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // Lists the bundled packages of others with their licences.
      license: { fileName: "licenses.md" },
    },
  }
})
