/** Requests over `fetch`, with as little between it and the caller as there can be. */
import { ApiError, Transport } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
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

const initOf = (
  { body, headers, method }: Transport.Request,
  standard: RequestInit,
  signal: AbortSignal,
): RequestInit => ({
  ...standard,
  method,
  headers: { ...(standard.headers && Object.fromEntries(new Headers(standard.headers))), ...headers },
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

/** Bytes that are counted while they arrive: what was announced may be missing, or a lie once decompressed. */
const readCounted = async (response: Response, most: number): Promise<Uint8Array | undefined> => {
  const reader = response.body?.getReader()
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

/** `undefined` is more than that. */
const readBytes = async (response: Response, most: number): Promise<Uint8Array | undefined> => {
  const announced = response.headers.get("content-length")
  if (announced === null || response.headers.has("content-encoding")) return readCounted(response, most)
  if (!(Number(announced) <= most)) return undefined
  const buffer = await response.arrayBuffer()
  return buffer.byteLength > most ? undefined : new Uint8Array(buffer)
}

/** `around` is what there is around the layer: a `fetch` of its own, unless the call has one. */
export const makeTransport =
  (standard: RequestInit, around: Context.Context<never>): Transport.Transport =>
  (request, { onExit, onHead }, maxBodySize, context) => {
    const controller = new AbortController()
    const url = request.origin + request.path
    let isOver = false

    const end = (exit: Exit.Exit<Uint8Array, unknown>): void => {
      if (isOver) return
      isOver = true
      onExit(exit)
    }
    /** Only what is under way: to abort makes an error with a stack, which takes longer than all the rest here. */
    const giveUp = (): void => {
      if (isOver) return
      isOver = true
      controller.abort()
    }

    const send = async (): Promise<Response | undefined> => {
      try {
        const fetch =
          Context.getOrUndefined(context, FetchHttpClient.Fetch) ?? Context.get(around, FetchHttpClient.Fetch)
        return await fetch(url, initOf(request, standard, controller.signal))
      } catch (cause) {
        markHint(cause, request.origin)
        const sent =
          !(cause instanceof TypeError) || isTaken(() => new Request(url, initOf(request, standard, controller.signal)))
        end(Exit.fail(sent ? cause : new Transport.NoAnswer(false, cause)))
        return undefined
      }
    }

    const exchange = async (): Promise<void> => {
      const response = await send()
      if (response === undefined || isOver) return
      if (!onHead(response.status, (name) => response.headers.get(name) ?? undefined)) {
        // By HTTP, 204 has no body, and so its connection is free.
        if (response.status !== 204) giveUp()
        return
      }
      const bytes = await readBytes(response, maxBodySize)
      if (bytes !== undefined) return end(Exit.succeed(bytes))
      if (isOver) return
      end(Exit.fail(new Transport.BodyTooLarge()))
      controller.abort()
    }

    exchange().catch((cause: unknown) => end(Exit.fail(cause)))
    return Effect.sync(giveUp)
  }

/** Over the `fetch`, and with the options for it, that are set around the layer. */
export const make = (
  layer: string,
  options: TransportOptions,
): Effect.Effect<Transport.Transport, ApiError.InvalidRequest> =>
  Effect.flatMap(standardFor(layer, options), (standard) =>
    Effect.contextWith((around: Context.Context<never>) =>
      Effect.succeed(
        makeTransport(
          { ...standard, ...Context.getOrUndefined(around, FetchHttpClient.RequestInit), redirect: "manual" },
          around,
        ),
      ),
    ),
  )
