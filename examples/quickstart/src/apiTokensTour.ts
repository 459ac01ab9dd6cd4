/** A tour of UMAaaS's API tokens. It works on any platform, and deletes what it creates. */
import { type ApiToken, type ApiTokenOperations, ApiTokens, Umaaas } from "@effect-tokens/core"
import { NodeTransport } from "@effect-tokens/platform-node"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { heading, showRefusal } from "./print.ts"
import { table } from "./table.ts"

/** The end of an id, which is enough to tell ids apart. */
const shortId = ({ id }: ApiToken): string => `…${id.slice(-4)}`

const showApiTokens = (tokens: ReadonlyArray<ApiToken>) =>
  Console.log(
    table(
      ["id", "name", "permissions", "created", "secret"],
      tokens.map((token) => [
        shortId(token),
        token.name,
        token.permissions.join(", "),
        DateTime.formatIso(token.createdAt),
        token.clientSecret === undefined ? "not there" : String(token.clientSecret),
      ]),
    ),
  )

/** Creates a token, and deletes it when the tour ends. */
const created = (
  apiTokens: ApiTokenOperations.ApiTokenOperations,
  token: Parameters<ApiTokenOperations.ApiTokenOperations["create"]>[0],
) =>
  Effect.acquireRelease(apiTokens.create(token), ({ id }) =>
    apiTokens.delete(id).pipe(
      Effect.catchTag("NotFound", () => Effect.void),
      Effect.catch((error) => Console.error(`  API token ${id} is still there: ${error.message}`)),
    ),
  )

const many = 45

const tour = Effect.fn("tourApiTokens")(function* (options: Umaaas.Options) {
  const apiTokens = yield* ApiTokens

  yield* heading("Create an API token that may look at things: its secret is in this answer, redacted")
  const viewer = yield* created(apiTokens, { name: "quickstart", permissions: ["VIEW"] })
  yield* showApiTokens([viewer])

  yield* heading("Get it again: the secret comes once")
  yield* showApiTokens([yield* apiTokens.get(viewer.id)])

  yield* heading(`Create ${many} more of one name, and page through those that are newer than the first of that name`)
  const name = `quickstart ${DateTime.formatIso(viewer.createdAt)}`
  const older = yield* created(apiTokens, { name, permissions: ["VIEW"] })
  // Filters by time are inclusive, and precise to the millisecond: the next tokens must be later.
  yield* Effect.sleep("5 millis")
  yield* Effect.replicateEffect(created(apiTokens, { name, permissions: ["VIEW"] }), many, { discard: true })
  const filters = { name, createdAfter: DateTime.add(older.createdAt, { milliseconds: 1 }) }
  const page = yield* apiTokens.list({ ...filters, limit: 20 })
  yield* Console.log(`  the first page: ${page.data.length} of ${page.totalCount ?? "many"}, more: ${page.hasMore}`)
  const found = yield* Stream.runCount(apiTokens.stream({ ...filters, pageSize: 20 }))
  yield* Console.log(`  all pages: ${found}`)

  yield* heading("Use the token that may look: it lists, and is refused a create")
  yield* Effect.gen(function* () {
    const asViewer = yield* ApiTokens
    const { data } = yield* asViewer.list({ limit: 1 })
    yield* Console.log(`  listed ${data.length}`)
    yield* showRefusal(created(asViewer, { name: "quickstart", permissions: ["VIEW"] }))
  }).pipe(
    Effect.provide(
      Umaaas.layer({
        ...options,
        clientId: viewer.clientId,
        clientSecret: viewer.clientSecret,
      }),
    ),
  )

  yield* heading("Delete it: it is not found any more")
  yield* apiTokens.delete(viewer.id)
  yield* showRefusal(apiTokens.get(viewer.id))
})

export const tourApiTokens = (options: Umaaas.Options) =>
  Effect.scoped(tour(options)).pipe(
    Effect.andThen(heading("Done. What the tour made is deleted.")),
    Effect.provide(Umaaas.layer(options)),
    Effect.provide(NodeTransport.layer()),
  )
