/** Effect's server over Node's, on which the sandbox is built, with one route that only answers. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { createServer } from "node:http"
import { one } from "../answers.ts"
import { tellCpu } from "./tellCpu.ts"

const route = HttpRouter.add(
  "GET",
  "/v1/tokens/:token/",
  Effect.sync(() => HttpServerResponse.text(one, { contentType: "application/json" })),
)

const announce = Layer.effectDiscard(
  Effect.map(HttpServer.HttpServer, ({ address }) => tellCpu(HttpServer.formatAddress(address))),
)

const program = Layer.merge(HttpRouter.serve(route, { disableLogger: true, disableListenLog: true }), announce).pipe(
  Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
)

await Effect.runPromise(Layer.launch(program))
