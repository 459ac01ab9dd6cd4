/** Calls of the sandbox's control routes: its owners and their credentials, its clock, its faults, its reset. */
import type { Faults } from "@effect-tokens/testkit"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Schema from "effect/Schema"
import { Owner } from "./Owner.ts"

/** A control call failed. A page cannot find out why: most often the sandbox has ended. */
export class ControlFailed extends Data.TaggedError("ControlFailed")<{ readonly message: string }> {}

const at = (path: string): string => new URL(`/_sandbox${path}`, globalThis.location.href).href

const execute = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.flatMap(HttpClient.HttpClient, (client) => HttpClient.filterStatusOk(client).execute(request))

const failed = () => new ControlFailed({ message: "The sandbox does not answer. Is it still running?" })

const command = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.mapError(Effect.asVoid(execute(request)), failed)

const read = <A>(schema: Schema.ConstraintDecoder<A>, request: HttpClientRequest.HttpClientRequest) =>
  Effect.mapError(Effect.flatMap(execute(request), HttpClientResponse.schemaBodyJson(schema)), failed)

const withJson = (request: HttpClientRequest.HttpClientRequest, body: unknown) =>
  HttpClientRequest.bodyJsonUnsafe(request, body)

export const owners = read(Schema.Array(Owner), HttpClientRequest.get(at("/spaces")))

export const addSpace = read(Owner, withJson(HttpClientRequest.post(at("/spaces")), { kind: "space" }))

/** The API token that a sandbox begins with, and its credential. */
const Umaaas = Schema.Struct({
  first: Schema.Struct({
    id: Schema.String,
    clientId: Schema.String,
    clientSecret: Schema.RedactedFromValue(Schema.String, { disallowEncode: true }),
  }),
})

export type FirstApiToken = (typeof Umaaas.Type)["first"]

export const firstApiToken = Effect.map(read(Umaaas, HttpClientRequest.get(at("/umaaas"))), ({ first }) => first)

const Clock = Schema.Struct({ now: Schema.DateTimeUtcFromString, frozen: Schema.Boolean })

/** The sandbox's time (`now`) at a moment of this machine's time (`readAt`), in milliseconds. */
export interface ClockReading {
  readonly now: number
  readonly frozen: boolean
  readonly readAt: number
}

const reading = ({ frozen, now }: typeof Clock.Type): ClockReading => ({
  now: now.epochMilliseconds,
  frozen,
  readAt: Date.now(),
})

export const clock = Effect.map(read(Clock, HttpClientRequest.get(at("/clock"))), reading)

/** Moves the sandbox's time forward by some hours. */
export const advance = (hours: number) =>
  Effect.map(read(Clock, withJson(HttpClientRequest.patch(at("/clock")), { advance: hours * 60 * 60 * 1000 })), reading)

export const setFaults = (plan: Faults.Plan) => command(withJson(HttpClientRequest.put(at("/faults")), plan))

export const clearFaults = command(HttpClientRequest.delete(at("/faults")))

export const reset = command(HttpClientRequest.post(at("/reset")))
