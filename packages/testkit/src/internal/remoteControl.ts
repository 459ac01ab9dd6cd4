/** Control of a sandbox that is served elsewhere, by its own routes. */
import { Neuroio } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { NeuroioControl, Owner } from "../NeuroioControl.ts"
import { stateOf } from "./control.ts"
import { ClockState, controlPath, WireOwner, WireSnapshot } from "./controlApi.ts"

const toOwner = ({ key, kind, number }: typeof WireOwner.Type): Owner => ({ number, kind, key: Redacted.make(key) })

const post = (path: string, body: Schema.Json = {}) =>
  HttpClientRequest.bodyJsonUnsafe(HttpClientRequest.post(path), body)

/** A test whose sandbox does not answer cannot go on: what goes wrong here is a defect. */
export const makeRemoteControl = Effect.fnUntraced(function* (url: string) {
  const httpClient = yield* HttpClient.HttpClient
  const client = httpClient.pipe(
    HttpClient.mapRequest(HttpClientRequest.prependUrl(url + controlPath)),
    HttpClient.filterStatusOk,
  )

  const call = <A>(schema: Schema.ConstraintDecoder<A>, request: HttpClientRequest.HttpClientRequest) =>
    Effect.orDie(Effect.flatMap(client.execute(request), HttpClientResponse.schemaBodyJson(schema)))
  const command = (request: HttpClientRequest.HttpClientRequest) => Effect.orDie(Effect.asVoid(client.execute(request)))
  const setClock = (body: Schema.Json) =>
    command(HttpClientRequest.bodyJsonUnsafe(HttpClientRequest.patch("/clock"), body))

  const owners = Effect.map(call(Schema.Array(WireOwner), HttpClientRequest.get("/spaces")), (owners) =>
    owners.map(toOwner),
  )
  const account = (yield* owners)[0]
  if (account === undefined) return yield* Effect.die(new Error(`The sandbox at ${url} has no account.`))

  const as = (caller: Owner | Owner["key"]) =>
    Neuroio.layer({ apiToken: Redacted.isRedacted(caller) ? caller : caller.key, iamUrl: url, apiUrl: url }).pipe(
      Layer.provide(Layer.succeed(HttpClient.HttpClient, httpClient)),
      Layer.orDie,
    )

  const control: NeuroioControl["Service"] = {
    account,
    as,
    owners,
    state: stateOf(owners, as),
    addOwner: (kind) => Effect.map(call(WireOwner, post("/spaces", { kind })), toOwner),
    now: Effect.map(call(ClockState, HttpClientRequest.get("/clock")), ({ now }) => DateTime.makeUnsafe(now)),
    advance: (duration) =>
      setClock({ advance: Math.max(0, Math.round(Duration.toMillis(Duration.fromInputUnsafe(duration)))) }),
    freeze: setClock({ frozen: true }),
    unfreeze: setClock({ frozen: false }),
    snapshot: Effect.map(call(WireSnapshot, post("/snapshots")), ({ id }) => ({
      restore: command(post(`/snapshots/${id}/restore`)),
    })),
    reset: command(post("/reset")),
  }
  return control
})
