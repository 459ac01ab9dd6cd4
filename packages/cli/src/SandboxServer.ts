/**
 * The sandbox, served over HTTP by Node.
 *
 * @since 0.1.0
 */
import * as Sandbox from "@effect-tokens/testkit/Sandbox"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpServerError from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import type { RequestListener, Server } from "node:http"
import type { AddressInfo } from "node:net"
import { builtFolder, consolePath, makeConsole } from "./consolePage.ts"
import { makeDrainingServer } from "./drainingServer.ts"
import { makeListener, withCors, withoutForeignPages } from "./sandboxListener.ts"

/**
 * A sandbox that is served.
 *
 * @since 0.1.0
 */
export class SandboxServer extends Context.Service<
  SandboxServer,
  {
    /** The URL that it listens on, without a slash at its end. */
    readonly url: string
    /** The credentials that it takes. */
    readonly credentials: Sandbox.Credentials["Service"]
    /** The URL of the console, if it is served. */
    readonly console: string | undefined
  }
>()("@effect-tokens/cli/SandboxServer") {}

/**
 * The defaults of the options. The address is this machine only.
 *
 * @since 0.1.0
 */
export const defaults = { host: "127.0.0.1", port: 8787, seed: 0, cors: false, console: false } as const

/** @since 0.1.0 */
export interface Options extends Sandbox.Options {
  /** The port, from 0 to 65535; 0 takes a free one. Defaults to 8787. */
  readonly port?: number | undefined
  /** The address to listen on. Defaults to 127.0.0.1, this machine only. */
  readonly host?: string | undefined
  /**
   * True lets pages of all other origins call the sandbox from a browser. Every page that is open in a browser on this
   * machine could then, and the control takes no credential. Defaults to false.
   */
  readonly cors?: boolean | undefined
  /**
   * True serves the console of this package, a page to look at the sandbox, at `/console/`. A text is the folder of another
   * console. Defaults to false.
   */
  readonly console?: boolean | string | undefined
}

const consoleFolder = ({ console = defaults.console }: Options): string | undefined => {
  if (console === false) return undefined
  return console === true ? builtFolder : console
}

const addressOf = (server: Server): AddressInfo => {
  const address = server.address()
  // It listens on a port, and never on a pipe.
  if (address === null || typeof address === "string") throw new Error("The server does not listen.")
  return address
}

/** To listen everywhere is no address to call. */
const urlOf = ({ address, port }: AddressInfo): string =>
  `http://${address.includes(":") ? `[${address}]` : address}:${port}`
    .replace("//0.0.0.0:", "//127.0.0.1:")
    .replace("//[::]:", "//[::1]:")

/** Listens until the scope closes. */
const listen = (server: Server, port: number, host: string) =>
  Effect.acquireRelease(
    Effect.callback<void, HttpServerError.ServeError>((resume) => {
      const fail = (cause: Error) => resume(Effect.fail(new HttpServerError.ServeError({ cause })))
      server.once("error", fail)
      server.listen(port, host, () => {
        server.off("error", fail)
        resume(Effect.void)
      })
    }),
    () => Effect.callback<void>((resume) => void server.close(() => resume(Effect.void))),
  )

/**
 * Serves a sandbox until the layer's scope closes. It then takes no new connections, and answers the requests that it
 * has begun with, for 5 seconds at the most.
 *
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<SandboxServer, HttpServerError.ServeError> =>
  Layer.effect(
    SandboxServer,
    Effect.gen(function* () {
      const folder = consoleFolder(options)
      const answer = makeListener(yield* Sandbox.Sandbox, yield* Effect.context<never>())
      const page = folder === undefined ? undefined : yield* makeConsole(folder)
      const listener: RequestListener = (request, response) =>
        page?.isAt(request) === true ? page.answer(request, response) : answer(request, response)
      const server = makeDrainingServer(
        (options.cors ?? defaults.cors)
          ? withCors(listener)
          : withoutForeignPages(listener, () => /^(?:127\.|::1$)/.test(addressOf(server).address)),
      )
      yield* listen(server, options.port ?? defaults.port, options.host ?? defaults.host)
      const url = urlOf(addressOf(server))
      return {
        url,
        credentials: yield* Sandbox.Credentials,
        console: page === undefined ? undefined : `${url}${consolePath}/`,
      }
    }),
  ).pipe(Layer.provide(Sandbox.layerServed(options)))
