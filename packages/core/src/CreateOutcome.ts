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
import type { StreamTokens } from "./StreamTokens.ts"
import type { Token } from "./Token.ts"
import type { Tokens } from "./Tokens.ts"

/**
 * - `Exists`: the create took effect, and `token` is what it made.
 * - `DoesNotExist`: it took no effect. To create again makes one token, not two.
 * - `CannotTell`: each of `candidates` may be it, or somebody else's. There may also be none of it among them.
 *
 * @since 0.1.0
 */
export type CreateOutcome<A> =
  | { readonly _tag: "Exists"; readonly token: A }
  | { readonly _tag: "DoesNotExist" }
  | { readonly _tag: "CannotTell"; readonly candidates: ReadonlyArray<A> }

/**
 * - `before`: all that there was before the create, as `stream` gives it; the create made none of these, and nothing that
 *   is older. Without it the times of creation decide alone, and they can seldom tell more than that there is none.
 * - `clockSkew`: how far the platform's clock and this machine's may be apart. 1 minute unless given.
 * - `patience`: how long after it failed a create may still take effect. 10 seconds unless given. Until then, *does not
 *   exist* is not said, but looked again.
 *
 * @since 0.1.0
 */
export interface Options<A> {
  readonly before?: ReadonlyArray<A> | undefined
  readonly clockSkew?: Duration.Input | undefined
  readonly patience?: Duration.Input | undefined
}

/** In milliseconds. */
const between = 1000

const refuse = (field: string, problem: string) =>
  Effect.fail(new ApiError.InvalidRequest({ operation: "CreateOutcome.find", field, problem }))

const millis = (field: keyof Options<unknown>, given: Duration.Input) =>
  Option.match(Option.filter(Duration.fromInput(given), Duration.isGreaterThanOrEqualTo(Duration.zero)), {
    onNone: () => refuse(field, 'must be a duration of 0 or more, such as "10 seconds" or a number of milliseconds'),
    onSome: (duration) => Effect.succeed(Duration.toMillis(duration)),
  })

const tokenServices = { "@effect-tokens/core/Tokens": "Tokens", "@effect-tokens/core/StreamTokens": "StreamTokens" }

/**
 * Compares the tokens of now, of the kind that was asked for, with what was there before and with when the create was
 * sent. Two new tokens are `CannotTell`, and so is one that a wrong clock could have made look new. What it cannot see is
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
 *         case "Exists":
 *           return Effect.succeed(outcome.token)
 *         case "DoesNotExist":
 *           return create
 *         case "CannotTell":
 *           return Effect.fail(error)
 *       }
 *     }),
 *   )
 * })
 *
 * @since 0.1.0
 */
export const find = <Service extends typeof Tokens | typeof StreamTokens>(
  service: Service,
  error: ApiError.OutcomeUnknown,
  options: Options<Token> = {},
): Effect.Effect<CreateOutcome<Token>, ApiError.ListError, Service["Identifier"]> =>
  Effect.gen(function* () {
    const create = `${tokenServices[service.key]}.create`
    if (error.operation !== create) {
      return yield* refuse("error", `must come from ${create}, and comes from ${error.operation}`)
    }
    const clockSkew = yield* millis("clockSkew", options.clockSkew ?? "1 minute")
    const patience = yield* millis("patience", options.patience ?? "10 seconds")
    const { before } = options
    const tokens = yield* service

    const since = (millis: number) => (token: Token) =>
      DateTime.toEpochMillis(token.created) >= DateTime.toEpochMillis(error.sentAt) + millis
    const newest = (before ?? []).reduce((most, { id }) => Math.max(most, id), 0)
    // Ids rise in the order of creation (N3): no clock is needed to know what is new.
    const isNew = before === undefined ? since(-clockSkew) : (token: Token) => token.id > newest
    // What a wrong clock could have made of an older one is not surely this one.
    const isSurelyThis = since(before === undefined ? clockSkew : -clockSkew)
    const look: Effect.Effect<ReadonlyArray<Token>, ApiError.ListError> = tokens
      .stream({ permanent: error.requested["permanent"] === true })
      .pipe(Stream.filter(isNew), Stream.runCollect)

    const clock = yield* Clock.clockWith(Effect.succeed)
    const startedAt = clock.monotonicTimeNanosUnsafe()
    const passedBefore = Math.max(0, clock.currentTimeMillisUnsafe() - DateTime.toEpochMillis(error.failedAt))
    /** By the monotonic clock: a wall clock that is set back meanwhile must not make this wait on. */
    const passed = () => passedBefore + Number(clock.monotonicTimeNanosUnsafe() - startedAt) / 1e6

    for (;;) {
      // Before it looks: what comes while it looks may be missed.
      const waited = passed()
      const candidates = yield* look
      const [token] = candidates
      if (token !== undefined) {
        return candidates.length === 1 && isSurelyThis(token)
          ? { _tag: "Exists", token }
          : { _tag: "CannotTell", candidates }
      }
      if (waited >= patience) return { _tag: "DoesNotExist" }
      yield* Effect.sleep(Math.min(between, patience - waited))
    }
  })
