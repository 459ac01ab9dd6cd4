/** A service that always has a valid temporary token for a worker, and clears up behind itself. */
import { ApiError, CreateOutcome, Token, type TokenId, Tokens } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HashSet from "effect/HashSet"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/** The last token has expired or was revoked, and the platform has given no new one yet. */
export class NoKey extends Schema.TaggedError<NoKey>()("NoKey", {}) {
  override get message(): string {
    return "The key ring has no valid token: the last one has expired or was revoked, and there is no new one yet."
  }
}

/**
 * - `margin`: how long before it expires a token is replaced: the longest failure of the platform that nobody notices.
 *   4 hours unless given.
 * - `checkEvery`: how often the ring looks at its token, and how long an old one still works beside the new one.
 *   15 minutes unless given.
 */
export interface Options {
  readonly margin?: Duration.Input | undefined
  readonly checkEvery?: Duration.Input | undefined
}

const backoff = Schedule.min([Schedule.exponential("10 seconds"), Schedule.spaced("5 minutes")]).pipe(Schedule.jittered)

/** Whether a later try may help: with a wrong credential it does not. */
const mayHelp = (error: ApiError.CreateError | ApiError.ListError): boolean =>
  ApiError.isTransient(error) || error._tag === "OutcomeUnknown" || error._tag === "MalformedResponse"

const logFailure = (doing: string) => (error: { readonly message: string }) =>
  Effect.logWarning(`The key ring failed at ${doing}, and tries again later: ${error.message}`)

/** `made`: the tokens that the ring certainly made itself, and has not deleted yet. */
interface State {
  readonly token: Token | undefined
  readonly since: DateTime.Utc
  readonly made: HashSet.HashSet<TokenId>
}

const make = Effect.fnUntraced(function* ({ checkEvery = "15 minutes", margin = "4 hours" }: Options) {
  const tokens = yield* Tokens
  const state = yield* Ref.make<State>({ token: undefined, since: yield* DateTime.now, made: HashSet.empty() })
  /** A create with an unknown outcome, and the tokens that existed before it. */
  const unsettled = yield* Ref.make(
    Option.none<{ readonly error: ApiError.OutcomeUnknown; readonly before: ReadonlyArray<Token> }>(),
  )

  const use = Effect.fnUntraced(function* (token: Token) {
    const since = yield* DateTime.now
    yield* Ref.update(state, ({ made }) => ({ token, since, made }))
  })

  const create = Effect.gen(function* () {
    const before = yield* Stream.runCollect(tokens.stream({ permanent: false }))
    const token = yield* tokens
      .create()
      .pipe(Effect.tapErrorTag("OutcomeUnknown", (error) => Ref.set(unsettled, Option.some({ error, before }))))
    const since = yield* DateTime.now
    // In one step: a token that is made and not in use is one to delete.
    yield* Ref.update(state, ({ made }) => ({ token, since, made: HashSet.add(made, token.id) }))
  })

  /**
   * After a create with an unknown outcome, the token that it may have made is used before another one is made. It may
   * as well be somebody else's: so it is used and left to expire, but never deleted.
   */
  const renew = Effect.gen(function* () {
    const lost = yield* Ref.get(unsettled)
    if (Option.isNone(lost)) return yield* create
    const { before, error } = lost.value
    const outcome = yield* CreateOutcome.find(Tokens, error, { before }).pipe(Effect.provideService(Tokens, tokens))
    const now = yield* DateTime.now
    const candidates =
      outcome._tag === "Created" ? [outcome.token] : outcome._tag === "Ambiguous" ? outcome.candidates : []
    const found = candidates.find(Token.isValidAt(now))
    yield* Ref.set(unsettled, Option.none())
    return yield* found === undefined ? create : use(found)
  })

  const current = Effect.gen(function* () {
    const { token } = yield* Ref.get(state)
    if (token !== undefined && Token.isValidAt(token, yield* DateTime.now)) return token
    return yield* new NoKey()
  })

  /** Asks the platform only about a token that is good for long enough by the clock. */
  const renewIfNeeded = Effect.gen(function* () {
    const { token } = yield* Ref.get(state)
    const soon = DateTime.addDuration(yield* DateTime.now, margin)
    if (token === undefined || !Token.isValidAt(token, soon)) return yield* renew
    const isActive = yield* tokens.get(token.id).pipe(
      Effect.map((seen) => seen.isActive),
      Effect.catchTag("NotFound", () => Effect.succeed(false)),
    )
    if (isActive) return
    // Nobody is to get it any more, however long a new one takes.
    yield* use(new Token({ ...token, isActive: false }))
    yield* renew
  })

  const discard = Effect.fnUntraced(function* (id: TokenId) {
    yield* Effect.catchTag(tokens.delete(id), "NotFound", () => Effect.void)
    yield* Ref.update(state, (now) => ({ ...now, made: HashSet.remove(now.made, id) }))
  })

  /** Workers that took the old token a moment ago may finish with it. */
  const clearUp = Effect.gen(function* () {
    const { made, since, token } = yield* Ref.get(state)
    if (DateTime.isGreaterThan(DateTime.addDuration(since, checkEvery), yield* DateTime.now)) return
    const old = HashSet.filter(made, (id) => id !== token?.id)
    yield* Effect.forEach(old, discard, { discard: true })
  })

  yield* Effect.addFinalizer(() =>
    Effect.flatMap(Ref.get(state), ({ made }) =>
      Effect.forEach(made, (id) =>
        Effect.ignore(discard(id), { log: "Warn", message: `The key ring leaves token ${id} behind` }),
      ),
    ),
  )

  yield* renew.pipe(
    Effect.tapError(logFailure("making its first token")),
    Effect.retry({ schedule: backoff, while: mayHelp }),
  )

  const always = <E extends { readonly message: string }>(doing: string, task: Effect.Effect<void, E>) =>
    task.pipe(
      Effect.tapError(logFailure(doing)),
      Effect.retry(backoff),
      Effect.delay(checkEvery),
      Effect.forever,
      Effect.forkScoped,
    )
  // Each on its own: a platform that does not delete is no reason not to make.
  yield* always("replacing its token", renewIfNeeded)
  yield* always("deleting old tokens", clearUp)

  return { current }
})

/** `current`: a token that authenticates, as far as the clock and the last look at it can tell. Ask for it each time. */
export class KeyRing extends Context.Service<KeyRing, { readonly current: Effect.Effect<Token, NoKey> }>()(
  "@effect-tokens/example-rotation/KeyRing",
) {
  /**
   * Makes the first token before it is there. What may pass by itself is waited for; a wrong credential fails at once.
   * Its tokens go with its scope.
   */
  static readonly layer = (
    options: Options = {},
  ): Layer.Layer<KeyRing, ApiError.CreateError | ApiError.ListError, Tokens> => Layer.effect(KeyRing, make(options))
}
