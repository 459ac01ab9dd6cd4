/**
 * What came of a `create` that ended in `OutcomeUnknown`: looks whether there is a new token, and creates nothing.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as ApiError from "./ApiError.ts"

/**
 * The result of a create:
 *
 * - `Created`: the create took effect, and `token` is what it made.
 * - `NotCreated`: it took no effect. To create again makes one token, not two.
 * - `Ambiguous`: each of `candidates` may be it, or somebody else's. There may also be none of it among them.
 *
 * @since 0.1.0
 */
export type CreateOutcome<A> =
  | { readonly _tag: "Created"; readonly token: A }
  | { readonly _tag: "NotCreated" }
  | { readonly _tag: "Ambiguous"; readonly candidates: ReadonlyArray<A> }

/**
 * The options of `find` and `findAndDelete`.
 *
 * @since 0.1.0
 */
export interface Options<A> {
  /**
   * All tokens that existed before the create, as `stream` gives them. The create made none of these, and none that is older.
   * Defaults to nothing known: then the times of creation decide alone, and they can seldom tell more than that there is no
   * new token.
   */
  readonly before?: ReadonlyArray<A> | undefined
  /** How far the server's clock and this machine's may be apart, 0 or more. Defaults to 1 minute. */
  readonly clockSkew?: Duration.Input | undefined
  /**
   * How long after it failed a create may still take effect, 0 or more. Until then `find` does not say `NotCreated`, and
   * looks again each second. Defaults to 10 seconds.
   */
  readonly patience?: Duration.Input | undefined
}

/**
 * How `find` recognises what a create of a service made. A service's class carries it as `creations`.
 *
 * @since 0.1.0
 */
export interface Creations<Operations, A, ListError, DeleteError> {
  /** The name of the operation, as errors give it: `"Tokens.create"`. */
  readonly operation: string
  readonly createdAt: (token: A) => DateTime.Utc
  /** Whether a token was created after these, by what the server says alone: no clock of this machine is involved. */
  readonly isNewerThan: (before: ReadonlyArray<A>) => (token: A) => boolean
  /** The tokens of now that match what was asked for. Tokens that were created before `since` may be left out. */
  readonly matching: (
    operations: Operations,
    requested: ApiError.OutcomeUnknown["requested"],
    since: DateTime.Utc | undefined,
  ) => Stream.Stream<A, ListError>
  readonly delete: (operations: Operations, token: A) => Effect.Effect<void, DeleteError>
}

/**
 * A service whose creates can be found: `Tokens`, `StreamTokens`, `ApiTokens`, or one of yours with `creations`.
 *
 * @since 0.1.0
 */
export interface Service<R, Operations, A, ListError, DeleteError> {
  readonly Identifier: R
  readonly creations: Creations<Operations, A, ListError, DeleteError>
  readonly use: <B, E, R2>(f: (operations: Operations) => Effect.Effect<B, E, R2>) => Effect.Effect<B, E, R | R2>
}

/** In milliseconds. */
const between = 1000

type Asked = "find" | "findAndDelete"

const refuse = (asked: Asked, field: string, problem: string) =>
  Effect.fail(new ApiError.InvalidRequest({ operation: `CreateOutcome.${asked}`, field, problem }))

const millis = (asked: Asked, field: keyof Options<unknown>, given: Duration.Input) =>
  Option.match(Option.filter(Duration.fromInput(given), Duration.isGreaterThanOrEqualTo(Duration.zero)), {
    onNone: () =>
      refuse(asked, field, 'must be a duration of 0 or more, such as "10 seconds" or a number of milliseconds'),
    onSome: (duration) => Effect.succeed(Duration.toMillis(duration)),
  })

const look = Effect.fnUntraced(function* <Operations, A, ListError>(
  asked: Asked,
  { createdAt, isNewerThan, matching, operation }: Creations<Operations, A, ListError, unknown>,
  operations: Operations,
  error: ApiError.OutcomeUnknown,
  { before, ...options }: Options<A>,
): Effect.fn.Return<CreateOutcome<A>, ListError | ApiError.InvalidRequest> {
  if (error.operation !== operation) {
    return yield* refuse(asked, "error", `must come from ${operation}, and comes from ${error.operation}`)
  }
  const clockSkew = yield* millis(asked, "clockSkew", options.clockSkew ?? "1 minute")
  const patience = yield* millis(asked, "patience", options.patience ?? "10 seconds")

  const earliest = DateTime.subtract(error.sentAt, { milliseconds: clockSkew })
  const createdSince = (time: DateTime.Utc) => (token: A) => DateTime.isGreaterThanOrEqualTo(createdAt(token), time)
  const isNew = before === undefined ? createdSince(earliest) : isNewerThan(before)
  const now = Stream.filter(matching(operations, error.requested, before === undefined ? earliest : undefined), isNew)
  // A wrong clock can make an older token look new.
  const isSurelyThis = createdSince(
    before === undefined ? DateTime.add(error.sentAt, { milliseconds: clockSkew }) : earliest,
  )

  const clock = yield* Clock.clockWith(Effect.succeed)
  const startedAt = clock.monotonicTimeNanosUnsafe()
  const passedBefore = Math.max(0, clock.currentTimeMillisUnsafe() - DateTime.toEpochMillis(error.failedAt))
  /** Uses the monotonic clock: a wall clock that is set back meanwhile must not prolong the wait. */
  const passed = () => passedBefore + Number(clock.monotonicTimeNanosUnsafe() - startedAt) / 1e6

  for (;;) {
    // The time before the look: it may miss a token that is created meanwhile.
    const waited = passed()
    const candidates = yield* Stream.runCollect(now)
    const [token] = candidates
    if (token !== undefined) {
      return candidates.length === 1 && isSurelyThis(token)
        ? { _tag: "Created", token }
        : { _tag: "Ambiguous", candidates }
    }
    if (waited >= patience) return { _tag: "NotCreated" }
    yield* Effect.sleep(Math.min(between, patience - waited))
  }
})

/**
 * Finds what a create made. It compares the tokens of now, of the kind that was asked for, with what was there before and
 * with when the create was sent. Two new tokens are `Ambiguous`, and so is one that a wrong clock could have made look new. What it cannot see is
 * who made a token: with `before`, the only new one is taken for this create's, so that nobody else should create tokens
 * of this kind for the owner at the same time.
 *
 * Fails as `stream` does, and with `InvalidRequest` where the error comes from another service than the one given.
 *
 * @example
 * import { CreateOutcome, Tokens } from "@effect-tokens/core"
 * import { Effect } from "effect"
 *
 * // One more permanent token, and surely not two.
 * const createOne = Effect.gen(function* () {
 *   const tokens = yield* Tokens
 *   const before = yield* tokens.list({ permanent: true })
 *   const create = tokens.create({ permanent: true })
 *   return yield* Effect.catchTag(create, "OutcomeUnknown", (error) =>
 *     Effect.flatMap(CreateOutcome.find(Tokens, error, { before }), (outcome) => {
 *       switch (outcome._tag) {
 *         case "Created":
 *           return Effect.succeed(outcome.token)
 *         case "NotCreated":
 *           return create
 *         case "Ambiguous":
 *           return Effect.fail(error)
 *       }
 *     }),
 *   )
 * })
 *
 * @since 0.1.0
 */
export const find = <R, Operations, A, ListError>(
  service: Service<R, Operations, A, ListError, unknown>,
  error: ApiError.OutcomeUnknown,
  options: Options<A> = {},
): Effect.Effect<CreateOutcome<A>, ListError | ApiError.InvalidRequest, R> =>
  service.use((operations) => look("find", service.creations, operations, error, options))

/**
 * Finds what a create made, as `find` does, and deletes it. That is what remains to be done where its secret was in the answer that
 * is lost (U1): nobody can use the token, and it may do all that its permissions say. What cannot be told is left alone,
 * and without `before` that is nearly always so.
 *
 * @example
 * import { ApiTokens, CreateOutcome } from "@effect-tokens/core"
 * import { Effect, Stream } from "effect"
 *
 * // A token whose secret is here, or none at all.
 * const createOne = Effect.gen(function* () {
 *   const apiTokens = yield* ApiTokens
 *   const before = yield* Stream.runCollect(apiTokens.stream({ name: "reports" }))
 *   const create = apiTokens.create({ name: "reports", permissions: ["VIEW"] })
 *   return yield* Effect.catchTag(create, "OutcomeUnknown", (error) =>
 *     Effect.flatMap(CreateOutcome.findAndDelete(ApiTokens, error, { before }), (outcome) =>
 *       outcome._tag === "Ambiguous" ? Effect.fail(error) : create,
 *     ),
 *   )
 * })
 *
 * @since 0.1.0
 */
export const findAndDelete = <R, Operations, A, ListError, DeleteError>(
  service: Service<R, Operations, A, ListError, DeleteError>,
  error: ApiError.OutcomeUnknown,
  options: Options<A> = {},
): Effect.Effect<CreateOutcome<A>, ListError | DeleteError | ApiError.InvalidRequest, R> =>
  service.use((operations) =>
    Effect.tap(look("findAndDelete", service.creations, operations, error, options), (outcome) =>
      outcome._tag === "Created" ? service.creations.delete(operations, outcome.token) : Effect.void,
    ),
  )
