/**
 * Builds the command `effect-tokens` into a few files, in place of the one that would import hundreds: most of the time
 * until a sandbox answered went by looking for them. The package's other modules stay as they are, for programs that have
 * an Effect of their own.
 */
import { globSync, rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { build } from "vite"

const cli = fileURLToPath(new URL("../packages/cli", import.meta.url))

// Of the file that is replaced, and of a build before.
for (const file of globSync(["dist/bin*.js", "dist/bin.js.map"], { cwd: cli })) rmSync(`${cli}/${file}`)

await build({
  root: cli,
  configFile: false,
  logLevel: "warn",
  // All of it, that of this workspace, as it was built before, and that of others.
  ssr: { noExternal: true },
  build: {
    ssr: "src/bin.ts",
    outDir: "dist",
    emptyOutDir: false,
    target: "node22",
    minify: false,
    // What is built in from others, and by which licence.
    license: { fileName: "bin.licenses.md" },
    rolldownOptions: {
      output: {
        // Beside the command: what is served is looked for from there.
        chunkFileNames: "bin.[name].js",
        // Less to read for Node, with the names that a stack trace shows.
        minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
      },
    },
  },
})
