/**
 * The sandbox, served over HTTP by Node.
 *
 * @since 0.1.0
 */
import { Sandbox } from "@effect-tokens/testkit"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import type * as HttpServerError from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"

/**
 * Where the sandbox listens, and the credentials that it takes.
 *
 * @since 0.1.0
 */
export class SandboxServer extends Context.Service<
  SandboxServer,
  { readonly url: string; readonly credentials: Sandbox.Credentials["Service"] }
>()("@effect-tokens/cli/SandboxServer") {}

/**
 * - `port`: 8787 unless given; 0 takes a free one.
 * - `host`: the address to listen on. 127.0.0.1, this machine only, unless given.
 * - `seed`: ids and keys follow from it, the credentials among them. 0 unless given.
 *
 * @since 0.1.0
 */
export interface Options extends Sandbox.Options {
  readonly port?: number | undefined
  readonly host?: string | undefined
}

/**
 * Once it is told to close, Node closes the connections that are idle then; one that becomes idle later would be kept
 * alive for seconds, and hold up the end.
 */
const makeServer = (): Server => {
  const server = createServer()
  const closeWhenDone = (_request: IncomingMessage, response: ServerResponse) =>
    response.on("close", () => {
      if (!server.listening) setImmediate(() => server.closeIdleConnections())
    })
  return server.on("request", closeWhenDone).on("checkContinue", closeWhenDone)
}

/**
 * Serves a sandbox until the layer's scope closes. It then takes no new connections, and answers the requests that it
 * has.
 *
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<SandboxServer, HttpServerError.ServeError> =>
  Layer.effect(
    SandboxServer,
    Effect.gen(function* () {
      const server = yield* HttpServer.HttpServer
      return { url: HttpServer.formatAddress(server.address), credentials: yield* Sandbox.Credentials }
    }),
  ).pipe(
    Layer.provide(
      HttpRouter.serve(Sandbox.layerRoutes(options), {
        routerConfig: Sandbox.routerConfig,
        disableLogger: true,
        disableListenLog: true,
      }),
    ),
    Layer.provide(NodeHttpServer.layer(makeServer, { port: options.port ?? 8787, host: options.host ?? "127.0.0.1" })),
  )
