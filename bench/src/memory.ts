/** Measures the in-memory platforms as they grow. */
import * as Effect from "effect/Effect"
import * as Growth from "./growth.ts"
import * as Neuroio from "./neuroioMemory.ts"
import * as Umaaas from "./umaaasMemory.ts"

const neuroio = Effect.runSync(Effect.forEach(Growth.sizes, Neuroio.makeSubject))
process.stdout.write(`Node ${process.version}, median of ${Growth.rounds} rounds\n\n`)
process.stdout.write(`${Growth.growth("NeuroIO", neuroio, Neuroio.measures, 2_000)}\n`)

const umaaas = Effect.runSync(Effect.forEach(Growth.sizes, Umaaas.makeSubject))
process.stdout.write(`${Growth.growth("UMAaaS", umaaas, Umaaas.measures, 200)}\n`)
for (const subject of umaaas) {
  const { cursors, size } = subject
  const time = `${(Umaaas.slowestPage(subject) / 1000).toFixed(2)} ms`
  const tokens = `${size.toLocaleString("en")} tokens`
  process.stdout.write(`The slowest of the ${cursors.length} filtered pages of 100 of ${tokens} takes ${time}\n`)
}
