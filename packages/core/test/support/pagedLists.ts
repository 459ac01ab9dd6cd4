/** Servers that page a list of 250 tokens, most of them badly. Each is a row of the table of guarantees. */
import * as RawServer from "@effect-tokens/test-support/RawServer"

const count = 250

const oldestFirst = Array.from({ length: count }, (_, i) => i + 1)

interface Page {
  readonly limit: number
  readonly offset: number
}

/** A page by cursor, from the position in the list that the cursor says. */
interface CursorPage {
  readonly ids: ReadonlyArray<number>
  readonly nextCursor?: string
}

export interface PagedList {
  readonly name: string
  /** The ids of a page of tokens or stream tokens. */
  readonly byOffset: (page: Page) => ReadonlyArray<number>
  /** A page of API tokens. `request` is counted from 0. */
  readonly byCursor: (at: number, limit: number, request: number) => CursorPage
}

const honest = (list: ReadonlyArray<number>): Omit<PagedList, "name"> => ({
  byOffset: ({ limit, offset }) => list.slice(offset, offset + limit),
  byCursor: (at, limit) => ({
    ids: list.slice(at, at + limit),
    ...(at + limit < list.length ? { nextCursor: `${at + limit}` } : {}),
  }),
})

/** The first page again and again, each under a new cursor. */
const deaf = (list: ReadonlyArray<number>): Omit<PagedList, "name"> => ({
  byOffset: ({ limit }) => list.slice(0, limit),
  byCursor: (_, limit, request) => ({ ids: list.slice(0, limit), nextCursor: `0-${request}` }),
})

/** The last full page again and again. */
const clamped = (list: ReadonlyArray<number>): Omit<PagedList, "name"> => {
  const from = (offset: number, limit: number) => Math.max(0, Math.min(offset, list.length - limit))
  return {
    byOffset: ({ limit, offset }) => list.slice(from(offset, limit), from(offset, limit) + limit),
    byCursor: (at, limit, request) => ({
      ids: list.slice(from(at, limit), from(at, limit) + limit),
      nextCursor: `${at + limit}-${request}`,
    }),
  }
}

export const pagedLists: ReadonlyArray<PagedList> = [
  { name: "oldest first, as it should be", ...honest(oldestFirst) },
  { name: "newest first, as it should be", ...honest(oldestFirst.toReversed()) },
  { name: "oldest first, each page is the first one", ...deaf(oldestFirst) },
  { name: "newest first, each page is the first one", ...deaf(oldestFirst.toReversed()) },
  { name: "oldest first, the last full page again and again", ...clamped(oldestFirst) },
  { name: "newest first, the last full page again and again", ...clamped(oldestFirst.toReversed()) },
  {
    name: "pages in a circle",
    byOffset: ({ limit, offset }) => oldestFirst.slice(offset % 200, (offset % 200) + limit),
    byCursor: (at, limit) => ({ ids: oldestFirst.slice(at, at + limit), nextCursor: `${(at + limit) % 200}` }),
  },
  {
    name: "no page but empty ones",
    byOffset: () => [],
    byCursor: (at, _, request) => ({ ids: [], nextCursor: `${at}-${request}` }),
  },
]

const parameters = ({ text }: RawServer.RawRequest): URLSearchParams =>
  new URL(text.split(" ", 2)[1] ?? "/", "http://localhost").searchParams

/** Answers as this list would, to whichever service asks. */
export const answer =
  ({ byCursor, byOffset }: PagedList) =>
  (request: RawServer.RawRequest, index: number): RawServer.Answer => {
    const asked = parameters(request)
    const limit = Number(asked.get("limit"))
    if (asked.has("offset")) {
      const ids = byOffset({ limit, offset: Number(asked.get("offset")) })
      return RawServer.json(200, JSON.stringify(ids.map((id) => RawServer.token({ id }))))
    }
    const { ids, nextCursor } = byCursor(Number.parseInt(asked.get("cursor") ?? "0", 10), limit, index)
    const data = ids.map((id) => RawServer.apiToken({ id: `Token:${id}`, clientSecret: undefined }))
    return RawServer.json(200, JSON.stringify({ data, hasMore: nextCursor !== undefined, nextCursor }))
  }
