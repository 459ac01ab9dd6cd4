/** Makes the calls that commands stand for, and observes their answers. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import type { Failure } from "../../Laws.ts"

/** A call that is about to be made. Without an answer, nobody knows whether it took effect. */
interface Prepared<Call, Observed> {
  readonly call: Call
  readonly run: Effect.Effect<Observed | undefined>
}

/** Prepares calls. A command refers to tokens that have been made by then. */
export interface Interpreter<Command, Call, Observed> {
  readonly prepare: (command: Command) => Effect.Effect<Prepared<Call, Observed>, Failure>
}

/** An owner by its name, or the holder of the token that was made as the n-th, from 1. */
interface WithCaller {
  readonly as: string | { readonly token: number }
}

interface ErrorObserved {
  readonly _tag: "Error"
  readonly error: string
}

/** The commands of one vendor. A call is a command whose symbolic references are resolved. */
export interface Vocabulary<Command extends WithCaller, Call, Actor, Credential, Caller, Value, Observed> {
  /** Each owner, with the model's term for it. */
  readonly owners: Readonly<Record<string, readonly [Caller, Actor]>>
  /** The credential of the token that was made as the n-th. Without such a token, an unknown one without a name. */
  readonly holder: (ordinal: number) => {
    readonly credential: Credential
    readonly caller: Caller
    readonly name: string | undefined
  }
  readonly as: (credential: Credential, name: string) => Effect.Effect<Actor, Failure>
  readonly resolve: (command: Command) => Call
  readonly perform: (actor: Actor, call: Call) => Effect.Effect<Value, Failure>
  readonly observe: (value: Value) => Observed
}

/** Errors after which nobody knows whether the call took effect. */
const inconclusive = new Set([
  "OutcomeUnknown",
  "ConnectionFailed",
  "TimedOut",
  "InternalServerError",
  "BadGateway",
  "ServiceUnavailable",
  "GatewayTimeout",
  "MalformedResponse",
])

const observeError = (cause: Cause.Cause<Failure>): ErrorObserved | undefined => {
  if (Cause.hasInterruptsOnly(cause)) return undefined
  const error: unknown = Cause.squash(cause)
  const tag = Predicate.hasProperty(error, "_tag") ? String(error._tag) : String(error)
  return inconclusive.has(tag) ? undefined : { _tag: "Error", error: tag }
}

export const makeInterpreter = <Command extends WithCaller, Call, Actor, Credential, Caller, Value, Observed>({
  as,
  holder,
  observe,
  owners,
  perform,
  resolve,
}: Vocabulary<Command, Call, Actor, Credential, Caller, Value, Observed>): Interpreter<
  Command,
  Call & { readonly caller: Caller },
  Observed | ErrorObserved
> => {
  const findCaller = (who: WithCaller["as"]): Effect.Effect<readonly [Caller, Actor], Failure> => {
    if (typeof who === "string") {
      const owner = owners[who]
      return owner === undefined ? Effect.die(new Error(`no owner is called ${who}`)) : Effect.succeed(owner)
    }
    const { caller, credential, name } = holder(who.token)
    const actor = as(credential, name === undefined ? "nobody" : `holder of ${name}`)
    return Effect.map(actor, (actor) => [caller, actor])
  }

  return {
    prepare: (command) =>
      Effect.map(findCaller(command.as), ([caller, actor]) => {
        const call = resolve(command)
        return {
          call: { ...call, caller },
          run: Effect.map(Effect.exit(perform(actor, call)), (exit) =>
            Exit.isSuccess(exit) ? observe(exit.value) : observeError(exit.cause),
          ),
        }
      }),
  }
}
