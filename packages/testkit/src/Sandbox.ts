/**
 * The sandbox: NeuroIO and Lightspark UMAaaS in memory, in the vendors' own shapes. `effect-tokens sandbox` serves it over
 * HTTP.
 *
 * All is served from one address: both of NeuroIO's hosts, whose paths differ, and UMAaaS at `/umaaas/v1`. The vendors
 * have one time, and are kept, restored and reset as a whole, through any of their controls.
 *
 * @since 0.1.0
 */
import { Transport } from "@effect-tokens/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { constFalse } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import { serve as serveRequest } from "./internal/sandbox/calls.ts"
import { controlPath } from "./internal/sandbox/controlApi.ts"
import { handle as handleRequest } from "./internal/sandbox/handle.ts"
import { makeRemote } from "./internal/sandbox/remoteControl.ts"
import { maxBodySize, pathnameOf, type Request, type Response } from "./internal/sandbox/request.ts"
import { makeSandbox, type Sandbox as State } from "./internal/sandbox/state.ts"
import { credentialsOf, layerServices, makeControls, makeRemoteControls, wireAt } from "./internal/sandbox/vendors.ts"
import { toResponse } from "./internal/sandbox/wire.ts"

export type { Request, Response } from "./internal/sandbox/request.ts"

/**
 * A sandbox: its vendors, their time, its faults and its journal.
 *
 * @since 0.1.0
 */
export class Sandbox extends Context.Service<Sandbox, State>()("@effect-tokens/testkit/Sandbox") {}

/**
 * The credentials that a fresh sandbox takes, by vendor.
 *
 * - `neuroio`: the keys of the `account` and of the `manager`. They are no tokens, so they are not listed, do not count,
 *   never expire, and survive every deletion.
 * - `umaaas`: `clientId` and `clientSecret` of the first API token, which has all permissions. It is a token like any
 *   other, and can be deleted.
 *
 * @since 0.1.0
 */
export class Credentials extends Context.Service<Credentials, ReturnType<typeof credentialsOf>>()(
  "@effect-tokens/testkit/Sandbox/Credentials",
) {}

/** @since 0.1.0 */
export interface Options {
  /** Ids, keys and credentials follow from it. A whole number from 0 to 4,294,967,295. Defaults to 0. */
  readonly seed?: number | undefined
}

const make = ({ seed = 0 }: Options, pages?: State["pages"]) =>
  Effect.clockWith((clock) =>
    Effect.sync(() => {
      const sandbox = makeSandbox(seed, clock.currentTimeMillisUnsafe(), pages)
      return Context.make(Sandbox, sandbox).pipe(Context.add(Credentials, credentialsOf(sandbox.vendors)))
    }),
  )

/**
 * Answers one request: authenticates, decodes, applies the rules, and encodes, for successes and errors alike. Every
 * request has an answer, in the shape of the vendor whose path it is. `now` is in milliseconds since 1970. Without faults
 * and journal, and pure but for the state of the sandbox.
 *
 * @since 0.1.0
 */
export const handle: (sandbox: Sandbox["Service"], request: Request, now: number) => Response = handleRequest

/**
 * Answers one request as a server does: `handle`, with the journal and the planned faults around it. `respond` takes the
 * response, or `undefined` where the connection is to break; without a planned fault it is called at once. The clock is
 * that of `context`. The effect that it gives cancels the request.
 *
 * @since 0.1.0
 */
export const serve: (
  sandbox: Sandbox["Service"],
  request: Request,
  context: Context.Context<never>,
  respond: (response: Response | undefined) => void,
) => Effect.Effect<void> = serveRequest

export {
  /**
   * The largest body that any request may have, in bytes. A server hands over a larger one cut off behind that, or not at
   * all where `content-length` announces it: it is refused then.
   *
   * @since 0.1.0
   */
  maxBodySize,
}

/**
 * An error in the shape of the vendor whose path it is, for a server that refuses what is not a whole request. A request
 * without a path is at the root.
 *
 * @since 0.1.0
 */
export const errorResponse = (status: number, message: string, path = "/"): Response =>
  toResponse(wireAt(pathnameOf(path)), { status, message })

/** Loads the documentation once it is asked for: it is large. */
const loadDocument = () => import("./internal/sandbox/document.ts")

/**
 * A sandbox to be served, with its documentation: `/openapi.json` describes all that it answers, and `/docs` is a page to
 * try it on.
 *
 * @since 0.1.0
 */
export const layerServed = (options: Options = {}): Layer.Layer<Sandbox | Credentials> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const openapi = yield* Effect.cached(Effect.promise(async () => (await loadDocument()).openapi()))
      const docs = yield* Effect.cached(Effect.promise(async () => await (await loadDocument()).docs()))
      const pages = [["/openapi.json", openapi] as const, ["/docs", docs] as const]
      return yield* make(options, new Map(pages))
    }),
  )

/**
 * True where a request with this path controls the sandbox itself. Such a request needs no credential.
 *
 * @since 0.1.0
 */
export const isControl = (path: string): boolean => pathnameOf(path).startsWith(`${controlPath}/`)

/** As a socket of Node's fails. */
const connectionReset = () =>
  new Transport.TransportError(true, Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }))

const toBytes = (body: string | Uint8Array) => (typeof body === "string" ? new TextEncoder().encode(body) : body)

const makeSend =
  (sandbox: State): Transport.Send =>
  (request, { onComplete, onHeaders }, maxBodySize, context) => {
    const cancel = serveRequest(sandbox, request, context, (response) => {
      if (response === undefined) return onComplete(Exit.fail(connectionReset()))
      const { body = "", headers, status } = response
      if (!onHeaders(status, (name) => headers[name])) return
      const bytes = toBytes(body)
      onComplete(bytes.byteLength > maxBodySize ? Exit.fail(new Transport.BodyTooLarge()) : Exit.succeed(bytes))
    })
    return Effect.as(cancel, true)
  }

/**
 * A sandbox in this process as a transport, without a socket and without a fiber: it answers the requests of the
 * services, to any host. Time is the caller's `Clock`. Its controls act as others through the whole client.
 *
 * @example
 * import { Neuroio } from "@effect-tokens/core"
 * import { Sandbox } from "@effect-tokens/testkit"
 * import { Effect, Layer } from "effect"
 *
 * const NeuroioInProcess = Layer.unwrap(
 *   Effect.map(Sandbox.Credentials, ({ neuroio }) => Neuroio.layer({ apiToken: neuroio.account })),
 * ).pipe(Layer.provide(Sandbox.layerTransport()))
 *
 * @since 0.1.0
 */
export const layerTransport = (options: Options = {}) =>
  Layer.effectContext(
    Effect.map(make(options), (context) => {
      const sandbox = Context.get(context, Sandbox)
      const transport = { send: makeSend(sandbox), baseUrl: undefined, isSameOrigin: constFalse }
      return Context.mergeAll(
        context,
        Context.make(Transport.Transport, transport),
        makeControls(sandbox.vendors, sandbox.control, Layer.succeed(Transport.Transport, transport)),
      )
    }),
  )

const makeHttpClient = (sandbox: State) =>
  HttpClient.make((request, url) =>
    Effect.gen(function* () {
      const web = yield* Effect.orDie(HttpClientRequest.toWeb(request))
      const body = new Uint8Array(yield* Effect.promise(() => web.arrayBuffer()))
      const { method } = request
      const response = yield* Effect.contextWith((context: Context.Context<never>) =>
        Effect.callback<Response | undefined>((resume) =>
          serveRequest(
            sandbox,
            { method, path: url.pathname + url.search, headers: Object.fromEntries(web.headers), body },
            context,
            (response) => resume(Effect.succeed(response)),
          ),
        ),
      )
      if (response !== undefined) {
        const { headers, status } = response
        const content = response.body === undefined ? null : Uint8Array.from(toBytes(response.body))
        return HttpClientResponse.fromWeb(request, new globalThis.Response(content, { status, headers }))
      }
      const { cause } = connectionReset()
      return yield* Effect.fail(
        new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) }),
      )
    }),
  )

/**
 * The sandbox of `layerTransport` as an `HttpClient` as well, for code that calls the vendors by itself.
 *
 * @since 0.1.0
 */
export const layerHttpClient = (options: Options = {}) =>
  Layer.effect(HttpClient.HttpClient, Effect.map(Sandbox, makeHttpClient)).pipe(
    Layer.provideMerge(layerTransport(options)),
  )

/**
 * The whole client over `layerTransport`: `Tokens` and `StreamTokens` as the sandbox's account's, `ApiTokens` as its
 * first API token's, and all that the transport brings.
 *
 * @since 0.1.0
 */
export const layer = (options: Options = {}) => layerServices.pipe(Layer.provideMerge(layerTransport(options)))

/**
 * A sandbox that is served elsewhere: `Tokens` and `StreamTokens` as its account's, `ApiTokens` as its first API token's,
 * and `NeuroioControl` and `UmaaasControl`, which reach the rest of it through its own routes. `url` is the one that
 * `effect-tokens sandbox` prints. A control that gets no answer is a defect.
 *
 * @example
 * import { NodeTransport } from "@effect-tokens/platform-node"
 * import { Sandbox } from "@effect-tokens/testkit"
 * import { Layer } from "effect"
 *
 * const layer = Sandbox.layerRemote({ url: "http://127.0.0.1:8787" }).pipe(Layer.provide(NodeTransport.layer()))
 *
 * @since 0.1.0
 */
export const layerRemote = ({ url }: { readonly url: string }) =>
  layerServices.pipe(
    Layer.provideMerge(
      Layer.effectContext(
        Effect.flatMap(Transport.Transport, (transport) => makeRemoteControls(makeRemote(url, transport))),
      ),
    ),
  )
