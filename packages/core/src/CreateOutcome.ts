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
 * - `before`: what was listed before the create; it is none of these. Without it the times of creation decide alone, and
 *   they can be misled by a clock: give it where the owner's tokens are created one soon after the other.
 * - `clockSkew`: how far the platform's clock and this machine's may be apart. 1 minute unless given.
 * - `patience`: how long after it was sent a create may still take effect. 10 seconds unless given. Until then, *does not
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
 * sent. It supposes that nobody else creates tokens of this kind for the owner at the same time: one that somebody else
 * made in that very time, when this create made none, is taken for it. Two new tokens are `CannotTell`.
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
    const sentAt = DateTime.toEpochMillis(error.sentAt)
    const known = new Set(options.before?.map(({ id }) => id))
    const tokens = yield* service

    const isCandidate = ({ created, id }: Token) =>
      !known.has(id) && DateTime.toEpochMillis(created) >= sentAt - clockSkew
    const look: Effect.Effect<ReadonlyArray<Token>, ApiError.ListError> = tokens
      .stream({ permanent: error.requested["permanent"] === true })
      .pipe(Stream.filter(isCandidate), Stream.runCollect)

    for (;;) {
      const waited = (yield* Clock.currentTimeMillis) - sentAt
      const candidates = yield* look
      const [token] = candidates
      if (token !== undefined) {
        // Created before it was sent, and not known from before: either a clock is wrong, or somebody else made it.
        const fits = options.before !== undefined || DateTime.toEpochMillis(token.created) >= sentAt
        return candidates.length === 1 && fits ? { _tag: "Exists", token } : { _tag: "CannotTell", candidates }
      }
      if (waited >= patience) return { _tag: "DoesNotExist" }
      yield* Effect.sleep(Math.min(between, patience - waited))
    }
  })
