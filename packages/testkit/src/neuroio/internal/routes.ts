/** What each route of NeuroIO does, and who may call it. */
import * as Effect from "effect/Effect"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as NeuroioRules from "../NeuroioRules.ts"
import { Authentication, CurrentCaller } from "./api.ts"
import { neuroioOperations } from "./operations.ts"
import { keyIn, neuroioWire, wireError } from "./wire.ts"
import type { NeuroioSimulation } from "./simulation.ts"
import type { Operation } from "../../internal/operation.ts"
import { jsonOrForm, readFields } from "../../internal/sandbox/requestBody.ts"
import { SandboxApi } from "../../internal/sandbox/api.ts"
import { perform } from "../../internal/sandbox/calls.ts"
import { CurrentSandbox } from "../../internal/sandbox/state.ts"
import { answering, toResponse } from "../../internal/sandbox/wire.ts"
import { nowIn } from "../../internal/simulation.ts"

const answer = answering(neuroioWire)

const fields = readFields(jsonOrForm)

export const layerFamily = (family: NeuroioRules.Family) =>
  HttpApiBuilder.group(
    SandboxApi,
    family,
    Effect.fnUntraced(function* (handlers) {
      const { world } = (yield* CurrentSandbox).neuroio
      const operations = neuroioOperations(family)

      const call = <Asked, Answer>(
        operation: Operation<NeuroioSimulation, NeuroioRules.Caller, Asked, Answer>,
        asked: Asked,
      ) => Effect.flatMap(CurrentCaller, (caller) => perform(world, operation, caller, asked))

      const update = (token: string) =>
        answer(Effect.flatMap(fields, (fields) => call(operations.update, { token, fields })))

      return handlers
        .handleRaw("create", () => answer(Effect.flatMap(fields, (fields) => call(operations.create, fields))))
        .handle("list", ({ query }) => answer(call(operations.list, query)))
        .handle("deleteList", ({ query }) => answer(call(operations.deleteList, query)))
        .handle("get", ({ params }) => answer(call(operations.get, params.token)))
        .handleRaw("update", ({ params }) => update(params.token))
        .handleRaw("replace", ({ params }) => update(params.token))
        .handle("delete", ({ params }) => answer(call(operations.delete, params.token)))
    }),
  )

export const layerAuthentication = Layer.effect(
  Authentication,
  Effect.gen(function* () {
    const { world } = (yield* CurrentSandbox).neuroio

    const enter = Effect.fnUntraced(function* <E, R>(
      route: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
      key: string | undefined,
      group: string,
    ) {
      const now = yield* Effect.clockWith((clock) => Effect.succeed(nowIn(world, clock)))
      const caller = { _tag: "Credential", key } as const
      const family = group === "streamTokens" ? "streamTokens" : "tokens"
      const refusal = world.rules.refusalOf(world.state, now, caller, family)
      if (refusal === undefined) return yield* Effect.provideService(route, CurrentCaller, caller)
      // Only an unknown credential lets the other header have its turn.
      return refusal.status === 401 ? yield* Effect.fail(wireError(refusal)) : toResponse(neuroioWire, refusal)
    })

    return {
      authorization: (route, { credential, group }) => enter(route, Redacted.value(credential), group.identifier),
      token: (route, { credential, group }) => enter(route, keyIn(Redacted.value(credential)), group.identifier),
    }
  }),
)
