/** The body of a request: bounded, as JSON or as a form. What is wrong with it is refused. */
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as UrlParams from "effect/http/UrlParams"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as NeuroioRules from "../../neuroio/NeuroioRules.ts"
import { BooleanText } from "../../neuroio/internal/api.ts"
import { type Headers, type ErrorResponse, errorResponse } from "./wire.ts"

/** In bytes. No request of a token client comes near it. */
const maxBodySize = 64 * 1024

const tooLarge = errorResponse(413, "The body is larger than 64 KiB.")
export const unreadable = errorResponse(400, "The body cannot be read.")

const json = "application/json"
const form = "application/x-www-form-urlencoded"

type MediaType = typeof json | typeof form

/** What a platform takes. */
export const jsonOnly: ReadonlyArray<MediaType> = [json]
export const jsonOrForm: ReadonlyArray<MediaType> = [json, form]

/** The fields of a body. Those of a form are texts. */
export interface Fields {
  readonly type: MediaType
  readonly values: Readonly<Record<string, unknown>>
}

/** Which one the headers announce. */
const readMediaType = (headers: Headers, taken: ReadonlyArray<MediaType>): Result.Result<MediaType, ErrorResponse> => {
  const announced = (headers["content-type"] ?? json).split(";", 1)[0]?.trim().toLowerCase()
  const type = taken.find((one) => one === announced)
  if (type === undefined) return Result.fail(errorResponse(415, `The body must be ${taken.join(" or ")}.`))
  if (Number(headers["content-length"] ?? 0) > maxBodySize) return Result.fail(tooLarge)
  const encoding = headers["content-encoding"] ?? "identity"
  return encoding === "identity"
    ? Result.succeed(type)
    : Result.fail(errorResponse(415, "The body must not be compressed."))
}

/** No body at all is no fields. */
const parseJson = (text: string): Result.Result<Fields["values"], ErrorResponse> => {
  if (text === "") return Result.succeed({})
  const parsed = Result.try({
    try: (): unknown => JSON.parse(text),
    catch: () => errorResponse(400, "The body is not valid JSON."),
  })
  return Result.flatMap(parsed, (values) =>
    Predicate.isObject(values)
      ? Result.succeed(values)
      : Result.fail(errorResponse(400, "The body must be a JSON object.")),
  )
}

const parse = (type: MediaType, chunks: ReadonlyArray<Uint8Array>): Result.Result<Fields, ErrorResponse> => {
  const decoder = new TextDecoder("utf-8", { fatal: true })
  const text = Result.try({
    try: () => chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode(),
    catch: () => errorResponse(400, "The body is not valid UTF-8."),
  })
  const values = Result.flatMap(text, (text) =>
    type === json
      ? parseJson(text)
      : Result.succeed<Fields["values"]>(UrlParams.toRecord(UrlParams.fromInput(new URLSearchParams(text)))),
  )
  return Result.map(values, (values) => ({ type, values }))
}

/** The fields of a body that is all there. */
export const fieldsOf = (
  headers: Headers,
  taken: ReadonlyArray<MediaType>,
  body: Uint8Array,
): Result.Result<Fields, ErrorResponse> =>
  body.byteLength > maxBodySize
    ? Result.fail(tooLarge)
    : Result.flatMap(readMediaType(headers, taken), (type) => parse(type, [body]))

/** The fields of the body, which is counted while it arrives: it need not say how large it is. */
export const readFields = Effect.fnUntraced(function* (taken: ReadonlyArray<MediaType>) {
  const request = yield* HttpServerRequest.HttpServerRequest
  const type = yield* Effect.fromResult(readMediaType(request.headers, taken))
  const chunks: Array<Uint8Array> = []
  let size = 0
  yield* request.stream.pipe(
    Stream.mapError(() => unreadable),
    Stream.runForEach((chunk) => {
      size += chunk.byteLength
      chunks.push(chunk)
      return size > maxBodySize ? Effect.fail(tooLarge) : Effect.void
    }),
  )
  return yield* Effect.fromResult(parse(type, chunks))
})

const decodeText = Schema.decodeUnknownResult(BooleanText)

/** A boolean field of a body: a JSON boolean, or its text in a form. */
export const booleanOf = (
  { type, values }: Fields,
  name: string,
): Result.Result<boolean | undefined, NeuroioRules.ErrorResponse> => {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  if (value === undefined) return Result.succeed(undefined)
  const boolean = type === form ? Result.getOrUndefined(decodeText(value)) : value
  return Predicate.isBoolean(boolean)
    ? Result.succeed(boolean)
    : Result.fail(NeuroioRules.invalid({ name, message: "Must be a valid boolean." }))
}
