/** Measures the start of the sandbox, and imports. Packages are as published, and each start is a new process. */
import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { median } from "../table.ts"
import { type Section, spreadOf, times } from "./report.ts"

const bin = fileURLToPath(new URL("../../../packages/cli/dist/bin.js", import.meta.url))

const inTurn = async (repetitions: number, measures: ReadonlyArray<() => Promise<number>>) => {
  const all = measures.map((): Array<number> => [])
  for (let i = -1; i < repetitions; i++) {
    for (const [at, measure] of measures.entries()) {
      // Subjects are measured in turns.
      // oxlint-disable-next-line no-await-in-loop
      const value = await measure()
      // The first start fills the disk's cache.
      if (i >= 0) all[at]?.push(value)
    }
  }
  return all
}

const show = (millis: number): string => `${millis.toFixed(0)} ms`

/** Measures from the start of the process to the end of the first answer. */
const startSandbox = async (): Promise<number> => {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [bin, "sandbox", "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  let printed = ""
  for await (const chunk of child.stdout) {
    printed += chunk
    if (printed.includes("\n")) break
  }
  const { neuroio, url }: { readonly url: string; readonly neuroio: { readonly account: string } } = JSON.parse(printed)
  const response = await fetch(`${url}/v1/tokens/`, { headers: { authorization: `Token ${neuroio.account}` } })
  await response.text()
  const millis = performance.now() - startedAt
  child.kill()
  // The end of the process must not slow the next start.
  await once(child, "exit")
  return millis
}

const startNode = async (): Promise<number> => {
  const startedAt = performance.now()
  await promisify(execFile)(process.execPath, ["-e", ""])
  return performance.now() - startedAt
}

export const measureStart = async (repetitions: number): Promise<Section> => {
  const [starts = [], empty = []] = await inTurn(repetitions, [startSandbox, startNode])
  const typical = median(starts)
  return {
    title: "Starts",
    heads: ["from the start of its process", "median", "fastest – slowest"],
    rows: [
      ["`effect-tokens sandbox` to its first answer", show(typical), spreadOf(starts, show)],
      ["`node -e ''` to its end", show(median(empty)), spreadOf(empty, show)],
    ],
    notes:
      "As built (`npm run build`). Node keeps what it compiled of the command for the next start: the first one of all takes longer.",
    goals: [
      {
        what: "sandbox, process start to first answer",
        against: "—",
        toReach: "median under 400 ms",
        measured: show(typical),
        isReached: typical < 400,
      },
    ],
  }
}

const load = (...names: ReadonlyArray<string>): string =>
  names.map((name) => `await import(${JSON.stringify(name)})`).join("; ")

const imports = {
  "`@effect-tokens/core` and `@effect-tokens/platform-node`": load(
    "@effect-tokens/core",
    "@effect-tokens/platform-node",
  ),
  "`openai`": load("openai"),
  "`stripe`": load("stripe"),
  "`effect/Schema`": load("effect/Schema"),
  "ours, and its layer built": `
    const { Neuroio } = await import("@effect-tokens/core")
    const { NodeTransport } = await import("@effect-tokens/platform-node")
    const [Effect, Layer, Redacted] = await Promise.all(["Effect", "Layer", "Redacted"].map((name) => import("effect/" + name)))
    const layer = Layer.provide(Neuroio.layer({ apiToken: Redacted.make("secret") }), NodeTransport.layer())
    await Effect.runPromise(Effect.scoped(Layer.build(layer)))`,
}

/** Measures an import in a new process, where nothing of it is loaded yet. */
const timeImport = (program: string) => async (): Promise<number> => {
  const code = `const start = performance.now(); ${program}; console.log(performance.now() - start)`
  const cwd = fileURLToPath(new URL("../..", import.meta.url))
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: "1" }
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], { cwd, env })
  return Number(stdout)
}

export const measureImports = async (repetitions: number): Promise<Section> => {
  const measured = await inTurn(repetitions, Object.values(imports).map(timeImport))
  const [ours = [], openai = [], stripe = [], schema = []] = measured
  const to = (peer: ReadonlyArray<number>, one = ours) => median(one.map((value, i) => value / (peer[i] ?? Number.NaN)))
  return {
    title: "Imports",
    heads: ["import", "median", "fastest – slowest", "ours takes"],
    rows: Object.keys(imports).map((name, i) => {
      const values = measured[i] ?? []
      return [
        name,
        show(median(values)),
        spreadOf(values, show),
        i === 0 || values === measured.at(-1) ? "" : times(to(values)),
      ]
    }),
    notes:
      "As built, without a cache of compiled code, each in a new process. undici is loaded when a layer is built, as the last row shows.",
    goals: [
      { name: "openai", values: openai },
      { name: "stripe", values: stripe },
    ].map(({ name, values }) => ({
      what: "`import` of `core` and `platform-node`",
      against: `importing \`${name}\``,
      toReach: "faster",
      measured: `${times(to(values))} its time`,
      isReached: to(values) < 1,
      reason: `\`import "effect/Schema"\` alone, whose classes the models of this SDK are, takes ${times(to(values, schema))} the time of importing \`${name}\`; ours takes ${times(to(schema))} the time of that, for Effect's streams, configuration and HTTP besides.`,
    })),
  }
}
