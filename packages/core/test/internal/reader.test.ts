/** What is read of the wire by plain code is what the schema beside it lets through, and becomes what a schema would make. */
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Equal from "effect/Equal"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { ApiToken, ApiTokenId, ApiTokenPage, CreatedApiToken, Token, TokenId } from "../../src/index.ts"
import type { Reader } from "../../src/internal/reader.ts"
import * as WireApiToken from "../../src/umaaas/internal/wire.ts"
import * as WireToken from "../../src/neuroio/internal/wire.ts"

const time = fc.constantFrom("2021-05-28T10:37:51.433760+00:00", "2026-11-25T00:00:00Z", "1999-12-31T23:59:59.9-05:00")

const token = fc.record(
  {
    id: fc.integer({ min: 1 }),
    key: fc.string({ minLength: 1 }),
    is_active: fc.boolean(),
    created: time,
    expires: fc.oneof(fc.constantFrom(null, ""), time),
    unknown: fc.jsonValue(),
  },
  { requiredKeys: ["id", "key", "is_active", "created"] },
)

const absent = (value: fc.Arbitrary<string | number>) => fc.oneof(fc.constant(null), value)

const apiToken = fc.record(
  {
    id: fc.string({ minLength: 1 }),
    name: fc.string(),
    permissions: fc.array(fc.constantFrom("VIEW", "TRANSACT", "MANAGE", "NEW")),
    clientId: fc.string({ minLength: 1 }),
    clientSecret: absent(fc.string({ minLength: 1 })),
    createdAt: time,
    updatedAt: time,
    unknown: fc.jsonValue(),
  },
  { requiredKeys: ["id", "name", "permissions", "clientId", "createdAt", "updatedAt"] },
)

const page = fc.record(
  {
    data: fc.array(apiToken, { maxLength: 3 }),
    hasMore: fc.boolean(),
    nextCursor: absent(fc.string()),
    totalCount: absent(fc.nat()),
  },
  { requiredKeys: ["data", "hasMore"] },
)

/** What servers get wrong: another type, a text that is empty or no time, a number that is none of an id's. */
const wrong = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom("", "yesterday", "2021-02-30T00:00:00Z", 0, -1, 1.5, 2 ** 53, null, true),
)

/** A value with something wrong in one of its places, or without it. */
const spoilt = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(value, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), fc.option(wrong, { nil: undefined }))
    .map(([value, [first = 0, ...path], put]) => {
      const spoil = (value: unknown, at: number, path: ReadonlyArray<number>): unknown => {
        if (typeof value !== "object" || value === null) return put
        const entries = Object.entries(value)
        const place = entries[at % Math.max(1, entries.length)]
        if (place === undefined) return put
        const [next, ...rest] = path
        const inside = next === undefined ? put : spoil(place[1], next, rest)
        if (Array.isArray(value)) return value.map((item, i) => (String(i) === place[0] ? inside : item))
        const others = entries.filter(([name]) => name !== place[0])
        return Object.fromEntries(inside === undefined ? others : [...others, [place[0], inside]])
      }
      // What is absent in JSON is not there.
      return JSON.parse(JSON.stringify(spoil(value, first, path) ?? null))
    })

const readers: ReadonlyArray<readonly [string, Reader<unknown>, fc.Arbitrary<unknown>]> = [
  ["a token", WireToken.token, token],
  ["a list of tokens", WireToken.tokens, fc.array(token, { maxLength: 3 })],
  ["an API token", WireApiToken.apiToken, apiToken],
  ["a created API token", WireApiToken.created, apiToken],
  ["a page of API tokens", WireApiToken.page, page],
]

describe.each(readers)("%s", (_, { read, schema }, value) => {
  const fits = Schema.is(schema)

  it("is read where the schema lets it through, and nowhere else", () => {
    let taken = 0
    fc.assert(
      fc.property(fc.oneof(value, spoilt(value), fc.jsonValue()), (json) => {
        const isRead = read(json) !== undefined
        taken += isRead ? 1 : 0
        assert.strictEqual(isRead, fits(json))
      }),
      { numRuns: 2000 },
    )
    // Of both there were some.
    assert.isAbove(taken, 200)
    assert.isBelow(taken, 1800)
  })
})

describe("what is read", () => {
  const secret = Redacted.make("s3cret")
  const at = DateTime.makeUnsafe("2021-05-28T10:37:51.433Z")

  const read = <A>({ read }: Reader<A>, json: unknown): A => read(json) ?? assert.fail("it was not read")

  const assertSame = (value: object, expected: object) => {
    assert.deepStrictEqual(value, expected)
    assert.isTrue(Equal.equals(value, expected))
    assert.strictEqual(Object.getPrototypeOf(value), Object.getPrototypeOf(expected))
    assert.deepStrictEqual(Object.getOwnPropertyDescriptors(value), Object.getOwnPropertyDescriptors(expected))
  }

  const wireApiToken = {
    id: "Token:1",
    name: "reports",
    permissions: ["VIEW", "NEW"],
    clientId: "client",
    clientSecret: "s3cret",
    createdAt: "2021-05-28T10:37:51.433760+00:00",
    updatedAt: "2021-05-28T10:37:51.433760+00:00",
  }
  const fields = {
    id: ApiTokenId.make("Token:1"),
    name: "reports",
    permissions: ["VIEW", "NEW"],
    clientId: "client",
    clientSecret: secret,
    createdAt: at,
    updatedAt: at,
  }

  it("is the Token that its constructor makes", () => {
    const wire = { id: 1, key: "s3cret", is_active: true, created: "2021-05-28T10:37:51.433760+00:00", expires: null }
    const expected = new Token({ id: TokenId.make(1), key: secret, isActive: true, created: at, expires: null })
    const value = read(WireToken.token, wire)
    assertSame(value, expected)
    assert.instanceOf(value, Token)
    assert.isTrue(Schema.is(Token)(value))
  })

  it("is the ApiToken, the CreatedApiToken and the ApiTokenPage that theirs make", () => {
    assertSame(read(WireApiToken.apiToken, wireApiToken), new ApiToken(fields))
    assertSame(
      read(WireApiToken.apiToken, { ...wireApiToken, clientSecret: null }),
      new ApiToken({ ...fields, clientSecret: undefined }),
    )
    assertSame(read(WireApiToken.created, wireApiToken), new CreatedApiToken(fields))
    assertSame(
      read(WireApiToken.page, { data: [wireApiToken], hasMore: true, nextCursor: "c" }),
      new ApiTokenPage({ data: [new ApiToken(fields)], hasMore: true, nextCursor: "c", totalCount: undefined }),
    )
  })
})
