/** What laws about API tokens have in common when they look at answers. */
import { ApiToken, ApiTokenId, type ApiTokenOperations, KnownPermission } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import { type Failure, Violation } from "../../../Laws.ts"
import { expect, expectAll } from "../../../internal/laws/expectations.ts"
import type { Subject } from "./subject.ts"

type Operations = ApiTokenOperations.ApiTokenOperations
type Naming = Pick<Subject, "name">

/** Exactly these, in this order, as they were. */
export const expectTokens = (
  subject: Naming,
  what: string,
  expected: ReadonlyArray<ApiToken>,
  got: ReadonlyArray<ApiToken>,
): Effect.Effect<void, Violation> =>
  expectAll(
    what,
    expected,
    got,
    (token) => `${subject.name(token)}${token.clientSecret === undefined ? "" : " secret"}`,
  )

/** What the platform says besides the status. */
const codes = {
  BadRequest: ["INVALID_INPUT"],
  Unauthorized: ["UNAUTHORIZED", "INVALID_SIGNATURE"],
  Forbidden: ["FORBIDDEN"],
  NotFound: ["TOKEN_NOT_FOUND"],
} as const

type Refused = keyof typeof codes

/** Is refused by the platform in this way and no other; or, if it may be, before it is sent. */
export const expectRefused = <A>(
  what: string,
  call: Effect.Effect<A, Failure>,
  tag: Refused,
  options: { readonly before?: boolean } = {},
): Effect.Effect<void, Violation> => {
  const expected = `${what}: ${tag} with ${codes[tag].join(" or ")}${options.before === true ? ", or InvalidRequest" : ""}`
  return Effect.matchEffect(call, {
    onFailure: (error) => {
      if (options.before === true && error._tag === "InvalidRequest") return Effect.void
      const code = Predicate.hasProperty(error, "code") ? error.code : undefined
      const isRight = error._tag === tag && codes[tag].some((known) => known === code)
      return expect(isRight, expected, `${error._tag}: ${error.message}`)
    },
    onSuccess: () => Effect.fail(new Violation({ expected, got: "success" })),
  })
}

/** The whole list. */
export const all = (
  tokens: Operations,
  filters?: ApiTokenOperations.Filters,
): Effect.Effect<ReadonlyArray<ApiToken>, Failure> => Stream.runCollect(tokens.stream(filters))

/** As it is shown after its creation (U1). */
export const withoutSecret = (token: ApiToken): ApiToken => new ApiToken({ ...token, clientSecret: undefined })

/** What is asked of a token that is to be made. */
export interface Wanted {
  readonly name: string
  readonly permissions: ReadonlyArray<KnownPermission>
}

export const permissions: fc.Arbitrary<ReadonlyArray<KnownPermission>> = fc.subarray(KnownPermission.literals.slice(), {
  minLength: 1,
})

/** Few names, so that some tokens have the same. */
export const name = fc.constantFrom("a", "b", "A")

export const wanted: fc.Arbitrary<Wanted> = fc.record({ name, permissions })

/** So many tokens, of which nothing matters but that they are there. */
export const some = (count: number): ReadonlyArray<Wanted> =>
  Array.from({ length: count }, () => ({ name: "a", permissions: ["VIEW"] }))

/** As they are answered to their creates, secrets included. */
export const createEach = (
  tokens: Operations,
  wanted: ReadonlyArray<Wanted>,
): Effect.Effect<ReadonlyArray<ApiToken>, Failure> => Effect.forEach(wanted, tokens.create)

export const hasSamePermissions = (one: ReadonlyArray<string>, other: ReadonlyArray<string>): boolean =>
  one.length === other.length && one.every((permission) => other.includes(permission))

/** Nothing that this caller may ask for is answered. The id is that of a token that there is. */
export const expectShutOut = (who: string, tokens: Operations, id: ApiTokenId): Effect.Effect<void, Violation> =>
  Effect.all(
    [
      expectRefused(`a list, ${who}`, tokens.list(), "Unauthorized"),
      expectRefused(`a stream, ${who}`, all(tokens), "Unauthorized"),
      expectRefused(`a get, ${who}`, tokens.get(id), "Unauthorized"),
      expectRefused(`a create, ${who}`, tokens.create({ name: "a", permissions: ["VIEW"] }), "Unauthorized"),
      expectRefused(`a delete, ${who}`, tokens.delete(id), "Unauthorized"),
    ],
    { discard: true },
  )

/** The text with another digit in its place. */
const withOther = (text: string, place: number): string =>
  `${text.slice(0, place)}${text[place] === "0" ? "1" : "0"}${text.slice(place + 1)}`

/** Texts that are almost this one, each with how it differs. */
export const nearTexts = (text: string): ReadonlyArray<readonly [how: string, text: string]> => {
  const near = [
    ["its last digit changed", withOther(text, text.length - 1)],
    ["its middle changed", withOther(text, Math.floor(text.length / 2))],
    ["its end cut off", text.slice(0, -1)],
    ["a digit more", `${text}0`],
    ["its letters in the other case", text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase()],
  ] as const
  return near.filter(([, other]) => other !== text && other !== "")
}

/** Ids that no token has, though they are almost this one. `list` are all tokens that there are. */
export const nearIds = (
  { id }: ApiToken,
  list: ReadonlyArray<ApiToken>,
): ReadonlyArray<readonly [how: string, id: ApiTokenId]> =>
  [...nearTexts(id), ["only its end", id.slice(id.indexOf(":") + 1)] as const].flatMap(([how, text]) =>
    text !== id && list.every((token) => token.id !== text)
      ? [[`an id with ${how}`, ApiTokenId.make(text)] as const]
      : [],
  )

export const millisOf = (time: DateTime.DateTime): number => DateTime.toEpochMillis(time)
