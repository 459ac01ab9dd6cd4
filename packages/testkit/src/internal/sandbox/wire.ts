/** The shapes of a vendor's requests and responses. Each vendor describes its own in its folder. */
import type * as Schema from "effect/Schema"
import type { Entry } from "../journal/callLog.ts"
import type { RemoteOperation } from "../services.ts"
import type { ErrorResponse, Problem, Response } from "./request.ts"

type Input = Entry["input"]

export type ByMethod = ReadonlyMap<string, RemoteOperation>

/** The requests of a service: the operation of each method, on the collection and on one member. */
interface Requests {
  /** The pattern of paths in the sandbox. Its first group is the member. */
  readonly here: RegExp
  /** The pattern of paths anywhere: a gateway may have put something before. */
  readonly anywhere: RegExp
  readonly toAll: ByMethod
  readonly toOne: ByMethod
}

/** `path` is the pattern of paths from `root` on, and `here` the same in the sandbox, where it differs. */
export const requests = (
  root: string,
  path: string,
  methods: Readonly<Record<"toAll" | "toOne", Readonly<Record<string, RemoteOperation>>>>,
  here = path,
): Requests => ({
  here: new RegExp(`^${root}${here}$`),
  anywhere: new RegExp(`${path}$`),
  toAll: new Map(Object.entries(methods.toAll)),
  toOne: new Map(Object.entries(methods.toOne)),
})

/** A vendor as its clients see it. */
export interface Wire {
  /** The path under which the sandbox has the vendor, without a slash at its end. */
  readonly root: string
  readonly requests: ReadonlyArray<Requests>
  /** The error for a request whose parts do not decode. */
  readonly invalid: (problems: ReadonlyArray<Problem>) => ErrorResponse
  /** The body of an error. */
  readonly errorBody: (error: ErrorResponse) => Schema.JsonObject
  /** The challenge that goes with every 401 (RFC 9110, 15.5.2). */
  readonly challenge: string
  /** Help for a caller whose path does not exist. */
  readonly hint: string
  /** The parts of path and query for the journal, without a secret. */
  readonly inputOf: (one: string | undefined, query: URLSearchParams) => Input
  /** The client's error for an error response, where its status alone does not say it. */
  readonly errorOf: (body: unknown, status: number, input: Input) => string | undefined
}

export const jsonHeaders = { "content-type": "application/json" }

export const toResponse = (wire: Wire, error: ErrorResponse, headers: Response["headers"] = {}): Response => ({
  status: error.status,
  headers: {
    ...jsonHeaders,
    ...(error.status === 401 ? { "www-authenticate": wire.challenge } : {}),
    ...headers,
  },
  body: JSON.stringify(wire.errorBody(error)),
})
