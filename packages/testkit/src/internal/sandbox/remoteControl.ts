/** Controls a sandbox that is served elsewhere, by its control routes. */
import { ApiToken, ApiTokenId, CreatedApiToken, Neuroio, Transport, Umaaas } from "@effect-tokens/core"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Headers from "effect/http/Headers"
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
  (transport: Layer.Layer<Transport.Transport>, url?: string): UmaaasControl["Service"]["as"] =>
  ({ clientId, clientSecret }) =>
    Umaaas.layer({ clientId, clientSecret: clientSecret ?? Redacted.make("none"), url }).pipe(
      Layer.provide(transport),
      Layer.orDie,
    )

const headers = Headers.fromInput({ accept: "application/json", "content-type": "application/json" })

interface ControlRequest {
  readonly method: "GET" | "POST" | "PATCH"
  readonly path: string
  readonly body?: Schema.Json | undefined
}

/** Sends a request to the control routes and gives the body of the response. A status that is no success is a defect. */
const makeAsk = (url: string, { baseUrl, send }: Transport.Transport["Service"]) => {
  const { origin, pathname } = new URL(url + controlPath, baseUrl)
  return ({ body, method, path }: ControlRequest): Effect.Effect<Uint8Array> =>
    Effect.contextWith((context: Context.Context<never>) =>
      Effect.callback<Uint8Array>((resume) =>
        send(
          {
            method,
            origin,
            path: pathname + path,
            headers,
            body: body === undefined ? undefined : JSON.stringify(body),
          },
          {
            onHeaders: (status) => {
              if (status === 200 || status === 201) return true
              const isDone = status === 204
              const refused = new Error(
                `The sandbox at ${url} answered ${method} ${controlPath}${path} with ${status}.`,
              )
              resume(isDone ? Effect.succeed(new Uint8Array()) : Effect.die(refused))
              return false
            },
            onComplete: (exit) =>
              resume(
                Exit.isSuccess(exit)
                  ? Effect.succeed(exit.value)
                  : Effect.die(
                      new Error(`The sandbox at ${url} does not answer.`, { cause: Cause.squash(exit.cause) }),
                    ),
              ),
          },
          Number.POSITIVE_INFINITY,
          context,
        ),
      ),
    )
}

const get = (path: string): ControlRequest => ({ method: "GET", path })
const post = (path: string, body: Schema.Json = {}): ControlRequest => ({ method: "POST", path, body })

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
  const sender = yield* Transport.Transport
  const ask = makeAsk(url, sender)

  const call = <A>(schema: Schema.ConstraintDecoder<A>, request: ControlRequest) =>
    Effect.flatMap(ask(request), (bytes) =>
      Effect.orDie(Schema.decodeUnknownEffect(schema)(JSON.parse(new TextDecoder().decode(bytes)))),
    )
  const command = (request: ControlRequest) => Effect.asVoid(ask(request))
  const setClock = (body: Schema.Json) => command({ method: "PATCH", path: "/clock", body })

  const owners = Effect.map(call(Schema.Array(WireOwner), get("/spaces")), (owners) => owners.map(toOwner))
  const account = (yield* owners)[0]
  if (account === undefined) return yield* Effect.die(new Error(`The sandbox at ${url} has no account.`))

  const umaaas = call(WireUmaaas, get("/umaaas"))
  const { first } = yield* umaaas

  const whole: WholeControl = {
    now: Effect.map(call(ClockState, get("/clock")), ({ now }) => DateTime.makeUnsafe(now)),
    advance: (duration) =>
      setClock({ advance: Math.max(0, Math.round(Duration.toMillis(Duration.fromInputUnsafe(duration)))) }),
    freeze: setClock({ frozen: true }),
    unfreeze: setClock({ frozen: false }),
    snapshot: Effect.map(call(WireSnapshot, post("/snapshots")), ({ id }) => ({
      restore: command(post(`/snapshots/${id}/restore`)),
    })),
    reset: command(post("/reset")),
  }

  const transport = Layer.succeed(Transport.Transport, sender)

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
