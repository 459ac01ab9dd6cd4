/**
 * Reads the values of this package from JSON. A list may hold thousands of tokens: plain code reads correct values, and a
 * schema names the problem of others. A test holds the two to the same verdict.
 */
import * as Schema from "effect/Schema"

export interface Reader<Output> {
  /** Gives `undefined` for a value that the schema refuses. */
  readonly read: (json: unknown) => Output | undefined
  readonly schema: Schema.ConstraintDecoder<unknown>
}

/** Reads each item of a list, or none of them. */
export const readList = <A>(json: unknown, read: (item: unknown) => A | undefined): ReadonlyArray<A> | undefined => {
  if (!Array.isArray(json)) return undefined
  const list: Array<A> = []
  for (const item of json) {
    const value = read(item)
    if (value === undefined) return undefined
    list.push(value)
  }
  return list
}

/** Makes an instance of a schema class without its constructor, which would check the fields a second time. */
export const instance = <A extends object>(
  { prototype }: { readonly prototype: A },
  fields: { readonly [K in keyof A]: A[K] },
): A => Object.assign(Object.create(prototype), fields)

/** As `Schema.NonEmptyString`, which says that of any length, and weighs more in a browser. */
export const NonEmptyText = Schema.String.check(
  Schema.makeFilter((text) => text !== "", { expected: "text that is not empty" }),
)
