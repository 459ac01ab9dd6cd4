/** Values as texts in a query. Each is there once, or not at all. */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** Numbers that are too large to be exact select what the largest exact one does: everything, or nothing. */
const toWhole = (text: string): number =>
  Math.min(Math.max(Number(text), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)

export const WholeText = Schema.String.check(Schema.isPattern(/^-?\d+$/, { expected: "a whole number" })).pipe(
  Schema.decodeTo(Schema.Number, SchemaTransformation.transform({ decode: toWhole, encode: String })),
)
