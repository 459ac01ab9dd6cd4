/** A list that is paged by cursors, as a stream (C11). */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as ApiError from "../ApiError.ts"

interface Page<A> {
  readonly data: ReadonlyArray<A>
  readonly hasMore: boolean
  readonly nextCursor: string | undefined
}

const malformed = (operation: string, field: keyof Page<unknown>, problem: string) =>
  Effect.fail(new ApiError.MalformedResponse({ operation, status: 200, problem, path: [field] }))

/** The number of empty pages in a row that the stream reads over. */
const mostEmptyPages = 10

/**
 * Only `hasMore: false` ends the stream: a page in between may be empty. The stream fails where it would go on for ever:
 * when a cursor comes a second time, when all tokens of a page came before, and after many empty pages. It also fails
 * when a page that is not the last has no cursor. Beside new tokens, it leaves out those that came before. Two tokens
 * with one id and two names are two.
 */
export const streamCursors = <A extends { readonly id: string; readonly name: string }, E>(
  operation: string,
  list: (cursor: string | undefined) => Effect.Effect<Page<A>, E>,
): Stream.Stream<A, E | ApiError.MalformedResponse> =>
  Stream.suspend(() => {
    const cursors = new Set<string>()
    const tokens = new Set<string>()
    let emptyPages = 0
    const start: string | undefined = undefined
    return Stream.paginate(start, (cursor: string | undefined) =>
      Effect.flatMap(list(cursor), ({ data, hasMore, nextCursor }) => {
        const added = data.filter(({ id, name }) => {
          const isNew = !tokens.has(`${id} ${name}`)
          tokens.add(`${id} ${name}`)
          return isNew
        })
        if (added.length === 0 && data.length > 0)
          return malformed(operation, "data", "all tokens of the page came before")
        emptyPages = data.length === 0 ? emptyPages + 1 : 0
        const end: readonly [ReadonlyArray<A>, Option.Option<string | undefined>] = [added, Option.none()]
        if (!hasMore) return Effect.succeed(end)
        if (nextCursor === undefined) {
          return malformed(operation, "nextCursor", "there is more, and no cursor that leads there")
        }
        if (cursors.has(nextCursor)) {
          return malformed(
            operation,
            "nextCursor",
            "the cursor was there before, so that the pages go round in a circle",
          )
        }
        if (emptyPages > mostEmptyPages)
          return malformed(operation, "data", `more than ${mostEmptyPages} pages in a row are empty`)
        cursors.add(nextCursor)
        const next: typeof end = [added, Option.some(nextCursor)]
        return Effect.succeed(next)
      }),
    )
  })
