/** C2: an error keeps its sentence and its fields wherever it is printed, copied or wrapped. */
import { ApiError } from "@effect-tokens/core"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import { inspect } from "node:util"
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads"

const operation = "Tokens.create"
const answer = { operation, serverMessage: "The server's words.", codes: [7] }
const wait = { ...answer, retryAfter: Duration.seconds(3) }
const timedOut = new ApiError.TimedOut({ operation, limit: "deadline", after: Duration.seconds(30) })

const errors = [
  new ApiError.BadRequest(answer),
  new ApiError.PermanentTokenLimitReached(answer),
  new ApiError.Unauthorized(answer),
  new ApiError.Forbidden(answer),
  new ApiError.NotFound(answer),
  new ApiError.Conflict(answer),
  new ApiError.UnprocessableEntity(answer),
  new ApiError.TooManyRequests(wait),
  new ApiError.InternalServerError(answer),
  new ApiError.NotImplemented(answer),
  new ApiError.BadGateway(wait),
  new ApiError.ServiceUnavailable(wait),
  new ApiError.GatewayTimeout(wait),
  new ApiError.UnexpectedStatus({ ...answer, status: 302 }),
  new ApiError.ConnectionFailed({ operation, origin: "https://example.com", code: "ECONNREFUSED", sent: false }),
  timedOut,
  new ApiError.MalformedResponse({ operation, status: 200, problem: "the body is empty", path: [3, "id"] }),
  new ApiError.InvalidRequest({ operation, field: "permanent", problem: "must be true or false" }),
  new ApiError.InvalidOptions({ layer: "Neuroio.layer", field: "iamUrl", problem: "must be a URL" }),
  new ApiError.OutcomeUnknown({
    operation,
    sentAt: DateTime.makeUnsafe(0),
    failedAt: DateTime.makeUnsafe(1),
    requested: { permanent: true },
    secretLost: false,
    reason: timedOut,
  }),
]

/** Its fields by name, without those that all errors have. */
const fieldsOf = (error: object) =>
  Object.keys(error).filter((name) => name !== "_tag" && name !== "message" && name !== "stack")

describe.each(errors.map((error) => ({ tag: error._tag, error })))("$tag", ({ error, tag }) => {
  it("has its message as a property of its own, and its fields", () => {
    assert.match(error.message, /^(?:Tokens\.create|Neuroio\.layer) .+\.$/)
    assert.strictEqual(Object.getOwnPropertyDescriptor(error, "message")?.value, error.message)
    assert.isNotEmpty(fieldsOf(error))
  })

  it("is printed with message, stack and fields", () => {
    const own = inspect(error)
    const wrapped = inspect(new Error("the program failed", { cause: error }))
    const many = inspect(new AggregateError([error], "the program failed"))
    for (const text of [own, wrapped, many]) {
      assert.include(text, `${tag}: ${error.message}`)
      assert.match(text, /\n\s+at .*printedErrors/)
      for (const name of fieldsOf(error)) assert.match(text, new RegExp(`\\b${name}: `))
    }
  })

  it("goes into JSON with message and fields", () => {
    const json = JSON.parse(JSON.stringify({ error })).error
    assert.strictEqual(json.message, error.message)
    assert.strictEqual(json._tag, tag)
    // What is undefined is not in JSON.
    for (const name of fieldsOf(error)) {
      assert.strictEqual(name in json, Reflect.get(error, name) !== undefined, name)
    }
  })

  it("keeps its message and its stack in a structured clone, and as a message to a worker", () => {
    const { port1, port2 } = new MessageChannel()
    port1.postMessage(error)
    const posted = receiveMessageOnPort(port2)?.message
    port1.close()
    for (const copy of [structuredClone(error), posted]) {
      assert.instanceOf(copy, Error)
      assert.strictEqual(copy.message, error.message)
      assert.strictEqual(copy.stack, error.stack)
    }
  })
})

it("knows all errors", () => {
  const classes = Object.entries(ApiError).filter(([, value]) => String(value).startsWith("class "))
  assert.sameMembers(
    errors.map(({ _tag }) => _tag),
    classes.map(([name]) => name),
  )
})

describe("the message of a status", () => {
  it("names redirects, and 304 is none", () => {
    const messageOf = (status: number) => new ApiError.UnexpectedStatus({ operation, status }).message
    for (const status of [300, 301, 302, 303, 307, 308])
      assert.include(messageOf(status), "Redirects are never followed")
    assert.strictEqual(messageOf(304), "Tokens.create was answered 304 Not Modified.")
  })
})
