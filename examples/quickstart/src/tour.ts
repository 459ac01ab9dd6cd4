/** A tour of NeuroIO tokens. It works against any platform, and leaves behind what it found. */
import {
  type ApiError,
  isPermanent,
  type Neuroio,
  StreamTokens,
  type Token,
  type TokenOperations,
  Tokens,
} from "@effect-tokens/core"
import { NodeNeuroio } from "@effect-tokens/platform-node"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { table } from "./table.ts"

/** Enough to tell keys apart, too little to use one. */
const shortKey = (token: Token): string => {
  const key = Redacted.value(token.key)
  return key.length >= 16 ? `${key.slice(0, 4)}…` : "…"
}

const showTokens = (tokens: ReadonlyArray<Token>) =>
  tokens.length === 0
    ? Console.log("  (none)")
    : Console.log(
        table(
          ["id", "key", "kind", "active", "created", "expires"],
          tokens.map((token) => [
            String(token.id),
            shortKey(token),
            isPermanent(token) ? "permanent" : "temporary",
            token.isActive ? "yes" : "no",
            DateTime.formatIso(token.created),
            token.expires === null ? "never" : DateTime.formatIso(token.expires),
          ]),
        ),
      )

const heading = (text: string) => Console.log(`\n${text}`)

const showError = (error: { readonly _tag: string; readonly message: string }) =>
  Console.log(`  ✗ ${error._tag}\n    ${error.message}`)

/** A token that is deleted when the tour ends, unless it is gone by then. */
const created = (tokens: TokenOperations.TokenOperations, permanent: boolean) =>
  Effect.acquireRelease(tokens.create({ permanent }), (token) =>
    tokens.delete(token.id).pipe(
      Effect.catchTag("NotFound", () => Effect.void),
      Effect.catch((error) => Console.error(`  Token ${token.id} is still there: ${error.message}`)),
    ),
  )

/** Creates permanent tokens until the platform says that there are enough. */
const fillPermanent = Effect.fn("fillPermanent")(function* (tokens: TokenOperations.TokenOperations) {
  let made = 0
  const one = Effect.tap(created(tokens, true), () => Effect.sync(() => made++))
  const limit: ApiError.PermanentTokenLimitReached = yield* Effect.forever(one).pipe(
    Effect.catchTag("PermanentTokenLimitReached", Effect.succeed),
  )
  return { limit, made }
})

/**
 * `ownsPlatform`: nobody else's tokens are there, so that deleting by a filter is safe.
 */
export interface Place {
  readonly options: Neuroio.Options
  readonly ownsPlatform: boolean
}

/** Deletes the temporary tokens: all at once where they are ours alone, else only those that the tour made. */
const deleteTemporary = Effect.fn("deleteTemporary")(function* (
  tokens: TokenOperations.TokenOperations,
  made: ReadonlyArray<Token>,
  { ownsPlatform }: Place,
) {
  if (ownsPlatform) return yield* tokens.deleteList({ permanent: false })
  yield* Effect.forEach(made, (token) => tokens.delete(token.id), { discard: true })
})

const tourTokens = Effect.fn("tourTokens")(function* (place: Place) {
  const tokens = yield* Tokens

  yield* heading("Create a temporary token and a permanent one")
  const temporary = yield* created(tokens, false)
  const permanent = yield* created(tokens, true)
  yield* showTokens([temporary, permanent])

  yield* heading("Fill the permanent slots: an owner has five")
  const { limit, made } = yield* fillPermanent(tokens)
  yield* Console.log(`  ${made} more fit, then:`)
  yield* showError(limit)

  yield* heading("List the permanent ones")
  yield* showTokens(yield* tokens.list({ permanent: true }))
  yield* heading("List the temporary ones")
  yield* showTokens(yield* tokens.list({ permanent: false }))

  yield* heading("Page through all of them, two tokens a request")
  const ids = yield* tokens.stream({ pageSize: 2 }).pipe(
    Stream.map((token) => token.id),
    Stream.runCollect,
  )
  yield* Console.log(`  ids ${ids.join(", ")}`)

  yield* heading("Deactivate the temporary one: it does not authenticate any more")
  yield* showTokens([yield* tokens.update(temporary.id, { isActive: false })])
  const refused = yield* Tokens.pipe(
    Effect.flatMap((asTemporary) => asTemporary.list()),
    Effect.flip,
    Effect.provide(NodeNeuroio.layer({ ...place.options, apiToken: temporary.key })),
  )
  yield* showError(refused)

  yield* heading("Delete the permanent one: it is not found any more")
  yield* tokens.delete(permanent.id)
  yield* showError(yield* Effect.flip(tokens.get(permanent.id)))

  yield* heading("Delete the temporary ones")
  yield* deleteTemporary(tokens, [temporary], place)
  yield* showTokens(yield* tokens.list({ permanent: false }))
})

const tourStreamTokens = Effect.fn("tourStreamTokens")(function* (place: Place) {
  const streamTokens = yield* StreamTokens

  yield* heading("Stream tokens: the same, with a list and five slots of their own")
  const temporary = yield* created(streamTokens, false)
  yield* showTokens([temporary, yield* created(streamTokens, true)])
  const { limit, made } = yield* fillPermanent(streamTokens)
  yield* Console.log(`  ${made} more permanent ones fit, then:`)
  yield* showError(limit)
  yield* deleteTemporary(streamTokens, [temporary], place)
  yield* Console.log("  After the temporary ones are deleted:")
  yield* showTokens(yield* streamTokens.list())
})

export const tour = Effect.fn("tour")(function* (place: Place) {
  yield* Effect.scoped(tourTokens(place))
  yield* Effect.scoped(tourStreamTokens(place))
  yield* heading("Done. What the tour made is deleted.")
})
