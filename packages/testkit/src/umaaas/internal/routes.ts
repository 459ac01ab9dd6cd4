/** What each route of UMAaaS does, and who may call it. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as UmaaasRules from "../UmaaasRules.ts"
import type { Operation } from "../../internal/operation.ts"
import { jsonOnly, readFields } from "../../internal/sandbox/requestBody.ts"
import { SandboxApi } from "../../internal/sandbox/api.ts"
import { perform } from "../../internal/sandbox/calls.ts"
import { CurrentSandbox } from "../../internal/sandbox/state.ts"
import { BasicAuthentication, CurrentApiCaller } from "./api.ts"
import { umaaasOperations as operations } from "./operations.ts"
import { umaaasWire } from "./wire.ts"
import type { UmaaasSimulation } from "./simulation.ts"
import { answering, toResponse } from "../../internal/sandbox/wire.ts"

const answer = answering(umaaasWire)

export const layerApiTokens = HttpApiBuilder.group(
  SandboxApi,
  "apiTokens",
  Effect.fnUntraced(function* (handlers) {
    const { world } = (yield* CurrentSandbox).umaaas

    const call = <Asked, Answer>(
      operation: Operation<UmaaasSimulation, UmaaasRules.Caller, Asked, Answer>,
      asked: Asked,
    ) => Effect.flatMap(CurrentApiCaller, (caller) => perform(world, operation, caller, asked))

    return handlers
      .handleRaw("create", () =>
        answer(Effect.flatMap(readFields(jsonOnly), (fields) => call(operations.create, fields))),
      )
      .handle("list", ({ query }) => answer(call(operations.list, query)))
      .handle("get", ({ params }) => answer(call(operations.get, params.tokenId)))
      .handle("delete", ({ params }) => answer(call(operations.delete, params.tokenId)))
  }),
)

const isOperation = (name: string): name is keyof typeof UmaaasRules.needs => name in UmaaasRules.needs

export const layerBasicAuthentication = Layer.effect(
  BasicAuthentication,
  Effect.gen(function* () {
    const { world } = (yield* CurrentSandbox).umaaas
    return {
      clientCredential: (route, { credential, endpoint }) => {
        const caller = { clientId: credential.username, clientSecret: Redacted.value(credential.password) }
        const needed = isOperation(endpoint.identifier) ? UmaaasRules.needs[endpoint.identifier] : []
        const refusal = world.rules.refusalOf(world.state, caller, needed)
        return refusal === undefined
          ? Effect.provideService(route, CurrentApiCaller, caller)
          : Effect.succeed(toResponse(umaaasWire, refusal))
      },
    }
  }),
)
