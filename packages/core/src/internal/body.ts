/**
 * Reads the body of an answer: bounded, as UTF-8, as JSON (C10). What goes wrong is said without saying what was read.
 */
import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"

/** In bytes. */
const maxBodySize = 1024 * 1024

/** A body that cannot be used, and why. */
export class Unreadable {
  readonly _tag = "Unreadable"
  readonly problem: string
  constructor(problem: string) {
    this.problem = problem
  }
}

const tooLarge = new Unreadable("the body is larger than 1 MiB")

/** Bytes that are counted while they arrive: what was announced may be missing, or a lie once decompressed. */
const readCounted = (
  response: HttpClientResponse.HttpClientResponse,
): Effect.Effect<Uint8Array, HttpClientError.HttpClientError | Unreadable> =>
  Effect.suspend(() => {
    const chunks: Array<Uint8Array> = []
    let size = 0
    return response.stream.pipe(
      Stream.runForEach((chunk) => {
        size += chunk.byteLength
        if (size > maxBodySize) return Effect.fail(tooLarge)
        chunks.push(chunk)
        return Effect.void
      }),
      Effect.map(() => {
        const whole = new Uint8Array(size)
        let offset = 0
        for (const chunk of chunks) {
          whole.set(chunk, offset)
          offset += chunk.byteLength
        }
        return whole
      }),
    )
  })

const readBytes = (
  response: HttpClientResponse.HttpClientResponse,
): Effect.Effect<Uint8Array, HttpClientError.HttpClientError | Unreadable> => {
  const announced = response.headers["content-length"]
  if (announced === undefined || response.headers["content-encoding"] !== undefined) return readCounted(response)
  if (!(Number(announced) <= maxBodySize)) return Effect.fail(tooLarge)
  return Effect.flatMap(response.arrayBuffer, (buffer) =>
    buffer.byteLength > maxBodySize ? Effect.fail(tooLarge) : Effect.succeed(new Uint8Array(buffer)),
  )
}

const jsonContentType = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i

const utf8 = new TextDecoder("utf-8", { fatal: true })

/** The JSON value of a body, or why there is none. */
export const readJson = (
  response: HttpClientResponse.HttpClientResponse,
): Effect.Effect<unknown, HttpClientError.HttpClientError | Unreadable> => {
  if (!jsonContentType.test(response.headers["content-type"] ?? "")) {
    return Effect.fail(new Unreadable("the content type is not application/json"))
  }
  return Effect.flatMap(readBytes(response), (bytes) => {
    if (bytes.byteLength === 0) return Effect.fail(new Unreadable("the body is empty"))
    let text: string
    try {
      text = utf8.decode(bytes)
    } catch {
      return Effect.fail(new Unreadable("the body is not valid UTF-8"))
    }
    try {
      const json: unknown = JSON.parse(text)
      return Effect.succeed(json)
    } catch {
      return Effect.fail(new Unreadable("the body is not valid JSON"))
    }
  })
}
