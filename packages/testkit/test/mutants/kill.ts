/** Puts the laws to a platform until one does not hold. */
import { Laws, TokenLaws } from "@effect-tokens/testkit"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"

export interface Limits {
  readonly seed: number
  readonly runs: number
}

/** The right platform but for one bug, which a short sentence says. */
export interface Mutant<R> {
  readonly bug: string
  readonly platform: Layer.Layer<R>
}

type Platform<R> = Pick<Mutant<R>, "platform">

/** Those suites as killers. The first is the one that others are looked up in. */
export const killersOf = <Subject, R>(
  suites: readonly [Laws.Suite<Subject, R>, ...ReadonlyArray<Laws.Suite<Subject, R>>],
) => {
  /** Tries one law. */
  const tryLaw = Effect.fnUntraced(function* ({ platform }: Platform<R>, law: string, options: Limits) {
    const suite = suites.find(({ laws }) => laws.some(({ id }) => id === law)) ?? suites[0]
    const reports = yield* Effect.provide(Laws.run(suite, { ...options, laws: [law], shrink: false }), platform)
    return reports.find((report) => report._tag === "Failed")
  })

  /** The first law in the order of the suites that kills within so many runs, or none. */
  const firstKill = Effect.fnUntraced(function* (mutant: Platform<R>, options: Limits) {
    for (const { laws } of suites) {
      for (const { id, maxRuns } of laws) {
        // One run of it is as much work as many of the others: not for a quick look.
        if (maxRuns === 1 && options.runs <= 10) continue
        const report = yield* tryLaw(mutant, id, options)
        if (report !== undefined) return { law: id, runs: report.runs }
      }
    }
    return undefined
  })

  /** Some law that kills, found sooner: most need a run or two, and the many are for those that do not. */
  const kill = Effect.fnUntraced(function* (mutant: Platform<R>, { runs, seed }: Limits) {
    for (const few of [2, 10, runs]) {
      const killed = yield* firstKill(mutant, { seed, runs: Math.min(runs, few) })
      if (killed !== undefined) return killed
    }
    return undefined
  })

  /** The first law of this rule that kills: those of others are not asked. */
  const killBy = Effect.fnUntraced(function* (rule: string, mutant: Platform<R>, { runs, seed }: Limits) {
    const laws = suites.flatMap((suite) => suite.laws.filter(({ rules }) => rules.includes(rule)))
    for (const few of [3, runs]) {
      for (const { id } of laws) {
        const report = yield* tryLaw(mutant, id, { seed, runs: few })
        if (report !== undefined) return { law: id, runs: report.runs }
      }
    }
    return undefined
  })

  return { tryLaw, firstKill, kill, killBy }
}

export const { firstKill, kill, tryLaw } = killersOf([TokenLaws.tokens, TokenLaws.streamTokens])
