/**
 * `npm run bench` measures speed beside peers in one run. It prints its tables, and writes them to `README.md` here.
 * `npm run bench -- --quick` takes less time, and writes nothing.
 */
import { execFileSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { measureBundles } from "./speed/bundles.ts"
import { measureGet, measureList } from "./speed/calls.ts"
import { measureChromium } from "./speed/chromium.ts"
import { measureCallsAtOnce, measureMemory, measurePages } from "./speed/growth.ts"
import { measurePairs } from "./speed/pairs.ts"
import { type Section, show } from "./speed/report.ts"
import { measureServed } from "./speed/served.ts"
import { measureImports, measureStart } from "./speed/starts.ts"

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } })
const { quick } = values

const plan = quick ? { rounds: 5, seconds: 0.1, warmUp: 0.3 } : { rounds: 15, seconds: 0.5, warmUp: 2 }
const few = quick ? { rounds: 3, seconds: 0.05, warmUp: 0.15 } : { rounds: 9, seconds: 0.3, warmUp: 1 }
const repetitions = quick ? 2 : 11

const root = fileURLToPath(new URL("../..", import.meta.url))
const readme = fileURLToPath(new URL("../README.md", import.meta.url))

const startedAt = performance.now()
const elapsed = () => Math.round((performance.now() - startedAt) / 1000)
const say = (text: string) => process.stderr.write(`${String(elapsed()).padStart(4)} s  ${text}\n`)

// Starts and imports are measured on built packages, as users get them.
say("building …")
execFileSync("npm", ["run", "--silent", "build:packages"], { cwd: root, stdio: "inherit" })

const measures: Readonly<Record<string, () => Promise<Section>>> = {
  // The measure that is closest to its limit takes the longest.
  get: () => measureGet(quick ? plan : { ...plan, rounds: 25 }),
  list: () => measureList(plan),
  chromium: () => measureChromium(few),
  pairs: () => measurePairs(few),
  served: () => measureServed(plan),
  start: () => measureStart(repetitions),
  imports: () => measureImports(repetitions),
  bundles: () => measureBundles(),
  "calls at once": () => measureCallsAtOnce(few, quick ? [1, 32, 1024] : [1, 4, 16, 64, 256, 1024]),
  pages: () => measurePages(few, quick ? [20, 10_000] : [20, 100, 1000, 10_000]),
  memory: () => measureMemory(few),
}

const sections: Array<Section> = []
for (const [name, measure] of Object.entries(measures)) {
  say(`${name} …`)
  // Measures at the same time would disturb each other.
  // oxlint-disable-next-line no-await-in-loop
  sections.push(await measure())
}

const versionOf = (name: string): string => {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(`${root}/node_modules/${name}/package.json`, "utf8"),
  )
  return `${name} ${manifest.version}`
}

const versions = ["effect", "undici", "openai", "stripe", "@neuroio/rest-api", "msw"].map(versionOf).join(", ")
const text = `Measured on ${new Date().toISOString().slice(0, 10)} with Node ${process.version.slice(1)}, ${versions}; ${availableParallelism()} shared cores, ${process.platform} ${process.arch}, ${elapsed()} s.

${show(sections)}`

process.stdout.write(`${text}\n`)

if (quick) say("A quick run: bench/README.md is as it was.")
else {
  const [before = "", , after = ""] = readFileSync(readme, "utf8").split(/<!-- (?:begin|end) -->/)
  writeFileSync(readme, `${before}<!-- begin -->\n\n${text}\n\n<!-- end -->${after}`)
  execFileSync("npx", ["oxfmt", readme], { cwd: root })
}
