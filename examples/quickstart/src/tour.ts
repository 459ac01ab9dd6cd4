/** A tour of NeuroIO tokens. It works on any platform, and deletes what it creates. */
import { Neuroio, StreamTokens, Token, type TokenOperations, Tokens } from "@effect-tokens/core"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { heading, showError, showRefusal } from "./print.ts"
import { table } from "./table.ts"

/** The start of a key: enough to tell keys apart, too little to use one. */
const shortKey = (token: Token): string => {
  const key = Redacted.value(token.key)
  return key.length >= 16 ? `${key.slice(0, 4)}…` : "…"
}

/** The number of rows shown. A platform may have thousands of tokens; the tour's are among the newest. */
const rowsAtMost = 10

const showTokens = Effect.fn("showTokens")(function* (tokens: ReadonlyArray<Token>) {
  if (tokens.length === 0) return yield* Console.log("  (none)")
  const newest = tokens.slice(-rowsAtMost)
  const rows = newest.map((token) => [
    String(token.id),
    shortKey(token),
    Token.isPermanent(token) ? "permanent" : "temporary",
    token.isActive ? "yes" : "no",
    DateTime.formatIso(token.created),
    token.expires === null ? "never" : DateTime.formatIso(token.expires),
  ])
  yield* Console.log(table(["id", "key", "kind", "active", "created", "expires"], rows))
  const older = tokens.length - newest.length
  if (older > 0) yield* Console.log(`  and ${older} older`)
})

const deleteIfThere = (tokens: TokenOperations.TokenOperations, token: Token) =>
  Effect.catchTag(tokens.delete(token.id), "NotFound", () => Effect.void)

/** Creates a token, and deletes it when the tour ends. */
const created = (tokens: TokenOperations.TokenOperations, permanent: boolean) =>
  Effect.acquireRelease(tokens.create({ permanent }), (token) =>
    Effect.catch(deleteIfThere(tokens, token), (error) =>
      Console.error(`  Token ${token.id} is still there: ${error.message}`),
    ),
  )

/** One more than an owner may have. On a platform without that limit, the tour stops here. */
const permanentAttempts = 6

/**
 * Creates permanent tokens until the platform refuses one, and shows them. There may be none, when all slots are taken.
 */
const fillPermanent = Effect.fn("fillPermanent")(function* (tokens: TokenOperations.TokenOperations) {
  const made: Array<Token> = []
  const one = Effect.map(created(tokens, true), (token) => made.push(token))
  const limit = yield* Effect.replicateEffect(one, permanentAttempts, { discard: true }).pipe(
    Effect.catchTag("PermanentTokenLimitReached", Effect.succeed),
  )
  yield* showTokens(made)
  if (limit) yield* showError(limit)
  else yield* Console.log(`  ${made.length} were created, and no limit was reached.`)
  return made
})

/** A platform. With `ownsPlatform` nobody else has tokens there, so that deleting by a filter is safe. */
export interface Place {
  readonly options: Neuroio.Options
  readonly ownsPlatform: boolean
}

/** Deletes the temporary tokens: all at once where no others exist, else only those that the tour created. */
const deleteTemporary = Effect.fn("deleteTemporary")(function* (
  tokens: TokenOperations.TokenOperations,
  made: ReadonlyArray<Token>,
  { ownsPlatform }: Place,
) {
  if (ownsPlatform) return yield* tokens.deleteList({ permanent: false })
  yield* Effect.forEach(made, (token) => deleteIfThere(tokens, token), { discard: true })
})

const tourTokens = Effect.fn("tourTokens")(function* (place: Place) {
  const tokens = yield* Tokens

  yield* heading("Create a temporary token")
  const temporary = yield* created(tokens, false)
  yield* showTokens([temporary])

  yield* heading("Create permanent ones until there are enough: an owner has five")
  const [permanent] = yield* fillPermanent(tokens)

  yield* heading("List the permanent ones")
  yield* showTokens(yield* tokens.list({ permanent: true }))
  yield* heading("Stream the temporary ones: all of them, however many pages that takes")
  yield* showTokens(yield* Stream.runCollect(tokens.stream({ permanent: false })))

  yield* heading(`Page through both, two tokens a request: the first ${rowsAtMost}`)
  const ids = yield* tokens.stream({ pageSize: 2 }).pipe(
    Stream.take(rowsAtMost),
    Stream.map((token) => token.id),
    Stream.runCollect,
  )
  yield* Console.log(`  ids ${ids.join(", ")}`)

  yield* heading("Deactivate the temporary one: it does not authenticate any more")
  yield* showTokens([yield* tokens.update(temporary.id, { isActive: false })])
  yield* Tokens.pipe(
    Effect.flatMap((asTemporary) => asTemporary.list()),
    Effect.provide(Neuroio.layer({ ...place.options, apiToken: temporary.key })),
    showRefusal,
  )

  const gone = permanent ?? temporary
  yield* heading(`Delete token ${gone.id}: it is not found any more`)
  yield* tokens.delete(gone.id)
  yield* showRefusal(tokens.get(gone.id))

  yield* heading("Delete the temporary ones, and list what is left of them, five at most")
  yield* deleteTemporary(tokens, [temporary], place)
  yield* showTokens(yield* tokens.list({ permanent: false, limit: 5 }))
})

const tourStreamTokens = Effect.fn("tourStreamTokens")(function* (place: Place) {
  const streamTokens = yield* StreamTokens

  yield* heading("Stream tokens: the same, with a list and five slots of their own")
  const temporary = yield* created(streamTokens, false)
  yield* showTokens([temporary])
  yield* fillPermanent(streamTokens)
  yield* deleteTemporary(streamTokens, [temporary], place)
  yield* Console.log("  After the temporary ones are deleted:")
  yield* showTokens(yield* Stream.runCollect(streamTokens.stream()))
})

export const tour = Effect.fn("tour")(function* (place: Place) {
  yield* Effect.scoped(tourTokens(place))
  yield* Effect.scoped(tourStreamTokens(place))
  yield* heading("Done. The tour has deleted what it created.")
})
