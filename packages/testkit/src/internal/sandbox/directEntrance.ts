/**
 * A way into the sandbox beside the routes, for calls that need nothing but the platform: each is answered at once, and to
 * the byte as the routes would. Whatever else there is to a request is the routes' to answer. Until it is certain that a
 * call succeeds nothing is done, so that nothing is done twice.
 */
import type * as Clock from "effect/Clock"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Entry } from "../journal/callLog.ts"
import type { Family } from "../../neuroio/NeuroioRules.ts"
import { DeleteListQuery, ListQuery } from "../../neuroio/internal/api.ts"
import { neuroioOperations } from "../../neuroio/internal/operations.ts"
import { keyIn } from "../../neuroio/internal/wire.ts"
import type { Done, Operation } from "../operation.ts"
import type { RemoteOperation } from "../operationNames.ts"
import { callAt } from "./vendors.ts"
import { fieldsOf, jsonOnly, jsonOrForm } from "./requestBody.ts"
import { isWellFormed } from "./requestTarget.ts"
import type { CurrentSandbox } from "./state.ts"
import { ListQuery as ApiTokensQuery } from "../../umaaas/internal/api.ts"
import { umaaasOperations } from "../../umaaas/internal/operations.ts"
import { readCaller } from "../../umaaas/internal/wire.ts"
import type { Headers } from "./wire.ts"
import { nowIn } from "../simulation.ts"

export interface DirectRequest {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: Uint8Array
}

export interface DirectAnswer {
  readonly status: number
  readonly body: string | undefined
}

type Sandbox = CurrentSandbox["Service"]

/** What an operation may be asked for by. */
interface Parts {
  /** What the path names, decoded. */
  readonly one: string
  readonly query: URLSearchParams
  readonly headers: Headers
  readonly body: Uint8Array
}

type Read<Asked> = (parts: Parts) => Result.Result<Asked, unknown>

const fromPath: Read<string> = ({ one }) => Result.succeed(one)

const fromQuery = <A>(schema: Schema.ConstraintDecoder<A>): Read<A> => {
  const decode = Schema.decodeUnknownResult(schema)
  return ({ query }) => {
    const values = Object.fromEntries(query)
    // What is there twice is not what the schema asks for, and would be lost here.
    return Object.keys(values).length === query.size ? decode(values) : Result.fail("twice")
  }
}

const fromJson = ({ body, headers }: Parts) => fieldsOf(headers, jsonOnly, body)
const fromJsonOrForm = ({ body, headers }: Parts) => fieldsOf(headers, jsonOrForm, body)

interface Attempt {
  readonly answer: DirectAnswer
  readonly input: Entry["input"]
  readonly done: Done<unknown>
}

type Entrance = (parts: Parts, now: number) => Result.Result<Attempt, unknown>

const entering =
  <World, Caller>(world: World, callerOf: (headers: Headers) => Caller) =>
  <Asked, Answer>(operation: Operation<World, Caller, Asked, Answer>, read: Read<Asked>): Entrance =>
  (parts, now) =>
    Result.flatMap(read(parts), (asked) =>
      Result.map(operation.attempt(world, now, callerOf(parts.headers), asked), (done) => ({
        answer: { status: operation.status, body: operation.textOf(done.answer) },
        input: operation.inputOf(asked),
        done,
      })),
    )

const ofFamily = ({ neuroio: { world } }: Sandbox, family: Family) => {
  const operations = neuroioOperations(family)
  const enter = entering(world, ({ authorization, token }) => ({
    _tag: "Credential" as const,
    key: keyIn(authorization ?? token ?? ""),
  }))
  return {
    create: enter(operations.create, fromJsonOrForm),
    list: enter(operations.list, fromQuery(ListQuery)),
    get: enter(operations.get, fromPath),
    update: enter(operations.update, (parts) =>
      Result.map(fromJsonOrForm(parts), (fields) => ({ token: parts.one, fields })),
    ),
    delete: enter(operations.delete, fromPath),
    deleteList: enter(operations.deleteList, fromQuery(DeleteListQuery)),
  }
}

const ofUmaaas = ({ umaaas: { world } }: Sandbox) => {
  const enter = entering(world, ({ authorization }) => readCaller(authorization ?? ""))
  return {
    create: enter(umaaasOperations.create, fromJson),
    list: enter(umaaasOperations.list, fromQuery(ApiTokensQuery)),
    get: enter(umaaasOperations.get, fromPath),
    delete: enter(umaaasOperations.delete, fromPath),
  }
}

const entrancesOf = (sandbox: Sandbox): Readonly<Record<RemoteOperation, Entrance>> => {
  const [tokens, streamTokens] = [ofFamily(sandbox, "tokens"), ofFamily(sandbox, "streamTokens")]
  const apiTokens = ofUmaaas(sandbox)
  return {
    "Tokens.create": tokens.create,
    "Tokens.list": tokens.list,
    "Tokens.get": tokens.get,
    "Tokens.update": tokens.update,
    "Tokens.delete": tokens.delete,
    "Tokens.deleteList": tokens.deleteList,
    "StreamTokens.create": streamTokens.create,
    "StreamTokens.list": streamTokens.list,
    "StreamTokens.get": streamTokens.get,
    "StreamTokens.update": streamTokens.update,
    "StreamTokens.delete": streamTokens.delete,
    "StreamTokens.deleteList": streamTokens.deleteList,
    "ApiTokens.create": apiTokens.create,
    "ApiTokens.list": apiTokens.list,
    "ApiTokens.get": apiTokens.get,
    "ApiTokens.delete": apiTokens.delete,
  }
}

/** Answers with nothing where the routes are to answer. */
export const makeDirectEntrance = (sandbox: Sandbox, clock: Clock.Clock) => {
  const entrances = entrancesOf(sandbox)
  const { faults, journal } = sandbox.traffic

  const answer = (request: DirectRequest): DirectAnswer | undefined => {
    const { body, headers, method, url } = request
    if (!faults.isNone() || !isWellFormed(url)) return undefined
    const call = callAt(method, url)
    if (call === undefined) return undefined
    const { one = "", operation, query, wire } = call
    const now = nowIn(sandbox, clock)
    const attempt = Result.getOrUndefined(
      entrances[operation]({ one: decodeURIComponent(one), query, headers, body }, now),
    )
    if (attempt === undefined) return undefined
    const { answer, done, input } = attempt
    const caller = wire.callerOf(sandbox, headers)
    const end = journal.begin({ at: now, caller, operation, input: wire.inputOf(call.one, query) })
    done.commit()
    end({ at: now, input, outcome: { _tag: "Success", tokens: done.tokens } })
    return answer
  }

  return (request: DirectRequest): DirectAnswer | undefined => {
    try {
      return answer(request)
    } catch {
      // The routes meet the same defect, and tell of it.
      return undefined
    }
  }
}
