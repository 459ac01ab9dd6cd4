/** Puts the laws to a platform until one does not hold. */
import { Laws, TokenLaws } from "@effect-tokens/testkit"
import * as Effect from "effect/Effect"
import type { Mutant } from "./wrong.ts"

const suites = [TokenLaws.tokens, TokenLaws.streamTokens]

/** Tries one law. */
export const tryLaw = Effect.fnUntraced(function* (
  { platform }: Pick<Mutant, "platform">,
  law: string,
  options: { readonly seed: number; readonly runs: number },
) {
  const suite = suites.find(({ laws }) => laws.some(({ id }) => id === law)) ?? TokenLaws.tokens
  const reports = yield* Effect.provide(Laws.run(suite, { ...options, laws: [law], shrink: false }), platform)
  return reports.find((report) => report._tag === "Failed")
})

/** The first law in the order of the suites that kills within so many runs, or none. */
export const firstKill = Effect.fnUntraced(function* (
  mutant: Pick<Mutant, "platform">,
  options: { readonly seed: number; readonly runs: number },
) {
  for (const { laws } of suites) {
    for (const { id, mostRuns } of laws) {
      // One run of it is as much work as many of the others: not for a quick look.
      if (mostRuns === 1 && options.runs <= 10) continue
      const report = yield* tryLaw(mutant, id, options)
      if (report !== undefined) return { law: id, runs: report.runs }
    }
  }
  return undefined
})

/** Some law that kills, found sooner: most need a run or two, and the many are for those that do not. */
export const kill = Effect.fnUntraced(function* (
  mutant: Pick<Mutant, "platform">,
  { runs, seed }: { readonly seed: number; readonly runs: number },
) {
  for (const few of [2, 10, runs]) {
    const killed = yield* firstKill(mutant, { seed, runs: Math.min(runs, few) })
    if (killed !== undefined) return killed
  }
  return undefined
})
