/**
 * What the SDK weighs in a browser: programs bundled by Vite as for production, and compressed with gzip. Ends with an
 * error when a budget is exceeded.
 */
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { build } from "vite"
import { table } from "./table.ts"

const root = fileURLToPath(new URL("size", import.meta.url))

/** In bytes. */
const weigh = async (program: string): Promise<number> => {
  const built = await build({
    configFile: false,
    logLevel: "warn",
    root,
    resolve: { conditions: ["@effect-tokens/source", "module", "browser", "production"] },
    build: { write: false, rolldownOptions: { input: `${root}/${program}.ts` } },
  })
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) => ("output" in one ? one.output : []))
  const code = outputs.map((part) => (part.type === "chunk" ? part.code : "")).join("")
  // What a browser does not have would stay as an import, or as a stub that Vite puts in its place.
  if (/__vite-browser-external|(?:from|import)\s*["'`]node:/.test(code)) throw new Error(`${program} needs Node`)
  return gzipSync(code, { level: 9 }).length
}

const bare = await weigh("bare")
const neuroio = await weigh("neuroio")
const both = await weigh("both")

const rows = [
  { what: "all of NeuroIO over fetch, Effect included", bytes: neuroio, budget: 54_000 },
  { what: "what UMAaaS adds to that", bytes: both - neuroio, budget: 3000 },
  { what: "what NeuroIO adds to an app on the same parts of Effect", bytes: neuroio - bare, budget: 8000 },
]

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(2)

process.stdout.write(
  table(
    ["kB, minified and gzipped", "size", "budget"],
    rows.map(({ budget, bytes, what }) => [what, kilobytes(bytes), kilobytes(budget)]),
  ),
)

const over = rows.filter(({ budget, bytes }) => bytes >= budget)
for (const { what } of over) process.stderr.write(`Over its budget: ${what}\n`)
process.exitCode = over.length === 0 ? 0 : 1
