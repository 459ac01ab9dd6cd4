import * as Schema from "effect/Schema"

/** As `Schema.NonEmptyString`, which says that of any length, and weighs more in a browser. */
export const NonEmptyText = Schema.String.check(
  Schema.makeFilter((text) => text !== "", { expected: "text that is not empty" }),
)
