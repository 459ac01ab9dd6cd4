/**
 * C2, C8, C10: every status of every operation with a good body, and every bad body of every operation with one status.
 * Each status with each bad body is tried on one operation of each vendor, the one whose outcome may be unknown.
 */
import { ApiTokenId, ApiTokens } from "@effect-tokens/core"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import { families, type AnyError, type AnyService, services } from "@effect-tokens/test-support/ServiceUnderTest"
import { assert, describe, layer } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { STATUS_CODES } from "node:http"
import { layer as layerClient } from "./support/client.ts"

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

/** The phrases of RFC 9110. Node's for 422 is older. */
const phrases: Readonly<Record<number, string | undefined>> = { ...STATUS_CODES, 422: "Unprocessable Content" }

/** A message has the phrase of these. */
const hasPhrase = (status: number) => status in tags || (status >= 300 && status < 400)

/** What says nothing of whether a create took effect. */
const inconclusive = (status: number) => (status < 400 || status >= 500) && status !== 501

const others = [200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308, 402, 405, 408, 410, 418, 451, 505, 599]

const neuroioFields = [{ name: "limit", message: "Too much of it.", code: 77 }]
const umaaasDetails = { field: "limit", allowed: [1, 100], hint: { more: null, sure: true } }

/** How each platform says what is wrong, and what of it an error carries. */
const vendors = {
  neuroio: {
    body: (status: number) => ({
      error_codes: [status, 9001],
      message: "The vendor's message",
      fields: [{ name: "limit", message: "Too much of it.", error_code: 77 }],
    }),
    carried: (status: number) => ({
      codes: [status, 9001],
      fields: neuroioFields,
      code: undefined,
      details: undefined,
    }),
    says: "The server says: The vendor's message. limit: Too much of it.",
    wrong: '{"error_codes": "x", "message": 5, "fields": {"name": 1}}',
  },
  umaaas: {
    body: (status: number) => ({ status, code: "A_CODE", message: "The vendor's message", details: umaaasDetails }),
    carried: () => ({ codes: [], fields: [], code: "A_CODE", details: umaaasDetails }),
    says: "The server says: The vendor's message.",
    wrong: '{"status": "x", "message": 5, "code": {"name": 1}, "details": "none"}',
  },
} as const

const html = "<html><body>Service Unavailable</body></html>"

/** Bodies that say nothing, and must not change which error it is. */
const badBodies: Readonly<Record<string, (status: number, vendor: keyof typeof vendors) => RawServer.Answer>> = {
  missing: (status) => ({ ...RawServer.response(status, { connection: "close" }), ending: "end" }),
  empty: (status) => RawServer.json(status, ""),
  HTML: (status) => RawServer.response(status, { "content-type": "text/html", "content-length": html.length }, html),
  "HTML that calls itself JSON": (status) => RawServer.json(status, html),
  "JSON that calls itself text": (status) =>
    RawServer.response(status, { "content-type": "text/plain", "content-length": 2 }, "{}"),
  "JSON cut short": (status, vendor) =>
    RawServer.json(status, JSON.stringify(vendors[vendor].body(status)).slice(0, 60)),
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
  "the vendor's shape with other types": (status, vendor) => RawServer.json(status, vendors[vendor].wrong),
}

const failing = (call: Effect.Effect<unknown, AnyError, AnyService>, answer: RawServer.Answer) =>
  Effect.gen(function* () {
    const server = yield* RawServer.RawServer
    server.requests.length = 0
    server.answer = () => answer
    const error = yield* Effect.flip(call)
    assert.strictEqual(server.requests.length, 1, "nothing is sent twice")
    return error
  })

/** Values that no platform gives a field. */
const offSchema: Readonly<Record<keyof typeof vendors, ReadonlyArray<readonly [field: string, value: unknown]>>> = {
  neuroio: [
    ["id", "canary"],
    ["id", 0],
    ["id", 1.5],
    ["key", 5],
    ["key", ""],
    ["is_active", "canary"],
    ["created", "canary"],
    ["created", "2021-05-28T10:37:51"],
    ["created", "2021-13-45T10:37:51Z"],
    ["created", "2021-02-29T10:37:51Z"],
    ["created", "2021-04-31T10:37:51Z"],
    ["created", "2021-04-30T25:37:51Z"],
    ["expires", "canary"],
    ["expires", 0],
  ],
  umaaas: [
    ["id", 1],
    ["id", ""],
    ["name", undefined],
    ["name", ["canary"]],
    ["permissions", "canary"],
    ["permissions", ["VIEW", { canary: 1 }]],
    ["clientId", ""],
    ["clientId", null],
    ["clientSecret", { canary: 1 }],
    ["clientSecret", ""],
    ["createdAt", "canary"],
    ["createdAt", "2025-07-21T17:32:28"],
    ["createdAt", "2025-02-29T17:32:28Z"],
    ["updatedAt", 1753119148],
    ["updatedAt", undefined],
  ],
}

const operationsOf = (service: string) =>
  services.find(({ name }) => name === service)?.operations ?? assert.fail(`no ${service}`)

const hasBody = (status: number) => status !== 204 && status !== 304

for (const { name, operations, platform } of services) {
  const vendor = vendors[platform]

  layer(layerClient)(`errors of ${name}`, (it) => {
    for (const [operation, { call, notTyped, status: success }] of Object.entries(operations)) {
      describe(operation, () => {
        const statuses = [...Object.keys(tags).map(Number), ...others].filter((status) => status !== success)
        const tagOf = (status: number) => (notTyped.includes(status) ? undefined : tags[status]) ?? "UnexpectedStatus"

        it.effect.each(statuses)("%i", (status) =>
          Effect.gen(function* () {
            const answer = hasBody(status)
              ? RawServer.json(status, JSON.stringify(vendor.body(status)))
              : RawServer.response(status, {})
            const error = yield* failing(call, answer)
            assert.strictEqual(error.operation, `${name}.${operation}`)
            const unknown = operation === "create" && inconclusive(status)
            assert.strictEqual(error._tag === "OutcomeUnknown", unknown)
            const answered = error._tag === "OutcomeUnknown" ? error.reason : error
            assert.strictEqual(answered._tag, tagOf(status))
            assert.isTrue("serverMessage" in answered)
            if (!("serverMessage" in answered)) return
            assert.strictEqual(answered.status, status)
            if (hasBody(status)) {
              const { code, codes, details, serverMessage } = answered
              const fields = answered.fields.map(({ code, message, name }) => ({ name, message, code }))
              assert.strictEqual(serverMessage, "The vendor's message")
              assert.deepStrictEqual({ codes, fields, code, details }, vendor.carried(status))
              assert.include(error.message, vendor.says)
              if (code !== undefined) assert.include(error.message, ` (${code}).`)
            }
            const phrase = hasPhrase(status) ? `${status} ${phrases[status]}` : String(status)
            assert.match(error.message, new RegExp(`${name}\\.${operation} was answered ${phrase}(?:\\.| \\()`))
          }),
        )

        const typed = Object.keys(tags).map(Number)
        const isGrid = operation === "create" && name !== "StreamTokens"
        for (const [index, [kind, answerWith]] of Object.entries(badBodies).entries()) {
          const some = isGrid ? typed : typed.filter((_, at) => at === index % typed.length)
          it.effect.each(some)(`%i with a body that is ${kind}`, (status) =>
            Effect.gen(function* () {
              const error = yield* failing(call, answerWith(status, platform))
              const answered = error._tag === "OutcomeUnknown" ? error.reason : error
              assert.strictEqual(answered._tag, tagOf(status))
              if (!("serverMessage" in answered)) return assert.fail("an answer was given")
              assert.strictEqual(answered.status, status)
              assert.isUndefined(answered.serverMessage)
              assert.deepStrictEqual(answered.codes, [])
              assert.deepStrictEqual(answered.fields, [])
              assert.isUndefined(answered.code)
              assert.isUndefined(answered.details)
            }),
          )
        }
      })
    }

    describe("a success whose body cannot be used", () => {
      const reading = Object.entries(operations).flatMap(([operation, { body, call, status }]) =>
        body === undefined ? [] : [{ operation, body, call, status }],
      )

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

      const malformed = ({ call, operation, status }: (typeof reading)[number], answer: RawServer.Answer) =>
        Effect.map(failing(call, answer), (error) => {
          assert.strictEqual(error._tag, operation === "create" ? "OutcomeUnknown" : "MalformedResponse")
          const reason = error._tag === "OutcomeUnknown" ? error.reason : error
          if (reason._tag !== "MalformedResponse") return assert.fail(`unexpected ${reason._tag}`)
          assert.strictEqual(reason.status, status)
          return reason
        })

      for (const [kind, problem] of Object.entries(expected)) {
        it.effect.each(reading)(`$operation: ${kind}`, (read) =>
          Effect.gen(function* () {
            const answer = badBodies[kind]?.(read.status, platform)
            if (answer === undefined) return assert.fail(`no such body: ${kind}`)
            assert.strictEqual((yield* malformed(read, answer)).problem, problem)
          }),
        )
      }

      it.effect.each(reading)("$operation: cut off on the way", ({ call, status }) =>
        Effect.gen(function* () {
          for (const ending of ["end", "reset"] as const) {
            const head = { "content-type": "application/json", "content-length": 500 }
            const error = yield* failing(call, { ...RawServer.response(status, head, '{"id": '), ending })
            const reason = error._tag === "OutcomeUnknown" ? error.reason : error
            if (reason._tag !== "ConnectionFailed") return assert.fail(`unexpected ${reason._tag}`)
            assert.isTrue(reason.sent)
            assert.include(reason.message, "lost its connection to http://127.0.0.1:")
          }
        }),
      )

      it.effect.each(reading)("$operation: off its schema, which says where and never what", (read) =>
        Effect.gen(function* () {
          for (const [field, value] of offSchema[platform]) {
            const { at, with: bodyWith } = read.body
            const reason = yield* malformed(read, RawServer.json(read.status, bodyWith({ [field]: value })))
            const path = [...at, field]
            assert.deepStrictEqual(reason.path.slice(0, path.length), path)
            assert.notInclude(JSON.stringify(reason) + reason.message, "canary")
            assert.include(reason.message, ` at ${path.join(".")}`)
          }
        }),
      )

      it.effect("a body of exactly 1 MiB is still read", () =>
        Effect.gen(function* () {
          const { body, call, status } = operations.get
          const empty = body?.with({ filler: "" }) ?? ""
          const filler = "x".repeat(2 ** 20 - empty.length)
          const server = yield* RawServer.RawServer
          server.answer = () => RawServer.json(status, empty.replace('"filler":""', `"filler":"${filler}"`))
          yield* call
        }),
      )
    })

    describe("what an error carries", () => {
      it.effect("Retry-After, as seconds and as a date", () =>
        Effect.gen(function* () {
          const withRetryAfter = (status: number, value: string) =>
            RawServer.response(status, { "retry-after": value, "content-length": 0 })
          const wait = (answer: RawServer.Answer) =>
            Effect.map(failing(operations.get.call, answer), (error) =>
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
          const told = yield* failing(operations.get.call, withRetryAfter(429, "7"))
          assert.include(told.message, "It asks to wait 7s.")
        }),
      )

      it.effect("a message with line breaks and escapes stays one line, and a long one is cut", () =>
        Effect.gen(function* () {
          const text = `a\r\n\u001b[31mb${"c".repeat(900)}`
          const body = JSON.stringify({ message: text, code: text, details: { [text]: text } })
          const error = yield* failing(operations.get.call, RawServer.json(500, body))
          assert.notMatch(error.message, /\p{Cc}/u)
          assert.notMatch(JSON.stringify(error), /\\[rnu]/)
          assert.isBelow(error.message.length, 1000)
        }),
      )

      it.effect("no empty sentence where a server says nothing that is seen", () =>
        Effect.gen(function* () {
          for (const text of ["", " ", "\u200b\n"]) {
            const body = JSON.stringify({ message: text, code: text })
            const error = yield* failing(operations.get.call, RawServer.json(500, body))
            assert.strictEqual(error.message, `${name}.get was answered 500 Internal Server Error.`)
          }
        }),
      )

      it.effect("however much a server says, it stays readable", () =>
        Effect.gen(function* () {
          const fields = Array.from({ length: 3000 }, (_, i) => ({ name: `field${i}`, message: "x".repeat(200) }))
          const wide = Object.fromEntries(fields.map(({ message, name }) => [name, { [message]: [message, fields] }]))
          const bodies = [
            JSON.stringify({ message: "m", error_codes: fields.map((_, i) => i), fields }),
            JSON.stringify({ message: "m", code: "x".repeat(9000), details: { fields: fields.slice(0, 1000) } }),
            JSON.stringify({ message: "m", details: Object.fromEntries(Object.entries(wide).slice(0, 1)) }),
            `{"message":"m","details":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}`,
            `{"message":"m","details":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`,
          ]
          for (const body of bodies) {
            const error = yield* failing(operations.list.call, RawServer.json(400, body))
            assert.include(error.message, "The server says: m.")
            assert.isBelow(error.message.length, 12_000)
            assert.isBelow(JSON.stringify(error).length, 14_000)
          }
        }),
      )
    })

    it.effect("whatever JSON a body is, its status is the error", () =>
      Effect.gen(function* () {
        const names = ["message", "code", "details", "error_codes", "fields"]
        const parts = fc.dictionary(fc.constantFrom(...names), fc.jsonValue())
        for (const body of fc.sample(fc.oneof(parts, fc.jsonValue()), 100)) {
          // What is too large to be a number comes from no `JSON.stringify`.
          const text = JSON.stringify(body).replaceAll(/\d(?=[,\]}])/g, "1e999")
          const error = yield* failing(operations.get.call, RawServer.json(404, text))
          assert.strictEqual(error._tag, "NotFound", text)
        }
      }),
    )

    it.effect("a redirect is refused, not followed (C8)", () =>
      Effect.gen(function* () {
        const server = yield* RawServer.RawServer
        for (const status of [301, 302, 303, 307, 308]) {
          for (const { call } of Object.values(operations)) {
            const answer = RawServer.response(status, { location: `${server.url}/elsewhere/`, "content-length": 0 })
            const error = yield* failing(call, answer)
            assert.include(error.message, "Redirects are never followed")
          }
        }
      }),
    )
  })
}

for (const { name, service } of families) {
  layer(layerClient)(`errors of ${name} alone`, (it) => {
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

    it.effect("no other call has that error", () =>
      Effect.gen(function* () {
        const body = JSON.stringify({ message: "No.", fields: [{ name: "permanent", message: "At most 5." }] })
        for (const [operation, { call }] of Object.entries(operationsOf(name))) {
          const error = yield* failing(call, RawServer.json(400, body))
          assert.strictEqual(error._tag, "BadRequest", operation)
        }
      }),
    )

    it.effect("a list with an item of another shape is left out, and the rest is read", () =>
      Effect.gen(function* () {
        const field = { name: "limit", message: "Too much of it.", error_code: 77 }
        const answered = (body: unknown) =>
          Effect.map(failing(operationsOf(name).get.call, RawServer.json(400, JSON.stringify(body))), (error) =>
            "fields" in error
              ? [error.serverMessage, error.codes, error.fields.length]
              : assert.fail(`unexpected ${error._tag}`),
          )
        const message = "No."
        assert.deepStrictEqual(yield* answered({ message, error_codes: [1, "2"], fields: [field] }), ["No.", [], 1])
        for (const other of [null, { ...field, name: 1 }, { name: "limit" }, { ...field, error_code: "77" }]) {
          assert.deepStrictEqual(yield* answered({ message, error_codes: [1], fields: [field, other] }), [
            "No.",
            [1],
            0,
          ])
        }
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
        assert.isFalse(error.secretLost)
        assert.strictEqual(
          error.message,
          `${name}.create may have taken effect, or not. ` +
            `${name}.create was answered 500 Internal Server Error. ` +
            "It is not sent again by itself: look for a new token before you do.",
        )
      }),
    )
  })
}

layer(layerClient)("errors of ApiTokens alone", (it) => {
  const id = ApiTokenId.make(RawServer.apiToken().id)
  const answering = (status: number, body: unknown) =>
    Effect.map(RawServer.RawServer, (server) => {
      server.answer = () => RawServer.json(status, JSON.stringify(body))
    })

  it.effect("OutcomeUnknown says that the secret is lost, and what was asked for", () =>
    Effect.gen(function* () {
      const apiTokens = yield* ApiTokens
      // All but the secret, without which the token is of no use.
      yield* answering(201, { ...RawServer.apiToken(), clientSecret: undefined })
      const error = yield* Effect.flip(apiTokens.create({ name: "reports", permissions: ["VIEW", "MANAGE"] }))
      if (error._tag !== "OutcomeUnknown") return assert.fail(`unexpected ${error._tag}`)
      assert.isTrue(error.secretLost)
      assert.deepStrictEqual(error.requested, { name: "reports", permissions: ["VIEW", "MANAGE"] })
      assert.strictEqual(error.sentAt.epochMilliseconds, 0)
      assert.strictEqual(error.reason._tag, "MalformedResponse")
      assert.strictEqual(
        error.message,
        "ApiTokens.create may have taken effect, or not. ApiTokens.create got an answer (201) " +
          "that it cannot use at clientSecret: Missing key. " +
          "If it took effect, there is a token whose secret nobody has: look for it and delete it.",
      )
    }),
  )

  it.effect("a code that nobody knows is there to read", () =>
    Effect.gen(function* () {
      const apiTokens = yield* ApiTokens
      yield* answering(404, { status: 404, code: "TOKEN_ARCHIVED", message: "In the archive", details: {} })
      const error = yield* Effect.flip(apiTokens.get(id))
      if (error._tag !== "NotFound") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.code, "TOKEN_ARCHIVED")
      assert.deepStrictEqual(error.details, {})
      assert.strictEqual(
        error.message,
        "ApiTokens.get was answered 404 Not Found (TOKEN_ARCHIVED). The server says: In the archive.",
      )
    }),
  )

  it.effect("a number that is none is there to read, and breaks nothing", () =>
    Effect.gen(function* () {
      const apiTokens = yield* ApiTokens
      const server = yield* RawServer.RawServer
      const answer = (status: number) => {
        server.answer = () => RawServer.json(status, '{"message":"m","details":{"amount":1e999,"of":[-1e999,5]}}')
      }
      answer(404)
      const error = yield* Effect.flip(apiTokens.get(id))
      if (error._tag !== "NotFound") return assert.fail(`unexpected ${error._tag}`)
      assert.deepStrictEqual(error.details, { amount: "Infinity", of: ["-Infinity", 5] })
      answer(500)
      const create = yield* Effect.flip(apiTokens.create({ name: "reports", permissions: ["VIEW"] }))
      assert.strictEqual(create._tag, "OutcomeUnknown")
    }),
  )

  it.effect("null stands for what is not there", () =>
    Effect.gen(function* () {
      const apiTokens = yield* ApiTokens
      yield* answering(200, { data: [], hasMore: false, nextCursor: null, totalCount: null })
      assert.deepStrictEqual(
        { ...(yield* apiTokens.list()) },
        {
          data: [],
          hasMore: false,
          nextCursor: undefined,
          totalCount: undefined,
        },
      )
      yield* answering(200, { ...RawServer.apiToken(), clientSecret: null })
      assert.isUndefined((yield* apiTokens.get(id)).clientSecret)
      yield* answering(200, { data: [], hasMore: false, nextCursor: 5 })
      const error = yield* Effect.flip(apiTokens.list())
      if (error._tag !== "MalformedResponse") return assert.fail(`unexpected ${error._tag}`)
      assert.include(error.message, "at nextCursor: Expected string | null")
    }),
  )

  it.effect("a status in the body changes nothing", () =>
    Effect.gen(function* () {
      const apiTokens = yield* ApiTokens
      yield* answering(403, { status: 404, code: "TOKEN_NOT_FOUND", message: "No" })
      const error = yield* Effect.flip(apiTokens.get(id))
      if (error._tag !== "Forbidden") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(error.status, 403)
    }),
  )

  it.effect("details within bounds stay as they are, and what is deeper is left out", () =>
    Effect.gen(function* () {
      const apiTokens = yield* ApiTokens
      const details = { a: [1.5, true, null, "x"], b: { c: { d: { e: {}, f: 1 } } }, ["__proto__"]: 5 }
      yield* answering(400, { message: "m", details })
      const error = yield* Effect.flip(apiTokens.list())
      if (error._tag !== "BadRequest") return assert.fail(`unexpected ${error._tag}`)
      assert.strictEqual(
        JSON.stringify(error.details),
        '{"a":[1.5,true,null,"x"],"b":{"c":{"d":{"e":"…","f":1}}},"__proto__":5}',
      )
    }),
  )

  it.effect("a page that has more, and no way there", () =>
    Effect.gen(function* () {
      const apiTokens = yield* ApiTokens
      yield* answering(200, { data: [], hasMore: true })
      const error = yield* Effect.flip(apiTokens.list())
      if (error._tag !== "MalformedResponse") return assert.fail(`unexpected ${error._tag}`)
      assert.deepStrictEqual(error.path, ["nextCursor"])
      assert.strictEqual(
        error.message,
        "ApiTokens.list got an answer (200) that it cannot use at nextCursor: expected one, since hasMore is true.",
      )
    }),
  )
})
