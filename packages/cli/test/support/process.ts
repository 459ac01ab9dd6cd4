/** The command as a process. */
import * as ChildProcess from "@effect-tokens/test-support/ChildProcess"
import * as Effect from "effect/Effect"
import { fileURLToPath } from "node:url"
import type { Announced } from "./command.ts"

const bin = fileURLToPath(new URL("../../src/bin.ts", import.meta.url))

export const start = (...args: ReadonlyArray<string>) => ChildProcess.start(bin, args)

export const startWith = (env: Readonly<Record<string, string>>, ...args: ReadonlyArray<string>) =>
  ChildProcess.start(bin, args, env)

export const announced = Effect.fnUntraced(function* (sandbox: ChildProcess.ChildProcess) {
  const output = yield* sandbox.printed(/\n/)
  const line: Announced = JSON.parse(output)
  return line
})
