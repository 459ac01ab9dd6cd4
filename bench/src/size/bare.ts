/** An app without the SDK: a service over Effect's fetch client, with Schema, Schedule, Stream and Metric. */
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

class Item extends Schema.Class<Item>("Item")({
  id: Schema.Int,
  secret: Schema.RedactedFromValue(Schema.String),
  created: Schema.DateTimeUtcFromString,
}) {}

class Refused extends Schema.TaggedError<Refused>()("Refused", { status: Schema.Number }) {}

const calls = Metric.counter("calls")
const sizes = Metric.histogram("sizes", { boundaries: [1, 10, 100] })

const make = Effect.gen(function* () {
  const client = yield* HttpClient.HttpClient
  const send = Effect.fn("send")(
    function* (request: HttpClientRequest.HttpClientRequest) {
      const response = yield* client.execute(request)
      yield* Metric.update(calls, 1)
      return response.status < 300 ? response : yield* new Refused({ status: response.status })
    },
    Effect.retry({ times: 2, schedule: Schedule.jittered(Schedule.exponential("200 millis")) }),
    Effect.timeout("4 seconds"),
  )
  const page = Effect.fnUntraced(function* (offset: number) {
    const request = HttpClientRequest.setUrlParam(HttpClientRequest.get("/items"), "offset", String(offset))
    const items = yield* HttpClientResponse.schemaBodyJson(Schema.Array(Item))(yield* send(request))
    yield* Metric.update(sizes, items.length)
    return [items, items.length < 100 ? Option.none<number>() : Option.some(offset + 100)] as const
  })
  return {
    add: (name: string) => Effect.flatMap(HttpClientRequest.bodyJson(HttpClientRequest.post("/items"), { name }), send),
    all: Stream.paginate(0, page),
  }
})

class Items extends Context.Service<Items, Effect.Success<typeof make>>()("Items") {}

const program = Effect.gen(function* () {
  const items = yield* Items
  yield* items.add("first")
  yield* Console.log(yield* Stream.runCollect(items.all))
}).pipe(Effect.catchTag("Refused", Console.error))

const layer = Layer.effect(Items, make).pipe(Layer.provide(FetchHttpClient.layer))

await Effect.runPromise(Effect.provide(program, layer))
