/** Streams a list that is paged by cursors (C11). */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as ApiError from "../ApiError.ts"

interface Page<A> {
  readonly data: ReadonlyArray<A>
  readonly hasMore: boolean
  readonly nextCursor: string | undefined
}

const malformed = (operation: string, problem: string) =>
  Effect.fail(new ApiError.MalformedResponse({ operation, status: 200, problem, path: ["nextCursor"] }))

/**
 * Only `hasMore: false` ends the stream: a page in between may be empty. It fails when a cursor comes a second time, which
 * would lead in a circle, and when a page that is not the last has no cursor.
 */
export const streamCursors = <A, E>(
  operation: string,
  list: (cursor: string | undefined) => Effect.Effect<Page<A>, E>,
): Stream.Stream<A, E | ApiError.MalformedResponse> =>
  Stream.suspend(() => {
    const seen = new Set<string>()
    const start: string | undefined = undefined
    return Stream.paginate(start, (cursor: string | undefined) =>
      Effect.flatMap(list(cursor), ({ data, hasMore, nextCursor }) => {
        const end: readonly [ReadonlyArray<A>, Option.Option<string | undefined>] = [data, Option.none()]
        if (!hasMore) return Effect.succeed(end)
        if (nextCursor === undefined) return malformed(operation, "there is more, and no cursor that leads there")
        if (seen.has(nextCursor))
          return malformed(operation, "the cursor was there before, so that the pages go round in a circle")
        seen.add(nextCursor)
        const next: typeof end = [data, Option.some(nextCursor)]
        return Effect.succeed(next)
      }),
    )
  })
