/** Measures the SDK's size in a browser. Ends with an error when a budget is exceeded. */
import { table } from "./table.ts"
import { kilobytes, weigh } from "./weigh.ts"

const bare = await weigh("bare")
const neuroio = await weigh("neuroio")
const both = await weigh("both")

const rows = [
  { what: "all of NeuroIO over fetch, Effect included", bytes: neuroio, budget: 54_000 },
  { what: "what UMAaaS adds to that", bytes: both - neuroio, budget: 3000 },
  { what: "what NeuroIO adds to an app on the same parts of Effect", bytes: neuroio - bare, budget: 8000 },
]

process.stdout.write(
  table(
    ["kB, minified and gzipped", "size", "budget"],
    rows.map(({ budget, bytes, what }) => [what, kilobytes(bytes), kilobytes(budget)]),
  ),
)

const over = rows.filter(({ budget, bytes }) => bytes >= budget)
for (const { what } of over) process.stderr.write(`Over its budget: ${what}\n`)
process.exitCode = over.length === 0 ? 0 : 1
