/**
 * Requests over a dispatcher of undici, with as little between the socket and the caller as there can be.
 *
 * undici's own `request` makes a `Readable` of each body and a promise of each step. Answers of an API are small, and there
 * at once: here a body is the bytes that have come.
 */
import { Transport } from "@effect-tokens/core"
import type * as Undici from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

type Handler = Undici.Dispatcher.DispatchHandler
type Controller = Undici.Dispatcher.DispatchController
type Headers = Parameters<NonNullable<Handler["onResponseStart"]>>[2]

/** As they are now: a test that fakes timers, and these among them, fakes no answers. */
const { nextTick } = process
const { setImmediate } = globalThis

const givenUp = () => new Error("The request was given up.")

const join = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array => {
  const [first] = chunks
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size)
}

/** One request and its answer. */
class Exchange implements Handler {
  readonly #receiver: Transport.Receiver
  readonly #maxBodySize: number
  #controller: Controller | undefined

  #status = 0
  #headers: Headers = {}
  readonly #chunks: Array<Uint8Array> = []
  #size = 0
  #exit: Exit.Exit<Uint8Array, unknown> | undefined

  #isHeadTold = false
  #isOver = false

  constructor(receiver: Transport.Receiver, maxBodySize: number) {
    this.#receiver = receiver
    this.#maxBodySize = maxBodySize
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    if (this.#isOver) controller.abort(givenUp())
  }

  onResponseStart(_controller: Controller, status: number, headers: Headers): void {
    // 103 Early Hints, for one, comes before the answer.
    if (status < 200) return
    this.#status = status
    this.#headers = headers
    if (Number(headers["content-length"] ?? 0) > this.#maxBodySize) this.#refuseBody()
    this.#tellSoon()
  }

  onResponseData(_controller: Controller, chunk: Uint8Array): void {
    this.#size += chunk.byteLength
    if (this.#size > this.#maxBodySize) this.#refuseBody()
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#end(Exit.succeed(join(this.#chunks, this.#size)))
  }

  onResponseError(_controller: Controller | null, cause: unknown): void {
    // What breaks off had an answer, whatever it is called.
    this.#end(Exit.fail(this.#status === 0 ? cause : new Transport.TransportError(true, cause)))
  }

  #refuseBody(): void {
    this.#end(Exit.fail(new Transport.BodyTooLarge()))
    this.#controller?.abort(givenUp())
  }

  #end(exit: Exit.Exit<Uint8Array, unknown>): void {
    if (this.#exit !== undefined) return
    this.#exit = exit
    // Small bodies come with the head, which is still to be told of then.
    if (this.#status === 0 || this.#isHeadTold) this.#tellSoon()
  }

  /**
   * Not at once: undici frees the connection in an immediate that it sets after this. A next request that came before it
   * would open another connection, and calls one after another would have two.
   */
  #tellSoon(): void {
    nextTick(tellNext, this)
  }

  tell(): void {
    if (this.#isOver) return
    if (this.#status !== 0 && !this.#isHeadTold) {
      this.#isHeadTold = true
      if (!this.#receiver.onHeaders(this.#status, (name) => this.#header(name))) return this.cancel()
    }
    if (this.#exit === undefined) return
    this.#isOver = true
    this.#receiver.onComplete(this.#exit)
  }

  #header(name: string): string | undefined {
    const value = this.#headers[name]
    return Array.isArray(value) ? value.join(", ") : value
  }

  cancel(): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#exit === undefined) this.#controller?.abort(givenUp())
  }
}

const tell = (exchange: Exchange): void => exchange.tell()

const tellNext = (exchange: Exchange): void => {
  setImmediate(tell, exchange)
}

/** Sends requests over a dispatcher, each with the headers `standard` besides its own. */
export const sendOver = (
  dispatcher: Pick<Undici.Dispatcher, "dispatch">,
  standard: Readonly<Record<string, string>>,
): Transport.Send => {
  const completed = new WeakMap<Transport.Request["headers"], Transport.Request["headers"]>()
  const complete = (headers: Transport.Request["headers"]) => {
    let all = completed.get(headers)
    if (all === undefined) {
      all = { ...headers, ...standard }
      completed.set(headers, all)
    }
    return all
  }

  return ({ body, headers, method, origin, path }, receiver, maxBodySize) => {
    const exchange = new Exchange(receiver, maxBodySize)
    dispatcher.dispatch(
      {
        method,
        origin,
        path,
        headers: complete(headers),
        body: body ?? null,
        // When time is up, whoever calls gives it up.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      exchange,
    )
    return Effect.sync(() => exchange.cancel())
  }
}
