/**
 * Laws as data, and a runner that tries them on an implementation of a service.
 *
 * A law states a rule in a sentence, names the capabilities that it needs, generates inputs, and checks whether the rule
 * holds for one of them. `run` tries each law of a suite with many inputs. Each run has a subject of its own. The reports
 * are values.
 *
 * @since 0.1.0
 */
import { ApiError } from "@effect-tokens/core"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"

/**
 * Something a law may need besides a service to call:
 *
 * - `clock`: move the vendor's time, which otherwise stands still.
 * - `otherOwner`: add owners and act as them.
 * - `credential`: act as the holder of a token.
 * - `concurrency`: make calls at the same time.
 * - `destructive`: delete tokens that the law did not make.
 *
 * @since 0.1.0
 */
export type Capability = "clock" | "otherOwner" | "credential" | "concurrency" | "destructive"

/**
 * A failed check: a `Violation`, or an error of the service that the law did not expect.
 *
 * @since 0.1.0
 */
export interface Failure {
  /** Tag of the error, such as `Violation` or `NotFound`. */
  readonly _tag: string
  /** Explanation for a reader. */
  readonly message: string
}

/**
 * A law does not hold.
 *
 * @since 0.1.0
 */
export class Violation extends Data.TaggedError("Violation")<{
  /** The right answer, in words. */
  readonly expected: string
  /** The actual answer, in words. */
  readonly got: string
  /** Number of the step that shows the violation. `undefined` if no single step does. */
  readonly step?: number | undefined
}> {
  override get message(): string {
    return `expected ${this.expected}, but got ${this.got}`
  }
}

/**
 * One law. Its inputs are plain data: they shrink, replay, and can be saved as JSON.
 *
 * @since 0.1.0
 */
export interface Law<Subject, Input = unknown> {
  /** Name of the law, such as `tokens.permanent-cap`. */
  readonly id: string
  /** Numbers of the rules that the law states, such as `N4`. */
  readonly rules: ReadonlyArray<string>
  /** The rules in a sentence. */
  readonly description: string
  /** Capabilities without which the law is skipped. */
  readonly needs: ReadonlyArray<Capability>
  /** Maximum number of runs, for a law whose single run is much work. Without it, `Options.runs` alone decides. */
  readonly maxRuns?: number
  /** Generates and shrinks inputs. */
  readonly arbitrary: fc.Arbitrary<Input>
  /** Fails where the law does not hold. A method, so that laws with different inputs fit into one list. */
  check(subject: Subject, input: Input): Effect.Effect<void, Failure>
}

/**
 * One call of a story, or a step of the clock.
 *
 * @since 0.1.0
 */
export interface Step {
  /** Place in the story, from 1. */
  readonly number: number
  /** The vendor's time since the story began, in milliseconds. */
  readonly at: number
  /** Who calls, such as `account` or `holder of #1`. */
  readonly actor: string
  /** The call, as text. It shows no key and no secret. */
  readonly call: string
  /** The answer, as text. It shows no key and no secret. */
  readonly answer: string
  /** Numbers of the calls that were in progress at the same time. */
  readonly overlaps: ReadonlyArray<number>
}

/**
 * Makes subjects, on which laws are tried.
 *
 * @since 0.1.0
 */
export interface Harness<Subject> {
  /** The reason for each capability that is missing. */
  readonly missing: Readonly<Partial<Record<Capability, string>>>
  /** Makes a subject for one run, and the story of that run. Closing the scope removes what the run has left. */
  readonly open: Effect.Effect<
    { readonly subject: Subject; readonly story: Effect.Effect<ReadonlyArray<Step>> },
    Failure,
    Scope.Scope
  >
}

/**
 * Laws that belong together, and a harness for them over the services `R`.
 *
 * @since 0.1.0
 */
export interface Suite<Subject, R> {
  /** Name of the suite, which begins the ids of its laws. */
  readonly name: string
  /** The laws, in the order in which they are tried. */
  readonly laws: ReadonlyArray<Law<Subject>>
  /** Makes the harness. */
  readonly harness: Effect.Effect<Harness<Subject>, never, R>
}

/**
 * A way to find a counterexample again: the place where the search found it, or the input as JSON.
 *
 * @since 0.1.0
 */
export type Replay =
  | { readonly law: string; readonly seed: number; readonly path: string }
  | { readonly law: string; readonly input: unknown }

/**
 * The smallest input found for which a law does not hold.
 *
 * @since 0.1.0
 */
export interface Counterexample {
  /** Seed of the search. */
  readonly seed: number
  /** Place of the input in the search. */
  readonly path: string
  /** Number of times that the input was made smaller. */
  readonly shrinks: number
  /** The input, as plain data. */
  readonly input: unknown
  /** The calls of the run that broke the law. */
  readonly story: ReadonlyArray<Step>
  /** The right answer, in words. */
  readonly expected: string
  /** The actual answer, in words. */
  readonly got: string
  /** Number of the step whose answer is wrong. `undefined` if no single step is. */
  readonly step: number | undefined
}

type Described = Pick<Law<never>, "id" | "rules" | "description">

/**
 * The result of one law. `runs` counts the inputs tried, including the one that broke it.
 *
 * @since 0.1.0
 */
export type LawReport =
  | { readonly _tag: "Passed"; readonly law: Described; readonly runs: number }
  | {
      readonly _tag: "Failed"
      readonly law: Described
      readonly runs: number
      readonly counterexample: Counterexample
    }
  | { readonly _tag: "Skipped"; readonly law: Described; readonly reason: string }

/**
 * Options of a run.
 *
 * @since 0.1.0
 */
export interface Options {
  /** Seed of the inputs: an integer of up to 32 bits. Defaults to a random one. */
  readonly seed?: number | undefined
  /** Number of inputs that each law is tried with: an integer of at least 1. Defaults to 100. */
  readonly runs?: number | undefined
  /** Ids of the laws to try. Defaults to all laws of the suite. */
  readonly laws?: ReadonlyArray<string> | undefined
  /** Whether to look for a smaller input after one has broken a law. Defaults to `true`. */
  readonly shrink?: boolean | undefined
  /** Tries one law with one input, that of an earlier counterexample. `laws`, `runs` and `shrink` then have no effect. */
  readonly replay?: Replay | undefined
}

const refuse = (field: string, problem: string) =>
  Effect.fail(new ApiError.InvalidRequest({ operation: "Laws.run", field, problem }))

/** Explains the failure of a run. */
const explain = (cause: Cause.Cause<unknown>): Pick<Counterexample, "expected" | "got" | "step"> => {
  const error: unknown = Cause.squash(cause)
  if (error instanceof Violation) return { expected: error.expected, got: error.got, step: error.step }
  const tag = Predicate.hasProperty(error, "_tag") ? String(error._tag) : "a defect"
  const message = Predicate.hasProperty(error, "message") ? String(error.message) : String(error)
  return { expected: "no failure that the law does not speak of", got: `${tag}: ${message}`, step: undefined }
}

/** Tries one law. fast-check sees each failed run, and looks for smaller inputs. */
const tryLaw = <Subject>(
  law: Law<Subject>,
  harness: Harness<Subject>,
  parameters: fc.Parameters<[unknown]>,
): Effect.Effect<LawReport, ApiError.InvalidRequest> => {
  const missing = law.needs.flatMap((need) => harness.missing[need] ?? [])
  const { id, rules, description } = law
  const described = { id, rules, description }
  if (missing.length > 0) return Effect.succeed({ _tag: "Skipped", law: described, reason: missing.join("; ") })

  return Effect.contextWith((context: Context.Context<never>) => {
    const search = async (signal: AbortSignal): Promise<LawReport> => {
      // Shrinking follows failures only: the last failure is that of the smallest input.
      let last: Pick<Counterexample, "story" | "expected" | "got" | "step"> | undefined

      // Runs in memory never wait: an interruption gets through only if the fiber yields between them.
      const attempt = (input: unknown) =>
        Effect.scoped(
          Effect.flatMap(Effect.andThen(Effect.yieldNow, harness.open), ({ story, subject }) =>
            Effect.flatMap(Effect.exit(law.check(subject, input)), (exit) =>
              Exit.isSuccess(exit)
                ? Effect.void
                : Effect.flatMap(story, (steps) => {
                    last = { ...explain(exit.cause), story: steps }
                    return Effect.failCause(exit.cause)
                  }),
            ),
          ),
        )

      const property = fc.asyncProperty(law.arbitrary, async (input) => {
        // The caller was interrupted: skip the remaining runs.
        fc.pre(!signal.aborted)
        const exit = await Effect.runPromiseExitWith(context)(attempt(input), { signal })
        fc.pre(!signal.aborted)
        if (Exit.isSuccess(exit)) return
        // The harness may fail to open. Then there is no story.
        last ??= { ...explain(exit.cause), story: [] }
        throw new Error(last.got)
      })

      const isReplay = parameters.path !== undefined || parameters.examples !== undefined
      const numRuns = Math.min(parameters.numRuns ?? Number.POSITIVE_INFINITY, law.maxRuns ?? Number.POSITIVE_INFINITY)
      // Only an interruption skips an input, and it skips all that are left.
      const details = await fc.check(property, { ...parameters, numRuns, maxSkipsPerRun: 0 })
      // fast-check does not say so of the last step of a path.
      if (isReplay && details.numRuns === 0 && !signal.aborted) throw new Error("The path leads to no input.")
      const runs = isReplay ? 1 : details.numRuns
      return last === undefined || !details.failed || details.counterexample === null
        ? { _tag: "Passed", law: described, runs }
        : {
            _tag: "Failed",
            law: described,
            runs,
            counterexample: {
              ...last,
              seed: details.seed,
              path: details.counterexamplePath ?? "",
              shrinks: details.numShrinks,
              input: details.counterexample[0],
            },
          }
    }

    return Effect.callback<LawReport, ApiError.InvalidRequest>((resume, signal) => {
      const searched = search(signal).then(
        (report) => resume(Effect.succeed(report)),
        // A path leads from one input to the next. One that was made up, or is of another version, leads nowhere.
        (defect: unknown) =>
          resume(
            parameters.path === undefined
              ? Effect.die(defect)
              : refuse("replay.path", `must be what a counterexample of ${id} says: it leads nowhere from this seed`),
          ),
      )
      // An interruption waits until the run has deleted its tokens.
      return Effect.promise(() => searched)
    })
  })
}

/** fast-check changes larger seeds. */
const isSeed = (seed: number): boolean => seed === (seed | 0)

const prepare = Effect.fnUntraced(function* <Subject, R>(suite: Suite<Subject, R>, options: Options) {
  const { replay, runs = 100, shrink = true } = options
  const seed = options.seed ?? (yield* Random.nextIntBetween(0, 0x7fff_ffff))
  if (!Number.isSafeInteger(runs) || runs < 1) return yield* refuse("runs", "must be a whole number of at least 1")
  if (!isSeed(seed)) return yield* refuse("seed", "must be a whole number of up to 32 bits")
  const wanted = replay === undefined ? options.laws : [replay.law]
  const unknown = wanted?.find((id) => !suite.laws.some((law) => law.id === id))
  if (unknown !== undefined) {
    const field = replay === undefined ? "laws" : "replay.law"
    return yield* refuse(field, `must be a law of the suite ${suite.name}, which has no "${unknown}"`)
  }
  const laws = suite.laws.filter((law) => wanted?.includes(law.id) ?? true)
  if (replay === undefined) return { laws, parameters: { seed, numRuns: runs, endOnFailure: !shrink } }
  const once = { numRuns: 1, endOnFailure: true }
  if ("path" in replay && !isSeed(replay.seed)) {
    return yield* refuse("replay.seed", "must be a whole number of up to 32 bits")
  }
  if ("path" in replay) return { laws, parameters: { ...once, seed: replay.seed, path: replay.path } }
  if (laws.some((law) => !law.arbitrary.canShrinkWithoutContext(replay.input))) {
    return yield* refuse("replay.input", `must be an input that ${replay.law} could be tried with`)
  }
  const examples: Array<[unknown]> = [[replay.input]]
  return { laws, parameters: { ...once, seed, examples } }
})

/**
 * Tries the laws of a suite as `run` does, and emits each report when its law is done.
 *
 * @since 0.1.0
 */
export const stream = <Subject, R>(
  suite: Suite<Subject, R>,
  options: Options = {},
): Stream.Stream<LawReport, ApiError.InvalidRequest, R> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { laws, parameters } = yield* prepare(suite, options)
      const harness = yield* suite.harness
      return Stream.mapEffect(Stream.fromIterable(laws), (law) => tryLaw(law, harness, parameters))
    }),
  )

/**
 * Tries the laws of a suite and reports whether each holds. Provide the services to try: a layer of yours, in memory, or
 * over a transport.
 *
 * Fails with `InvalidRequest`, which names the option, if an option is invalid, such as the id of a law that the suite
 * does not have. A law that does not hold is a report, and no failure.
 *
 * @example
 * import { Laws, NeuroioMemory, TokenLaws } from "@effect-tokens/testkit"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function* () {
 *   const reports = yield* Laws.run(TokenLaws.tokens, { runs: 20 })
 *   return Laws.format(reports)
 * })
 *
 * const text = await Effect.runPromise(Effect.provide(program, NeuroioMemory.layer))
 *
 * @since 0.1.0
 */
export const run = <Subject, R>(
  suite: Suite<Subject, R>,
  options?: Options,
): Effect.Effect<ReadonlyArray<LawReport>, ApiError.InvalidRequest, R> => Stream.runCollect(stream(suite, options))

/**
 * Parses the text that replays a counterexample: `tokens.permanent-cap:42:3:0` is a law, a seed and a path.
 *
 * @since 0.1.0
 */
export const readReplay = (text: string): Replay | undefined => {
  const [, law, seed, path] = /^([\w.-]+):(-?\d+):(\d+(?::\d+)*)$/.exec(text) ?? []
  return law === undefined || seed === undefined || path === undefined ? undefined : { law, seed: Number(seed), path }
}

/**
 * Formats the text that `readReplay` parses.
 *
 * @since 0.1.0
 */
export const writeReplay = (law: string, { path, seed }: Pick<Counterexample, "path" | "seed">): string =>
  `${law}:${seed}:${path}`

/** Joins the cells of each row to a line, in columns. */
const alignColumns = (cells: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = cells.reduce<ReadonlyArray<number>>(
    (widest, row) => row.map((cell, i) => Math.max(cell.length, widest[i] ?? 0)),
    [],
  )
  return cells.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  )
}

const formatTime = (millis: number): string => (millis === 0 ? "+0" : `+${Duration.format(Duration.millis(millis))}`)

const formatStory = (steps: ReadonlyArray<Step>): ReadonlyArray<string> =>
  alignColumns(
    steps.map(({ actor, answer, at, call, number, overlaps }) => [
      String(number).padStart(String(steps.length).length),
      formatTime(at),
      actor,
      call,
      `→ ${answer}${overlaps.length === 0 ? "" : `   (at once with ${overlaps.join(", ")})`}`,
    ]),
  )

const ruleNumber = (rule: string): number => Number(/\d+$/.exec(rule)?.[0])

/** Joins consecutive rules: `N1–N6, N8`. */
const formatRules = (rules: ReadonlyArray<string>): string => {
  const runs: Array<Array<string>> = []
  for (const rule of rules) {
    const run = runs.at(-1)
    if (run !== undefined && ruleNumber(rule) === ruleNumber(run.at(-1) ?? "") + 1) run.push(rule)
    else runs.push([rule])
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]}–${run.at(-1)}` : run.join(", "))).join(", ")
}

/**
 * Formats a counterexample as a numbered story: the vendor's time, the caller, the call, its answer, the calls in progress
 * at the same time, the right answer, and the text that replays it. `command` makes a command line of that text.
 *
 * @since 0.1.0
 */
export const formatCounterexample = (
  report: Extract<LawReport, { readonly _tag: "Failed" }>,
  command: (replay: string) => string = (replay) => `replay: ${replay}`,
): string => {
  const { counterexample, law, runs } = report
  const { expected, got, input, shrinks, step, story } = counterexample
  const place = step === undefined ? "" : `${step}: `
  return [
    `${law.id} (${formatRules(law.rules)}) does not hold: ${law.description}`,
    `Run ${runs} broke it; shrunk ${shrinks === 1 ? "once" : `${shrinks} times`}:`,
    "",
    ...formatStory(story).map((line) => `  ${line}`),
    "",
    `  expected  ${place}${expected}`,
    `  but got   ${place}${got}`,
    "",
    command(writeReplay(law.id, counterexample)),
    `or save it as JSON: ${JSON.stringify({ law: law.id, input })}`,
  ].join("\n")
}

const outcome = (report: LawReport): string => {
  const { id, rules } = report.law
  const which = `${id} (${formatRules(rules)})`
  if (report._tag === "Skipped") return `skipped ${which}: ${report.reason}`
  const runs = report.runs === 1 ? "1 run" : `${report.runs} runs`
  return report._tag === "Passed" ? `passed  ${which}: ${runs}` : `FAILED  ${which}: after ${runs}`
}

/**
 * Formats reports: one line for each law, then each counterexample as a story.
 *
 * @since 0.1.0
 */
export const format = (reports: ReadonlyArray<LawReport>, command?: (replay: string) => string): string => {
  const failures = reports.flatMap((report) =>
    report._tag === "Failed" ? ["", formatCounterexample(report, command)] : [],
  )
  return [...reports.map(outcome), ...failures].join("\n")
}
