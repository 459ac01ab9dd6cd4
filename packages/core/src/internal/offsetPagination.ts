/** Streams a list that is paged by offset, and misses nothing when the list changes meanwhile (C11). */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as ApiError from "../ApiError.ts"

interface Page {
  readonly limit: number
  readonly offset: number
}

/** 1 where the list is oldest first, -1 where it is newest first. */
type Order = 1 | -1

/** The next page to read. */
interface Position extends Page {
  /** Undefined before the first page. A first page that does not tell the order is also the last one. */
  readonly order: Order | undefined
  /** The last id that was given out, and 0 before the first one. */
  readonly after: number
  /** The most tokens that the list can hold up to `after`, while nobody creates one. */
  readonly mostBefore: number
  /** How often a lack of progress was put down to creations since a token was given out. */
  readonly excuses: number
  /** The last id of the page where it was. `undefined` after a step back. */
  readonly excused: number | undefined
}

/** With one token a page, the anchor would leave no room for another, and there would be no order. */
const leastLimit = 2

/** Enough to get past the tokens that others create between two requests. */
const wideLimit = 100

/** The number of times that a page without progress is put down to creations before the stream fails. */
const mostExcuses = 5

/** The index of the first token that is out of this order, or -1. */
const findDisorder = (page: ReadonlyArray<{ readonly id: number }>, order: Order): number =>
  page.findIndex(({ id }, i) => i > 0 && (id - (page[i - 1]?.id ?? id)) * order <= 0)

/**
 * Ids rise in the order of creation (N3), and a list is oldest first or newest first (N6). So "after this id" is a place
 * in the list that changes do not move. The offset of that place does move: to the left with each deletion before it, and
 * to the right with each creation when the list is newest first. A page therefore counts only if it is *anchored*: it
 * starts at the head of the list, or with a token that was already given out. Then nothing lies between the tokens that
 * were given out and those that this page adds. A page that is not anchored lies too far to the right: the stream steps
 * back and reads again.
 *
 * After a step back, a page may add nothing. Another page that adds nothing shows more tokens up to `after` than there
 * were. When the list is oldest first, no such tokens can be created: the server ignores or clamps the offset. When it is
 * newest first, others may have created as many as the page holds. The stream accepts that once after each step back. It
 * then reads wider pages, and each of them must come nearer to `after`.
 *
 * `surelyAllowed` is a page size that every server grants. A page that is shorter than this and than the request ends the
 * list. A longer one may have been capped.
 */
export const streamPages = <A extends { readonly id: number }, E>(
  operation: string,
  pageSize: number,
  surelyAllowed: number,
  list: (page: Page) => Effect.Effect<ReadonlyArray<A>, E>,
): Stream.Stream<A, E | ApiError.MalformedResponse> => {
  const malformed = (problem: string, path: ReadonlyArray<string | number> = []) =>
    Effect.fail(new ApiError.MalformedResponse({ operation, status: 200, problem, path }))

  const start: Position = {
    limit: Math.max(pageSize, leastLimit),
    offset: 0,
    order: undefined,
    after: 0,
    mostBefore: 0,
    excuses: 0,
    excused: undefined,
  }

  return Stream.paginate(start, (position: Position) =>
    Effect.flatMap(
      list({ limit: position.limit, offset: position.offset }),
      (page): Effect.Effect<readonly [ReadonlyArray<A>, Option.Option<Position>], ApiError.MalformedResponse> => {
        const { after, excused, excuses, mostBefore, offset } = position
        const [first] = page
        const last = page.at(-1)
        const order = position.order ?? (first === undefined || last === undefined || first.id <= last.id ? 1 : -1)
        const disorder = findDisorder(page, order)
        if (disorder !== -1) {
          return malformed(
            "the tokens are neither oldest first nor newest first by their ids, so that pages cannot be put together",
            [disorder, "id"],
          )
        }
        const isNew = ({ id }: A) => after === 0 || (id - after) * order > 0
        const isAnchored = offset === 0 || (first !== undefined && !isNew(first))
        const widened = Math.max(pageSize, excuses === 0 ? leastLimit : wideLimit)
        if (!isAnchored) {
          const back = Math.max(0, offset - widened + 1)
          return Effect.succeed([
            [],
            Option.some({
              ...position,
              limit: widened,
              offset: back,
              mostBefore: Math.min(mostBefore, offset),
              excused: undefined,
            }),
          ])
        }
        const added = page.filter(isNew)
        if (last === undefined || page.length < Math.min(position.limit, surelyAllowed)) {
          return Effect.succeed([added, Option.none()])
        }
        const end = offset + page.length
        const next = { ...position, limit: widened, offset: end - 1, order }
        const newest = added.at(-1)
        if (newest !== undefined) {
          const progress = { limit: Math.max(pageSize, leastLimit), after: newest.id, mostBefore: end }
          return Effect.succeed([added, Option.some({ ...next, ...progress, excuses: 0, excused: undefined })])
        }
        if (end <= mostBefore) return Effect.succeed([added, Option.some(next)])
        const isNearer = excused !== undefined && last.id < excused
        const isExcusable = excused === undefined && excuses < mostExcuses
        if (order === 1 || !(isNearer || isExcusable)) {
          return malformed("the page holds only tokens that came before, as if the offset did not count")
        }
        const creations = {
          limit: Math.max(pageSize, wideLimit),
          mostBefore: end,
          excuses: isNearer ? excuses : excuses + 1,
          excused: last.id,
        }
        return Effect.succeed([added, Option.some({ ...next, ...creations })])
      },
    ),
  )
}
