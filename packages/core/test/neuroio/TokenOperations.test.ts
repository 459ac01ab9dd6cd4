/** A platform without a wire fails as the client does over HTTP. */
import { ApiError, TokenId, TokenOperations } from "@effect-tokens/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"

/** Takes a second, and then fails. */
const failing = (failure: TokenOperations.PlatformFailure) => {
  const fail = () => Effect.delay(Effect.fail(failure), "1 second")
  return TokenOperations.fromPlatform("Tokens", {
    create: fail,
    list: fail,
    get: fail,
    update: fail,
    delete: fail,
    deleteList: fail,
  })
}

const failureOf = Effect.fnUntraced(function* <A, E>(call: Effect.Effect<A, E>) {
  const fiber = yield* Effect.forkChild(Effect.flip(call))
  yield* TestClock.adjust("1 second")
  return yield* Fiber.join(fiber)
})

const refusal = (status: number) => ({ status, message: "No.", fields: [], retryAfter: Duration.seconds(7) })

const lost = new ApiError.ConnectionFailed({
  operation: "Tokens.create",
  origin: "https://iam.neuroio.com",
  code: "ECONNRESET",
  sent: true,
})

describe("fromPlatform", () => {
  it.effect("a create that may have taken effect is OutcomeUnknown", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("5 seconds")
      for (const failure of [refusal(500), refusal(302), lost]) {
        const error = yield* failureOf(failing(failure).create({ permanent: true }))
        if (error._tag !== "OutcomeUnknown") return assert.fail(`unexpected ${error._tag}`)
        assert.deepStrictEqual(error.requested, { permanent: true })
        assert.strictEqual(DateTime.toEpochMillis(error.sentAt) % 5000, 0, "when it was called, not when it failed")
        yield* TestClock.adjust("4 seconds")
      }
    }),
  )

  it.effect("a create that certainly changed nothing is that failure", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* failureOf(failing(refusal(429)).create()))._tag, "TooManyRequests")
      const refused = new ApiError.ConnectionFailed({ ...lost, sent: false })
      assert.strictEqual(yield* failureOf(failing(refused).create()), refused)
    }),
  )

  it.effect("any other call fails with what it is refused with", () =>
    Effect.gen(function* () {
      const error = yield* failureOf(failing(refusal(503)).get(TokenId.make(1)))
      if (error._tag !== "ServiceUnavailable") return assert.fail(`unexpected ${error._tag}`)
      assert.deepStrictEqual([error.serverMessage, error.retryAfter], ["No.", Duration.seconds(7)])
      assert.strictEqual(yield* failureOf(failing(lost).get(TokenId.make(1))), lost)
    }),
  )
})
