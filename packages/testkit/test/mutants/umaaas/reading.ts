/** Platforms that are wrong about `list` and `stream` (U3 to U6). */
import type { ApiTokenOperations } from "@effect-tokens/core"
import type { UmaaasRules } from "@effect-tokens/testkit"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import {
  cursorOf,
  filtering,
  fits,
  isErrorResponse,
  listing,
  type Mutant,
  mutant,
  mutantOf,
  pageOf,
  paging,
  readCursor,
  refuse,
  remembering,
  right,
  type Stored,
  wrapping,
} from "./wrong.ts"

type Filters = UmaaasRules.Filters
type Options = ApiTokenOperations.Filters

const filteringBy = (bug: string, isMatch: (input: Filters) => (token: Stored) => boolean): Mutant =>
  mutant("U3", bug, filtering(isMatch))

/** Filters otherwise before it asks. */
const asking = (bug: string, change: (options: Options) => Options): Mutant =>
  wrapping("U3", bug, (operations) => ({
    list: (options) => operations.list(options && { ...options, ...change(options) }),
    stream: (options) => operations.stream(options && { ...options, ...change(options) }),
  }))

const name =
  (isSame: (name: string, wanted: string) => boolean) =>
  ({ name, ...times }: Filters) =>
  (token: Stored): boolean =>
    (name === undefined || isSame(token.name, name)) && fits(times)(token)

const times = ["createdAfter", "createdBefore", "updatedAfter", "updatedBefore"] as const

const filters: ReadonlyArray<Mutant> = [
  filteringBy(
    "the filter of a name gives names that begin so",
    name((name, wanted) => name.startsWith(wanted)),
  ),
  filteringBy(
    "the filter of a name gives names that have it in them",
    name((name, wanted) => name.includes(wanted)),
  ),
  filteringBy(
    "the filter of a name does not mind capital letters",
    name((name, wanted) => name.toLowerCase() === wanted.toLowerCase()),
  ),
  filteringBy(
    "the filter of a name does not mind spaces at its ends",
    name((name, wanted) => name.trim() === wanted.trim()),
  ),
  filteringBy(
    "a star in the filter of a name stands for anything",
    name((name, wanted) => name === wanted || (wanted.endsWith("*") && name.startsWith(wanted.slice(0, -1)))),
  ),
  filteringBy(
    "the filter of a name is ignored",
    name(() => true),
  ),
  ...times.map((field) =>
    filteringBy(`${field} is exclusive`, (input) => (token) => fits(input)(token) && input[field] !== token.createdAt),
  ),
  ...times.map((field) => filteringBy(`${field} is ignored`, (input) => fits({ ...input, [field]: undefined }))),
  ...times.map((field) =>
    filteringBy(`${field} is in whole seconds`, (input) => {
      const time = input[field]
      return fits({ ...input, [field]: time === undefined ? undefined : time - (time % 1000) })
    }),
  ),
  filteringBy("of the two times after which, the one of updates is asked alone", ({ createdAfter, ...input }) =>
    fits({ ...input, updatedAfter: input.updatedAfter ?? createdAfter }),
  ),
  filteringBy("filters combine by or", (input) => (token) => {
    const given = Object.entries(input).filter(
      ([field, value]) => [...times, "name"].includes(field) && value !== undefined,
    )
    return given.length === 0 || given.some(([field, value]) => fits({ [field]: value })(token))
  }),
  filteringBy("with a name, times are ignored", (input) =>
    fits(input.name === undefined ? input : { name: input.name }),
  ),
  filteringBy("with a time, the name is ignored", (input) =>
    fits(times.some((field) => input[field] !== undefined) ? { ...input, name: undefined } : input),
  ),
  asking("a time in a zone is read as if it were in UTC", (options) =>
    Object.fromEntries(
      times.map((field) => {
        const time = options[field]
        const wall = time !== undefined && !(time instanceof Date) && DateTime.isZoned(time)
        return [field, wall ? DateTime.makeUnsafe(DateTime.toParts(time)) : time]
      }),
    ),
  ),
  asking("a Date as a time is ignored", (options) =>
    Object.fromEntries(times.map((field) => [field, options[field] instanceof Date ? undefined : options[field]])),
  ),
  wrapping("U3", "a stream ignores its filters", (operations) => ({
    stream: (options) => operations.stream({ pageSize: options?.pageSize }),
  })),
  wrapping("U3", "a stream ignores the times of its filters", (operations) => ({
    stream: (options) => operations.stream({ name: options?.name, pageSize: options?.pageSize }),
  })),
]

const clamp = (limit: number | undefined) =>
  limit === undefined ? undefined : Math.min(100, Math.max(1, Number.isNaN(limit) ? 1 : Math.ceil(limit)))

const refusals: ReadonlyArray<Mutant> = [
  wrapping("U4", "a limit of 0 is taken for none", (operations) => ({
    list: (options) => operations.list(options?.limit === 0 ? { ...options, limit: undefined } : options),
  })),
  wrapping("U4", "a limit above 100 is taken for 100", (operations) => ({
    list: (options) =>
      operations.list(options?.limit !== undefined && options.limit > 100 ? { ...options, limit: 100 } : options),
  })),
  wrapping("U4", "a limit is made one that is right", (operations) => ({
    list: (options) => operations.list({ ...options, limit: clamp(options?.limit) }),
  })),
  wrapping("U4", "a page size is made one that is right", (operations) => ({
    stream: (options) => operations.stream({ ...options, pageSize: clamp(options?.pageSize) }),
  })),
  mutant("U4", "a limit of 100 is refused", {
    list: (state, now, caller, input) =>
      input.limit === 100 ? [refuse(400, "INVALID_INPUT"), state] : right.list(state, now, caller, input),
  }),
  wrapping("U4", "a time that is none is ignored", (operations) => {
    const valid = (options: Options | undefined) =>
      Object.fromEntries(
        times.map((field) => {
          const time = options?.[field]
          return [field, time instanceof Date && Number.isNaN(time.getTime()) ? undefined : time]
        }),
      )
    return {
      list: (options) => operations.list({ ...options, ...valid(options) }),
      stream: (options) => operations.stream({ ...options, ...valid(options) }),
    }
  }),
  mutant(
    "U4",
    "a forged cursor leads to the first page",
    listing((tokens, input) => {
      const page = pageOf(tokens.filter(fits(input)), input)
      return isErrorResponse(page) ? pageOf(tokens.filter(fits(input)), { ...input, cursor: undefined }) : page
    }),
  ),
  mutant(
    "U4",
    "a forged cursor leads to an empty page",
    listing((tokens, input) => {
      const page = pageOf(tokens.filter(fits(input)), input)
      return isErrorResponse(page) ? { data: [], hasMore: false, nextCursor: undefined, totalCount: 0 } : page
    }),
  ),
  mutant("U4", "a forged cursor is 404", {
    list: (state, now, caller, input) => {
      const [answer, next] = right.list(state, now, caller, input)
      return [isErrorResponse(answer) && answer.status === 400 ? refuse(404, "TOKEN_NOT_FOUND") : answer, next]
    },
  }),
  mutant(
    "U4",
    "an id is as good as a cursor",
    listing((tokens, input) => {
      const token = tokens.find(({ id }) => id === input.cursor)
      return pageOf(
        tokens.filter(fits(input)),
        token === undefined ? input : { ...input, cursor: cursorOf(token.number) },
      )
    }),
  ),
  mutant(
    "U4",
    "a cursor in capital letters is one",
    listing((tokens, input) => pageOf(tokens.filter(fits(input)), { ...input, cursor: input.cursor?.toLowerCase() })),
  ),
  mutant(
    "U4",
    "a cursor may have more at its end",
    listing((tokens, input) => pageOf(tokens.filter(fits(input)), { ...input, cursor: input.cursor?.slice(0, 32) })),
  ),
  mutant(
    "U4",
    "a cursor is the number of the last token",
    listing((tokens, input) => {
      const cursor = /^\d+$/.test(input.cursor ?? "") ? cursorOf(Number(input.cursor)) : input.cursor
      return pageOf(tokens.filter(fits(input)), { ...input, cursor })
    }),
  ),
]

const counts: ReadonlyArray<Mutant> = [
  mutant(
    "U5",
    "there is more whenever a page is full",
    paging((page, { limit }) => {
      const last = page.data.at(-1)
      return page.data.length < limit || last === undefined
        ? page
        : { ...page, hasMore: true, nextCursor: cursorOf(last.number) }
    }),
  ),
  mutant(
    "U5",
    "there is more when there is more without the filters",
    paging((page, { limit }, tokens) => {
      const last = page.data.at(-1)
      const isMore = last !== undefined && page.data.length === limit && tokens.at(-1) !== last
      return isMore ? { ...page, hasMore: true, nextCursor: cursorOf(last.number) } : page
    }),
  ),
  mutant(
    "U5",
    "there is no more when one is left",
    paging((page, _, tokens) =>
      page.hasMore && tokens.at(-2) === page.data.at(-1) ? { ...page, hasMore: false, nextCursor: undefined } : page,
    ),
  ),
  mutant(
    "U5",
    "the last page has a cursor too",
    paging((page) => ({ ...page, nextCursor: cursorOf(page.data.at(-1)?.number ?? 1) })),
  ),
  mutant(
    "U5",
    "the total is that of the page",
    paging((page) => ({ ...page, totalCount: page.data.length })),
  ),
  mutant(
    "U5",
    "the total ignores the filters",
    paging((page, _, tokens) => ({ ...page, totalCount: tokens.length })),
  ),
  mutant(
    "U5",
    "the total is what is left from the cursor on",
    paging((page, input, tokens) => {
      const last = input.cursor === undefined ? 0 : (readCursor(input.cursor) ?? 0)
      return { ...page, totalCount: tokens.filter(fits(input)).filter(({ number }) => number > last).length }
    }),
  ),
  wrapping("U5", "a list without a limit has 10 tokens", (operations) => ({
    list: (options) => operations.list({ ...options, limit: options?.limit ?? 10 }),
  })),
  wrapping("U5", "a list without a limit has 100 tokens", (operations) => ({
    list: (options) => operations.list({ ...options, limit: options?.limit ?? 100 }),
  })),
]

/** Numbered as they come, which is what cursors go by. */
const renumbered = (tokens: ReadonlyArray<Stored>): ReadonlyArray<Stored> =>
  tokens.map((token, i) => Object.assign({}, token, { number: i + 1 }))

const pages: ReadonlyArray<Mutant> = [
  mutant(
    "U6",
    "the limit is one too high",
    listing((tokens, input) => pageOf(tokens.filter(fits(input)), { ...input, limit: input.limit + 1 })),
  ),
  mutant(
    "U6",
    "a list has the newest first",
    listing((tokens, input) => pageOf(renumbered(tokens.toReversed()).filter(fits(input)), input)),
  ),
  mutant(
    "U6",
    "a page has its newest first",
    paging((page) => ({ ...page, data: page.data.toReversed() })),
  ),
  mutant(
    "U6",
    "a list is in the order of the names",
    listing((tokens, input) => {
      const sorted = tokens.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.number - b.number))
      return pageOf(renumbered(sorted).filter(fits(input)), input)
    }),
  ),
  mutant(
    "U6",
    "pages overlap by one",
    listing((tokens, input) => {
      const matching = tokens.filter(fits(input))
      const last = input.cursor === undefined ? undefined : readCursor(input.cursor)
      // Where each page has one token, they would go round in a circle.
      if (last === undefined || input.limit === 1) return pageOf(matching, input)
      return pageOf(matching, { ...input, cursor: cursorOf(last - 1) })
    }),
  ),
  mutant(
    "U6",
    "a cursor counts how many were read: what is deleted before it makes it skip",
    listing((tokens, input) => pageOf(renumbered(tokens.filter(fits(input))), input)),
  ),
  mutant(
    "U6",
    "a cursor counts without the filters",
    listing((tokens, input) => pageOf(renumbered(tokens).filter(fits(input)), input)),
  ),
  mutant(
    "U6",
    "a cursor is refused when the token that it stands after is gone",
    paging((page, { cursor }, tokens) => {
      const last = cursor === undefined ? undefined : readCursor(cursor)
      const isGone = last !== undefined && !tokens.some(({ number }) => number === last)
      return isGone ? refuse(400, "INVALID_INPUT") : page
    }),
  ),
  mutant(
    "U6",
    "a cursor leads to the first page when the token that it stands after is gone",
    listing((tokens, input) => {
      const matching = tokens.filter(fits(input))
      const last = input.cursor === undefined ? undefined : readCursor(input.cursor)
      const isGone = last !== undefined && !tokens.some(({ number }) => number === last)
      return pageOf(matching, isGone ? { ...input, cursor: undefined } : input)
    }),
  ),
  mutantOf("U6", "a cursor can be followed once", () => {
    const used = new Set<string>()
    return {
      rules: paging((page, { cursor }) => {
        if (cursor !== undefined && used.has(cursor)) return refuse(400, "INVALID_INPUT")
        if (cursor !== undefined) used.add(cursor)
        return page
      }),
    }
  }),
  mutantOf("U6", "the pages after the first are those of when the first was read", () => {
    let snapshot: ReadonlyArray<Stored> = []
    return {
      rules: listing((tokens, input) => {
        if (input.cursor === undefined) snapshot = tokens
        return pageOf(snapshot.filter(fits(input)), input)
      }),
    }
  }),
  remembering("U6", "the pages after the first have what was deleted as well", (made) =>
    listing((tokens, input) => {
      if (input.cursor === undefined) return pageOf(tokens.filter(fits(input)), input)
      const all = [...new Map([...tokens.slice(0, 1), ...made].map((token) => [token.number, token])).values()]
      return pageOf(all.filter(fits(input)), input)
    }),
  ),
  mutant(
    "U6",
    "the pages after the first ignore the name",
    listing((tokens, input) =>
      pageOf(tokens.filter(fits(input.cursor === undefined ? input : { ...input, name: undefined })), input),
    ),
  ),
  mutant(
    "U6",
    "no page has more than 50 tokens",
    listing((tokens, input) => pageOf(tokens.filter(fits(input)), { ...input, limit: Math.min(50, input.limit) })),
  ),
  wrapping("U6", "the stream ends after its first page", (operations) => ({
    stream: ({ pageSize, ...filters } = {}) =>
      Stream.unwrap(
        Effect.map(operations.list({ ...filters, limit: pageSize ?? 100 }), ({ data }) => Stream.fromIterable(data)),
      ),
  })),
  wrapping("U6", "the stream ends after 100 tokens", (operations) => ({
    stream: (options) => Stream.take(operations.stream(options), 100),
  })),
  wrapping("U6", "the stream ends at an empty page and before the last one", (operations) => ({
    stream: ({ pageSize = 100, ...filters } = {}) =>
      Stream.unwrap(
        Effect.map(operations.list({ ...filters, limit: pageSize }), ({ data, totalCount = 0 }) =>
          totalCount > pageSize
            ? Stream.take(operations.stream({ ...filters, pageSize }), totalCount - (totalCount % pageSize))
            : Stream.fromIterable(data),
        ),
      ),
  })),
]

export const reading: ReadonlyArray<Mutant> = [...filters, ...refusals, ...counts, ...pages]
