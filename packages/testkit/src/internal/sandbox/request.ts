/** Requests to the sandbox and its responses as plain data, and how a request is read. */
import * as UrlParams from "effect/http/UrlParams"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** Headers by their names in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>

/**
 * A whole request.
 *
 * @since 0.1.0
 */
export interface Request {
  /** The method in upper case. */
  readonly method: string
  /** The target as it stands on the wire: the path with the query, percent-encoded. */
  readonly path: string
  /** The headers by their names in lower case. */
  readonly headers: Headers
  /** The body, if there is one. */
  readonly body: Uint8Array | string | undefined
}

/**
 * A whole response.
 *
 * @since 0.1.0
 */
export interface Response {
  readonly status: number
  /** The headers by their names in lower case, without `content-length`. */
  readonly headers: Readonly<Record<string, string>>
  /** The body, if there is one. A response to `HEAD` has that of `GET`, which a server does not send. */
  readonly body: Uint8Array | string | undefined
}

/** A part of a request that is not as it should be. */
export interface Problem {
  readonly name: string
  readonly message: string
}

/** The reason why a request is not done. A vendor writes those of the fields that its errors have. */
export interface ErrorResponse {
  readonly status: number
  readonly message: string
  readonly fields?: ReadonlyArray<Problem> | undefined
  readonly code?: string | undefined
}

export const errorResponse = (status: number, message: string): ErrorResponse => ({ status, message })

const originForm = /^https?:\/\/[^/?#]*/i

/** RFC 3986, 6.2.2.2: an encoded unreserved character equals the character. */
const encodedUnreserved = /%(?:2[DE]|3\d|[46][1-9A-F]|[57][\dA]|5F|7E)/gi

/** The path without the origin and the query. Characters that need no encoding are not encoded. */
export const pathnameOf = (path: string): string => {
  const target = path.startsWith("/") ? path : path.replace(originForm, "")
  const end = target.indexOf("?")
  const pathname = end === -1 ? target : target.slice(0, end)
  return pathname.includes("%") ? pathname.replace(encodedUnreserved, decodeURIComponent) : pathname
}

export const queryOf = (path: string): URLSearchParams => {
  const start = path.indexOf("?")
  return new URLSearchParams(start === -1 ? "" : path.slice(start + 1))
}

/** True where all of a pathname can be decoded, and no reader takes it to end earlier. */
export const isWellFormed = (pathname: string): boolean => {
  if (pathname.includes("#")) return false
  if (!pathname.includes("%")) return true
  try {
    decodeURIComponent(pathname)
    return true
  } catch {
    return false
  }
}

/** Numbers that are too large to be exact select what the largest exact one does: everything, or nothing. */
const toWhole = (text: string): number =>
  Math.min(Math.max(Number(text), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)

/** A whole number in a query. */
export const WholeText = Schema.String.check(Schema.isPattern(/^-?\d+$/, { expected: "a whole number" })).pipe(
  Schema.decodeTo(Schema.Number, SchemaTransformation.transform({ decode: toWhole, encode: String })),
)

/** A time on the wire, as a document describes it. */
export const DateTimeText = Schema.String.annotate({ format: "date-time" })

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/** The problems that a schema found, by the names of the fields. */
export const problemsOf = ({ issue }: Schema.SchemaError): ReadonlyArray<Problem> =>
  formatIssue(issue).issues.map(({ message, path }) => ({
    name: (path ?? []).map((segment) => String(typeof segment === "object" ? segment.key : segment)).join("."),
    message,
  }))

/** Reads a query. A parameter that is given twice is a list, which no schema of a parameter takes. */
export const queryReader = <A, E>(
  schema: Schema.ConstraintDecoder<A>,
  invalid: (problems: ReadonlyArray<Problem>) => E,
) => {
  const decode = Schema.decodeUnknownResult(schema)
  return ({ query }: { readonly query: URLSearchParams }): Result.Result<A, E> =>
    Result.mapError(decode(recordOf(query)), (error) => invalid(problemsOf(error)))
}

/** Names such as `__proto__` are names like others. */
const recordOf = (parameters: URLSearchParams): Readonly<Record<string, unknown>> =>
  UrlParams.toRecord(UrlParams.fromInput(parameters))

/** The largest body of a call, in bytes. No request of a token client comes near it. */
const maxCallSize = 64 * 1024

/** The largest body of any request, in bytes: a plan of faults may be long. */
export const maxBodySize = 1024 * 1024

const json = "application/json"
const form = "application/x-www-form-urlencoded"

type MediaType = typeof json | typeof form

export const jsonOnly: ReadonlyArray<MediaType> = [json]
export const jsonOrForm: ReadonlyArray<MediaType> = [json, form]

/** The fields of a body. Those of a form are texts. */
export interface Fields {
  readonly isForm: boolean
  readonly values: Readonly<Record<string, unknown>>
}

const readMediaType = (headers: Headers, accepted: ReadonlyArray<MediaType>): MediaType | ErrorResponse => {
  const announced = (headers["content-type"] ?? json).split(";", 1)[0]?.trim().toLowerCase()
  const type = accepted.find((one) => one === announced)
  if (type === undefined) return errorResponse(415, `The body must be ${accepted.join(" or ")}.`)
  const encoding = headers["content-encoding"] ?? "identity"
  return encoding === "identity" ? type : errorResponse(415, "The body must not be compressed.")
}

/** In bytes. A server need not read a body that is announced to be too large. */
const sizeOf = ({ body = "", headers }: Request): number =>
  Math.max(
    Number(headers["content-length"] ?? 0),
    typeof body === "string" ? new TextEncoder().encode(body).byteLength : body.byteLength,
  )

const decodeText = ({ body = "" }: Request): Result.Result<string, ErrorResponse> =>
  typeof body === "string"
    ? Result.succeed(body)
    : Result.try({
        try: () => new TextDecoder("utf-8", { fatal: true }).decode(body),
        catch: () => errorResponse(400, "The body is not valid UTF-8."),
      })

const parseJson = (text: string): Result.Result<unknown, ErrorResponse> =>
  Result.try({
    try: (): unknown => JSON.parse(text),
    catch: () => errorResponse(400, "The body is not valid JSON."),
  })

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Reads the body of a call: bounded, as JSON or as a form. A request without a body has no fields. */
export const readFields = (
  request: Request,
  accepted: ReadonlyArray<MediaType>,
): Result.Result<Fields, ErrorResponse> => {
  const type = readMediaType(request.headers, accepted)
  if (typeof type !== "string") return Result.fail(type)
  if (sizeOf(request) > maxCallSize) return Result.fail(errorResponse(413, "The body is larger than 64 KiB."))
  return Result.flatMap(decodeText(request), (text): Result.Result<Fields, ErrorResponse> => {
    if (type === form) return Result.succeed({ isForm: true, values: recordOf(new URLSearchParams(text)) })
    if (text === "") return Result.succeed({ isForm: false, values: {} })
    return Result.flatMap(parseJson(text), (values) =>
      isRecord(values)
        ? Result.succeed({ isForm: false, values })
        : Result.fail(errorResponse(400, "The body must be a JSON object.")),
    )
  })
}

/** Reads the body of a request to the sandbox itself. No body is `undefined`. */
export const readJson = (request: Request): Result.Result<unknown, ErrorResponse> => {
  const type = readMediaType(request.headers, jsonOnly)
  if (typeof type !== "string") return Result.fail(type)
  if (sizeOf(request) > maxBodySize) return Result.fail(errorResponse(413, "The body is larger than 1 MiB."))
  return Result.flatMap(decodeText(request), (text) => (text === "" ? Result.succeed(undefined) : parseJson(text)))
}
