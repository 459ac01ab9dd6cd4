/**
 * Laws as data, and what puts an implementation to them.
 *
 * A law says in a sentence which rule it states, what it needs, which inputs it is tried with, and how to tell whether
 * it holds. `run` tries each law of a suite with many inputs, each in a world of its own, and gives a report: a value.
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
 * What a law needs besides a service to call:
 *
 * - `clock`: to move the platform's time, which otherwise stands still.
 * - `otherOwner`: to add owners and to act as them.
 * - `credential`: to act as the holder of a token.
 * - `concurrency`: to make calls at the same time.
 * - `destructive`: to delete tokens that it did not make.
 *
 * @since 0.1.0
 */
export type Capability = "clock" | "otherOwner" | "credential" | "concurrency" | "destructive"

/**
 * What a check fails with: a `Violation`, or an error of the service that the law did not count on.
 *
 * @since 0.1.0
 */
export interface Failure {
  readonly _tag: string
  readonly message: string
}

/**
 * A law does not hold. `step` is the call of the story that shows it, if it is one call; the last one otherwise.
 *
 * @since 0.1.0
 */
export class Violation extends Data.TaggedError("Violation")<{
  readonly expected: string
  readonly got: string
  readonly step?: number | undefined
}> {
  override get message(): string {
    return `expected ${this.expected}, but got ${this.got}`
  }
}

/**
 * One law. Its inputs are plain data, so that they shrink, replay and can be saved as JSON.
 *
 * - `id`: its name, such as `tokens.permanent-cap`.
 * - `rules`: the rules that it states, such as `N4`, and `statement` the same in a sentence.
 * - `mostRuns`: how often it is tried at the most, where one run is a lot of work already.
 * - `check`: fails where the law does not hold. `check` and `arbitrary` of one law belong together; it is a method so
 *   that laws with different inputs go into one list.
 *
 * @since 0.1.0
 */
export interface Law<World, Input = unknown> {
  readonly id: string
  readonly rules: ReadonlyArray<string>
  readonly description: string
  readonly needs: ReadonlyArray<Capability>
  readonly maxRuns?: number
  readonly arbitrary: fc.Arbitrary<Input>
  check(world: World, input: Input): Effect.Effect<void, Failure>
}

/**
 * One call of a story, or a step of the clock.
 *
 * - `at`: the platform's time since the story began, in milliseconds.
 * - `overlaps`: the numbers of the calls that were under way at the same time.
 *
 * @since 0.1.0
 */
export interface Step {
  readonly number: number
  readonly at: number
  readonly actor: string
  readonly call: string
  readonly answer: string
  readonly overlaps: ReadonlyArray<number>
}

/**
 * Where laws are tried. `missing` says of each need that cannot be met why. `open` makes a world for one run; what is left
 * of it goes with the scope.
 *
 * @since 0.1.0
 */
export interface Harness<World> {
  readonly missing: Readonly<Partial<Record<Capability, string>>>
  readonly open: Effect.Effect<
    { readonly world: World; readonly story: Effect.Effect<ReadonlyArray<Step>> },
    Failure,
    Scope.Scope
  >
}

/**
 * Laws that belong together, and how to make a stage for them from the services `R`.
 *
 * @since 0.1.0
 */
export interface Suite<World, R> {
  readonly name: string
  readonly laws: ReadonlyArray<Law<World>>
  readonly harness: Effect.Effect<Harness<World>, never, R>
}

/**
 * Where to find a counterexample again: where the search came upon it, or the input itself, as JSON has it.
 *
 * @since 0.1.0
 */
export type Replay =
  | { readonly law: string; readonly seed: number; readonly path: string }
  | { readonly law: string; readonly input: unknown }

/**
 * An input that a law does not hold for, the smallest that was found. `step` is the call of the story that was expected
 * to be answered otherwise, if it is one call.
 *
 * @since 0.1.0
 */
export interface Counterexample {
  readonly seed: number
  readonly path: string
  readonly shrinks: number
  readonly input: unknown
  readonly story: ReadonlyArray<Step>
  readonly expected: string
  readonly got: string
  readonly step: number | undefined
}

type Described = Pick<Law<never>, "id" | "rules" | "description">

/**
 * What became of one law. `runs` is how many inputs it was tried with, the one that broke it included.
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
 * - `seed`: inputs follow from it, a whole number of up to 32 bits; random unless given.
 * - `runs`: how many inputs each law is tried with; 100 unless given.
 * - `laws`: the ids of the laws to try; all of the suite unless given.
 * - `shrink`: whether to look for a smaller input once one has broken a law; `true` unless given.
 * - `replay`: tries one law with one input, that of an earlier counterexample.
 *
 * @since 0.1.0
 */
export interface Options {
  readonly seed?: number | undefined
  readonly runs?: number | undefined
  readonly laws?: ReadonlyArray<string> | undefined
  readonly shrink?: boolean | undefined
  readonly replay?: Replay | undefined
}

const refuse = (field: string, problem: string) =>
  Effect.fail(new ApiError.InvalidRequest({ operation: "Laws.run", field, problem }))

const whatFailed = (cause: Cause.Cause<unknown>): Pick<Counterexample, "expected" | "got" | "step"> => {
  const error: unknown = Cause.squash(cause)
  if (error instanceof Violation) return { expected: error.expected, got: error.got, step: error.step }
  const tag = Predicate.hasProperty(error, "_tag") ? String(error._tag) : "a defect"
  const message = Predicate.hasProperty(error, "message") ? String(error.message) : String(error)
  return { expected: "no failure that the law does not speak of", got: `${tag}: ${message}`, step: undefined }
}

/** Tries one law. The failures of a run go by fast-check, which looks for smaller inputs as long as it sees one. */
const tryLaw = <World>(
  law: Law<World>,
  harness: Harness<World>,
  parameters: fc.Parameters<[unknown]>,
): Effect.Effect<LawReport, ApiError.InvalidRequest> => {
  const missing = law.needs.flatMap((need) => harness.missing[need] ?? [])
  const { id, rules, description } = law
  const described = { id, rules, description }
  if (missing.length > 0) return Effect.succeed({ _tag: "Skipped", law: described, reason: missing.join("; ") })

  return Effect.contextWith((context: Context.Context<never>) => {
    const search = async (signal: AbortSignal): Promise<LawReport> => {
      // Shrinking follows failures only: the last one is that of the smallest input.
      let last: Pick<Counterexample, "story" | "expected" | "got" | "step"> | undefined

      // Runs in memory never wait: without a turn for others between them, no interruption would get through.
      const attempt = (input: unknown) =>
        Effect.scoped(
          Effect.flatMap(Effect.andThen(Effect.yieldNow, harness.open), ({ story, world }) =>
            Effect.flatMap(Effect.exit(law.check(world, input)), (exit) =>
              Exit.isSuccess(exit)
                ? Effect.void
                : Effect.flatMap(story, (steps) => {
                    last = { ...whatFailed(exit.cause), story: steps }
                    return Effect.failCause(exit.cause)
                  }),
            ),
          ),
        )

      const property = fc.asyncProperty(law.arbitrary, async (input) => {
        // Whoever waits for the report does so no longer: what is left to try is passed over.
        fc.pre(!signal.aborted)
        const exit = await Effect.runPromiseExitWith(context)(attempt(input), { signal })
        fc.pre(!signal.aborted)
        if (Exit.isSuccess(exit)) return
        // The stage itself may fail to open, and then there is no story.
        last ??= { ...whatFailed(exit.cause), story: [] }
        throw new Error(last.got)
      })

      const isReplay = parameters.path !== undefined || parameters.examples !== undefined
      const numRuns = Math.min(parameters.numRuns ?? Number.POSITIVE_INFINITY, law.maxRuns ?? Number.POSITIVE_INFINITY)
      // Only an interruption skips an input, and then all that are left are skipped.
      const details = await fc.check(property, { ...parameters, numRuns, maxSkipsPerRun: 0 })
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
        // A path leads from one input to the next: one that was made up, or is of another version, leads nowhere.
        (defect: unknown) =>
          resume(
            parameters.path === undefined
              ? Effect.die(defect)
              : refuse("replay.path", `must be what a counterexample of ${id} says: it leads nowhere from this seed`),
          ),
      )
      // Whoever interrupts waits for the run to clear up what it has made.
      return Effect.promise(() => searched)
    })
  })
}

/** What fast-check makes of a larger one is another one. */
const isSeed = (seed: number): boolean => seed === (seed | 0)

const isWhole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least

const prepare = Effect.fnUntraced(function* <World, R>(suite: Suite<World, R>, options: Options) {
  const { replay, runs = 100, shrink = true } = options
  const seed = options.seed ?? (yield* Random.nextIntBetween(0, 0x7fff_ffff))
  if (!isWhole(runs, 1)) return yield* refuse("runs", "must be a whole number of at least 1")
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
 * `run`, with each report as soon as it is there.
 *
 * @since 0.1.0
 */
export const stream = <World, R>(
  suite: Suite<World, R>,
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
 * Tries the laws of a suite and tells of each whether it holds. Provide it with the services to be tried: a layer of
 * yours, or a platform's.
 *
 * Fails with `InvalidRequest`, which names the option, when an option cannot be right, such as the id of a law that the
 * suite does not have. A law that does not hold is no failure of it: that stands in the report.
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
export const run = <World, R>(
  suite: Suite<World, R>,
  options?: Options,
): Effect.Effect<ReadonlyArray<LawReport>, ApiError.InvalidRequest, R> => Stream.runCollect(stream(suite, options))

/**
 * Reads what a counterexample says to replay it with: `tokens.permanent-cap:42:3:0` is a law, a seed and a path.
 *
 * @since 0.1.0
 */
export const readReplay = (text: string): Replay | undefined => {
  const [, law, seed, path] = /^([\w.-]+):(-?\d+):(\d+(?::\d+)*)$/.exec(text) ?? []
  return law === undefined || seed === undefined || path === undefined ? undefined : { law, seed: Number(seed), path }
}

/**
 * What `readReplay` reads.
 *
 * @since 0.1.0
 */
export const writeReplay = (law: string, { path, seed }: Pick<Counterexample, "path" | "seed">): string =>
  `${law}:${seed}:${path}`

const padded = (cells: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
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
  padded(
    steps.map(({ actor, answer, at, call, number, overlaps }) => [
      String(number).padStart(String(steps.length).length),
      formatTime(at),
      actor,
      call,
      `→ ${answer}${overlaps.length === 0 ? "" : `   (at once with ${overlaps.join(", ")})`}`,
    ]),
  )

const ruleNumber = (rule: string): number => Number(/\d+$/.exec(rule)?.[0])

/** Rules in a row as one: `N1–N6, N8`. */
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
 * A counterexample as a numbered story: virtual time, who calls, the call, its answer, which calls were under way at the
 * same time, what the law expected, and what to replay it with. `command` makes a command line of that.
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
 * One line for each law, and each counterexample as a story.
 *
 * @since 0.1.0
 */
export const format = (reports: ReadonlyArray<LawReport>, command?: (replay: string) => string): string => {
  const failures = reports.flatMap((report) =>
    report._tag === "Failed" ? ["", formatCounterexample(report, command)] : [],
  )
  return [...reports.map(outcome), ...failures].join("\n")
}
