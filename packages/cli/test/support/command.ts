/** Runs the commands in process: their flags, their output, and whether they succeed. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as TestConsole from "effect/testing/TestConsole"
import { lawsCommand } from "../../src/commands/laws.ts"
import { sandboxCommand } from "../../src/commands/sandbox.ts"
import { version } from "@effect-tokens/core"

const command = Command.make("effect-tokens").pipe(Command.withSubcommands([sandboxCommand, lawsCommand]))

/** `environment` is the command's whole environment. `files` replace some functions of the file system. */
interface Surroundings {
  readonly environment?: Readonly<Record<string, string>>
  readonly files?: Partial<FileSystem.FileSystem>
}

const run = (args: ReadonlyArray<string>, { environment = {}, files }: Surroundings, console: Console.Console) =>
  Command.runWith(command, { version })(args).pipe(
    Effect.provideService(Console.Console, console),
    Effect.provideService(CliOutput.Formatter, CliOutput.defaultFormatter({ colors: false })),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: environment })),
    Effect.updateService(FileSystem.FileSystem, (real) => ({ ...real, ...files })),
    Effect.provide(NodeServices.layer),
  )

const textOf = (lines: ReadonlyArray<unknown>): string => lines.map((line) => `${String(line)}\n`).join("")

/** Runs a command to its end. Only a typed failure counts as one: a defect fails the test. */
export const ended = Effect.fnUntraced(function* (args: ReadonlyArray<string>, surroundings: Surroundings = {}) {
  const console = yield* TestConsole.make
  const isSuccess = yield* Effect.isSuccess(run(args, surroundings, console))
  return { isSuccess, stdout: textOf(yield* console.logLines), stderr: textOf(yield* console.errorLines) }
})

/** Starts a command that runs until the scope closes. Succeeds with the first text that it prints. */
export const started = Effect.fnUntraced(function* (args: ReadonlyArray<string>, surroundings: Surroundings = {}) {
  const printed = yield* Deferred.make<string>()
  const log = (text: unknown) => {
    Deferred.doneUnsafe(printed, Effect.succeed(String(text)))
  }
  yield* run(args, surroundings, { ...(yield* TestConsole.make), log }).pipe(
    Effect.orDie,
    Effect.andThen(Effect.die(new Error("the command ended"))),
    Effect.onError((cause) => Deferred.failCause(printed, cause)),
    Effect.forkScoped,
  )
  return yield* Deferred.await(printed)
})

/** The line that `--json` prints. */
export interface Announced {
  readonly url: string
  readonly neuroio: { readonly account: string; readonly manager: string }
  readonly umaaas: { readonly url: string; readonly clientId: string; readonly clientSecret: string }
  readonly console?: string
}

/** Serves a sandbox on a free port until the scope closes. */
export const sandbox = Effect.fnUntraced(function* (args: ReadonlyArray<string> = [], surroundings?: Surroundings) {
  const line = yield* started(["sandbox", "--port", "0", "--json", ...args], surroundings)
  const announced: Announced = JSON.parse(line)
  return announced
})
