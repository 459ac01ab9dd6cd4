/**
 * Measures a call in a test, and a default run of all laws: on the platform in memory, and with the whole client on the
 * sandbox in process or on `fetch` that msw answers.
 */
import * as Effect from "effect/Effect"
import { timeLaws } from "./laws.ts"
import { measurePairs } from "./speed/pairs.ts"
import { markdown, show } from "./speed/report.ts"

const section = await measurePairs({ rounds: 15, seconds: 0.4, warmUp: 2 })
const lawHeads = ["all laws of both families", "laws passed", "runs of each", "seconds"]
process.stdout.write(`Node ${process.version}\n\n${show([section])}\n\n`)
process.stdout.write(`${markdown(lawHeads, await Effect.runPromise(timeLaws))}\n`)
