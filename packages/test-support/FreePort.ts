/** Servers on free ports of this machine. */
import * as Effect from "effect/Effect"
import type * as Http from "node:http"
import * as Net from "node:net"

export const portOf = (server: Net.Server): number => {
  const address = server.address()
  if (typeof address !== "object" || address === null) throw new Error("The server does not listen on a port.")
  return address.port
}

/** Listens on a free port until the scope closes, and succeeds with the port. The connections are closed then. */
export const listen = (server: Http.Server) =>
  Effect.acquireRelease(
    Effect.callback<number>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.sync(() => portOf(server))))
    }),
    () =>
      Effect.callback<void>((resume) => {
        server.closeAllConnections()
        server.close(() => resume(Effect.void))
      }),
  )

/** A port that was free a moment ago. */
export const freePort = Effect.callback<number>((resume) => {
  const server = Net.createServer().listen(0, "127.0.0.1", () => {
    const port = portOf(server)
    server.close(() => resume(Effect.succeed(port)))
  })
})
