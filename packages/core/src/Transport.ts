/**
 * The service `Transport`: sends one request once. It is the only thing that a runtime implements.
 *
 * `NodeTransport.layer` and `BrowserTransport.layer` of this project's packages give one, and `layerHttpClient` makes one
 * of any `HttpClient`. A transport has less between the caller and the socket than an `HttpClient` has: no request and
 * response objects, and no fiber.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { constFalse, constTrue } from "effect/Function"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type * as Headers from "effect/http/Headers"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as UrlParams from "effect/http/UrlParams"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"

/**
 * A request, ready to be sent.
 *
 * @since 0.1.0
 */
export interface Request {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE"
  /** Scheme, host and port, such as `https://iam.neuroio.com`. */
  readonly origin: string
  /** The path with the query, percent-encoded. A key may be in it. */
  readonly path: string
  /** The headers with the credential, which they hide when they are printed. All requests of an operation share one object. */
  readonly headers: Headers.Headers
  /** JSON, or `undefined` for a request without a body. */
  readonly body: string | undefined
}

/**
 * Reads a header of a response by its name in lower case. A header that came more than once is one text, with commas.
 *
 * @since 0.1.0
 */
export type Header = (name: string) => string | undefined

/**
 * A body that is larger than `maxBodySize`. The transport has cancelled the request.
 *
 * @since 0.1.0
 */
export class BodyTooLarge {
  readonly _tag = "BodyTooLarge"
}

/**
 * The reason why there is no response, from a transport that knows whether any of the request was sent. Other failures are
 * classified by the error codes of Node and undici; a request whose failure has no known code may have been sent.
 *
 * @since 0.1.0
 */
export class TransportError {
  readonly _tag = "TransportError"
  /** True when some of the request may have been sent. */
  readonly sent: boolean
  /** The failure as the runtime gave it. */
  readonly cause: unknown

  constructor(sent: boolean, cause: unknown) {
    this.sent = sent
    this.cause = cause
  }
}

/**
 * Takes the response.
 *
 * @since 0.1.0
 */
export interface Receiver {
  /** Takes status and headers. With `false` the transport cancels the request and does not call `onComplete`. */
  readonly onHeaders: (status: number, header: Header) => boolean
  /** Takes the whole body, or the failure: `BodyTooLarge`, `TransportError`, or the runtime's own error. */
  readonly onComplete: (exit: Exit.Exit<Uint8Array, unknown>) => void
}

/**
 * Sends one request once. `maxBodySize` is in bytes; `context` is the caller's. The returned effect cancels the request:
 * its connection is closed, or free for another request, when the effect ends. It does nothing after the response. It
 * succeeds with true when some of the request may have been sent.
 *
 * @since 0.1.0
 */
export type Send = (
  request: Request,
  receiver: Receiver,
  maxBodySize: number,
  context: Context.Context<never>,
) => Effect.Effect<boolean>

/**
 * Sends the requests of the services.
 *
 * @example
 * import { Transport } from "@effect-tokens/core"
 * import { NodeTransport } from "@effect-tokens/platform-node"
 * import { Effect, Layer } from "effect"
 *
 * // A gateway adds the credential, so that the layers above need none for it.
 * const ThroughGateway = Layer.effect(
 *   Transport.Transport,
 *   Effect.map(Transport.Transport, (transport) => ({
 *     ...transport,
 *     isSameOrigin: (url: string) => new URL(url).origin === "https://gateway.example",
 *   })),
 * ).pipe(Layer.provide(NodeTransport.layer()))
 *
 * @since 0.1.0
 */
export class Transport extends Context.Service<
  Transport,
  {
    /** Sends one request once. */
    readonly send: Send
    /** The URL that relative base URLs are resolved against: a page's own. Without one they are refused. */
    readonly baseUrl: string | undefined
    /** True where the server of this transport's own origin adds the credential, so that it may be absent. */
    readonly isSameOrigin: (url: string) => boolean
  }
>()("@effect-tokens/core/Transport") {}

/** The part of OpenTelemetry's context manager that suppresses tracing. */
interface ContextManager {
  readonly active: () => { readonly setValue: (key: symbol, value: boolean) => unknown }
  readonly with: <A>(context: unknown, f: () => A) => A
}

const isContextManager = (value: unknown): value is ContextManager =>
  Predicate.hasProperty(value, "active") && Predicate.hasProperty(value, "with")

// The names that `@opentelemetry/api` and `@opentelemetry/core` register, so that copies of them find each other.
const openTelemetry = Symbol.for("opentelemetry.js.api.1")
const suppressTracing = Symbol.for("OpenTelemetry SDK Context Key SUPPRESS_TRACING")

/**
 * Sends without OpenTelemetry's instrumentation of `fetch` and undici. Its spans would hold a request's URL, and with it a
 * key, and its `traceparent` would go to the server (C7).
 *
 * @internal
 */
export const withoutInstrumentation =
  (send: Send): Send =>
  (request, receiver, maxBodySize, context) => {
    const global: unknown = Reflect.get(globalThis, openTelemetry)
    const manager: unknown = Predicate.hasProperty(global, "context") ? global.context : undefined
    return isContextManager(manager)
      ? manager.with(manager.active().setValue(suppressTracing, true), () =>
          send(request, receiver, maxBodySize, context),
        )
      : send(request, receiver, maxBodySize, context)
  }

/** Counts bytes while they arrive: an announced length may be missing, or wrong once the body is decompressed. */
const readCounted = (
  response: HttpClientResponse.HttpClientResponse,
  most: number,
): Effect.Effect<Uint8Array, HttpClientError.HttpClientError | BodyTooLarge> =>
  Effect.suspend(() => {
    const chunks: Array<Uint8Array> = []
    let size = 0
    return response.stream.pipe(
      Stream.runForEach((chunk) => {
        size += chunk.byteLength
        if (size > most) return Effect.fail(new BodyTooLarge())
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

/** Aborts the body by interrupting its reading, which frees the connection. A 204 has no body. */
const discard = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void> =>
  response.status === 204
    ? Effect.void
    : Effect.map(Effect.forkDetach(response.arrayBuffer, { startImmediately: true }), (reading) => {
        reading.interruptUnsafe()
      })

const readBytes = (
  response: HttpClientResponse.HttpClientResponse,
  most: number,
): Effect.Effect<Uint8Array, HttpClientError.HttpClientError | BodyTooLarge> => {
  const announced = response.headers["content-length"]
  if (announced === undefined || response.headers["content-encoding"] !== undefined) return readCounted(response, most)
  if (!(Number(announced) <= most)) return Effect.andThen(discard(response), Effect.fail(new BodyTooLarge()))
  return Effect.flatMap(response.arrayBuffer, (buffer) =>
    buffer.byteLength > most ? Effect.fail(new BodyTooLarge()) : Effect.succeed(new Uint8Array(buffer)),
  )
}

const toHttp = ({ body, headers, method, origin, path }: Request): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.makeWith(
    method,
    origin + path,
    UrlParams.empty,
    Option.none(),
    headers,
    body === undefined ? HttpBody.empty : HttpBody.raw(body, { contentType: "application/json" }),
  )

/** The characters in the value of a header for which `fetch` throws a `TypeError` and sends nothing. */
const unwritable = ["\0", "\r", "\n"]

const isRefusedByFetch = ({ cause, request }: HttpClientError.TransportError): boolean =>
  cause instanceof TypeError &&
  // `fetch` trims them from the ends of a value.
  Object.values(request.headers).some((value) => unwritable.some((character) => value.trim().includes(character)))

/**
 * Turns what an `HttpClient` fails with into what a transport fails with.
 *
 * @internal
 */
export const causeOf = (error: unknown): unknown => {
  if (!HttpClientError.isHttpClientError(error)) return error
  const { reason } = error
  switch (reason._tag) {
    case "EncodeError":
    case "InvalidUrlError":
      return new TransportError(false, reason.cause)
    case "TransportError":
      return isRefusedByFetch(reason) ? new TransportError(false, reason.cause) : reason.cause
    // There was an answer.
    default:
      return new TransportError(true, reason.cause)
  }
}

/** `fetchOptions` are what was set for `fetch` around the layer, in case that is what it is. */
const makeSend = (httpClient: HttpClient.HttpClient, fetchOptions: RequestInit): Send => {
  // The span of an `HttpClient` would bear the URL, which may hold a key: this package's own spans bear the template (C7).
  // `fetch` follows redirects by default, which C8 forbids. "error" would make a redirect look like a lost connection: the
  // call would be retried, and the outcome of a create would be unknown.
  const own = Context.make(HttpClient.TracerDisabledWhen, constTrue).pipe(
    Context.add(FetchHttpClient.RequestInit, { ...fetchOptions, redirect: "manual" }),
  )
  return (request, { onComplete, onHeaders }, maxBodySize, context) => {
    const exchange = httpClient.execute(toHttp(request)).pipe(
      // A client that fails on error statuses (`filterStatusOk`) still has the response.
      Effect.catchTag("HttpClientError", (error) =>
        error.reason._tag === "StatusCodeError" ? Effect.succeed(error.reason.response) : Effect.fail(error),
      ),
      Effect.flatMap((response) =>
        onHeaders(response.status, (name) => response.headers[name])
          ? Effect.asSome(readBytes(response, maxBodySize))
          : Effect.as(discard(response), Option.none()),
      ),
    )
    const running = Effect.runForkWith(Context.merge(context, own))(exchange)
    running.addObserver((exit) => {
      if (Exit.isFailure(exit)) onComplete(Exit.failCause(Cause.map(exit.cause, causeOf)))
      else if (Option.isSome(exit.value)) onComplete(Exit.succeed(exit.value.value))
    })
    return Effect.as(Fiber.interrupt(running), true)
  }
}

/**
 * A transport over the `HttpClient` of the context. What the client adds is honoured: headers, tracing, a proxy, and the
 * options for `fetch` (`FetchHttpClient.RequestInit`) except `redirect`.
 *
 * @example
 * import { Neuroio, Transport } from "@effect-tokens/core"
 * import { Layer, Redacted } from "effect"
 * import { FetchHttpClient } from "effect/http"
 *
 * const NeuroioLive = Neuroio.layer({ apiToken: Redacted.make("…") }).pipe(
 *   Layer.provide(Transport.layerHttpClient),
 *   Layer.provide(FetchHttpClient.layer),
 * )
 *
 * @since 0.1.0
 */
export const layerHttpClient: Layer.Layer<Transport, never, HttpClient.HttpClient> = /* @__PURE__ */ (() =>
  // One that is shared would call the `HttpClient` of the first place that provides it, in every other place as well.
  Layer.fresh(
    Layer.effect(
      Transport,
      Effect.gen(function* () {
        const httpClient = yield* HttpClient.HttpClient
        const fetchOptions = Option.getOrUndefined(yield* Effect.serviceOption(FetchHttpClient.RequestInit))
        return { send: makeSend(httpClient, fetchOptions ?? {}), baseUrl: undefined, isSameOrigin: constFalse }
      }),
    ),
  ))()
