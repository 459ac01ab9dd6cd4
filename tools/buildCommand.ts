/**
 * Builds the command `effect-tokens` into a few files, in place of the one that would import hundreds: most of the time
 * until a sandbox answered went by looking for them. The package's other modules stay as they are, for programs that have
 * an Effect of their own.
 */
import { rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { build } from "vite"

const cli = fileURLToPath(new URL("../packages/cli", import.meta.url))

// That of the file that is replaced.
rmSync(`${cli}/dist/bin.js.map`, { force: true })

await build({
  root: cli,
  configFile: false,
  logLevel: "warn",
  resolve: { conditions: ["@effect-tokens/source", "node", "module", "import", "default"] },
  // All of it, that of this workspace and that of others.
  ssr: { noExternal: true },
  build: {
    ssr: "src/bin.ts",
    outDir: "dist",
    emptyOutDir: false,
    target: "node22",
    minify: true,
    // What is built in from others, and by which licence.
    license: { fileName: "bin.licenses.md" },
    rolldownOptions: {
      output: {
        // Beside the command: what is served is looked for from there.
        chunkFileNames: "bin.[name]-[hash].js",
      },
    },
  },
})
