/**
 * A server that plays a part, as the first segment of a path says; the second names who plays with it, so that nobody
 * disturbs anybody. What was seen can be asked for, and waited for.
 *
 * - `/hold`: takes a request and does not answer; `/hold-body`: sends half an answer; `/hold-text`: one that is no JSON.
 * - `/reset`: breaks the connection.
 * - `/redirect`: to `/list`, with what follows.
 * - `/list`: an empty list that may be cached for long, and a cookie. `/busy`: 429, to be asked again in 7 seconds.
 * - `/drop`: an empty list; breaks the connection at the first POST, and answers the next with a token.
 * - `/echo`: 400, with the credential in the message.
 * - `/seen`: what was asked for so far. `/held`, `/freed`: answered once a request is held, or one that was is given up.
 *
 * Pages of any origin may call it, but not with a `/closed` before all that; and `/veiled` exposes no header.
 */
import { listen } from "@effect-tokens/test-support/FreePort"
import * as Effect from "effect/Effect"
import { EventEmitter } from "node:events"
import * as Http from "node:http"

/** A request, as `/seen` lists it. */
export interface Seen {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly cookie: string | undefined
  readonly authorization: string | undefined
}

const token = JSON.stringify({
  id: 1,
  key: "0123456789abcdef",
  is_active: true,
  created: "2026-01-01T00:00:00Z",
  expires: "2026-01-02T00:00:00Z",
})

const json = { "content-type": "application/json" }

const allowing = (origin: string, isVeiled: boolean) => ({
  "access-control-allow-origin": origin,
  "access-control-allow-credentials": "true",
  "access-control-allow-methods": "GET, POST, PATCH, DELETE",
  "access-control-allow-headers": "authorization, content-type",
  ...(isVeiled ? {} : { "access-control-expose-headers": "retry-after" }),
})

export const make = Effect.gen(function* () {
  const seen = new Map<string, Array<Seen>>()
  const happened = new Set<string>()
  const happenings = new EventEmitter()
  const happens = (what: string) => {
    happened.add(what)
    happenings.emit(what)
  }

  const server = Http.createServer((request, response) => {
    const { authorization, cookie, origin } = request.headers
    const segments = (request.url ?? "").slice(1).split("/")
    const manner = segments[0] === "closed" || segments[0] === "veiled" ? segments.shift() : undefined
    const [part = "", player = "", ...rest] = segments
    if (manner !== "closed" && origin !== undefined) {
      for (const [name, value] of Object.entries(allowing(origin, manner === "veiled"))) response.setHeader(name, value)
    }
    request.resume()
    if (request.method === "OPTIONS") return response.writeHead(204).end()
    const ofPlayer = seen.get(player) ?? []
    seen.set(player, ofPlayer)
    if (part === "seen") return response.writeHead(200, json).end(JSON.stringify(ofPlayer))
    if (part === "held" || part === "freed") {
      const what = `${player} ${part}`
      const answer = () => response.writeHead(200, json).end("true")
      return happened.has(what) ? answer() : happenings.once(what, answer)
    }
    ofPlayer.push({ method: request.method, path: request.url, cookie, authorization })
    switch (part) {
      case "hold":
      case "hold-body":
      case "hold-text":
        if (part !== "hold") {
          const type = part === "hold-body" ? json : { "content-type": "text/plain" }
          response.writeHead(200, { ...type, "content-length": 100 }).write("[")
        }
        response.on("close", () => happens(`${player} freed`))
        return happens(`${player} held`)
      case "reset":
        return request.socket.resetAndDestroy()
      case "redirect":
        return response.writeHead(307, { location: ["", "list", player, ...rest].join("/") }).end()
      case "list":
        return response
          .writeHead(200, { ...json, "cache-control": "max-age=3600", "set-cookie": `${player}=1; Path=/` })
          .end("[]")
      case "busy":
        return response.writeHead(429, { ...json, "retry-after": "7" }).end('{"message": "Not now."}')
      case "drop": {
        if (request.method === "GET") return response.writeHead(200, json).end("[]")
        const posts = ofPlayer.filter(({ method }) => method === "POST").length
        return posts === 1 ? request.socket.destroy() : response.writeHead(201, json).end(token)
      }
      case "echo":
        return response.writeHead(400, json).end(JSON.stringify({ message: `You said ${authorization}.` }))
      default:
        return response.writeHead(404).end()
    }
  })

  return `http://127.0.0.1:${yield* listen(server)}`
})
