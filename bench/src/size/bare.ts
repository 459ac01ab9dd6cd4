/** A program on the parts of Effect that the client stands on, without it: what an app may have already. */
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

class Item extends Schema.Class<Item>("Item")({
  id: Schema.Int,
  key: Schema.RedactedFromValue(Schema.String),
  created: Schema.DateTimeUtcFromString,
}) {}

class Refused extends Schema.TaggedError<Refused>()("Refused", { status: Schema.Number }) {}

const calls = Metric.counter("calls")

const page = Effect.fn("page")(function* (offset: number) {
  const client = yield* HttpClient.HttpClient
  const request = HttpClientRequest.get("/items").pipe(
    HttpClientRequest.setUrlParam("offset", String(offset)),
    HttpClientRequest.bearerToken(Redacted.make("key")),
  )
  const response = yield* client.execute(request)
  yield* Metric.update(calls, 1)
  if (response.status !== 200) return yield* new Refused({ status: response.status })
  return yield* HttpClientResponse.schemaBodyJson(Schema.Array(Item))(response)
}, Effect.retry({ times: 2, schedule: Schedule.jittered(Schedule.exponential("200 millis")) }), Effect.timeout("4 seconds"))

const all = Stream.paginate(0, (offset) =>
  Effect.map(page(offset), (items) => [items, items.length < 100 ? Option.none() : Option.some(offset + 100)] as const),
)

console.log(await Effect.runPromise(Effect.provide(Stream.runCollect(all), FetchHttpClient.layer)))
