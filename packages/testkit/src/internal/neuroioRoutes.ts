/** What each route of NeuroIO does, and who may call it. */
import * as Effect from "effect/Effect"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as NeuroioPlatform from "../NeuroioPlatform.ts"
import { Authentication, CurrentCaller } from "./neuroioApi.ts"
import { readBoolean } from "./requestBody.ts"
import { SandboxApi } from "./sandboxApi.ts"
import { note } from "./sandboxCalls.ts"
import { CurrentSandbox } from "./sandboxState.ts"
import { performNeuroio } from "./neuroioWorld.ts"
import { neuroioWire, wireError, wireToken } from "./neuroioWire.ts"
import { answering, rejected, type Rejection } from "./wire.ts"
import { nowIn } from "./world.ts"

const answer = answering(neuroioWire)

const reply = (token: NeuroioPlatform.StoredToken) => Effect.as(note({ tokens: [token.id] }), wireToken(token))

export const layerFamily = (family: NeuroioPlatform.Family) =>
  HttpApiBuilder.group(
    SandboxApi,
    family,
    Effect.fnUntraced(function* (handlers) {
      const { world } = (yield* CurrentSandbox).neuroio
      const { rules } = world

      const call = <Input, Output>(
        transition: NeuroioPlatform.Transition<Input, Output>,
        input: Input,
      ): Effect.Effect<Output, Rejection, CurrentCaller> =>
        Effect.flatMap(CurrentCaller, (caller) => performNeuroio(world, transition, caller, { ...input, family }))

      const update = (token: string) =>
        answer(
          Effect.gen(function* () {
            const isActive = yield* readBoolean("is_active")
            if (isActive === undefined) {
              const problem = NeuroioPlatform.invalid({ name: "is_active", message: "This field is required." })
              return yield* Effect.fail(problem)
            }
            yield* note({ input: { isActive } })
            return yield* reply(yield* call(rules.update, { token: NeuroioPlatform.readRef(token), isActive }))
          }),
        )

      return handlers
        .handleRaw("create", () =>
          answer(
            Effect.gen(function* () {
              const permanent = (yield* readBoolean("permanent")) ?? false
              yield* note({ input: { permanent } })
              return yield* reply(yield* call(rules.create, { permanent }))
            }),
          ),
        )
        .handle("list", ({ query: { limit = 20, offset = 0, permanent = null } }) =>
          answer(
            Effect.gen(function* () {
              const tokens = yield* call(rules.list, { permanent, limit, offset })
              yield* note({ tokens: tokens.map(({ id }) => id) })
              return tokens.map(wireToken)
            }),
          ),
        )
        .handle("deleteList", ({ query }) =>
          answer(Effect.asVoid(call(rules.deleteList, { permanent: query.permanent ?? null }))),
        )
        .handle("get", ({ params }) =>
          answer(Effect.flatMap(call(rules.get, { token: NeuroioPlatform.readRef(params.token) }), reply)),
        )
        .handleRaw("update", ({ params }) => update(params.token))
        .handleRaw("replace", ({ params }) => update(params.token))
        .handle("delete", ({ params }) =>
          answer(Effect.asVoid(call(rules.delete, { token: NeuroioPlatform.readRef(params.token) }))),
        )
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
      return refusal.status === 401 ? yield* Effect.fail(wireError(refusal)) : rejected(neuroioWire, refusal)
    })

    return {
      authorization: (route, { credential, group }) => enter(route, Redacted.value(credential), group.identifier),
      token: (route, { credential, group }) =>
        enter(route, /^Token +(\S+)$/i.exec(Redacted.value(credential))?.[1], group.identifier),
    }
  }),
)
