/** A client derived with `HttpApiClient`, over Effect's own client for undici. It is too slow for this SDK. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import type { Calls } from "../subject.ts"
import { effects } from "./atOnce.ts"

const Token = Schema.Struct({
  id: Schema.Int,
  key: Schema.RedactedFromValue(Schema.String),
  is_active: Schema.Boolean,
  created: Schema.DateTimeUtcFromString,
  expires: Schema.NullOr(Schema.DateTimeUtcFromString),
})

const api = HttpApi.make("neuroio").add(
  HttpApiGroup.make("tokens").add(
    HttpApiEndpoint.get("get", "/v1/tokens/:token/", { params: { token: Schema.String }, success: Token }),
  ),
)

export const start = async ({
  atOnce,
  origin,
}: {
  readonly atOnce: number
  readonly origin: string
}): Promise<Calls> => {
  const runtime = ManagedRuntime.make(NodeHttpClient.layerUndici)
  const client = await runtime.runPromise(
    HttpApiClient.make(api, {
      baseUrl: origin,
      transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader("authorization", "Token secret")),
    }),
  )
  const run = effects(atOnce, () => client.tokens.get({ params: { token: "1" } }))
  return (calls) => runtime.runPromise(run(calls))
}
