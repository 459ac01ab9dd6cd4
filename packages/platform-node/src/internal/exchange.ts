/**
 * Requests over connections of undici, with as little between the socket and the caller as there can be.
 *
 * undici's own `request` makes a `Readable` of each body and a promise of each step. Answers of an API are small, and there
 * at once: here a body is the bytes that have come.
 */
import { Transport } from "@effect-tokens/core"
import type * as Undici from "@effect/platform-node/Undici"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { refusalOf } from "./connect.ts"
import { type Connection, openPool } from "./pool.ts"
import type { Proxy } from "./proxy.ts"

type Handler = Undici.Dispatcher.DispatchHandler
type Controller = Undici.Dispatcher.DispatchController
type Headers = Parameters<NonNullable<Handler["onResponseStart"]>>[2]

const proxyAuthenticationRequired = 407

const join = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  const [first] = chunks
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size)
}

/** One request and its answer. */
export class Exchange implements Handler {
  readonly #connection: Pick<Connection, "free" | "destroy">
  readonly #forwarder: Proxy | undefined
  readonly #receiver: Transport.Receiver
  readonly #maxBodySize: number

  #isSent = false
  #status = 0
  #headers: Headers = {}
  readonly #chunks: Array<Uint8Array> = []
  #size = 0
  #exit: Exit.Exit<Uint8Array, unknown> | undefined

  #isTelling = false
  #isHeadTold = false
  #isOver = false

  /** `forwarder` is the proxy that the request itself is sent to. */
  constructor(
    connection: Pick<Connection, "free" | "destroy">,
    forwarder: Proxy | undefined,
    receiver: Transport.Receiver,
    maxBodySize: number,
  ) {
    this.#connection = connection
    this.#forwarder = forwarder
    this.#receiver = receiver
    this.#maxBodySize = maxBodySize
  }

  /** undici calls this right before it writes the request: a request that fails before was never sent. */
  onRequestStart(): void {
    this.#isSent = true
  }

  onResponseStart(_controller: Controller, status: number, headers: Headers): void {
    // 103 Early Hints, for one, comes before the answer.
    if (status < 200) return
    if (status === proxyAuthenticationRequired && this.#forwarder !== undefined) {
      return this.#fail(new Transport.TransportError(false, refusalOf(this.#forwarder, status)))
    }
    this.#status = status
    this.#headers = headers
    if (Number(headers["content-length"] ?? 0) > this.#maxBodySize) this.#fail(new Transport.BodyTooLarge())
    else this.#tellSoon()
  }

  onResponseData(_controller: Controller, chunk: Uint8Array): void {
    this.#size += chunk.byteLength
    if (this.#size > this.#maxBodySize) this.#fail(new Transport.BodyTooLarge())
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    if (this.#exit !== undefined) return
    this.#connection.free()
    this.#end(Exit.succeed(join(this.#chunks, this.#size)))
  }

  onResponseError(_controller: Controller | null, cause: unknown): void {
    this.#fail(new Transport.TransportError(this.#isSent, cause))
  }

  #fail(error: unknown): void {
    if (this.#exit !== undefined) return
    this.#connection.destroy()
    this.#end(Exit.fail(error))
  }

  #end(exit: Exit.Exit<Uint8Array, unknown>): void {
    this.#exit = exit
    this.#tellSoon()
  }

  /** Waits until undici has returned: it takes no request within its callbacks. Unlike timers, no test fakes promises. */
  #tellSoon(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    void Promise.resolve().then(() => this.#tell())
  }

  #tell(): void {
    this.#isTelling = false
    if (this.#isOver) return
    if (this.#status !== 0 && !this.#isHeadTold) {
      this.#isHeadTold = true
      if (!this.#receiver.onHeaders(this.#status, (name) => this.#header(name))) {
        this.cancel()
        return
      }
    }
    if (this.#exit === undefined) return
    this.#isOver = true
    this.#receiver.onComplete(this.#exit)
  }

  #header(name: string): string | undefined {
    const value = this.#headers[name]
    return Array.isArray(value) ? value.join(", ") : value
  }

  /** Returns true when some of the request may have been sent. */
  cancel(): boolean {
    if (!this.#isOver) {
      this.#isOver = true
      if (this.#exit === undefined) this.#connection.destroy()
    }
    return this.#isSent
  }
}

/** Makes a pool of connections that close with the scope. Sends requests over it, with the headers `standard` added. */
export const makeSend = Effect.fnUntraced(function* (
  connectTimeout: Duration.Input,
  extraCaCertificates: string | ReadonlyArray<string>,
  standard: Readonly<Record<string, string>>,
) {
  const routeTo = yield* openPool(connectTimeout, extraCaCertificates)
  const completed = new WeakMap<Transport.Request["headers"], Transport.Request["headers"]>()
  const complete = (headers: Transport.Request["headers"]) => {
    let all = completed.get(headers)
    if (all === undefined) {
      all = { ...headers, ...standard }
      completed.set(headers, all)
    }
    return all
  }

  const send: Transport.Send = ({ body, headers, method, origin, path }, receiver, maxBodySize, context) => {
    const { forwarder, take } = routeTo(origin)
    const connection = take()
    const exchange = new Exchange(connection, forwarder, receiver, maxBodySize)
    const all = complete(headers)
    connection.dispatch(
      {
        method,
        path: forwarder === undefined ? path : origin + path,
        headers: forwarder === undefined ? all : { ...all, ...forwarder.headers, host: new URL(origin).host },
        body: body ?? null,
        // The caller limits the time.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      exchange,
      context,
    )
    return Effect.sync(() => exchange.cancel())
  }
  return send
})
