/** Pools connections of undici. Each carries one exchange at a time, so that a call that ends can end its connection. */
import { ApiError } from "@effect-tokens/core"
import * as Undici from "@effect/platform-node/Undici"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Fs from "node:fs"
import * as Tls from "node:tls"
import { isPem } from "./certificates.ts"
import { type Connect, type Destination, makeConnect } from "./connect.ts"
import { type Proxy, readProxies } from "./proxy.ts"

/** A connection of undici. It is made for its first exchange, and again if the server has closed it since the last. */
export interface Connection {
  /** Sends a request. The clock of `context` limits the time to connect. */
  readonly dispatch: (
    options: Undici.Dispatcher.DispatchOptions,
    handler: Undici.Dispatcher.DispatchHandler,
    context: Context.Context<never>,
  ) => void
  /** Returns the connection to the pool, after its exchange. */
  readonly free: () => void
  /** Closes the connection, or aborts it while it is being made. */
  readonly destroy: () => void
}

/** The connections to one origin. */
interface Route {
  /** Takes a free connection, or makes one. */
  readonly take: () => Connection
  /** The proxy that forwards the requests: there is no tunnel to an `http:` origin. */
  readonly forwarder: Proxy | undefined
}

/** `immediate` is the real `setImmediate`, or `undefined` when a test has faked it. */
const makePool = (
  connect: Connect,
  proxyFor: (url: URL) => Proxy | undefined,
  immediate: typeof setImmediate | undefined,
) => {
  const connections = new Set<Connection>()
  const routes = new Map<string, Route>()
  let isClosed = false

  /** undici sends a second request on a connection after an immediate, which never runs under fake timers. */
  const isReusing = () => !isClosed && globalThis.setImmediate === immediate

  const makeConnection = (destination: Destination, free: Array<Connection>): Connection => {
    let connecting: Context.Context<never>
    let abort: (() => void) | undefined
    const client = new Undici.Client(destination.url.origin, {
      allowH2: false,
      connect: (_, callback) => {
        abort = connect(destination, connecting, callback)
      },
    })
    const connection: Connection = {
      dispatch: (options, handler, context) => {
        connecting = context
        client.dispatch(options, handler)
      },
      free: () => {
        if (isReusing()) free.push(connection)
        else connection.destroy()
      },
      destroy: () => {
        connections.delete(connection)
        client.destroy(null, () => {})
        abort?.()
      },
    }
    client.on("disconnect", () => {
      const index = free.indexOf(connection)
      if (index === -1) return
      free.splice(index, 1)
      connection.destroy()
    })
    connections.add(connection)
    // undici then refuses the request.
    if (isClosed) connection.destroy()
    return connection
  }

  const makeRoute = (origin: string): Route => {
    const url = new URL(origin)
    const proxy = proxyFor(url)
    const forwarder = url.protocol === "http:" ? proxy : undefined
    const destination = { url: forwarder?.url ?? url, proxy }
    const free: Array<Connection> = []
    return { forwarder, take: () => (isReusing() ? free.pop() : undefined) ?? makeConnection(destination, free) }
  }

  return {
    routeTo: (origin: string): Route => {
      const route = routes.get(origin) ?? makeRoute(origin)
      routes.set(origin, route)
      return route
    },
    close: () => {
      isClosed = true
      for (const connection of connections) connection.destroy()
    },
  }
}

/** Looks whether `setImmediate` is real. A fake one does not run until its test says so. */
const realImmediate = Effect.callback<typeof setImmediate | undefined>((resume) => {
  const { setImmediate } = globalThis
  setImmediate(() => resume(Effect.succeed(setImmediate)))
  // The event loop has turned twice by then, and a real one has run.
  Fs.stat(".", () => Fs.stat(".", () => resume(Effect.undefined)))
})

const refuse = (field: string, problem: string) =>
  new ApiError.InvalidOptions({ layer: "NodeTransport.layer", field, problem })

/** Makes a pool by the options and the environment. Its connections close with the scope. */
export const openPool = Effect.fnUntraced(function* (
  connectTimeout: Duration.Input,
  extraCaCertificates: string | ReadonlyArray<string>,
) {
  const timeout = Option.getOrUndefined(Option.map(Duration.fromInput(connectTimeout), Duration.toMillis))
  if (timeout === undefined || !(timeout > 0)) {
    return yield* refuse(
      "connectTimeout",
      'must be a duration above zero, such as "3 seconds" or a number of milliseconds',
    )
  }
  const given: unknown = extraCaCertificates
  const extra: ReadonlyArray<unknown> = Array.isArray(given) ? given : [given]
  if (!extra.every(isPem)) {
    return yield* refuse("extraCaCertificates", "must be certificates as PEM, such as the contents of a .pem file")
  }
  const tls = extra.length === 0 ? {} : { ca: [...Tls.getCACertificates("default"), ...extra] }
  const proxyFor = yield* Effect.mapError(readProxies, (variable) =>
    refuse(variable, "must be a URL such as http://proxy.example:3128"),
  )
  const pool = makePool(makeConnect(tls, timeout), proxyFor, yield* realImmediate)
  yield* Effect.addFinalizer(() => Effect.sync(pool.close))
  return pool.routeTo
})
