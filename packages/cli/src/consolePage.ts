/** Serves the console, a page to manage the sandbox. Its sources are in `packages/console`. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRespondable from "effect/http/HttpServerRespondable"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpStaticServer from "effect/http/HttpStaticServer"
import type { IncomingMessage, RequestListener } from "node:http"
import { fileURLToPath } from "node:url"

/** The folder that `npm run build` writes. The path is right from `src` and from `dist`. */
export const builtFolder = fileURLToPath(new URL("../dist/console", import.meta.url))

/** The path of the page on the server. */
export const consolePath = "/console"

/** The page holds credentials: it loads nothing from other origins, calls no other origin, and is in no frame. */
const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
}

/** Succeeds with true when a folder holds a page. The published package has one, the sources only after a build. */
export const isBuilt = (folder: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fileSystem) =>
    Effect.orElseSucceed(fileSystem.exists(`${folder}/index.html`), () => false),
  )

/** A page that Node's HTTP server serves beside the sandbox. */
interface Console {
  /** True where a request is for the page. */
  readonly isAt: (request: IncomingMessage) => boolean
  readonly answer: RequestListener
}

/** Serves the page in a folder. */
export const makeConsole = Effect.fnUntraced(
  function* (folder: string) {
    const scope = yield* Effect.scope
    const routes = HttpRouter.use(
      Effect.fnUntraced(function* (router) {
        const files = yield* HttpStaticServer.make({ root: folder, cacheControl: "no-cache" })
        const page = files.pipe(
          Effect.catch(HttpServerRespondable.toResponse),
          Effect.map(HttpServerResponse.setHeaders(headers)),
        )
        yield* router.prefixed(consolePath).add("GET", "/*", page)
      }),
    )
    const app = yield* HttpRouter.toHttpEffect(routes)
    const answer = yield* NodeHttpServer.makeHandler(app, { scope })
    const isPage = new RegExp(`^${consolePath}(?:[/?]|$)`)
    const console: Console = {
      answer,
      isAt: ({ method, url = "" }) => (method === "GET" || method === "HEAD") && isPage.test(url),
    }
    return console
  },
  Effect.provide(NodeHttpServer.layerHttpServices),
  Effect.orDie,
)
