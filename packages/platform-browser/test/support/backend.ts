/**
 * A backend on the origin that pages under test come from. It hands on what is asked of it to servers whose addresses the
 * test project provides:
 *
 * - `/stage/…`: as it is.
 * - `/backend/…`: to a sandbox, with the credential that the page does not have. A page that has one is refused.
 */
import * as Http from "node:http"
import type { Plugin } from "vitest/config"
import type { TestProject } from "vitest/node"

declare module "vitest" {
  interface ProvidedContext {
    /** A sandbox on another origin, which allows every page. */
    readonly sandboxUrl: string
    /** The sandbox behind the backend. */
    readonly backend: {
      readonly url: string
      /** Values of the header `Authorization` that the latter takes. */
      readonly neuroio: string
      readonly umaaas: string
    }
    /** A server on another origin that behaves as the path says. */
    readonly stageUrl: string
  }
}

const forward = (
  url: string,
  headers: Http.OutgoingHttpHeaders,
  from: Http.IncomingMessage,
  to: Http.ServerResponse,
) => {
  const request = Http.request(url, { method: from.method ?? "GET", headers: { ...from.headers, ...headers } })
  request.on("response", (response) => {
    to.writeHead(response.statusCode ?? 502, response.headers)
    response.pipe(to)
    // What is cut off there is cut off here.
    response.on("error", () => to.destroy())
  })
  request.on("error", () => to.destroy())
  to.on("close", () => request.destroy())
  from.pipe(request)
}

export const backend = (): Plugin => {
  let project: TestProject | undefined
  const provided = () => {
    if (project === undefined) throw new Error("there is no test project")
    return project.getProvidedContext()
  }
  return {
    name: "backend",
    configureVitest(context) {
      project = context.project
    },
    configureServer({ middlewares }) {
      middlewares.use("/stage", (from, to) => forward(provided().stageUrl + from.url, {}, from, to))
      middlewares.use("/backend", (from, to) => {
        if (from.headers.authorization !== undefined) return to.writeHead(400).end()
        const { neuroio, umaaas, url } = provided().backend
        const authorization = from.url?.startsWith("/umaaas/") === true ? umaaas : neuroio
        return forward(url + from.url, { authorization }, from, to)
      })
    },
  }
}
