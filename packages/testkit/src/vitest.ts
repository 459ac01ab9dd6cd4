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
 * - `seed`: inputs follow from it; random unless given.
 * - `runs`: how many inputs each law is tried with; 100 unless given.
 * - `saved`: inputs of earlier counterexamples, as JSON, to try as well.
 * - `timeout`: how long a law may take, in milliseconds; a minute unless given.
 *
 * @since 0.1.0
 */
export interface Options {
  readonly seed?: number | undefined
  readonly runs?: number | undefined
  readonly saved?: ReadonlyArray<{ readonly law: string; readonly input: unknown }> | undefined
  readonly timeout?: number | undefined
}

/** What the environment asks to replay: that alone is then tried of its law. */
const replayFromEnvironment = Effect.fnUntraced(function* (suite: Pick<Laws.Suite<never, never>, "name" | "laws">) {
  const text = yield* Config.withDefault(Config.String("LAWS_REPLAY"), "")
  const replay = Laws.readReplay(text)
  if (text !== "" && replay === undefined) {
    return yield* Effect.die(new Error("LAWS_REPLAY must be a law, a seed and a path, such as tokens.get:42:3:0"))
  }
  const isMisspelt =
    replay?.law.startsWith(`${suite.name}.`) === true && !suite.laws.some(({ id }) => id === replay.law)
  if (isMisspelt)
    return yield* Effect.die(new Error(`LAWS_REPLAY names "${replay.law}", which is no law of ${suite.name}`))
  return replay
})

const commandFor = (file: string) => (replay: string) =>
  `To replay it: LAWS_REPLAY=${replay} npx vitest run ${file} -t '${replay.slice(0, replay.indexOf(":"))}:'`

/**
 * Makes a test of each law of a suite, tried on what the layer gives. A law that it cannot be put to is a skipped test
 * that says why; one that does not hold fails with its counterexample, as a story. The layer is built once.
 *
 * @example
 * import { NeuroioMemory, TokenLaws } from "@effect-tokens/testkit"
 * import { testLaws } from "@effect-tokens/testkit/vitest"
 *
 * testLaws(TokenLaws.tokens, NeuroioMemory.layer)
 *
 * @since 0.1.0
 */
export const testLaws = <World, R, E>(
  suite: Laws.Suite<World, R>,
  layer: Layer.Layer<R, E>,
  options: Options = {},
): void => {
  const { saved = [], timeout = 60_000, ...limits } = options
  describe(`laws of ${suite.name}`, () => {
    const runtime = ManagedRuntime.make(layer)
    afterAll(() => runtime.dispose())

    const test = (title: string, law: string, replay: Effect.Effect<Laws.Replay | undefined, Config.ConfigError>) => {
      // The rules are for tests that are written out: here the law is the title and the assertion.
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
          // Where it was thrown says nothing: the story does.
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
