/** Measures the SDK's size in a browser, beside others that are bundled alike. */
import { kilobytes, weigh } from "../weigh.ts"
import type { Section } from "./report.ts"

const programs = [
  ["this SDK, all of NeuroIO, Effect included", "neuroio"],
  ["@neuroio/rest-api", "peers/neuroioRestApi"],
  ["openai", "peers/openai"],
  ["stripe", "peers/stripe"],
] as const

export const measureBundles = async (): Promise<Section> => ({
  title: "Bundles for a browser",
  heads: ["program", "kB, minified and gzipped"],
  rows: await Promise.all(programs.map(async ([title, program]) => [title, kilobytes(await weigh(program))])),
  notes:
    "A program that makes a client and calls it; ours calls every operation. `npm run size` says how much of ours an app on Effect has already, and holds the budgets.",
  goals: [],
})
