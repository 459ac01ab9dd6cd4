/**
 * Laws of `list` and `stream` (U3 to U6).
 *
 * Rules: docs/rules/umaaas.md
 */
import type { ApiToken, ApiTokenOperations } from "@effect-tokens/core"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import type { Failure } from "../../../Laws.ts"
import { expect } from "../../../internal/laws/expectations.ts"
import {
  all,
  createEach,
  expectRefused,
  expectTokens,
  millisOf,
  name,
  nearTexts,
  some,
  type Wanted,
  wanted,
  withoutSecret,
} from "./expectations.ts"
import { law, type Subject } from "./subject.ts"

type Filters = ApiTokenOperations.Filters

/** U3, in a line for each field. */
const fits =
  ({ createdAfter, createdBefore, name, updatedAfter, updatedBefore }: Filters) =>
  (token: ApiToken): boolean =>
    (name === undefined || token.name === name) &&
    (createdAfter === undefined || token.createdAt.epochMilliseconds >= millisAt(createdAfter)) &&
    (createdBefore === undefined || token.createdAt.epochMilliseconds <= millisAt(createdBefore)) &&
    (updatedAfter === undefined || token.updatedAt.epochMilliseconds >= millisAt(updatedAfter)) &&
    (updatedBefore === undefined || token.updatedAt.epochMilliseconds <= millisAt(updatedBefore))

const millisAt = (time: ApiTokenOperations.Time): number => (time instanceof Date ? time.getTime() : millisOf(time))

/** What a filter may take a time as. */
const forms = {
  utc: (millis: number) => DateTime.makeUnsafe(millis),
  zoned: (millis: number) => DateTime.makeZonedUnsafe(millis, { timeZone: 330 * 60_000 }),
  date: (millis: number) => new Date(millis),
} as const

const form = fc.constantFrom("utc" as const, "zoned" as const, "date" as const)

/** So many milliseconds before or after the creation of a token. Mostly one or two of the four are given. */
const bound = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.record({ token: fc.nat({ max: 7 }), plus: fc.constantFrom(0, 0, 1, -1, 500), form }) },
)

const times = fc.record({
  createdAfter: bound,
  createdBefore: bound,
  updatedAfter: bound,
  updatedBefore: bound,
})

type Times = typeof times extends fc.Arbitrary<infer A> ? A : never

const readTimes = (made: ReadonlyArray<ApiToken>, times: Times): Filters =>
  Object.fromEntries(
    Object.entries(times).flatMap(([field, bound]) => {
      const token = bound === null ? undefined : made[bound.token % made.length]
      return bound === null || token === undefined
        ? []
        : [[field, forms[bound.form](millisOf(token.createdAt) + bound.plus)]]
    }),
  )

/** All ways to ask give exactly what fits. */
const expectFiltered = Effect.fnUntraced(function* (
  { account, ...subject }: Pick<Subject, "account" | "name">,
  list: ReadonlyArray<ApiToken>,
  filters: Filters,
): Effect.fn.Return<void, Failure> {
  const expected = list.filter(fits(filters))
  const page = yield* account.tokens.list({ ...filters, limit: 100 })
  yield* expectTokens(subject, "the page", expected.slice(0, 100), page.data)
  yield* expectTokens(subject, "the stream", expected, yield* all(account.tokens, filters))
})

const names = ["a", "A", "ab", "b", " a", "a*", "á"] as const

export const nameFilter = law({
  id: "name-filter",
  rules: ["U3"],
  description: "The filter of a name gives the tokens of exactly that name.",
  maxRuns: 20,
  arbitrary: fc.record({
    names: fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 8 }),
    others: fc.constantFrom("*", "%", "a%", "c", "."),
  }),
  *check(subject, { names: given, others }) {
    const { tokens } = subject.account
    yield* createEach(
      tokens,
      given.map((name) => ({ name, permissions: ["VIEW"] })),
    )
    const list = yield* all(tokens)
    for (const name of [...names, others]) yield* expectFiltered(subject, list, { name })
  },
})

export const timeFilters = law({
  id: "time-filters",
  rules: ["U3"],
  description: "The four times of a filter are inclusive, to the millisecond, in whichever form they are given.",
  arbitrary: fc.record({ wanted: fc.array(wanted, { minLength: 1, maxLength: 4 }), times }),
  *check(subject, { times, wanted }) {
    const { tokens } = subject.account
    const made = yield* createEach(tokens, wanted)
    yield* expectFiltered(subject, yield* all(tokens), readTimes(made, times))
  },
})

/** Often so short that bounds fall on neighbours. */
const wait = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(499, 500, 501, 86_400_000))

const makeInTime = Effect.fnUntraced(function* (
  { account, clock }: Pick<Subject, "account"> & Required<Pick<Subject, "clock">>,
  moments: ReadonlyArray<{ readonly wanted: Wanted; readonly wait: number }>,
): Effect.fn.Return<ReadonlyArray<ApiToken>, Failure> {
  return yield* Effect.forEach(moments, ({ wait, wanted }) =>
    Effect.andThen(clock.advance(wait), account.tokens.create(wanted)),
  )
})

const moments = fc.array(fc.record({ wanted, wait }), { minLength: 1, maxLength: 8 })

export const filtersCombine = law({
  id: "filters-combine",
  rules: ["U3"],
  description: "A list has the tokens that all filters fit, whichever of them are given.",
  needs: ["clock"],
  arbitrary: fc.record({ moments, name: fc.option(name), times }),
  *check(subject, { moments, name, times }) {
    const made = yield* makeInTime(subject, moments)
    const filters = { ...readTimes(made, times), ...(name !== null && { name }) }
    yield* expectFiltered(subject, yield* all(subject.account.tokens), filters)
  },
})

const notWhole = [0, 101, -1, 0.5, 1.5, 1000, Number.NaN, Number.POSITIVE_INFINITY] as const

export const limits = law({
  id: "limits",
  rules: ["U4"],
  description: "A limit from 1 to 100 is accepted, and no other.",
  maxRuns: 20,
  arbitrary: fc.record({ right: fc.integer({ min: 1, max: 100 }), wrong: fc.nat({ max: notWhole.length - 1 }) }),
  *check({ account: { tokens }, ...subject }, { right, wrong }) {
    yield* createEach(tokens, some(2))
    const list = yield* all(tokens)
    for (const limit of [1, right, 100]) {
      const page = yield* tokens.list({ limit })
      yield* expectTokens(subject, `the page of ${limit}`, list.slice(0, limit), page.data)
    }
    const limit = notWhole[wrong] ?? 0
    const before = { before: true }
    yield* expectRefused(`a list with the limit ${limit}`, tokens.list({ limit }), "BadRequest", before)
    const stream = Stream.runCollect(tokens.stream({ pageSize: limit }))
    yield* expectRefused(`a stream with the page size ${limit}`, stream, "BadRequest", before)
  },
})

export const badTimes = law({
  id: "bad-times",
  rules: ["U4"],
  description: "A time that is none is refused, in each of the four filters.",
  maxRuns: 4,
  arbitrary: fc.constantFrom(
    "createdAfter" as const,
    "createdBefore" as const,
    "updatedAfter" as const,
    "updatedBefore" as const,
  ),
  *check({ account }, field) {
    const filters = { [field]: new Date(Number.NaN) }
    const before = { before: true }
    yield* expectRefused(`a list with an invalid ${field}`, account.tokens.list(filters), "BadRequest", before)
    yield* expectRefused(`a stream with an invalid ${field}`, all(account.tokens, filters), "BadRequest", before)
  },
})

export const forgedCursors = law({
  id: "forged-cursors",
  rules: ["U4"],
  description: "A cursor that no page gave is refused, be it almost one.",
  maxRuns: 30,
  arbitrary: fc.record({ count: fc.integer({ min: 2, max: 5 }), text: fc.stringMatching(/^[\w:=-]{1,40}$/) }),
  *check({ account: { tokens } }, { count, text }) {
    const made = yield* createEach(tokens, some(count))
    const { nextCursor } = yield* tokens.list({ limit: 1 })
    yield* expect(nextCursor !== undefined, "a cursor to the next page", "none")
    const forged = [
      ["made up", text] as const,
      ["a number", "1"] as const,
      ...made.map(({ id }) => ["the id of a token", id] as const),
      ...nearTexts(nextCursor ?? "").map(([how, near]) => [`one with ${how}`, near] as const),
    ]
    for (const [how, cursor] of forged) {
      if (cursor === nextCursor) continue
      yield* expectRefused(`a cursor that is ${how}`, tokens.list({ limit: 1, cursor }), "BadRequest")
    }
    const empty = tokens.list({ limit: 1, cursor: "" })
    yield* expectRefused("an empty cursor", empty, "BadRequest", { before: true })
  },
})

export const listDefaults = law({
  id: "list-defaults",
  rules: ["U5"],
  description: "A list that does not say otherwise is the first 20 tokens.",
  maxRuns: 5,
  arbitrary: fc.integer({ min: 15, max: 25 }),
  *check({ account: { tokens }, ...subject }, count) {
    yield* createEach(tokens, some(count))
    const list = yield* all(tokens)
    for (const options of [undefined, {}, { limit: undefined, cursor: undefined, name: undefined }]) {
      const page = yield* tokens.list(options)
      yield* expectTokens(subject, "the page", list.slice(0, 20), page.data)
      yield* expect(page.hasMore === list.length > 20, `hasMore: ${list.length > 20}`, String(page.hasMore))
    }
  },
})

export const counts = law({
  id: "counts",
  rules: ["U5"],
  description:
    "There is more, and a cursor to it, exactly when a further page is not empty; the total is that of all matches on each page.",
  arbitrary: fc.record({
    wanted: fc.array(wanted, { maxLength: 8 }),
    name: fc.option(name),
    size: fc.integer({ min: 1, max: 4 }),
  }),
  *check({ account: { tokens } }, { name, size, wanted }) {
    yield* createEach(tokens, wanted)
    const filters = name === null ? {} : { name }
    const total = (yield* all(tokens, filters)).length
    let cursor: string | undefined
    for (let read = 0; ;) {
      const page = yield* tokens.list({ ...filters, limit: size, cursor })
      read += page.data.length
      const isMore = read < total
      yield* expect(page.hasMore === isMore, `hasMore: ${isMore} after ${read} of ${total}`, String(page.hasMore))
      const has = page.nextCursor === undefined ? "none" : "one"
      yield* expect((has === "one") === isMore, `${isMore ? "a" : "no"} cursor after ${read} of ${total}`, has)
      // A platform need not count.
      const count = page.totalCount ?? total
      yield* expect(count === total, `a totalCount of ${total} after ${read}`, String(count))
      if (!page.hasMore) return
      cursor = page.nextCursor
    }
  },
})

export const pages = law({
  id: "pages",
  rules: ["U6"],
  description: "Pages of any size, put together, are the whole list in the order of creation; so is the stream.",
  arbitrary: fc.record({
    wanted: fc.array(wanted, { maxLength: 10 }),
    name: fc.option(name),
    // Not all pages of one list need to be of one size.
    sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
  }),
  *check({ account: { tokens }, ...subject }, { name, sizes, wanted }) {
    const before = yield* all(tokens)
    const made = yield* createEach(tokens, wanted)
    const filters = name === null ? {} : { name }
    const whole = [...before, ...made.map(withoutSecret)].filter(fits(filters))
    const read: Array<ApiToken> = []
    let cursor: string | undefined
    for (let i = 0; ; i++) {
      const limit = sizes[i % sizes.length] ?? 1
      const page = yield* tokens.list({ ...filters, limit, cursor })
      yield* expect(page.data.length <= limit, `${limit} tokens at the most`, String(page.data.length))
      read.push(...page.data)
      yield* expect(read.length <= whole.length, `${whole.length} tokens on all pages`, "more")
      if (!page.hasMore) break
      cursor = page.nextCursor
    }
    yield* expectTokens(subject, "all pages", whole, read)
    for (const pageSize of sizes) {
      const streamed = yield* Stream.runCollect(tokens.stream({ ...filters, pageSize }))
      yield* expectTokens(subject, "the stream", whole, streamed)
    }
  },
})

/** What happens between two pages: a creation, or the deletion of the last one of the page, or so many after it. */
const change = fc.oneof(
  fc.record({ do: fc.constant("create" as const), wanted }),
  fc.record({ do: fc.constant("delete" as const), which: fc.nat({ max: 5 }) }),
)

export const pagesOfChanging = law({
  id: "pages-of-changing",
  rules: ["U5", "U6"],
  description:
    "While tokens are created and deleted, each page has what there is then after the page before: none twice, none left out.",
  arbitrary: fc.record({
    wanted: fc.array(wanted, { minLength: 2, maxLength: 8 }),
    name: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: name }),
    size: fc.integer({ min: 1, max: 3 }),
    changes: fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }),
  }),
  *check({ account: { tokens }, ...subject }, { changes, name, size, wanted }) {
    const filters = name === null ? {} : { name }
    const before = yield* all(tokens)
    // All that there ever was, in the order of creation.
    const ever = [...before, ...(yield* createEach(tokens, wanted)).map(withoutSecret)]
    const gone = new Set<ApiToken>()
    let place = 0
    let cursor: string | undefined
    for (let i = 0; ; i++) {
      const { data, hasMore, nextCursor } = yield* tokens.list({ ...filters, limit: size, cursor })
      const left = ever.slice(place).filter((token) => !gone.has(token) && fits(filters)(token))
      yield* expectTokens(subject, `page ${i + 1}`, left.slice(0, size), data)
      const isMore = left.length > size
      yield* expect(hasMore === isMore, `hasMore: ${isMore} on page ${i + 1}`, String(hasMore))
      const last = left[size - 1]
      if (!hasMore || last === undefined) return
      place = ever.indexOf(last) + 1
      cursor = nextCursor
      for (const change of changes[i] ?? []) {
        if (change.do === "create") {
          ever.push(withoutSecret(yield* tokens.create(change.wanted)))
          continue
        }
        const own = ever.slice(before.length).filter((token) => !gone.has(token))
        const token = own[(Math.max(0, own.indexOf(last)) + change.which) % Math.max(1, own.length)]
        if (token === undefined) continue
        gone.add(token)
        yield* tokens.delete(token.id)
      }
    }
  },
})

export const cursorsStay = law({
  id: "cursors-stay",
  rules: ["U6"],
  description: "A cursor leads to the same page as often as it is followed, and when the tokens before it are gone.",
  arbitrary: fc.record({ count: fc.integer({ min: 3, max: 7 }), size: fc.integer({ min: 1, max: 3 }) }),
  *check({ account: { tokens }, ...subject }, { count, size }) {
    const made = yield* createEach(tokens, some(count))
    const [first] = made
    if (first === undefined) return
    // A filter that leaves out what was there before.
    const filters = { name: "a", createdAfter: first.createdAt }
    const list = yield* all(tokens, filters)
    const { nextCursor: cursor } = yield* tokens.list({ ...filters, limit: size })
    if (cursor === undefined) return
    const place = { ...filters, limit: 100, cursor }
    for (const _ of [1, 2]) {
      yield* expectTokens(subject, "the second page", list.slice(size), (yield* tokens.list(place)).data)
    }
    const own = new Set<string>(made.map(({ id }) => id))
    for (const { id } of list.slice(0, size)) if (own.has(id)) yield* tokens.delete(id)
    yield* expectTokens(subject, "the same page", list.slice(size), (yield* tokens.list(place)).data)
  },
})

export const manyTokens = law({
  id: "many-tokens",
  rules: ["U5", "U6"],
  description: "Pages and streams have all of many tokens, and not only those of a page.",
  maxRuns: 1,
  arbitrary: fc.integer({ min: 110, max: 130 }),
  *check({ account: { tokens }, ...subject }, count) {
    const before = yield* all(tokens)
    const whole = [...before, ...(yield* createEach(tokens, some(count))).map(withoutSecret)]
    yield* expectTokens(subject, "the stream", whole, yield* all(tokens))
    const page = yield* tokens.list({ limit: 100 })
    yield* expectTokens(subject, "the page", whole.slice(0, 100), page.data)
    yield* expect(page.hasMore, "hasMore: true", "hasMore: false")
    const { totalCount = whole.length } = page
    yield* expect(totalCount === whole.length, `a totalCount of ${whole.length}`, String(totalCount))
  },
})
