/**
 * Bundles the command `effect-tokens` into a few files. Unbundled it imports hundreds, and finding them takes most of
 * the time until a sandbox answers. The other modules stay as they are, for programs that import Effect themselves.
 */
import { globSync, rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { build } from "vite"

const cli = fileURLToPath(new URL("../packages/cli", import.meta.url))

// Removes the file that is replaced, and those of an earlier build.
for (const file of globSync(["dist/bin*.js", "dist/bin.js.map"], { cwd: cli })) rmSync(`${cli}/${file}`)

await build({
  root: cli,
  configFile: false,
  logLevel: "warn",
  // Everything is bundled: the packages of this workspace as they are built, and those of others.
  ssr: { noExternal: true },
  build: {
    ssr: "src/bin.ts",
    outDir: "dist",
    emptyOutDir: false,
    target: "node22",
    minify: false,
    // Lists the bundled packages of others with their licences.
    license: { fileName: "bin.licenses.md" },
    rolldownOptions: {
      output: {
        // The chunks stand beside the command: the path of the console is relative to them.
        chunkFileNames: "bin.[name].js",
        // Whitespace goes, so that Node reads less. Names stay, for stack traces.
        minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
      },
    },
  },
})
