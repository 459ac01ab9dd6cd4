/** The command `effect-tokens`. */
import { version } from "@effect-tokens/core"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import * as Command from "effect/cli/Command"
import { lawsCommand } from "./commands/laws.ts"
import { interruption, sandboxCommand } from "./commands/sandbox.ts"

Command.make("effect-tokens").pipe(
  Command.withDescription("API tokens: a sandbox to build and test against, and the laws that it keeps"),
  Command.withSubcommands([sandboxCommand, lawsCommand]),
  Command.run({ version }),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({
    teardown: (exit, onExit) =>
      Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
        ? onExit(interruption.exitCode)
        : Runtime.defaultTeardown(exit, onExit),
  }),
)
