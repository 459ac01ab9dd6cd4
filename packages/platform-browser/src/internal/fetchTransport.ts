/** Requests over `fetch`, with as little between it and the caller as there can be. */
import { ApiError, Transport } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpHeaders from "effect/http/Headers"
import { markHint } from "./hint.ts"

/**
 * What the browser's transport adds to the options of a platform.
 *
 * - `credentials`: whether cookies, and whatever else the browser knows of its user, go along: `"omit"` unless given,
 *   `"same-origin"` for a backend of the page's own origin that knows its users by a cookie.
 */
export interface TransportOptions {
  readonly credentials?: RequestCredentials | undefined
}

const modes: ReadonlyArray<unknown> = ["omit", "same-origin", "include"] satisfies ReadonlyArray<RequestCredentials>

/** What is set for every request. `layer` is who refuses an option that cannot be right. */
export const standardFor = (
  layer: string,
  { credentials = "omit" }: TransportOptions,
): Effect.Effect<RequestInit, ApiError.InvalidRequest> =>
  modes.includes(credentials)
    ? // An answer may hold keys: no cache keeps it. Of a redirect that were an error of `fetch`, nobody would know that it
      // is one: the call would be sent again, and a create would be in doubt.
      Effect.succeed({ cache: "no-store", credentials, redirect: "manual" })
    : Effect.fail(
        new ApiError.InvalidRequest({
          operation: layer,
          field: "credentials",
          problem: 'must be "omit", "same-origin" or "include"',
        }),
      )

const initOf = ({ body, headers, method }: Transport.Request, init: RequestInit, signal: AbortSignal): RequestInit => ({
  ...init,
  method,
  headers:
    init.headers === undefined ? headers : HttpHeaders.merge(HttpHeaders.fromInput(new Headers(init.headers)), headers),
  body: body ?? null,
  signal,
})

/** `fetch` makes a `Request` of what it is given before all else. */
const isTaken = (make: () => Request): boolean => {
  try {
    make()
  } catch (cause) {
    return !(cause instanceof TypeError)
  }
  return true
}

/**
 * `undefined` is more than `most`. Bytes are counted while they arrive: what is announced may be missing, or a lie once
 * decompressed, and another origin need not tell that it is compressed.
 */
const readBytes = async ({ body, headers }: Response, most: number): Promise<Uint8Array | undefined> => {
  if (!headers.has("content-encoding") && Number(headers.get("content-length")) > most) return undefined
  const reader = body?.getReader()
  const chunks: Array<Uint8Array> = []
  let size = 0
  for (;;) {
    // A chunk comes after the one before it.
    // oxlint-disable-next-line no-await-in-loop
    const next = await reader?.read()
    if (next?.value === undefined) break
    size += next.value.byteLength
    if (size > most) return undefined
    chunks.push(next.value)
  }
  const [first] = chunks
  if (chunks.length === 1 && first !== undefined) return first
  const whole = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}

/** `init` is what is set for every request, `around` what is there around the layer: its `fetch`, unless the call has one. */
export const makeTransport =
  (init: RequestInit, around: Context.Context<never>): Transport.Send =>
  (request, { onComplete, onHeaders }, maxBodySize, context) => {
    const controller = new AbortController()
    const url = request.origin + request.path
    let isOver = false

    const end = (exit: Exit.Exit<Uint8Array, unknown>): void => {
      if (isOver) return
      isOver = true
      onComplete(exit)
    }
    /** Only what is under way: to abort makes an error with a stack, which takes longer than all the rest here. */
    const cancel = (): void => {
      if (isOver) return
      isOver = true
      controller.abort()
    }

    const complete = () => initOf(request, init, controller.signal)
    const send = async (): Promise<Response | undefined> => {
      try {
        const fetch =
          Context.getOrUndefined(context, FetchHttpClient.Fetch) ?? Context.get(around, FetchHttpClient.Fetch)
        return await fetch(url, complete())
      } catch (cause) {
        if (isOver) return undefined
        markHint(cause, request.origin)
        const mayHaveLeft = !(cause instanceof TypeError) || isTaken(() => new Request(url, complete()))
        end(Exit.fail(mayHaveLeft ? cause : new Transport.TransportError(false, cause)))
        return undefined
      }
    }

    const exchange = async (): Promise<void> => {
      const response = await send()
      if (response === undefined || isOver) return
      if (!onHeaders(response.status, (name) => response.headers.get(name) ?? undefined)) {
        // By HTTP, 204 has no body, and so its connection is free.
        if (response.status !== 204) cancel()
        return
      }
      const bytes = await readBytes(response, maxBodySize)
      if (bytes !== undefined) return end(Exit.succeed(bytes))
      if (isOver) return
      cancel()
      onComplete(Exit.fail(new Transport.BodyTooLarge()))
    }

    // `send` has seen to what came before an answer: what breaks off had one, whatever it is called.
    exchange().catch((cause: unknown) => end(Exit.fail(new Transport.TransportError(true, cause))))
    return Effect.sync(cancel)
  }

/** Over the `fetch`, and with the options for it, that are set around the layer. */
export const make = (
  layer: string,
  options: TransportOptions,
): Effect.Effect<Transport.Send, ApiError.InvalidRequest> =>
  Effect.gen(function* () {
    const standard = yield* standardFor(layer, options)
    const around = yield* Effect.context()
    const given = Context.getOrUndefined(around, FetchHttpClient.RequestInit)
    return makeTransport({ ...standard, ...given, redirect: "manual" }, around)
  })
