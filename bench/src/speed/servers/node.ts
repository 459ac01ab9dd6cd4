/** Node's own server, which only answers. The sandbox is compared with it. */
import { createServer } from "node:http"
import { one } from "../answers.ts"
import { tellCpu } from "./tellCpu.ts"

const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(one) }

const server = createServer((_request, response) => {
  response.writeHead(200, headers).end(one)
})

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  tellCpu(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`)
})
