/** C2, C8, C10: every status of every operation, each with bodies good and bad. */
import { type ApiError, TokenId, type TokenOperations } from "@effect-tokens/core"
import { assert, describe, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { families, layer as layerClient } from "./support/client.ts"
import * as RawServer from "./support/rawServer.ts"

type Operation = "create" | "list" | "get" | "update" | "delete" | "deleteList"

type AnyError = ApiError.CreateError | ApiError.UpdateError | ApiError.ListError

const id = TokenId.make(7)

const calls: Readonly<
  Record<Operation, (tokens: TokenOperations.TokenOperations) => Effect.Effect<unknown, AnyError>>
> = {
  create: (tokens) => tokens.create(),
  list: (tokens) => tokens.list(),
  get: (tokens) => tokens.get(id),
  update: (tokens) => tokens.update(id, { isActive: true }),
  delete: (tokens) => tokens.delete(id),
  deleteList: (tokens) => tokens.deleteList({ permanent: true }),
}

const operations: ReadonlyArray<Operation> = ["create", "list", "get", "update", "delete", "deleteList"]

const tags: Readonly<Record<number, AnyError["_tag"]>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  422: "UnprocessableEntity",
  429: "TooManyRequests",
  500: "InternalServerError",
  501: "NotImplemented",
  502: "BadGateway",
  503: "ServiceUnavailable",
  504: "GatewayTimeout",
}

/** Statuses that have a class of their own, but not for this operation: its type does not list it. */
const notTyped: Readonly<Record<Operation, ReadonlyArray<number>>> = {
  create: [404],
  list: [404, 409],
  get: [409, 422],
  update: [],
  delete: [422],
  deleteList: [404],
}

/** What says nothing of whether a create took effect. */
const inconclusive = (status: number) => (status < 400 || status >= 500) && status !== 501

const others = [200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308, 402, 405, 408, 410, 418, 451, 505, 599]

const success: Readonly<Record<Operation, number>> = {
  create: 201,
  list: 200,
  get: 200,
  update: 200,
  delete: 204,
  deleteList: 204,
}

const vendorBody = (status: number) =>
  JSON.stringify({
    error_codes: [status, 9001],
    message: "The vendor's message",
    fields: [{ name: "limit", message: "Too much of it.", error_code: 77 }],
  })

const html = "<html><body>Service Unavailable</body></html>"

/** Bodies that say nothing, and must not change which error it is. */
const badBodies: Readonly<Record<string, (status: number) => RawServer.Answer>> = {
  missing: (status) => ({ ...RawServer.response(status, { connection: "close" }), ending: "end" }),
  empty: (status) => RawServer.json(status, ""),
  HTML: (status) => RawServer.response(status, { "content-type": "text/html", "content-length": html.length }, html),
  "HTML that calls itself JSON": (status) => RawServer.json(status, html),
  "JSON that calls itself text": (status) =>
    RawServer.response(status, { "content-type": "text/plain", "content-length": 2 }, "{}"),
  "JSON cut short": (status) => RawServer.json(status, vendorBody(status).slice(0, 60)),
  "cut off by the end of the connection": (status) => ({
    ...RawServer.response(status, { "content-type": "application/json", "content-length": 500 }, '{"message": "'),
    ending: "end",
  }),
  "cut off by a reset": (status) => ({
    ...RawServer.response(status, { "content-type": "application/json", "content-length": 500 }, '{"message": "'),
    ending: "reset",
  }),
  "oversized and announced": (status) => RawServer.json(status, `{"message": "${"x".repeat(2 ** 20)}"}`),
  "oversized and not announced": (status) => ({
    ...RawServer.response(
      status,
      { "content-type": "application/json", connection: "close" },
      `{"message": "${"x".repeat(2 ** 21)}"}`,
    ),
    ending: "end",
  }),
  "invalid UTF-8": (status) => RawServer.json(status, Buffer.from([0x22, 0xff, 0xfe, 0x22])),
  "another JSON value": (status) => RawServer.json(status, "[1, null]"),
  "the vendor's shape with other types": (status) =>
    RawServer.json(status, '{"error_codes": "x", "message": 5, "fields": {"name": 1}}'),
}

for (const { name, service } of families) {
  layer(layerClient)(`errors of ${name}`, (it) => {
    const failing = (operation: Operation, answer: RawServer.Answer) =>
      Effect.gen(function* () {
        const server = yield* RawServer.RawServer
        server.requests.length = 0
        server.answer = () => answer
        const error = yield* Effect.flip(Effect.flatMap(service, calls[operation]))
        assert.strictEqual(server.requests.length, 1, "nothing is sent twice")
        return error
      })

    const hasBody = (status: number) => status !== 204 && status !== 304

    for (const operation of operations) {
      describe(operation, () => {
        const statuses = [...Object.keys(tags).map(Number), ...others].filter((status) => status !== success[operation])

        it.effect.each(statuses)("%i", (status) =>
          Effect.gen(function* () {
            const answer = hasBody(status) ? RawServer.json(status, vendorBody(status)) : RawServer.response(status, {})
            const error = yield* failing(operation, answer)
            assert.strictEqual(error.operation, `${name}.${operation}`)
            const unknown = operation === "create" && inconclusive(status)
            assert.strictEqual(error._tag === "OutcomeUnknown", unknown)
            const answered = error._tag === "OutcomeUnknown" ? error.reason : error
            const typed = notTyped[operation].includes(status) ? undefined : tags[status]
            assert.strictEqual(answered._tag, typed ?? "UnexpectedStatus")
            assert.isTrue("serverMessage" in answered)
            if (!("serverMessage" in answered)) return
            assert.strictEqual(answered.status, status)
            if (hasBody(status)) {
              assert.strictEqual(answered.serverMessage, "The vendor's message")
              assert.deepStrictEqual(answered.codes, [status, 9001])
              assert.deepStrictEqual(
                answered.fields.map(({ code, message, name }) => ({ code, message, name })),
                [{ code: 77, message: "Too much of it.", name: "limit" }],
              )
              assert.include(error.message, "The server says: The vendor's message. limit: Too much of it.")
            }
            assert.include(error.message, `${name}.${operation} was`)
            assert.include(error.message, String(status))
          }),
        )

        for (const [kind, answerWith] of Object.entries(badBodies)) {
          it.effect.each(Object.keys(tags).map(Number))(`%i with a body that is ${kind}`, (status) =>
            Effect.gen(function* () {
              const error = yield* failing(operation, answerWith(status))
              const answered = error._tag === "OutcomeUnknown" ? error.reason : error
              const typed = notTyped[operation].includes(status) ? undefined : tags[status]
              assert.strictEqual(answered._tag, typed ?? "UnexpectedStatus")
              if (!("serverMessage" in answered)) return assert.fail("an answer was given")
              assert.strictEqual(answered.status, status)
              assert.isUndefined(answered.serverMessage)
              assert.deepStrictEqual(answered.codes, [])
              assert.deepStrictEqual(answered.fields, [])
            }),
          )
        }
      })
    }

    describe("a success whose body cannot be used", () => {
      const reading = ["create", "list", "get", "update"] as const

      const body = (operation: Operation, fields: Readonly<Record<string, unknown>> = {}) => {
        const token = { ...RawServer.token(), ...fields }
        return JSON.stringify(operation === "list" ? [RawServer.token(), token] : token)
      }

      const expected: Readonly<Record<string, string>> = {
        missing: "the content type is not application/json",
        empty: "the body is empty",
        HTML: "the content type is not application/json",
        "HTML that calls itself JSON": "the body is not valid JSON",
        "JSON that calls itself text": "the content type is not application/json",
        "JSON cut short": "the body is not valid JSON",
        "oversized and announced": "the body is larger than 1 MiB",
        "oversized and not announced": "the body is larger than 1 MiB",
        "invalid UTF-8": "the body is not valid UTF-8",
      }

      const malformed = (operation: (typeof reading)[number], answer: RawServer.Answer) =>
        Effect.map(failing(operation, answer), (error) => {
          assert.strictEqual(error._tag, operation === "create" ? "OutcomeUnknown" : "MalformedResponse")
          const reason = error._tag === "OutcomeUnknown" ? error.reason : error
          if (reason._tag !== "MalformedResponse") return assert.fail(`unexpected ${reason._tag}`)
          assert.strictEqual(reason.status, success[operation])
          return reason
        })

      for (const [kind, problem] of Object.entries(expected)) {
        it.effect.each(reading)(`%s: ${kind}`, (operation) =>
          Effect.gen(function* () {
            const answer = badBodies[kind]?.(success[operation])
            if (answer === undefined) return assert.fail(`no such body: ${kind}`)
            assert.strictEqual((yield* malformed(operation, answer)).problem, problem)
          }),
        )
      }

      it.effect.each(reading)("%s: cut off on the way", (operation) =>
        Effect.gen(function* () {
          for (const ending of ["end", "reset"] as const) {
            const answer = RawServer.response(
              success[operation],
              { "content-type": "application/json", "content-length": 500 },
              '{"id": ',
            )
            const error = yield* failing(operation, { ...answer, ending })
            const reason = error._tag === "OutcomeUnknown" ? error.reason : error
            if (reason._tag !== "ConnectionFailed") return assert.fail(`unexpected ${reason._tag}`)
            assert.isTrue(reason.sent)
            assert.include(reason.message, "lost its connection to http://127.0.0.1:")
          }
        }),
      )

      const offSchema: ReadonlyArray<readonly [field: string, fields: Readonly<Record<string, unknown>>]> = [
        ["id", { id: "canary" }],
        ["id", { id: 0 }],
        ["id", { id: 1.5 }],
        ["key", { key: 5 }],
        ["key", { key: "" }],
        ["is_active", { is_active: "canary" }],
        ["created", { created: "canary" }],
        ["created", { created: "2021-05-28T10:37:51" }],
        ["created", { created: "2021-13-45T10:37:51Z" }],
        ["created", { created: "2021-02-29T10:37:51Z" }],
        ["created", { created: "2021-04-31T10:37:51Z" }],
        ["created", { created: "2021-04-30T25:37:51Z" }],
        ["expires", { expires: "canary" }],
        ["expires", { expires: undefined }],
      ]

      it.effect.each(reading)("%s: off its schema, which says where and never what", (operation) =>
        Effect.gen(function* () {
          for (const [field, fields] of offSchema) {
            const reason = yield* malformed(operation, RawServer.json(success[operation], body(operation, fields)))
            assert.deepStrictEqual(reason.path, operation === "list" ? [1, field] : [field])
            assert.notInclude(JSON.stringify(reason) + reason.message, "canary")
            assert.include(reason.message, ` at ${operation === "list" ? "1." : ""}${field}: `)
          }
        }),
      )

      it.effect("a body of exactly 1 MiB is still read", () =>
        Effect.gen(function* () {
          const token = RawServer.token()
          const room = 2 ** 20 - JSON.stringify({ ...token, filler: "" }).length
          const server = yield* RawServer.RawServer
          server.answer = () => RawServer.json(200, JSON.stringify({ ...token, filler: "x".repeat(room) }))
          assert.strictEqual((yield* Effect.flatMap(service, (tokens) => tokens.get(id))).id, TokenId.make(1))
        }),
      )
    })

    describe("what an error carries", () => {
      it.effect("the permanent cap has an error of its own (N4)", () =>
        Effect.gen(function* () {
          const server = yield* RawServer.RawServer
          const tokens = yield* service
          const naming = (field: string) =>
            RawServer.json(400, JSON.stringify({ message: "No.", fields: [{ name: field, message: "At most 5." }] }))
          server.answer = () => naming("permanent")
          const limit = yield* Effect.flip(tokens.create({ permanent: true }))
          assert.strictEqual(limit._tag, "PermanentTokenLimitReached")
          assert.include(limit.message, "permanent: At most 5.")
          assert.strictEqual((yield* Effect.flip(tokens.create()))._tag, "BadRequest")
          server.answer = () => naming("other")
          assert.strictEqual((yield* Effect.flip(tokens.create({ permanent: true })))._tag, "BadRequest")
        }),
      )

      it.effect("Retry-After, as seconds and as a date", () =>
        Effect.gen(function* () {
          const withRetryAfter = (status: number, value: string) =>
            RawServer.response(status, { "retry-after": value, "content-length": 0 })
          const wait = (answer: RawServer.Answer) =>
            Effect.map(failing("get", answer), (error) =>
              "retryAfter" in error && error.retryAfter !== undefined ? Duration.toMillis(error.retryAfter) : undefined,
            )
          assert.strictEqual(yield* wait(withRetryAfter(429, "7")), 7000)
          assert.strictEqual(yield* wait(withRetryAfter(503, "7")), 7000)
          // The clock of a test starts in 1970.
          assert.strictEqual(yield* wait(withRetryAfter(429, "Thu, 01 Jan 1970 00:01:30 GMT")), 90_000)
          assert.strictEqual(yield* wait(withRetryAfter(502, "7")), 7000)
          assert.strictEqual(yield* wait(withRetryAfter(504, "1.5")), 1500)
          // A gateway's, and the server's behind it.
          assert.strictEqual(yield* wait(withRetryAfter(503, "2, 9, 1")), 9000)
          assert.isUndefined(yield* wait(withRetryAfter(429, "soon")))
          assert.isUndefined(yield* wait(withRetryAfter(429, "-1")))
          const told = yield* failing("get", withRetryAfter(429, "7"))
          assert.include(told.message, "It asks to wait 7s.")
        }),
      )

      it.effect("OutcomeUnknown says what was asked for, and when", () =>
        Effect.gen(function* () {
          const server = yield* RawServer.RawServer
          server.answer = () => RawServer.json(500, "{}")
          const tokens = yield* service
          const error = yield* Effect.flip(tokens.create({ permanent: true }))
          if (error._tag !== "OutcomeUnknown") return assert.fail(`unexpected ${error._tag}`)
          assert.deepStrictEqual(error.requested, { permanent: true })
          assert.strictEqual(error.sentAt.epochMilliseconds, 0)
          assert.include(error.message, "may have taken effect, or not")
        }),
      )

      it.effect("a message with line breaks and escapes stays one line, and a long one is cut", () =>
        Effect.gen(function* () {
          const error = yield* failing(
            "get",
            RawServer.json(500, JSON.stringify({ message: `a\r\n\u001b[31mb${"c".repeat(900)}` })),
          )
          assert.notMatch(error.message, /\p{Cc}/u)
          assert.isBelow(error.message.length, 700)
        }),
      )
    })

    it.effect("however much a server says, the message stays readable", () =>
      Effect.gen(function* () {
        const fields = Array.from({ length: 5000 }, (_, i) => ({ name: `field${i}`, message: "x".repeat(200) }))
        const body = JSON.stringify({
          message: "m",
          error_codes: fields.map((_, i) => i),
          fields: fields.slice(0, 3000),
        })
        const error = yield* failing("list", RawServer.json(400, body))
        assert.isBelow(error.message.length, 12_000)
        assert.isBelow(JSON.stringify(error).length, 12_000)
      }),
    )

    it.effect("a redirect is refused, not followed (C8)", () =>
      Effect.gen(function* () {
        const server = yield* RawServer.RawServer
        for (const status of [301, 302, 303, 307, 308]) {
          for (const operation of operations) {
            const answer = RawServer.response(status, { location: `${server.url}/elsewhere/`, "content-length": 0 })
            const error = yield* failing(operation, answer)
            assert.include(error.message, "Redirects are never followed")
          }
        }
      }),
    )
  })
}
