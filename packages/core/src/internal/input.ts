/** The input of an operation: its fields, their checks, and their form in a request. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type * as Schema from "effect/Schema"
import * as ApiError from "../ApiError.ts"

export type Field =
  | string
  | number
  | boolean
  | null
  | undefined
  | ReadonlyArray<string>
  | DateTime.Utc
  | Redacted.Redacted

/** The input of an operation. It is flat: no vendor nests more than a list of words. */
export type Fields = Readonly<Record<string, Field>>

const isSet = (field: Field): field is Exclude<Field, null | undefined> => field !== undefined && field !== null

/** Fields under their names on the wire; those that are not set are left out. */
export const encodeFields = <A>(
  names: Readonly<Record<string, string | undefined>>,
  input: Fields,
  convert: (field: Exclude<Field, null | undefined>) => A,
): ReadonlyArray<readonly [string, A]> =>
  Object.entries(names).flatMap(([name, wireName]) => {
    const field = input[name]
    return wireName !== undefined && isSet(field) ? [[wireName, convert(field)] as const] : []
  })

/** What goes into a JSON body. No secret ever does. */
export const toJson = (field: Exclude<Field, null | undefined>): Schema.Json => {
  if (Redacted.isRedacted(field)) return null
  return DateTime.isDateTime(field) ? DateTime.formatIso(field) : field
}

/** The text of a field. A key comes out of its `Redacted` here, and goes into the request alone. */
export const toText = (field: Field): string => {
  if (DateTime.isDateTime(field)) return DateTime.formatIso(field)
  return String(Redacted.isRedacted(field) ? Redacted.value(field) : field)
}

/** What would be right, where the value is not. */
export type Check = (value: unknown) => string | undefined

export type Checks<Input> = { readonly [K in keyof Input]-?: Check }

/** JavaScript rounds greater numbers: they would be others when they are sent. */
const isTooLarge = (value: unknown) => Number.isInteger(value) && Number(value) > Number.MAX_SAFE_INTEGER

export const integerBetween =
  (least: number, most: number = Number.MAX_SAFE_INTEGER): Check =>
  (value) =>
    Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
      ? undefined
      : most !== Number.MAX_SAFE_INTEGER
        ? `must be a whole number from ${least} to ${most}`
        : isTooLarge(value)
          ? `must be at most ${most}, since JavaScript rounds greater numbers`
          : `must be a whole number of at least ${least}`

/** It goes into the path. These would make it another path, or none. */
export const unusableSegment = (text: string): boolean =>
  text === "" || text === "." || text === ".." || !text.isWellFormed()

/** The value of a `Redacted`, unless it is none or has been wiped. */
export const readRedacted = (value: unknown): unknown => {
  if (!Redacted.isRedacted(value)) return undefined
  try {
    return Redacted.value(value)
  } catch {
    return undefined
  }
}

/** The checks for the operations of one service, whose name errors give them. */
export const checksFor = (service: string) => {
  const refuse = (method: string, field: string, problem: string) =>
    Effect.fail(new ApiError.InvalidRequest({ operation: `${service}.${method}`, field, problem }))

  return {
    /** Types are no guard: JavaScript calls this too, and so does a value that was cast on its way here. */
    checked:
      <Input, A, E>(method: string, checks: Checks<Input>, run: (input: Input) => Effect.Effect<A, E>) =>
      (input: Input): Effect.Effect<A, E | ApiError.InvalidRequest> => {
        for (const field in checks) {
          const problem = checks[field](input[field])
          if (problem !== undefined) return refuse(method, field, problem)
        }
        return run(input)
      },

    /** `create(true)` asks for something, and it is not what no options ask for. */
    withOptions: <Options extends object, A, E>(
      method: string,
      options: Options | undefined,
      example: string,
      run: (options: Options | Record<string, never>) => Effect.Effect<A, E>,
    ): Effect.Effect<A, E | ApiError.InvalidRequest> =>
      options === undefined || Predicate.isObject(options)
        ? run(options ?? {})
        : refuse(method, "options", `must be an object such as ${example}, or left out`),
  }
}
