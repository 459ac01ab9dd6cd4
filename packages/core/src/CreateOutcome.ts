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
import type { ApiToken } from "./umaaas/ApiToken.ts"
import type { ApiTokenOperations } from "./umaaas/ApiTokenOperations.ts"
import { ApiTokens } from "./umaaas/ApiTokens.ts"
import type { StreamTokens } from "./neuroio/StreamTokens.ts"
import type { Token } from "./neuroio/Token.ts"
import type { TokenOperations } from "./neuroio/TokenOperations.ts"
import type { Tokens } from "./neuroio/Tokens.ts"

/**
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

type Asked = "find" | "findAndDelete"

const refuse = (asked: Asked, field: string, problem: string) =>
  Effect.fail(new ApiError.InvalidRequest({ operation: `CreateOutcome.${asked}`, field, problem }))

const millis = (asked: Asked, field: keyof Options<unknown>, given: Duration.Input) =>
  Option.match(Option.filter(Duration.fromInput(given), Duration.isGreaterThanOrEqualTo(Duration.zero)), {
    onNone: () =>
      refuse(asked, field, 'must be a duration of 0 or more, such as "10 seconds" or a number of milliseconds'),
    onSome: (duration) => Effect.succeed(Duration.toMillis(duration)),
  })

/** What may have been there before, of whichever service. */
interface Known {
  readonly id: number | string
  readonly createdAt?: DateTime.Utc
}

/** What finding out needs of a service. */
interface Creations<A, FindError, DeleteError> {
  readonly createdAt: (token: A) => DateTime.Utc
  /** Whether it was created after these, by what the platform says alone: no clock here is needed to know that. */
  readonly isNewerThan: (before: ReadonlyArray<Known>) => (token: A) => boolean
  /** What is there now that fits what was asked for. What was created before `since` may be left out. */
  readonly fitting: (
    requested: ApiError.OutcomeUnknown["requested"],
    since: DateTime.Utc | undefined,
  ) => Stream.Stream<A, FindError>
  readonly delete: (token: A) => Effect.Effect<void, DeleteError>
}

const ofTokens = (tokens: TokenOperations): Creations<Token, ApiError.ListError, ApiError.DeleteError> => ({
  createdAt: ({ created }) => created,
  // Ids rise in the order of creation (N3).
  isNewerThan: (before) => {
    const newest = before.reduce((most, { id }) => Math.max(most, Number(id)), 0)
    return ({ id }) => id > newest
  },
  fitting: ({ permanent }) => tokens.stream({ permanent: permanent === true }),
  delete: ({ id }) => tokens.delete(id),
})

const ofApiTokens = (
  apiTokens: ApiTokenOperations,
): Creations<ApiToken, ApiError.ListApiTokensError, ApiError.DeleteApiTokenError> => ({
  createdAt: ({ createdAt }) => createdAt,
  isNewerThan: (before) => {
    const known = new Set(before.map(({ id }) => id))
    const latest = before.reduce(
      (most, { createdAt }) => Math.max(most, createdAt === undefined ? 0 : DateTime.toEpochMillis(createdAt)),
      0,
    )
    return ({ createdAt, id }) => !known.has(id) && DateTime.toEpochMillis(createdAt) >= latest
  },
  fitting: ({ name, permissions }, since) => {
    const asked = new Set<unknown>(Array.isArray(permissions) ? permissions : [])
    const isSame = (token: ApiToken) => {
      const has = new Set<unknown>(token.permissions)
      return token.name === name && has.size === asked.size && [...asked].every((permission) => has.has(permission))
    }
    return Stream.filter(apiTokens.stream({ name: String(name), createdAfter: since }), isSame)
  },
  delete: ({ id }) => apiTokens.delete(id),
})

type TokenService = typeof Tokens | typeof StreamTokens

type AnyTokenService = Effect.Effect<TokenOperations, never, Tokens | StreamTokens> & { readonly key: string }

const isOfApiTokens = (service: AnyTokenService | typeof ApiTokens): service is typeof ApiTokens =>
  service.key === ApiTokens.key

const look = Effect.fnUntraced(function* <A, FindError>(
  asked: Asked,
  { createdAt, fitting, isNewerThan }: Creations<A, FindError, unknown>,
  error: ApiError.OutcomeUnknown,
  { before, ...options }: Options<Known>,
): Effect.fn.Return<CreateOutcome<A>, FindError | ApiError.InvalidRequest> {
  const clockSkew = yield* millis(asked, "clockSkew", options.clockSkew ?? "1 minute")
  const patience = yield* millis(asked, "patience", options.patience ?? "10 seconds")

  const earliest = DateTime.subtract(error.sentAt, { milliseconds: clockSkew })
  const createdSince = (time: DateTime.Utc) => (token: A) => DateTime.isGreaterThanOrEqualTo(createdAt(token), time)
  const isNew = before === undefined ? createdSince(earliest) : isNewerThan(before)
  const now = Stream.filter(fitting(error.requested, before === undefined ? earliest : undefined), isNew)
  // What a wrong clock could have made of an older one is not surely this one.
  const isSurelyThis = createdSince(
    before === undefined ? DateTime.add(error.sentAt, { milliseconds: clockSkew }) : earliest,
  )

  const clock = yield* Clock.clockWith(Effect.succeed)
  const startedAt = clock.monotonicTimeNanosUnsafe()
  const passedBefore = Math.max(0, clock.currentTimeMillisUnsafe() - DateTime.toEpochMillis(error.failedAt))
  /** By the monotonic clock: a wall clock that is set back meanwhile must not make this wait on. */
  const passed = () => passedBefore + Number(clock.monotonicTimeNanosUnsafe() - startedAt) / 1e6

  for (;;) {
    // Before it looks: what comes while it looks may be missed.
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

/** Looks in the service that the error comes from, and does something with what was found. */
const findWith = <A, Operations, R, FindError, DeleteError, E>(
  asked: Asked,
  service: Effect.Effect<Operations, never, R> & { readonly key: string },
  creationsOf: (operations: Operations) => Creations<A, FindError, DeleteError>,
  error: ApiError.OutcomeUnknown,
  options: Options<Known>,
  found: (token: A, creations: Creations<A, FindError, DeleteError>) => Effect.Effect<void, E>,
): Effect.Effect<CreateOutcome<A>, FindError | ApiError.InvalidRequest | E, R> =>
  Effect.gen(function* () {
    const create = `${service.key.slice(service.key.lastIndexOf("/") + 1)}.create`
    if (error.operation !== create) {
      return yield* refuse(asked, "error", `must come from ${create}, and comes from ${error.operation}`)
    }
    const creations = creationsOf(yield* service)
    const outcome = yield* look(asked, creations, error, options)
    if (outcome._tag === "Created") yield* found(outcome.token, creations)
    return outcome
  })

const leave = () => Effect.void

/**
 * Compares the tokens of now, of the kind that was asked for, with what was there before and with when the create was
 * sent. Two new tokens are `Ambiguous`, and so is one that a wrong clock could have made look new. What it cannot see is
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
export function find<Service extends TokenService>(
  service: Service,
  error: ApiError.OutcomeUnknown,
  options?: Options<Token>,
): Effect.Effect<CreateOutcome<Token>, ApiError.ListError, Service["Identifier"]>
export function find(
  service: typeof ApiTokens,
  error: ApiError.OutcomeUnknown,
  options?: Options<ApiToken>,
): Effect.Effect<CreateOutcome<ApiToken>, ApiError.ListApiTokensError, ApiTokens>
export function find(
  service: AnyTokenService | typeof ApiTokens,
  error: ApiError.OutcomeUnknown,
  options: Options<Known> = {},
) {
  return isOfApiTokens(service)
    ? findWith("find", service, ofApiTokens, error, options, leave)
    : findWith("find", service, ofTokens, error, options, leave)
}

/**
 * The same, and deletes the token that was found. That is what remains to be done where its secret was in the answer that
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
export function findAndDelete<Service extends TokenService>(
  service: Service,
  error: ApiError.OutcomeUnknown,
  options?: Options<Token>,
): Effect.Effect<CreateOutcome<Token>, ApiError.ListError | ApiError.DeleteError, Service["Identifier"]>
export function findAndDelete(
  service: typeof ApiTokens,
  error: ApiError.OutcomeUnknown,
  options?: Options<ApiToken>,
): Effect.Effect<CreateOutcome<ApiToken>, ApiError.ListApiTokensError | ApiError.DeleteApiTokenError, ApiTokens>
export function findAndDelete(
  service: AnyTokenService | typeof ApiTokens,
  error: ApiError.OutcomeUnknown,
  options: Options<Known> = {},
) {
  return isOfApiTokens(service)
    ? findWith("findAndDelete", service, ofApiTokens, error, options, (token, creations) => creations.delete(token))
    : findWith("findAndDelete", service, ofTokens, error, options, (token, creations) => creations.delete(token))
}
