/** N6, U6: `stream` and `CreateOutcome.find` behind servers that list newest first. */
import {
  ApiError,
  ApiToken,
  ApiTokenId,
  ApiTokenOperations,
  ApiTokenPage,
  ApiTokens,
  CreateOutcome,
  Token,
  TokenId,
  TokenOperations,
  Tokens,
} from "@effect-tokens/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

const never = () => Effect.die("not part of this test")

/** Made one second after another. The create under test is sent when `count` were made. */
const at = (id: number) => DateTime.makeUnsafe(id * 1000)

const newestFirst = (count: number) => Array.from({ length: count }, (_, i) => count - i)

const tokensOf = (ids: () => ReadonlyArray<number>) =>
  TokenOperations.make("Tokens", {
    create: never,
    get: never,
    update: never,
    delete: never,
    deleteList: never,
    list: ({ limit, offset }) =>
      Effect.sync(() =>
        ids()
          .slice(offset, offset + limit)
          .map(
            (id) =>
              new Token({
                id: TokenId.make(id),
                key: Redacted.make(`key-${id}`),
                isActive: true,
                created: at(id),
                expires: null,
              }),
          ),
      ),
  })

const apiTokensOf = (ids: () => ReadonlyArray<number>) =>
  ApiTokenOperations.make("ApiTokens", {
    create: never,
    get: never,
    delete: never,
    list: ({ cursor, limit }) =>
      Effect.sync(() => {
        const rest = ids().filter((id) => cursor === undefined || id < Number(cursor))
        const data = rest.slice(0, limit).map(
          (id) =>
            new ApiToken({
              id: ApiTokenId.make(`Token:${id}`),
              name: "reports",
              permissions: ["VIEW"],
              clientId: `client-${id}`,
              clientSecret: undefined,
              createdAt: at(id),
              updatedAt: at(id),
            }),
        )
        const hasMore = rest.length > limit
        return new ApiTokenPage({
          data,
          hasMore,
          nextCursor: hasMore ? String(rest[limit - 1]) : undefined,
          totalCount: undefined,
        })
      }),
  })

const unknown = (operation: string, sentAt: DateTime.Utc, requested: ApiError.OutcomeUnknown["requested"]) =>
  new ApiError.OutcomeUnknown({
    operation,
    sentAt,
    failedAt: sentAt,
    requested,
    secretLost: false,
    reason: new ApiError.ConnectionFailed({ operation, origin: "https://example.com", sent: true }),
  })

const patience = { patience: 0 }

describe.each([0, 1, 2, 25, 250])("newest first, with %i tokens before the create", (count) => {
  it.effect("Tokens", () =>
    Effect.gen(function* () {
      let made = count
      const tokens = tokensOf(() => newestFirst(made))
      const before = yield* Stream.runCollect(tokens.stream({ permanent: true }))
      assert.deepStrictEqual(
        before.map(({ id }) => Number(id)),
        newestFirst(count),
      )
      const error = unknown("Tokens.create", at(count + 1), { permanent: true })
      const find = CreateOutcome.find(Tokens, error, { before, ...patience }).pipe(
        Effect.provideService(Tokens, tokens),
      )
      assert.strictEqual((yield* find)._tag, "NotCreated")
      made = count + 1
      const outcome = yield* find
      if (outcome._tag !== "Created") return assert.fail(outcome._tag)
      assert.strictEqual(Number(outcome.token.id), count + 1)
    }),
  )

  it.effect("ApiTokens", () =>
    Effect.gen(function* () {
      let made = count
      const apiTokens = apiTokensOf(() => newestFirst(made))
      const before = yield* Stream.runCollect(apiTokens.stream({ name: "reports" }))
      assert.lengthOf(before, count)
      const error = unknown("ApiTokens.create", at(count + 1), { name: "reports", permissions: ["VIEW"] })
      const find = CreateOutcome.find(ApiTokens, error, { before, ...patience }).pipe(
        Effect.provideService(ApiTokens, apiTokens),
      )
      assert.strictEqual((yield* find)._tag, "NotCreated")
      made = count + 1
      const outcome = yield* find
      if (outcome._tag !== "Created") return assert.fail(outcome._tag)
      assert.strictEqual(outcome.token.id, `Token:${count + 1}`)
    }),
  )
})
