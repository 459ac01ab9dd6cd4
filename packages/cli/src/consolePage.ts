/** The console: a page to look at the sandbox, served by the sandbox. Its sources are `packages/console`. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRespondable from "effect/http/HttpServerRespondable"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpStaticServer from "effect/http/HttpStaticServer"
import * as Layer from "effect/Layer"
import { fileURLToPath } from "node:url"

/** Where `npm run build` puts it, seen from the sources and from `dist` alike. */
export const builtFolder = fileURLToPath(new URL("../dist/console", import.meta.url))

/** Where it is served. */
export const consolePath = "/console"

/** It holds credentials: it loads nothing from elsewhere, calls nobody else, and is in nobody's frame. */
const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
}

/** Whether there is a page in a folder. The published package has it; its sources have it once it is built. */
export const isBuilt = (folder: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fileSystem) =>
    Effect.orElseSucceed(fileSystem.exists(`${folder}/index.html`), () => false),
  )

/** Serves the page of a folder. */
export const layerConsole = (folder: string) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const router = yield* HttpRouter.HttpRouter
      const files = yield* HttpStaticServer.make({ root: folder, cacheControl: "no-cache" })
      yield* router
        .prefixed(consolePath)
        .add(
          "GET",
          "/*",
          files.pipe(
            Effect.catch(HttpServerRespondable.toResponse),
            Effect.map(HttpServerResponse.setHeaders(headers)),
          ),
        )
    }),
  )
