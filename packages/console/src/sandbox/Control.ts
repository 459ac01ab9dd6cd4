/** The sandbox's own routes: what stands still, moves or breaks in it, and with whose credentials to call it. */
import type { Faults } from "@effect-tokens/testkit"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Schema from "effect/Schema"
import { Owner } from "./Owner.ts"

/** The sandbox did not do as it was told. Why, a page cannot find out: most often it is not there any more. */
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

/** The credential of the API token that is there from the beginning. */
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

/** The platforms' time at a moment of this machine's, in milliseconds. */
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

/** `hours` later. */
export const advance = (hours: number) =>
  Effect.map(read(Clock, withJson(HttpClientRequest.patch(at("/clock")), { advance: hours * 60 * 60 * 1000 })), reading)

export const setFaults = (plan: Faults.Plan) => command(withJson(HttpClientRequest.put(at("/faults")), plan))

export const clearFaults = command(HttpClientRequest.delete(at("/faults")))

export const reset = command(HttpClientRequest.post(at("/reset")))
