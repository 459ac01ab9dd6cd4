/** Streams a list that is paged by offset, and misses nothing when items are deleted meanwhile (C11). */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as ApiError from "../ApiError.ts"

interface Page {
  readonly limit: number
  readonly offset: number
}

/** The next page to read, and the last id that the stream has given out. */
interface Position extends Page {
  readonly after: number
}

/**
 * Tokens come in the order of their ids (N3, N6), so that "after this id" is a place in the list that deletions do not
 * move, while its offset does move: each deletion before it shifts it to the left. A page therefore counts only if it is
 * *anchored*: it starts at the head of the list, or with a token that was already given out. Then nothing can lie
 * between what was given out and what this page adds. A page that is not anchored came too far to the right: the
 * stream steps back and reads again.
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
  // With one token a page, the anchor would leave no room for another.
  const limit = Math.max(pageSize, 2)
  const start: Position = { limit: pageSize, offset: 0, after: 0 }

  return Stream.paginate(start, (position: Position) =>
    Effect.flatMap(
      list({ limit: position.limit, offset: position.offset }),
      (page): Effect.Effect<readonly [ReadonlyArray<A>, Option.Option<Position>], ApiError.MalformedResponse> => {
        const disorder = page.findIndex((token, i) => i > 0 && token.id <= (page[i - 1]?.id ?? 0))
        if (disorder !== -1) {
          return Effect.fail(
            new ApiError.MalformedResponse({
              operation,
              status: 200,
              problem: "the tokens are not in the order of their ids, so that pages cannot be put together",
              path: [disorder, "id"],
            }),
          )
        }
        const { after, offset } = position
        const anchored = offset === 0 || (page[0] !== undefined && page[0].id <= after)
        if (!anchored) {
          return Effect.succeed([[], Option.some({ limit, offset: Math.max(0, offset - limit + 1), after })])
        }
        const added = page.filter((token) => token.id > after)
        // After a step back a page that was capped may still end before anything new.
        const next = { limit, offset: offset + page.length - 1, after: added.at(-1)?.id ?? after }
        const isLast = page.length < Math.min(position.limit, surelyAllowed)
        return Effect.succeed([added, isLast ? Option.none() : Option.some(next)])
      },
    ),
  )
}
