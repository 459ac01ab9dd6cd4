/** Any `HttpClient` as a transport: the request runs in a fiber of its own, which can be interrupted. */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { constTrue } from "effect/Function"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as UrlParams from "effect/http/UrlParams"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { BodyTooLarge, TransportError, type Request, type Transport } from "../Transport.ts"
import { transports } from "./attachedTransports.ts"

/** Bytes that are counted while they arrive: what was announced may be missing, or a lie once decompressed. */
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

/** A body whose reading is interrupted is aborted, and so its connection is free. By HTTP, 204 has none. */
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

/** By its standard, `fetch` throws a `TypeError` for one of these within the value of a header, and sends nothing. */
const unwritable = ["\0", "\r", "\n"]

const isRefusedByFetch = ({ cause, request }: HttpClientError.TransportError): boolean =>
  cause instanceof TypeError &&
  // Around the value it only cuts them off.
  Object.values(request.headers).some((value) => unwritable.some((character) => value.trim().includes(character)))

/** What an `HttpClient` fails with, as a transport says it. */
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
const make = (httpClient: HttpClient.HttpClient, fetchOptions: RequestInit): Transport => {
  // The raw client span would bear the URL, and with it a key: this package's own spans bear the template (C7).
  // And `fetch`, unlike other transports, follows redirects unless it is told not to (C8). With "error" it would fail as
  // if there were no connection: the call would be sent again, and a create would be in doubt for want of a network.
  const own = Context.make(HttpClient.TracerDisabledWhen, constTrue).pipe(
    Context.add(FetchHttpClient.RequestInit, { ...fetchOptions, redirect: "manual" }),
  )
  return (request, { onComplete, onHeaders }, maxBodySize, context) => {
    const exchange = httpClient.execute(toHttp(request)).pipe(
      // A client that was told to fail on error statuses still has the answer.
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
    return Fiber.interrupt(running)
  }
}

/** That of the `HttpClient` that is there now. */
export const current: Effect.Effect<Transport, never, HttpClient.HttpClient> = /* @__PURE__ */ (() =>
  Effect.gen(function* () {
    const httpClient = yield* HttpClient.HttpClient
    // What was set for `fetch` around the layer, in case that is what it is. What is attached does not know of it.
    const fetchOptions = Option.getOrUndefined(yield* Effect.serviceOption(FetchHttpClient.RequestInit))
    const attached = fetchOptions === undefined ? transports.get(httpClient) : undefined
    return attached ?? make(httpClient, fetchOptions ?? {})
  }))()
