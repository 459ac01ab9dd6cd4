/**
 * Reads the body of an answer: bounded, as UTF-8, as JSON (C10). What goes wrong is said without saying what was read.
 */
import * as Result from "effect/Result"

/** In bytes. */
export const maxBodySize = 1024 * 1024

/** Why a body cannot be used. */
export const unreadable = {
  tooLarge: "the body is larger than 1 MiB",
  notJson: "the content type is not application/json",
  empty: "the body is empty",
  notUtf8: "the body is not valid UTF-8",
  malformed: "the body is not valid JSON",
} as const

const jsonContentType = /^\s*application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i

const quoted = /"(?:[^"\\]|\\.)*"/g

/** A header that came twice is one text, with a comma. All of it must say the same: JSON. */
export const isJson = (contentType = ""): boolean =>
  contentType
    .replaceAll(quoted, "")
    .split(",")
    .every((type) => jsonContentType.test(type))

const utf8 = new TextDecoder("utf-8", { fatal: true })

/** The JSON value of a body, or why there is none. */
export const parseJson = (bytes: Uint8Array): Result.Result<unknown, string> => {
  if (bytes.byteLength === 0) return Result.fail(unreadable.empty)
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return Result.fail(unreadable.notUtf8)
  }
  try {
    return Result.succeed(JSON.parse(text))
  } catch {
    return Result.fail(unreadable.malformed)
  }
}
