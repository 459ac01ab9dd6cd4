/**
 * The sandbox, served over HTTP by Node.
 *
 * @since 0.1.0
 */
import * as Sandbox from "@effect-tokens/testkit/Sandbox"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import type * as HttpServerError from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import { builtFolder, consolePath, layerConsole } from "./consolePage.ts"
import { answerDirectly } from "./directRequests.ts"
import { makeDrainingServer } from "./drainingServer.ts"

/**
 * Where the sandbox listens, the credentials that it takes, and where its console is, if it serves one.
 *
 * @since 0.1.0
 */
export class SandboxServer extends Context.Service<
  SandboxServer,
  {
    readonly url: string
    readonly credentials: Sandbox.Credentials["Service"]
    readonly console: string | undefined
  }
>()("@effect-tokens/cli/SandboxServer") {}

/**
 * What is not said otherwise. The address is this machine only.
 *
 * @since 0.1.0
 */
export const defaults = { host: "127.0.0.1", port: 8787, seed: 0, cors: false, console: false } as const

/**
 * - `port`: 8787 unless given; 0 takes a free one.
 * - `host`: the address to listen on. 127.0.0.1, this machine only, unless given.
 * - `seed`: ids and keys follow from it, the credentials among them. 0 unless given.
 * - `cors`: whether pages of other origins may call it from a browser, of whatever origin. They may not unless given: then
 *   every page that is open in a browser on this machine could, and the control takes no credential.
 * - `console`: whether to serve the console, a page to look at the sandbox, at `/console/`: `true` for the one in this
 *   package, or the folder of another one. Not unless given.
 *
 * @since 0.1.0
 */
export interface Options extends Sandbox.Options {
  readonly port?: number | undefined
  readonly host?: string | undefined
  readonly cors?: boolean | undefined
  readonly console?: boolean | string | undefined
}

const consoleFolder = ({ console = defaults.console }: Options): string | undefined => {
  if (console === false) return undefined
  return console === true ? builtFolder : console
}

/** A browser hides what is not exposed: for how long to wait would be lost. */
const cors = HttpMiddleware.cors({ exposedHeaders: ["retry-after"], maxAge: 600 })

/** To listen everywhere is no address to call. */
const reachableUrl = (url: string): string => url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")

/**
 * Serves a sandbox until the layer's scope closes. It then takes no new connections, and answers the requests that it
 * has begun with, for 5 seconds at the most.
 *
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<SandboxServer, HttpServerError.ServeError> =>
  Layer.suspend(() => {
    const folder = consoleFolder(options)
    const isCors = options.cors ?? defaults.cors
    const routes = Sandbox.layerRoutes(options)
    const node = makeDrainingServer()
    return Layer.effect(
      SandboxServer,
      Effect.gen(function* () {
        const server = yield* HttpServer.HttpServer
        const url = reachableUrl(HttpServer.formatAddress(server.address))
        // What pages of other origins are to see of an answer, only the routes say.
        if (!isCors) node.goFirst(answerDirectly(yield* Sandbox.DirectEntrance))
        return {
          url,
          credentials: yield* Sandbox.Credentials,
          console: folder === undefined ? undefined : `${url}${consolePath}/`,
        }
      }),
    ).pipe(
      Layer.provide(
        HttpRouter.serve(folder === undefined ? routes : Layer.merge(routes, Layer.orDie(layerConsole(folder))), {
          routerConfig: Sandbox.routerConfig,
          disableLogger: true,
          disableListenLog: true,
          ...(isCors ? { middleware: cors } : {}),
        }),
      ),
      Layer.provide(
        NodeHttpServer.layer(() => node, {
          port: options.port ?? defaults.port,
          host: options.host ?? defaults.host,
        }),
      ),
    )
  })
