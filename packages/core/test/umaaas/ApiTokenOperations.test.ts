/** What a backend is given, and what becomes of what a platform without a wire answers. */
import { ApiError, ApiToken, ApiTokenId, ApiTokenOperations, ApiTokenPage, CreatedApiToken } from "@effect-tokens/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"

const id = ApiTokenId.make("Token:1")

const reports = { name: "reports", permissions: ["VIEW"] } as const

const refusal = (status: number, code: string) => ({ status, code, message: "No.", retryAfter: Duration.seconds(7) })

const lost = new ApiError.ConnectionFailed({
  operation: "ApiTokens.create",
  origin: "https://api.lightspark.com",
  code: "ECONNRESET",
  sent: true,
})

const failing = (failure: ApiTokenOperations.PlatformFailure) => {
  const fail = () => Effect.fail(failure)
  return ApiTokenOperations.fromPlatform("ApiTokens", { create: fail, list: fail, get: fail, delete: fail })
}

describe("fromPlatform", () => {
  it.effect("a create that may have taken effect is OutcomeUnknown, and its secret lost", () =>
    Effect.gen(function* () {
      for (const failure of [refusal(500, "INTERNAL_ERROR"), refusal(302, "MOVED"), lost]) {
        const error = yield* Effect.flip(failing(failure).create(reports))
        if (error._tag !== "OutcomeUnknown") return assert.fail(`unexpected ${error._tag}`)
        assert.deepStrictEqual(error.requested, reports)
        assert.isTrue(error.secretLost)
      }
    }),
  )

  it.effect("a refusal is the error of its status, with its code", () =>
    Effect.gen(function* () {
      const { create, delete: deleteOne, get, list } = failing(refusal(403, "FORBIDDEN"))
      for (const call of [create(reports), list(), get(id), deleteOne(id)]) {
        const error = yield* Effect.flip<unknown, ApiError.CreateApiTokenError | ApiError.GetApiTokenError, never>(call)
        if (error._tag !== "Forbidden") return assert.fail(`unexpected ${error._tag}`)
        assert.deepStrictEqual([error.code, error.serverMessage, error.details], ["FORBIDDEN", "No.", undefined])
      }
      assert.strictEqual(
        (yield* Effect.flip(get(id))).message,
        "ApiTokens.get was answered 403 Forbidden. The server says: No.",
      )
      const missing = failing(refusal(404, "TOKEN_NOT_FOUND"))
      assert.strictEqual(
        (yield* Effect.flip(missing.get(id))).message,
        "ApiTokens.get was answered 404 Not Found (TOKEN_NOT_FOUND). The server says: No.",
      )
      assert.strictEqual((yield* Effect.flip(missing.list()))._tag, "UnexpectedStatus")
      assert.strictEqual(yield* Effect.flip(failing(lost).get(id)), lost)
    }),
  )
})

describe("make", () => {
  it.effect("a backend is given complete input: defaults, times in UTC, and nothing else", () =>
    Effect.gen(function* () {
      const given: Array<unknown> = []
      const at = DateTime.makeUnsafe(0)
      const fields = { ...reports, id, clientId: "1", createdAt: at, updatedAt: at }
      const token = new ApiToken({ ...fields, clientSecret: undefined })
      const apiTokens = ApiTokenOperations.make("Mine", {
        create: (input) =>
          Effect.as(
            Effect.sync(() => given.push(input)),
            new CreatedApiToken({ ...fields, clientSecret: Redacted.make("secret") }),
          ),
        list: (input) =>
          Effect.as(
            Effect.sync(() => given.push(input)),
            new ApiTokenPage({ data: [token], hasMore: false, nextCursor: undefined, totalCount: 1 }),
          ),
        get: (input) =>
          Effect.as(
            Effect.sync(() => given.push(input)),
            token,
          ),
        delete: (input) => Effect.asVoid(Effect.sync(() => given.push(input))),
      })
      const zoned = DateTime.makeZonedUnsafe("2025-06-01T00:00:00Z", { timeZone: "Asia/Kolkata" })
      const unset = { createdBefore: undefined, updatedAfter: undefined, updatedBefore: undefined }
      const more = { ...reports, more: 1 }
      yield* apiTokens.create(more)
      yield* apiTokens.list()
      yield* Stream.runDrain(apiTokens.stream({ name: "reports", createdAfter: zoned }))
      yield* apiTokens.get(id)
      yield* apiTokens.delete(id)
      assert.deepStrictEqual(given, [
        reports,
        { ...unset, name: undefined, createdAfter: undefined, limit: 20, cursor: undefined },
        { ...unset, name: "reports", createdAfter: DateTime.toUtc(zoned), limit: 100, cursor: undefined },
        { id },
        { id },
      ])
      const error = yield* Effect.flip(apiTokens.list({ limit: 0 }))
      assert.strictEqual(error.operation, "Mine.list")
    }),
  )
})
