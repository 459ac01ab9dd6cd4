/** The body of a request: bounded, as JSON or as a form. What is wrong with it is refused. */
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as UrlParams from "effect/http/UrlParams"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as NeuroioPlatform from "../NeuroioPlatform.ts"
import { BooleanText } from "./neuroioApi.ts"
import { rejection } from "./wire.ts"

/** In bytes. No request of a token client comes near it. */
const maxBodySize = 64 * 1024

const tooLarge = rejection(413, "The body is larger than 64 KiB.")
export const unreadable = rejection(400, "The body cannot be read.")

/** Counted while it arrives: a body need not say how large it is. */
const readText = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest) {
  if (Number(request.headers["content-length"] ?? 0) > maxBodySize) return yield* Effect.fail(tooLarge)
  const encoding = request.headers["content-encoding"] ?? "identity"
  if (encoding !== "identity") return yield* Effect.fail(rejection(415, "The body must not be compressed."))
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
  const decoder = new TextDecoder("utf-8", { fatal: true })
  return yield* Effect.try({
    try: () => chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode(),
    catch: () => rejection(400, "The body is not valid UTF-8."),
  })
})

const mediaTypeOf = ({ headers }: HttpServerRequest.HttpServerRequest): string =>
  (headers["content-type"] ?? "application/json").split(";", 1)[0]?.trim().toLowerCase() ?? ""

/** The fields of a JSON body. No body at all is no fields. */
export const readJsonFields = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  if (mediaTypeOf(request) !== "application/json") {
    return yield* Effect.fail(rejection(415, "The body must be application/json."))
  }
  const text = yield* readText(request)
  if (text === "") return {}
  const body = yield* Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: () => rejection(400, "The body is not valid JSON."),
  })
  return Predicate.isObject(body) ? body : yield* Effect.fail(rejection(400, "The body must be a JSON object."))
})

/** The fields of a body, as JSON or as a form. */
const readFields = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  switch (mediaTypeOf(request)) {
    case "application/x-www-form-urlencoded": {
      const text = yield* readText(request)
      return { form: true, fields: UrlParams.toRecord(UrlParams.fromInput(new URLSearchParams(text))) }
    }
    case "application/json":
      return { form: false, fields: yield* readJsonFields }
    default:
      return yield* Effect.fail(
        rejection(415, "The body must be application/json or application/x-www-form-urlencoded."),
      )
  }
})

const decodeText = Schema.decodeUnknownResult(BooleanText)

/** A boolean field of a body: a JSON boolean, or its text in a form. */
export const readBoolean = Effect.fnUntraced(function* (name: string) {
  const { fields, form } = yield* readFields
  const value: unknown = Predicate.hasProperty(fields, name) ? fields[name] : undefined
  if (value === undefined) return undefined
  const boolean = form ? Result.getOrUndefined(decodeText(value)) : value
  if (Predicate.isBoolean(boolean)) return boolean
  return yield* Effect.fail(NeuroioPlatform.invalid({ name, message: "Must be a valid boolean." }))
})
