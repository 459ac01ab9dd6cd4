/** Control of a sandbox that is served elsewhere, by its own routes. */
import { ApiToken, ApiTokenId, CreatedApiToken, Neuroio, Umaaas } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { NeuroioControl, type Owner } from "../../neuroio/NeuroioControl.ts"
import { UmaaasControl } from "../../umaaas/UmaaasControl.ts"
import { stateOf } from "../../neuroio/internal/control.ts"
import { ClockState, controlPath, WireOwner, WireSnapshot, WireUmaaas } from "./controlApi.ts"
import type { WholeControl } from "./state.ts"
import { umaaasPath, type WireApiToken } from "../../umaaas/internal/api.ts"

const toOwner = ({ key, kind, number }: typeof WireOwner.Type): Owner => ({ number, kind, key: Redacted.make(key) })

/** The client for whoever holds a credential. Where the secret is not known, one is made up, which opens nothing. */
export const umaaasClient =
  (transport: Layer.Layer<HttpClient.HttpClient>, url?: string): UmaaasControl["Service"]["as"] =>
  ({ clientId, clientSecret }) =>
    Umaaas.layer({ clientId, clientSecret: clientSecret ?? Redacted.make("none"), url }).pipe(
      Layer.provide(transport),
      Layer.orDie,
    )

const post = (path: string, body: Schema.Json = {}) =>
  HttpClientRequest.bodyJsonUnsafe(HttpClientRequest.post(path), body)

const described = ({ clientId, createdAt, id, name, permissions, updatedAt }: WireApiToken) => ({
  id: ApiTokenId.make(id),
  name,
  permissions,
  clientId,
  createdAt: DateTime.makeUnsafe(createdAt),
  updatedAt: DateTime.makeUnsafe(updatedAt),
})

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

  const umaaas = call(WireUmaaas, HttpClientRequest.get("/umaaas"))
  const { first } = yield* umaaas

  const whole: WholeControl = {
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

  const transport = Layer.succeed(HttpClient.HttpClient, httpClient)

  const as = (caller: Owner | Owner["key"]) =>
    Neuroio.layer({ apiToken: Redacted.isRedacted(caller) ? caller : caller.key, iamUrl: url, apiUrl: url }).pipe(
      Layer.provide(transport),
      Layer.orDie,
    )

  const neuroioControl: NeuroioControl["Service"] = {
    ...whole,
    account,
    as,
    owners,
    state: stateOf(owners, as),
    addOwner: (kind) => Effect.map(call(WireOwner, post("/spaces", { kind })), toOwner),
  }
  const umaaasControl: UmaaasControl["Service"] = {
    ...whole,
    rootToken: new CreatedApiToken({ ...described(first), clientSecret: Redacted.make(first.clientSecret) }),
    as: umaaasClient(transport, url + umaaasPath),
    tokens: Effect.map(umaaas, ({ tokens }) =>
      tokens.map((token) => new ApiToken({ ...described(token), clientSecret: undefined })),
    ),
  }
  return Context.make(NeuroioControl, neuroioControl).pipe(Context.add(UmaaasControl, umaaasControl))
})
