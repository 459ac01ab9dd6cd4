/** Makes the calls that commands stand for, and notes them in the terms of the model. */
import type { TokenOperations, TokenRef } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Failure } from "../../../Laws.ts"
import type { Family } from "../../NeuroioRules.ts"
import type * as TokenCommand from "../../TokenCommand.ts"
import { type Given, makeCall, makeReferences, missing } from "../tokenCalls.ts"
import { observeExit, type Interpreter } from "../../../internal/laws/execution.ts"
import { type Actor, type Subject, serviceNames } from "./subject.ts"
import type { ModelCall, Observed } from "./model.ts"

const ofGiven = (value: Given): Observed =>
  value === undefined ? { _tag: "Done" } : { _tag: "Tokens", tokens: "id" in value ? [value] : value }

/** The call in the terms of the model, with what it points at. */
const toModel = (
  command: TokenCommand.Call,
  caller: ModelCall["caller"],
  readRef: (ref: TokenCommand.Reference) => TokenRef,
): ModelCall => {
  const { family } = command
  const plain = (ref: TokenCommand.Reference) => {
    const token = readRef(ref)
    return Redacted.isRedacted(token) ? Redacted.value(token) : token
  }
  switch (command.do) {
    case "create":
      return { caller, family, method: "create", permanent: command.permanent }
    case "list": {
      const { limit, offset, permanent } = command
      return { caller, family, method: "list", permanent, limit, offset }
    }
    case "get":
      return { caller, family, method: "get", token: plain(command.ref) }
    case "update":
      return { caller, family, method: "update", token: plain(command.ref), isActive: command.isActive }
    case "delete":
      return { caller, family, method: "delete", token: plain(command.ref) }
    case "deleteList":
      return { caller, family, method: "deleteList", permanent: command.permanent }
  }
}

export type TokenInterpreter = Interpreter<TokenCommand.Call, ModelCall, Observed>

/** `owners` are called in the model by their place in the list. */
export const makeInterpreter = (
  subject: Pick<Subject, "family" | "recorder"> & Required<Pick<Subject, "credential">>,
  owners: ReadonlyArray<readonly [kind: Extract<TokenCommand.Caller, string>, actor: Actor]>,
): TokenInterpreter => {
  const references = makeReferences()

  const operationsOf = (actor: Actor, family: Family): TokenOperations.TokenOperations =>
    family === subject.family ? actor.tokens : actor.others

  const enter = (as: TokenCommand.Caller): Effect.Effect<readonly [ModelCall["caller"], Actor], Failure> => {
    if (typeof as === "string") {
      const number = owners.findIndex(([kind]) => kind === as)
      const actor = owners[number]?.[1]
      return actor === undefined ? Effect.die(new Error(`no owner is called ${as}`)) : Effect.succeed([number, actor])
    }
    const holder = references.find(as.token)
    const key = holder?.token.key ?? missing.key
    const name =
      holder === undefined ? "nobody" : `holder of ${subject.recorder.name(serviceNames[holder.family], holder.token)}`
    return Effect.map(subject.credential.as(key, name), (actor) => [Redacted.value(key), actor] as const)
  }

  return {
    prepare: (command) =>
      Effect.map(enter(command.as), ([caller, actor]) => ({
        call: toModel(command, caller, references.read),
        run: Effect.map(
          Effect.exit(makeCall(command, operationsOf(actor, command.family), references)),
          (exit): Observed | undefined => observeExit(exit, ofGiven),
        ),
      })),
  }
}
