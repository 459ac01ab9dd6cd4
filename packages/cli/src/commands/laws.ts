/** `effect-tokens laws`. */
import * as Effect from "effect/Effect"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"

const targets = ["memory", "in-process", "sandbox", "live"] as const

const flags = {
  target: Flag.Literals("target", targets).pipe(
    Flag.withDescription(
      "memory: the platform in memory (default); in-process: the client over a sandbox without a socket; sandbox: over HTTP; live: the real platforms of NEUROIO_API_TOKEN and of UMAAAS_CLIENT_ID with UMAAAS_CLIENT_SECRET, where they are set",
    ),
    Flag.optional,
  ),
  /** Former name of `target`. */
  on: Flag.Literals("on", targets).pipe(Flag.withHidden, Flag.optional),
  law: Flag.String("law").pipe(
    Flag.withDescription("Id of a law, such as tokens.permanent-cap; all unless given, and more than once for several"),
    Flag.atLeast(0),
  ),
  seed: Flag.Int("seed").pipe(Flag.withDescription("Inputs follow from it; random unless given"), Flag.optional),
  runs: Flag.Int("runs").pipe(
    Flag.withDescription("How many inputs each law is tried with; 100 unless given, and 3 on live"),
    Flag.optional,
  ),
  replay: Flag.String("replay").pipe(
    Flag.withDescription("What a counterexample says: law:seed:path, or a file with its JSON"),
    Flag.optional,
  ),
}

const userError = (userMessage: string) => new CliError.UserError({ cause: undefined, userMessage })

/** Loaded when it is asked for: a sandbox starts without it. */
const loadLaws = Effect.promise(() => import("../laws.ts"))

const replayFrom = Effect.fnUntraced(function* (text: string) {
  const { readReplay } = yield* loadLaws
  const direct = readReplay(text)
  if (Option.isSome(direct)) return direct.value
  const fileSystem = yield* FileSystem.FileSystem
  const file = yield* Effect.option(fileSystem.readFileString(text))
  const saved = Option.flatMap(file, readReplay)
  if (Option.isSome(saved)) return saved.value
  return yield* Effect.fail(
    userError(
      `--replay must be law:seed:path, such as tokens.get:42:3:0, or a file with the JSON of a counterexample.`,
    ),
  )
})

export const lawsCommand = Command.make(
  "laws",
  flags,
  Effect.fn(function* ({ law, on, replay, runs, seed, target }) {
    const { tryLaws } = yield* loadLaws
    const holds = yield* tryLaws({
      target: Option.getOrElse(
        Option.orElse(target, () => on),
        () => "memory" as const,
      ),
      laws: law,
      seed: Option.getOrUndefined(seed),
      runs: Option.getOrUndefined(runs),
      replay: Option.isSome(replay) ? yield* replayFrom(replay.value) : undefined,
    }).pipe(
      Effect.catchTags({
        UnknownLaw: ({ law }) =>
          Effect.fail(userError(`There is no law "${law}". Without --law, all are tried and named.`)),
        InvalidRequest: ({ field, problem }) => Effect.fail(userError(`${field}: ${problem}.`)),
        NoCredential: ({ needed }) =>
          Effect.fail(
            userError(
              `--target live needs ${needed.map((variables) => variables.join(" and ")).join(", or ")} in the environment: the token to call with.`,
            ),
          ),
        Refused: ({ credential }) => Effect.fail(userError(`${credential.join(" with ")} is refused (401).`)),
        ConfigError: ({ message }) => Effect.fail(userError(`The environment cannot be read: ${message}`)),
        ServeError: ({ message }) => Effect.fail(userError(`The sandbox cannot listen: ${message}`)),
      }),
    )
    if (!holds) return yield* Effect.fail(userError("A law does not hold."))
  }),
).pipe(
  Command.withDescription("Try the laws of tokens on a platform"),
  Command.withExamples([
    { command: "effect-tokens laws", description: "On the platform in memory" },
    { command: "effect-tokens laws --target live", description: "On the real platform; says first what it will do" },
  ]),
)
