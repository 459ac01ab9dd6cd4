/**
 * Shows which law kills which wrong platform: `npm run laws:mutants`, with the seed as its argument if it is to be
 * another than 1. It ends with 1 if one survives.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { firstKill, tryLaw } from "./kill.ts"
import { mutants } from "./mutants.ts"
import { races } from "./races.ts"

const seed = Number(process.argv[2] ?? 1)

const runsOf = (report: { readonly runs: number } | undefined) => (report === undefined ? "-" : String(report.runs))

const columns = ["law", "runs", "story", "race", "bug"] as const

const line = (cells: Record<(typeof columns)[number], string>) =>
  [cells.law.padEnd(32), cells.runs.padStart(4), cells.story.padStart(5), cells.race.padStart(5), "", cells.bug].join(
    "  ",
  )

const program = Effect.gen(function* () {
  yield* Console.log(line({ law: "killed by", runs: "runs", story: "story", race: "race", bug: "bug" }))
  let survivors = 0
  for (const mutant of mutants) {
    const story = yield* tryLaw(mutant, "tokens.story", { seed, runs: 1000 })
    const race = yield* tryLaw(mutant, "tokens.race", { seed, runs: 1000 })
    const ofRace = races.includes(mutant) && race !== undefined ? { law: "tokens.race", runs: race.runs } : undefined
    const killed = (yield* firstKill(mutant, { seed, runs: 100 })) ?? ofRace
    if (killed === undefined) survivors++
    yield* Console.log(
      line({
        law: killed?.law ?? "SURVIVES",
        runs: runsOf(killed),
        story: runsOf(story),
        race: runsOf(race),
        bug: mutant.bug,
      }),
    )
  }
  yield* Console.log(
    `\n${mutants.length} wrong platforms, ${survivors} of them survive: 100 runs of each law, and races 1,000 of theirs`,
  )
  return survivors
})

process.exitCode = (await Effect.runPromise(program)) === 0 ? 0 : 1
