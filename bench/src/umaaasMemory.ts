/** Subjects for UMAaaS in memory: one account with many API tokens of two names. */
import { type ApiTokenId, type ApiTokenOperations, type ApiTokenPage, ApiTokens } from "@effect-tokens/core"
import { UmaaasControl, UmaaasMemory } from "@effect-tokens/testkit"
import * as Effect from "effect/Effect"
import * as Growth from "./growth.ts"

interface Subject extends Growth.Subject {
  readonly service: ApiTokenOperations.ApiTokenOperations
  readonly ids: ReadonlyArray<ApiTokenId>
  readonly filters: ApiTokenOperations.Filters & { readonly limit: number }
  /** The cursor of each page of the filtered list, in order. */
  readonly cursors: ReadonlyArray<string | undefined>
}

/** Half of the tokens have the name in the filter, and the filters by time leave out a tenth at either end. */
export const makeSubject = Effect.fn(function* (size: number) {
  const service = yield* ApiTokens
  const control = yield* UmaaasControl.UmaaasControl
  yield* control.freeze
  const ids: Array<ApiTokenId> = []
  const times: Array<Date> = []
  for (let i = 0; i < size; i++) {
    const token = yield* service.create({ name: i % 2 === 0 ? "reports" : "payments", permissions: ["VIEW"] })
    ids.push(token.id)
    times.push(new Date(token.createdAt.epochMilliseconds))
    yield* control.advance(1)
  }
  const filters = {
    name: "reports",
    createdAfter: times[Math.floor(size * 0.1)],
    updatedBefore: times[Math.floor(size * 0.9)],
    limit: 100,
  }
  const cursors: Array<string | undefined> = []
  for (let cursor: string | undefined, hasMore = true; hasMore;) {
    cursors.push(cursor)
    const { hasMore: more, nextCursor }: ApiTokenPage = yield* service.list({ ...filters, cursor })
    cursor = nextCursor
    hasMore = more
  }
  return { size, service, ids, filters, cursors }
}, Effect.provide(UmaaasMemory.layer))

const run = <E>(calls: Effect.Effect<void, E>) => void Effect.runSync(calls)

const page = ({ filters, service }: Subject, cursor: string | undefined) => service.list({ ...filters, cursor })

const pageAt =
  (place: (i: number, pages: number) => number): Growth.Measure<Subject> =>
  (subject, calls) => {
    const { cursors } = subject
    run(
      Effect.gen(function* () {
        for (let i = 0; i < calls; i++) yield* page(subject, cursors[place(i, cursors.length)])
      }),
    )
  }

export const measures: Readonly<Record<string, Growth.Measure<Subject>>> = {
  get: ({ ids, service }, calls) => {
    run(
      Effect.gen(function* () {
        for (let i = 0; i < calls; i++) {
          const id = ids[Growth.pick(i, ids.length)]
          if (id !== undefined) yield* service.get(id)
        }
      }),
    )
  },
  "create and delete": ({ service }, calls) => {
    run(
      Effect.gen(function* () {
        for (let i = 0; i < calls; i++) {
          const { id } = yield* service.create({ name: "reports", permissions: ["VIEW"] })
          yield* service.delete(id)
        }
      }),
    )
  },
  "filtered page of 100, first": pageAt(() => 0),
  "filtered page of 100, anywhere": pageAt((i, pages) => Growth.pick(i, pages)),
  "filtered page of 100, last": pageAt((_, pages) => pages - 1),
}

/** Measures the slowest page of all cursors, in microseconds. */
export const slowestPage = (subject: Subject): number =>
  Growth.slowest(subject.cursors.map((cursor) => () => run(Effect.asVoid(page(subject, cursor)))))
