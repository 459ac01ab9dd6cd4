/** Sends requests over `fetch`, with as little as possible between it and the caller. */
import { ApiError, Transport } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpHeaders from "effect/http/Headers"
import { markHint } from "./hint.ts"

const modes: ReadonlyArray<unknown> = ["omit", "same-origin", "include"] satisfies ReadonlyArray<RequestCredentials>

const initOf = ({ body, headers, method }: Transport.Request, init: RequestInit, signal: AbortSignal): RequestInit => ({
  ...init,
  method,
  headers:
    init.headers === undefined ? headers : HttpHeaders.merge(HttpHeaders.fromInput(new Headers(init.headers)), headers),
  body: body ?? null,
  signal,
})

/** False when `fetch` refuses its arguments: it makes a `Request` of them before it sends anything. */
const isTaken = (make: () => Request): boolean => {
  try {
    make()
  } catch (cause) {
    return !(cause instanceof TypeError)
  }
  return true
}

/**
 * Reads a body of at most `most` bytes, and gives `undefined` for a larger one. Counts bytes while they arrive: an announced
 * length may be missing, or wrong once the body is decompressed, and another origin need not say that it compresses.
 */
const readBytes = async ({ body, headers }: Response, most: number): Promise<Uint8Array | undefined> => {
  if (!headers.has("content-encoding") && Number(headers.get("content-length")) > most) return undefined
  const reader = body?.getReader()
  const chunks: Array<Uint8Array> = []
  let size = 0
  for (;;) {
    // Chunks come one after another.
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

/** Sends with the options `init`, by the `fetch` of the call's context, or else of `around`, the layer's. */
export const sendWith =
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
    /** Aborts a request that is not over. An abort makes an error with a stack, which costs more than all the rest here. */
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
        // A 204 has no body, so its connection is free.
        if (response.status !== 204) cancel()
        return
      }
      const bytes = await readBytes(response, maxBodySize)
      if (bytes !== undefined) return end(Exit.succeed(bytes))
      if (isOver) return
      cancel()
      onComplete(Exit.fail(new Transport.BodyTooLarge()))
    }

    // `send` has handled the errors before a response: an error here comes after one, so the request was sent.
    exchange().catch((cause: unknown) => end(Exit.fail(new Transport.TransportError(true, cause))))
    return Effect.as(Effect.sync(cancel), true)
  }

/** Sends by the `fetch` of the context, and with its options for `fetch`. */
export const makeSend = Effect.fnUntraced(function* (credentials: RequestCredentials) {
  if (!modes.includes(credentials)) {
    return yield* new ApiError.InvalidOptions({
      layer: "BrowserTransport.layer",
      field: "credentials",
      problem: 'must be "omit", "same-origin" or "include"',
    })
  }
  const around = yield* Effect.context()
  // A response may hold keys: no cache keeps it. If a redirect were an error of `fetch`, it would look like a lost
  // connection: the call would be retried, and the outcome of a create would be unknown.
  const init: RequestInit = {
    cache: "no-store",
    credentials,
    ...Context.getOrUndefined(around, FetchHttpClient.RequestInit),
    redirect: "manual",
  }
  return sendWith(init, around)
})
