/** What a platform's answers look like, whichever platform it is. What is its own is in `neuroioWire`, `umaaasWire`. */
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Schema from "effect/Schema"
import type { Entry } from "../journal/callLog.ts"
import type { NeuroioSimulation } from "../../neuroio/internal/simulation.ts"
import type { RemoteOperation } from "../operationNames.ts"
import type { UmaaasSimulation } from "../../umaaas/internal/simulation.ts"

/** Why a request is not done. `fields` are NeuroIO's, `code` is UMAaaS's. */
export interface ErrorResponse {
  readonly status: number
  readonly message: string
  readonly fields?: ReadonlyArray<{ readonly name: string; readonly message: string }> | undefined
  readonly code?: string | undefined
}

export const errorResponse = (status: number, message: string): ErrorResponse => ({ status, message })

/** What the worlds of a sandbox tell of whoever calls. */
interface Worlds {
  readonly neuroio: { readonly world: NeuroioSimulation }
  readonly umaaas: { readonly world: UmaaasSimulation }
}

type Input = Entry["input"]

/** By their names in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>

export type ByMethod = ReadonlyMap<string, RemoteOperation>

/** The requests of a service: with which method, to all of what it has or to one, is which operation. */
interface Requests {
  /** Their paths, in the sandbox and wherever else the platform is. Where it is one, the first group is which. */
  readonly here: RegExp
  readonly anywhere: RegExp
  readonly toAll: ByMethod
  readonly toOne: ByMethod
}

/** `path` is the pattern of paths from `root` on. */
export const requests = (
  root: string,
  path: string,
  methods: Readonly<Record<"toAll" | "toOne", Readonly<Record<string, RemoteOperation>>>>,
): Requests => ({
  here: new RegExp(`^${root}${path}$`),
  anywhere: new RegExp(`${path}$`),
  toAll: new Map(Object.entries(methods.toAll)),
  toOne: new Map(Object.entries(methods.toOne)),
})

/** How a platform looks from outside. */
export interface Wire {
  /** Where the sandbox has it. */
  readonly root: string
  readonly requests: ReadonlyArray<Requests>
  /** Its error, in its own shape. */
  readonly errorBody: (rejection: ErrorResponse) => Schema.JsonObject
  /** What it asks for with every 401. */
  readonly challenge: string
  /** What may help whoever is at none of its paths. */
  readonly hint: string
  /** Who calls, without a secret. */
  readonly callerOf: (worlds: Worlds, headers: Headers) => string
  /** What the path says of which one is meant, and what the query says, without a secret. */
  readonly inputOf: (one: string | undefined, query: URLSearchParams) => Input
  /** The error that the client makes of a refusal, where that is not the one of its status. */
  readonly errorOf: (body: unknown, status: number, input: Input) => string | undefined
}

/** What a route answers: what it was asked for, or why not. */
export const answering =
  (wire: Wire) =>
  <A, R>(
    effect: Effect.Effect<A, ErrorResponse, R>,
  ): Effect.Effect<A | HttpServerResponse.HttpServerResponse, never, R> =>
    Effect.catch(effect, (rejection) => Effect.succeed(toResponse(wire, rejection)))

export const toResponse = (
  wire: Wire,
  rejection: ErrorResponse,
  headers: Record<string, string> = {},
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(wire.errorBody(rejection), { status: rejection.status, headers })
