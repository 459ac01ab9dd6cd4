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
import { createServer } from "node:http"

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
    Layer.provide(
      NodeHttpServer.layer(() => createServer(), { port: options.port ?? 8787, host: options.host ?? "127.0.0.1" }),
    ),
  )
