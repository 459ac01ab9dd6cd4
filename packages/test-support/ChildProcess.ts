/** A program of this workspace as a process: what it prints, and how it ends. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Process from "node:child_process"

export interface ChildProcess {
  readonly child: Process.ChildProcess
  /** Everything that it has printed, on both outputs. */
  readonly output: () => string
  /** Waits until the output matches. Succeeds with the output. */
  readonly printed: (pattern: RegExp) => Effect.Effect<string>
  /** The exit code. Null when a signal ended it. */
  readonly exited: Effect.Effect<number | null>
}

/** Runs a file from its sources, until it ends or the scope closes. `env` is added to the environment. */
export const start = (
  file: string,
  args: ReadonlyArray<string> = [],
  env: Readonly<Record<string, string>> = {},
): Effect.Effect<ChildProcess, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = Process.spawn(process.execPath, ["--conditions=@effect-tokens/source", file, ...args], {
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ...env },
      })
      let output = ""
      const exit = new Promise<number | null>((resolve) => child.on("close", resolve))
      const keep = (chunk: Buffer) => {
        output += chunk.toString()
      }
      child.stdout.on("data", keep)
      child.stderr.on("data", keep)
      return {
        child,
        output: () => output,
        printed: (pattern: RegExp) =>
          Effect.callback<string>((resume) => {
            const check = () => {
              if (pattern.test(output)) resume(Effect.succeed(output))
            }
            child.stdout.on("data", check)
            child.on("close", () => resume(Effect.die(new Error(`it ended, having printed: ${output}`))))
            check()
          }),
        exited: Effect.promise(() => exit),
      }
    }),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL")),
  )
