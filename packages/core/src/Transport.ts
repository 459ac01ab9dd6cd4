/**
 * What carries a request to a server and its answer back, with less in between than an `HttpClient` has: no request and
 * response objects, and no fiber of its own.
 *
 * Only the package of a platform needs this. It builds its services on a transport (`Neuroio.layerTransport`), or attaches
 * one to its `HttpClient`, and calls go past that one to the transport. An `HttpClient` that was made of it
 * (`HttpClient.mapRequest`, `HttpClient.transform`, …) has none attached, so that nothing goes past what was added.
 *
 * @since 0.1.0
 */
import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Headers from "effect/http/Headers"
import type * as HttpClient from "effect/http/HttpClient"
import { transports } from "./internal/attachedTransports.ts"

/**
 * - `origin`: such as `https://iam.neuroio.com`.
 * - `path`: with the query, percent-encoded. A key may be in it.
 * - `headers`: with the credential, which they do not show when they are printed. One object for all requests of an
 *   operation.
 * - `body`: JSON.
 *
 * @since 0.1.0
 */
export interface Request {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE"
  readonly origin: string
  readonly path: string
  readonly headers: Headers.Headers
  readonly body: string | undefined
}

/**
 * Reads a header of an answer by its name in lower case. One that came more than once is one text, with commas.
 *
 * @since 0.1.0
 */
export type Header = (name: string) => string | undefined

/**
 * A body that is larger than what was asked for at most. The answer is given up.
 *
 * @since 0.1.0
 */
export class BodyTooLarge {
  readonly _tag = "BodyTooLarge"
}

/**
 * Why there is no answer, where a transport knows whether any of the request can have left. Of whatever else it fails with
 * that is told by the codes of Node and undici, and what they do not tell may have left.
 *
 * @since 0.1.0
 */
export class TransportError {
  readonly _tag = "NoAnswer"
  readonly sent: boolean
  readonly cause: unknown

  constructor(sent: boolean, cause: unknown) {
    this.sent = sent
    this.cause = cause
  }
}

/**
 * Is told of the answer.
 *
 * - `onHead`: its status and headers. Says whether the body is wanted: one that is not is given up, and `onExit` is not
 *   called.
 * - `onExit`: its body, at the end; `BodyTooLarge`; `NoAnswer`; or whatever else kept it from coming.
 *
 * @since 0.1.0
 */
export interface Receiver {
  readonly onHeaders: (status: number, header: Header) => boolean
  readonly onComplete: (exit: Exit.Exit<Uint8Array, unknown>) => void
}

/**
 * Sends one request once. `maxBodySize` is in bytes; `context` is the caller's. What comes back gives the request up: the
 * connection is closed, or free for another, when it is done. It does nothing after the end.
 *
 * @since 0.1.0
 */
export type Transport = (
  request: Request,
  receiver: Receiver,
  maxBodySize: number,
  context: Context.Context<never>,
) => Effect.Effect<void>

/**
 * Attaches a transport to an `HttpClient` that sends the same requests to the same places, and gives that client back.
 *
 * @since 0.1.0
 */
export const attach = (httpClient: HttpClient.HttpClient, transport: Transport): HttpClient.HttpClient => {
  transports.set(httpClient, transport)
  return httpClient
}
