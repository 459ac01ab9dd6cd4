/**
 * Shows which law kills which wrong platform: `npm run laws:mutants`. Its arguments are the seed, if it is to be another
 * than 1, and `tokens` or `apiTokens`, if it is to be one of the two platforms alone. It ends with 1 if one survives.
 */
import type { Laws } from "@effect-tokens/testkit"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { firstKill, type Limits, tryLaw } from "./kill.ts"
import { mutants } from "./neuroio/mutants.ts"
import { races } from "./neuroio/races.ts"
import * as Umaaas from "./umaaas/kill.ts"
import { mutants as umaaasMutants } from "./umaaas/mutants.ts"
import { races as umaaasRaces } from "./umaaas/races.ts"

const [, , seedText = "1", only] = process.argv
const seed = Number(seedText)

type Report = Extract<Laws.LawReport, { readonly _tag: "Failed" }> | undefined

const runsOf = (report: { readonly runs: number } | undefined) => (report === undefined ? "-" : String(report.runs))

const columns = ["law", "runs", "story", "race", "bug"] as const

const line = (cells: Record<(typeof columns)[number], string>) =>
  [cells.law.padEnd(32), cells.runs.padStart(4), cells.story.padStart(5), cells.race.padStart(5), "", cells.bug].join(
    "  ",
  )

interface Killers<M> {
  readonly tryLaw: (mutant: M, law: string, limits: Limits) => Effect.Effect<Report, unknown>
  readonly firstKill: (
    mutant: M,
    limits: Limits,
  ) => Effect.Effect<{ readonly law: string; readonly runs: number } | undefined, unknown>
}

/** How many survive. */
const table = Effect.fnUntraced(function* <M extends { readonly bug: string }>(
  suite: string,
  { firstKill, tryLaw }: Killers<M>,
  mutants: ReadonlyArray<M>,
  races: ReadonlyArray<M>,
) {
  yield* Console.log(line({ law: "killed by", runs: "runs", story: "story", race: "race", bug: "bug" }))
  let survivors = 0
  for (const mutant of mutants) {
    const story = yield* tryLaw(mutant, `${suite}.story`, { seed, runs: 1000 })
    const race = yield* tryLaw(mutant, `${suite}.race`, { seed, runs: 1000 })
    const ofRace = races.includes(mutant) && race !== undefined ? { law: `${suite}.race`, runs: race.runs } : undefined
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
    `\n${mutants.length} wrong platforms, ${survivors} of them survive: 100 runs of each law, and races 1,000 of theirs\n`,
  )
  return survivors
})

const tables = {
  tokens: table("tokens", { firstKill, tryLaw }, mutants, races),
  apiTokens: table("apiTokens", Umaaas, umaaasMutants, umaaasRaces),
}

const wanted = Object.entries(tables).flatMap(([suite, table]) => (only === undefined || only === suite ? [table] : []))

process.exitCode = (await Effect.runPromise(Effect.all(wanted))).every((survivors) => survivors === 0) ? 0 : 1
