/** Says where a value is off its schema and what would be right there: never what stands there (C10). */
import type * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

/** Neither keys nor other input may come back out of an issue. */
export const quiet = { errors: "first", reportInput: false } as const

export interface Problem {
  readonly path: ReadonlyArray<string | number>
  readonly problem: string
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()

export const schemaProblem = (error: Schema.SchemaError): Problem => {
  const [first] = format(error.issue).issues
  const segments = first?.path ?? []
  return {
    path: segments.map((segment) => {
      const key = typeof segment === "object" ? segment.key : segment
      return typeof key === "number" ? key : String(key)
    }),
    problem: first?.message ?? "Expected another value",
  }
}
