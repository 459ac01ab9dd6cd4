/** What laws have in common when they look at answers, whichever platform gave them. */
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import { type Failure, Violation } from "../../Laws.ts"

export const expect = (holds: boolean, expected: string, got: string): Effect.Effect<void, Violation> =>
  holds ? Effect.void : Effect.fail(new Violation({ expected, got }))

/** Exactly these, in this order, as they were. */
export const expectAll = <Token>(
  what: string,
  expected: ReadonlyArray<Token>,
  got: ReadonlyArray<Token>,
  describe: (token: Token) => string,
): Effect.Effect<void, Violation> => {
  if (Equal.equals(expected, got)) return Effect.void
  const [wanted, found] = [expected, got].map((tokens) => `[${tokens.map(describe).join(", ")}]`)
  const changed = wanted === found ? ", but not all as they were" : ""
  return Effect.fail(new Violation({ expected: `${what}: ${wanted}`, got: `${found}${changed}` }))
}

/** Fails in this way and no other. */
export const expectRefusal = <A>(
  what: string,
  call: Effect.Effect<A, Failure>,
  ...tags: ReadonlyArray<string>
): Effect.Effect<void, Violation> =>
  Effect.matchEffect(call, {
    onFailure: ({ _tag, message }) =>
      expect(tags.includes(_tag), `${what}: ${tags.join(" or ")}`, `${_tag}: ${message}`),
    onSuccess: () => Effect.fail(new Violation({ expected: `${what}: ${tags.join(" or ")}`, got: "success" })),
  })
