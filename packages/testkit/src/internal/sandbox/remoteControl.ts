/** Controls a sandbox that is served elsewhere, by its control routes. */
import { Transport } from "@effect-tokens/core"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Headers from "effect/http/Headers"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { ClockState, controlPath, WireSnapshot } from "./controlApi.ts"
import type * as Simulation from "../../Simulation.ts"

type Method = "GET" | "POST" | "PATCH"

/** A sandbox that is served elsewhere. */
export interface Remote {
  /** The URL of the sandbox. */
  readonly url: string
  readonly transport: Layer.Layer<Transport.Transport>
  /** Sends a request to a control route and decodes the response. */
  readonly ask: <A>(
    schema: Schema.ConstraintDecoder<A>,
    method: Method,
    path: string,
    body?: Schema.Json,
  ) => Effect.Effect<A>
  readonly whole: Simulation.Control
}

const headers = Headers.fromInput({ accept: "application/json", "content-type": "application/json" })

/** Sends a request to a control route and gives the body. A test whose sandbox does not answer cannot go on: it dies. */
const makeSend = (url: string, { baseUrl, send }: Transport.Transport["Service"]) => {
  const { origin, pathname } = new URL(url + controlPath, baseUrl)
  return (method: Method, path: string, body?: Schema.Json): Effect.Effect<Uint8Array> =>
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
              const refused = new Error(
                `The sandbox at ${url} answered ${method} ${controlPath}${path} with ${status}.`,
              )
              resume(status === 204 ? Effect.succeed(new Uint8Array()) : Effect.die(refused))
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

export const makeRemote = (url: string, sender: Transport.Transport["Service"]): Remote => {
  const send = makeSend(url, sender)
  const command = (method: Method, path: string, body: Schema.Json = {}) => Effect.asVoid(send(method, path, body))

  const ask: Remote["ask"] = (schema, method, path, body) =>
    Effect.flatMap(send(method, path, body), (bytes) =>
      Effect.orDie(Schema.decodeUnknownEffect(Schema.fromJsonString(schema))(new TextDecoder().decode(bytes))),
    )

  const whole: Simulation.Control = {
    now: Effect.map(ask(ClockState, "GET", "/clock"), ({ now }) => DateTime.makeUnsafe(now)),
    advance: (duration) =>
      command("PATCH", "/clock", {
        advance: Math.max(0, Math.round(Duration.toMillis(Duration.fromInputUnsafe(duration)))),
      }),
    freeze: command("PATCH", "/clock", { frozen: true }),
    unfreeze: command("PATCH", "/clock", { frozen: false }),
    snapshot: Effect.map(ask(WireSnapshot, "POST", "/snapshots", {}), ({ id }) => ({
      restore: command("POST", `/snapshots/${id}/restore`),
    })),
    reset: command("POST", "/reset"),
  }

  return { url, ask, whole, transport: Layer.succeed(Transport.Transport, sender) }
}
