/**
 * Laws as vitest tests.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, describe, it } from "vitest"
import * as Laws from "./Laws.ts"

/**
 * Options of the tests.
 *
 * @since 0.1.0
 */
export interface Options {
  /** Seed of the inputs: an integer of up to 32 bits. Defaults to a random one. */
  readonly seed?: number | undefined
  /** Number of inputs that each law is tried with: an integer of at least 1. Defaults to 100. */
  readonly runs?: number | undefined
  /** Inputs of earlier counterexamples, as JSON. Each becomes one more test. Defaults to none. */
  readonly saved?: ReadonlyArray<{ readonly law: string; readonly input: unknown }> | undefined
  /** Time limit of each test, in milliseconds. Defaults to 60,000. */
  readonly timeout?: number | undefined
}

/** Reads the replay that `LAWS_REPLAY` asks for. The law that it names is tried with that input alone. */
const replayFromEnvironment = Effect.fnUntraced(function* (suite: Pick<Laws.Suite<never, never>, "name" | "laws">) {
  const text = yield* Config.withDefault(Config.String("LAWS_REPLAY"), "")
  const replay = Laws.readReplay(text)
  if (text !== "" && replay === undefined) {
    return yield* Effect.die(new Error("LAWS_REPLAY must be a law, a seed and a path, such as tokens.get:42:3:0"))
  }
  const isMisspelt =
    replay?.law.startsWith(`${suite.name}.`) === true && !suite.laws.some(({ id }) => id === replay.law)
  if (isMisspelt) {
    return yield* Effect.die(new Error(`LAWS_REPLAY names "${replay.law}", which is no law of ${suite.name}`))
  }
  return replay
})

const commandFor = (file: string) => (replay: string) =>
  `To replay it: LAWS_REPLAY=${replay} npx vitest run ${file} -t '${replay.slice(0, replay.indexOf(":"))}:'`

/**
 * Makes a test of each law of a suite, on the services of the layer. Laws that need a missing capability are skipped, with
 * the reason. A law that does not hold fails with its counterexample, as a story. The layer is built once.
 *
 * @example
 * import { NeuroioMemory, TokenLaws } from "@effect-tokens/testkit"
 * import { testLaws } from "@effect-tokens/testkit/vitest"
 *
 * testLaws(TokenLaws.tokens, NeuroioMemory.layer)
 *
 * @since 0.1.0
 */
export const testLaws = <Subject, R, E>(
  suite: Laws.Suite<Subject, R>,
  layer: Layer.Layer<R, E>,
  options: Options = {},
): void => {
  const { saved = [], timeout = 60_000, ...limits } = options
  describe(`laws of ${suite.name}`, () => {
    const runtime = ManagedRuntime.make(layer)
    afterAll(() => runtime.dispose())

    const test = (title: string, law: string, replay: Effect.Effect<Laws.Replay | undefined, Config.ConfigError>) => {
      // The rules are for tests with written titles and assertions: here the law is both.
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect
      it(title, { timeout }, async ({ signal, skip, task }) => {
        const [report] = await runtime.runPromise(
          Effect.flatMap(replay, (replay) =>
            Laws.run(suite, { ...limits, laws: [law], replay: replay?.law === law ? replay : undefined }),
          ),
          { signal },
        )
        if (report?._tag === "Skipped") skip(report.reason)
        if (report?._tag === "Failed") {
          const error = new Error(Laws.formatCounterexample(report, commandFor(task.file.name)))
          // The stack says nothing: the story does.
          error.stack = ""
          throw error
        }
      })
    }

    for (const { id, rules, description } of suite.laws) {
      test(`${id}: ${description} (${rules.join(", ")})`, id, replayFromEnvironment(suite))
    }
    for (const [i, { input, law }] of saved.entries()) {
      test(`${law}, saved case ${i + 1}`, law, Effect.succeed({ law, input }))
    }
  })
}
