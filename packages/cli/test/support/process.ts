/** The command as a process. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcess, spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Announced } from "./command.ts"

const bin = fileURLToPath(new URL("../../src/bin.ts", import.meta.url))

export interface Running {
  readonly child: ChildProcess
  readonly output: () => string
  /** Waits until that much has been printed. */
  readonly printed: (pattern: RegExp) => Effect.Effect<string>
  readonly exited: Effect.Effect<number | null>
}

export const start = (...args: ReadonlyArray<string>): Effect.Effect<Running, never, Scope.Scope> =>
  startWith({}, ...args)

export const startWith = (
  env: Readonly<Record<string, string>>,
  ...args: ReadonlyArray<string>
): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(process.execPath, ["--conditions=@effect-tokens/source", bin, ...args], {
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

export const announced = Effect.fnUntraced(function* (sandbox: Running) {
  const output = yield* sandbox.printed(/\n/)
  const line: Announced = JSON.parse(output)
  return line
})
