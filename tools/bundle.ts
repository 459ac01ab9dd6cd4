/** Bundles a program for browsers, as an app would be, from the sources of this workspace. */
import { isBuiltin } from "node:module"
import { fileURLToPath } from "node:url"
import { build, type Rolldown } from "vite"

export interface Bundle {
  readonly code: string
  /** Each import of a module of Node, with the importing module. */
  readonly nodeModules: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<string>
}

/** Bundles the program in the file `entry`. */
export const bundle = async (entry: string): Promise<Bundle> => {
  const nodeModules: Array<string> = []
  const warnings: Array<string> = []
  const result = await build({
    root: fileURLToPath(new URL("..", import.meta.url)),
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["@effect-tokens/source", "browser", "module", "import", "default"] },
    plugins: [
      {
        name: "modules-of-node",
        enforce: "pre",
        resolveId(id, importer) {
          if (isBuiltin(id)) nodeModules.push(`${id} in ${importer}`)
        },
      },
    ],
    build: {
      write: false,
      target: "es2024",
      modulePreload: false,
      rolldownOptions: { input: entry, onwarn: ({ message }) => warnings.push(message) },
    },
  })
  const outputs: ReadonlyArray<Rolldown.RolldownOutput> = Array.isArray(result)
    ? result
    : "output" in result
      ? [result]
      : []
  const chunks = outputs.flatMap(({ output }) => output).filter((output) => output.type === "chunk")
  return { code: chunks.map(({ code }) => code).join("\n"), nodeModules, warnings }
}
