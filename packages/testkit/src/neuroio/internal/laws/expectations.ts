/** What laws have in common when they look at answers. */
import { Token, type TokenId, type TokenKey, type TokenOperations } from "@effect-tokens/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Failure, Violation } from "../../../Laws.ts"
import { expectAll, expectRefusal } from "../../../internal/laws/expectations.ts"
import type { Subject } from "./subject.ts"

type Naming = Pick<Subject, "name">

const describe = (subject: Naming) => (token: Token) => `${subject.name(token)}${token.isActive ? "" : " inactive"}`

/** Exactly these, in this order, as they were. */
export const expectTokens = (
  subject: Naming,
  what: string,
  expected: ReadonlyArray<Token>,
  got: ReadonlyArray<Token>,
): Effect.Effect<void, Violation> => expectAll(what, expected, got, describe(subject))

/** The whole list. */
export const all = (tokens: TokenOperations.TokenOperations): Effect.Effect<ReadonlyArray<Token>, Failure> =>
  Stream.runCollect(tokens.stream())

/** Nothing that this caller may ask for about one token is answered. The token is one that there is. */
export const expectShutOut = (
  who: string,
  tokens: TokenOperations.TokenOperations,
  id: TokenId,
  tag: "Unauthorized" | "Forbidden",
): Effect.Effect<void, Violation> =>
  Effect.all(
    [
      expectRefusal(`a list, ${who}`, tokens.list(), tag),
      expectRefusal(`a stream, ${who}`, all(tokens), tag),
      expectRefusal(`a get, ${who}`, tokens.get(id), tag),
      expectRefusal(`a create, ${who}`, tokens.create(), tag),
      expectRefusal(`an update, ${who}`, tokens.update(id, { isActive: true }), tag),
      expectRefusal(`a delete, ${who}`, tokens.delete(id), tag),
    ],
    { discard: true },
  )

/** Keys that no token has, though they are almost this one. */
export const nearKeys = (key: TokenKey): ReadonlyArray<readonly [how: string, key: TokenKey]> => {
  const text = Redacted.value(key)
  const near = [
    ["the key without its end", text.slice(0, -1)],
    ["the first half of the key", text.slice(0, text.length / 2)],
    ["the key and more", `${text}0`],
    ["the key in capital letters", text.toUpperCase()],
  ] as const
  return near.flatMap(([how, other]) => (other === text ? [] : [[how, Redacted.make(other)] as const]))
}

/** How long a temporary token lives (N2), in milliseconds. */
export const day = 24 * 60 * 60 * 1000

export const permanentCap = 5

/** How many permanent tokens there is room for: an account may have some already. */
export const permanentRoom = (tokens: TokenOperations.TokenOperations): Effect.Effect<number, Failure> =>
  Effect.map(all(tokens), (list) => permanentCap - list.filter(Token.isPermanent).length)

/** Makes a token for each flag, permanent where it is set and there is room, and temporary otherwise. */
export const createEach = Effect.fnUntraced(function* (
  tokens: TokenOperations.TokenOperations,
  flags: ReadonlyArray<boolean>,
): Effect.fn.Return<ReadonlyArray<Token>, Failure> {
  let room = yield* permanentRoom(tokens)
  const made: Array<Token> = []
  for (const flag of flags) {
    const permanent = flag && room > 0
    if (permanent) room--
    made.push(yield* tokens.create({ permanent }))
  }
  return made
})

/** Takes all permanent tokens that there is room for. */
export const fill = (tokens: TokenOperations.TokenOperations): Effect.Effect<ReadonlyArray<Token>, Failure> =>
  Effect.flatMap(permanentRoom(tokens), (room) =>
    Effect.replicateEffect(tokens.create({ permanent: true }), Math.max(0, room)),
  )

export const isMatch = (permanent: boolean | null) => (token: Token) =>
  permanent === null || Token.isPermanent(token) === permanent
