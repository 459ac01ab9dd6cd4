/** What each route of UMAaaS does, and who may call it. */
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as UmaaasPlatform from "../UmaaasPlatform.ts"
import { readJsonFields } from "./requestBody.ts"
import { SandboxApi } from "./sandboxApi.ts"
import { note } from "./sandboxCalls.ts"
import { CurrentSandbox } from "./sandboxState.ts"
import { shownPermission, shownText } from "./shown.ts"
import { BasicAuthentication, CurrentApiCaller } from "./umaaasApi.ts"
import { umaaasWire, wireApiToken, wireCreatedApiToken } from "./umaaasWire.ts"
import { performUmaaas } from "./umaaasWorld.ts"
import { answering, rejected, type Rejection } from "./wire.ts"

const answer = answering(umaaasWire)

const noteTokens = (tokens: ReadonlyArray<UmaaasPlatform.StoredApiToken>) =>
  note({ tokens: tokens.map(({ id }) => id) })

const readPermissions = (value: unknown) =>
  Array.isArray(value) && value.every(Predicate.isString)
    ? Effect.succeed(value)
    : Effect.fail(UmaaasPlatform.invalid("permissions must be a list of permissions."))

const readCreate = Effect.gen(function* () {
  const fields = yield* readJsonFields
  const name: unknown = Predicate.hasProperty(fields, "name") ? fields.name : undefined
  const permissions: unknown = Predicate.hasProperty(fields, "permissions") ? fields.permissions : undefined
  yield* note({
    input: {
      ...(Predicate.isString(name) ? { name: shownText(name) } : {}),
      ...(Array.isArray(permissions) ? { permissions: permissions.slice(0, 10).map(shownPermission) } : {}),
    },
  })
  if (!Predicate.isString(name)) return yield* Effect.fail(UmaaasPlatform.invalid("name must be text."))
  return { name, permissions: yield* readPermissions(permissions) }
})

export const layerApiTokens = HttpApiBuilder.group(
  SandboxApi,
  "apiTokens",
  Effect.fnUntraced(function* (handlers) {
    const { world } = (yield* CurrentSandbox).umaaas
    const { rules } = world

    const call = <Input, Output>(
      transition: UmaaasPlatform.Transition<Input, Output>,
      input: Input,
    ): Effect.Effect<Output, Rejection, CurrentApiCaller> =>
      Effect.flatMap(CurrentApiCaller, (caller) => performUmaaas(world, transition, caller, input))

    return handlers
      .handleRaw("create", () =>
        answer(
          Effect.gen(function* () {
            const token = yield* call(rules.create, yield* readCreate)
            yield* noteTokens([token])
            return wireCreatedApiToken(token)
          }),
        ),
      )
      .handle("list", ({ query: { cursor, limit = 20, ...filters } }) =>
        answer(
          Effect.gen(function* () {
            const { data, hasMore, nextCursor, totalCount } = yield* call(rules.list, { ...filters, limit, cursor })
            yield* noteTokens(data)
            return {
              data: data.map(wireApiToken),
              hasMore,
              ...(nextCursor === undefined ? {} : { nextCursor }),
              totalCount,
            }
          }),
        ),
      )
      .handle("get", ({ params }) =>
        answer(
          Effect.gen(function* () {
            const token = yield* call(rules.get, { id: params.tokenId })
            yield* noteTokens([token])
            return wireApiToken(token)
          }),
        ),
      )
      .handle("delete", ({ params }) => answer(Effect.asVoid(call(rules.delete, { id: params.tokenId }))))
  }),
)

const isOperation = (name: string): name is keyof typeof UmaaasPlatform.needs => name in UmaaasPlatform.needs

export const layerBasicAuthentication = Layer.effect(
  BasicAuthentication,
  Effect.gen(function* () {
    const { world } = (yield* CurrentSandbox).umaaas
    return {
      clientCredential: (route, { credential, endpoint }) => {
        const caller = { clientId: credential.username, clientSecret: Redacted.value(credential.password) }
        const needed = isOperation(endpoint.identifier) ? UmaaasPlatform.needs[endpoint.identifier] : []
        const refusal = world.rules.refusalOf(world.state, caller, needed)
        return refusal === undefined
          ? Effect.provideService(route, CurrentApiCaller, caller)
          : Effect.succeed(rejected(umaaasWire, refusal))
      },
    }
  }),
)
