/**
 * Calls as plain data, for random use of tokens: they shrink, print, and can be saved as JSON. Their references are symbolic:
 * `{ "token": 2, "by": "key" }` is the second token that was made, by its key.
 *
 * @since 0.1.0
 */
import { StreamTokens, type TokenKey, Tokens } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import { type CallError, makeCalls, type Value } from "./internal/laws/calls.ts"
import type { Caller, Command } from "./internal/laws/commands.ts"
import { NeuroioControl, type Owner } from "./NeuroioControl.ts"
import type { OwnerKind } from "./NeuroioRules.ts"

export {
  /** @since 0.1.0 */
  type Call,
  /** @since 0.1.0 */
  type Caller,
  /** @since 0.1.0 */
  call,
  /** @since 0.1.0 */
  type Command,
  /** @since 0.1.0 */
  command,
  /** @since 0.1.0 */
  type From,
  /** @since 0.1.0 */
  type Options,
  /** @since 0.1.0 */
  type Reference,
} from "./internal/laws/commands.ts"

/**
 * An error of a call.
 *
 * @since 0.1.0
 */
export type InterpreterError = CallError

/**
 * Carries out commands one by one, as other users of the account, other owners, or holders of tokens. References point at
 * the tokens that this interpreter has made. A space and a manager are added when they first call.
 *
 * @example
 * import { NeuroioMemory, TokenCommand } from "@effect-tokens/testkit"
 * import { Effect } from "effect"
 * import { TestClock } from "effect/testing"
 * import * as fc from "fast-check"
 *
 * const commands = fc.array(TokenCommand.command({ callers: ["account", "token"] }), { maxLength: 30, size: "max" })
 *
 * const others = (commands: ReadonlyArray<TokenCommand.Command>) =>
 *   Effect.gen(function* () {
 *     const interpret = yield* TokenCommand.makeInterpreter({ advance: TestClock.adjust })
 *     for (const command of commands) yield* Effect.ignore(interpret(command))
 *   }).pipe(Effect.provide(NeuroioMemory.layer))
 *
 * @since 0.1.0
 */
export const makeInterpreter = (
  options: {
    /**
     * Passes the time, in milliseconds. Defaults to moving the vendor's time alone. Where `TestClock` is the time of your app
     * as well, give `TestClock.adjust`.
     */
    readonly advance?: ((millis: number) => Effect.Effect<void>) | undefined
  } = {},
): Effect.Effect<(command: Command) => Effect.Effect<Value, InterpreterError>, never, NeuroioControl> =>
  Effect.map(NeuroioControl, (control) => {
    const calls = makeCalls()
    const owners = new Map<OwnerKind, Owner>([["account", control.account]])
    const { advance = control.advance } = options

    const findCaller = (as: Caller): Effect.Effect<Owner | TokenKey> => {
      if (typeof as !== "string") return Effect.sync(() => calls.holder(as.token).key)
      return Effect.suspend(() => {
        const known = owners.get(as)
        if (known !== undefined) return Effect.succeed(known)
        return Effect.tap(control.addOwner(as), (owner) => Effect.sync(() => owners.set(as, owner)))
      })
    }

    return (command) =>
      command.do === "advance"
        ? advance(command.millis)
        : Effect.flatMap(findCaller(command.as), (caller) =>
            Effect.gen(function* () {
              const operations = command.family === "tokens" ? yield* Tokens : yield* StreamTokens
              return yield* calls.perform(operations, calls.resolve(command))
            }).pipe(Effect.provide(control.as(caller))),
          )
  })
