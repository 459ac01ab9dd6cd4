/** Misbehaviours of a server, or of the network before it. Each is a row of the table of guarantees. */
import type { Limits } from "@effect-tokens/core"
import { gzipSync } from "node:zlib"
import { type Answer, json, noContent, response, silence } from "./RawServer.ts"

/** The answer to an operation when nothing goes wrong. */
export interface Expected {
  readonly status: number
  /** Undefined when the answer has no body. */
  readonly body: string | undefined
}

interface Situation {
  readonly expected: Expected
  /** The position of the request among those of the call, counted from 1. */
  readonly attempt: number
  /** The URL that a redirect leads to. */
  readonly elsewhere: string
}

export interface Misbehaviour {
  /** The name of the row. */
  readonly name: string
  /** Undefined where it makes no sense: an answer without a body has no bad body. */
  readonly answer?: (situation: Situation) => Answer | undefined
  /** Bytes in place of an answer: sent when a connection opens (`greeting`), or at its first bytes (`interruption`). */
  readonly greeting?: Answer
  readonly interruption?: Answer
  /** A failure to connect: nobody listens, only one side speaks TLS, or the certificate is not trusted. */
  readonly connection?: "refused" | "untrusted" | "TLS to plain" | "plain to TLS"
  /**
   * The server is a proxy that is asked for a tunnel. Only undici is tried then: Node's `fetch` goes through no proxy unless
   * it is told to.
   */
  readonly isProxy?: true
  readonly limits?: Limits.Limits
  /** The answer stalls only after its head. */
  readonly stallsInBody?: true
  /** The request cannot have taken effect, so that even a create may be sent again. */
  readonly isHarmless?: true
  /** The reason for another outcome over `fetch`, or with `ApiTokens`, if it differs. */
  readonly overFetch?: string
  /** `fetch` leaves it to a limit of its own to close the connection. */
  readonly isHeldByFetch?: true
  readonly ofApiTokens?: string | undefined
}

export interface Chapter {
  readonly title: string
  readonly misbehaviours: ReadonlyArray<Misbehaviour>
}

export const good = ({ body, status }: Expected): Answer => (body === undefined ? noContent : json(status, body))

const error = (status: number, headers: Readonly<Record<string, string | number>> = {}): Answer => {
  const body = JSON.stringify({ message: "No.", error_codes: [status], fields: [] })
  return response(status, { "content-type": "application/json", "content-length": body.length, ...headers }, body)
}

/** Answers with a success and this body. */
const withBody =
  (body: (good: string) => string | Uint8Array) =>
  ({ expected }: Situation) =>
    expected.body === undefined ? undefined : json(expected.status, body(expected.body))

const jsonHead = { "content-type": "application/json" }
const chunkedHead = { ...jsonHead, "transfer-encoding": "chunked" }

/** Answers with these bytes where a success has a body. */
const withHead =
  (
    headers: (good: string) => Readonly<Record<string, string | number>>,
    body: (good: string) => string | Uint8Array,
    more: Omit<Answer, "bytes"> = {},
  ) =>
  ({ expected }: Situation) =>
    expected.body === undefined
      ? undefined
      : { ...response(expected.status, headers(expected.body), body(expected.body)), ...more }

const always = (answer: Answer) => () => answer

const onceThen =
  (first: Answer, second?: Answer) =>
  ({ attempt, expected }: Situation): Answer =>
    attempt === 1 ? first : (second ?? good(expected))

const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
const longHeader = `x-more: ${"1".repeat(8000)}\r\n`
const mebibyte = 1024 * 1024
const deep = "[".repeat(100_000) + "]".repeat(100_000)
const half = (text: string) => text.slice(0, text.length >> 1)
const reset: Answer = { bytes: "", ending: "reset" }
/** The first bytes of an answer that must go on. */
const cut = (ending: "end" | "reset" | "stall"): Answer => ({ bytes: "HTTP/1.1 200 OK\r\ncontent-ty", ending })

const announced = (good: string) => ({ ...jsonHead, "content-length": good.length })

/** JSON that decompresses to 64 MiB. */
const bomb = gzipSync(`["${" ".repeat(64 * mebibyte)}"]`)

/** When calls begin. On a whole second: HTTP's dates have no smaller unit. */
export const startOfCalls = Date.UTC(2026, 0, 1)

const httpDate = new Date(startOfCalls + 2000).toUTCString()

const statuses: Chapter = {
  title: "Statuses",
  misbehaviours: [
    ...[400, 401, 403, 404, 408, 409, 418, 422, 500, 501, 502, 503, 504, 507].map((status) => ({
      name: `${status}`,
      answer: always(error(status)),
      ofApiTokens: status === 409 || status === 422 ? "it has no meaning there" : undefined,
    })),
    { name: "429", answer: always(error(429)), isHarmless: true },
    { name: "429, `Retry-After: 2`", answer: always(error(429, { "retry-after": 2 })), isHarmless: true },
    { name: "429, `Retry-After: 3600`", answer: always(error(429, { "retry-after": 3600 })), isHarmless: true },
    { name: "429, `Retry-After: soon`", answer: always(error(429, { "retry-after": "soon" })), isHarmless: true },
    { name: "429, `Retry-After: -1`", answer: always(error(429, { "retry-after": -1 })), isHarmless: true },
    {
      name: "429, `Retry-After:` 30 nines",
      answer: always(error(429, { "retry-after": "9".repeat(30) })),
      isHarmless: true,
    },
    { name: "503, `Retry-After: 2`", answer: always(error(503, { "retry-after": 2 })) },
    { name: "503, `Retry-After:` a date 2 s after the call", answer: always(error(503, { "retry-after": httpDate })) },
    { name: "503, `Retry-After: 20`", answer: always(error(503, { "retry-after": 20 })) },
    ...[302, 307, 308].map((status) => ({
      name: `${status} to another host`,
      answer: ({ elsewhere }: Situation) => response(status, { location: `${elsewhere}/`, "content-length": 0 }),
    })),
    {
      name: "another success than it should be",
      answer: ({ expected: { body, status } }) => json(status === 200 ? 201 : 200, body ?? "{}"),
    },
    {
      name: "204 where there should be a body",
      answer: ({ expected }) => (expected.body === undefined ? undefined : noContent),
    },
  ],
}

const connections: Chapter = {
  title: "Connections",
  misbehaviours: [
    { name: "refused", connection: "refused", isHarmless: true },
    { name: "reset while the request is sent", interruption: reset },
    { name: "reset after the request was read", answer: always(reset) },
    { name: "reset within the head", answer: always(cut("reset")) },
    { name: "reset within the body", answer: withHead(announced, half, { ending: "reset" }) },
    { name: "closed while the request is sent", interruption: { bytes: "", ending: "end" } },
    { name: "closed after the request was read", answer: always({ bytes: "", ending: "end" }) },
    { name: "closed within the head", answer: always(cut("end")) },
    { name: "closed within the body", answer: withHead(announced, half, { ending: "end" }) },
    {
      name: "closed within a chunked body",
      answer: withHead(
        () => chunkedHead,
        (good) => chunk(half(good)),
        { ending: "end" },
      ),
    },
    { name: "closed after the head of an error", answer: always({ ...error(503), bytes: head(503), ending: "end" }) },
    {
      name: "`https:` to a server without TLS",
      connection: "TLS to plain",
      isHarmless: true,
      overFetch: "it does not tell that TLS never came about",
    },
    {
      name: "`https:` to a server that stays silent",
      connection: "TLS to plain",
      greeting: silence,
      isHarmless: true,
      overFetch: "its limit for connections is 10 s, and it holds this one until then",
      isHeldByFetch: true,
    },
    { name: "`http:` to a server with TLS", connection: "plain to TLS" },
    { name: "a certificate that is not trusted", connection: "untrusted", isHarmless: true },
  ],
}

function head(status: number): string {
  return `HTTP/1.1 ${status} Whatever\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n`
}

const noHttp: Chapter = {
  title: "Answers that are no HTTP",
  misbehaviours: [
    { name: "the banner of an SSH server", greeting: { bytes: "SSH-2.0-OpenSSH_9.2\r\n" } },
    { name: "HTML without a head", answer: always({ bytes: "<!doctype html><title>Hello</title>", ending: "end" }) },
    { name: "a header without a colon", answer: always({ bytes: "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n" }) },
    {
      name: "two lengths",
      answer: withHead(
        (good) => ({ "Content-Length": good.length + 1, ...announced(good) }),
        (good) => good,
      ),
    },
    {
      name: "a length, and chunks",
      answer: withHead(
        (good) => ({ ...chunkedHead, ...announced(good) }),
        (good) => `${chunk(good)}0\r\n\r\n`,
      ),
    },
    {
      name: "a chunk without a size",
      answer: withHead(
        () => chunkedHead,
        () => "size\r\n",
      ),
    },
    {
      name: "a second answer that nobody asked for",
      answer: withHead(announced, (good) => good + head(401)),
    },
    {
      name: "101 that nobody asked for",
      answer: always({ bytes: "HTTP/1.1 101 Whatever\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n" }),
    },
    {
      name: "103, then the answer",
      answer: ({ expected }) => ({
        bytes: Buffer.concat([Buffer.from("HTTP/1.1 103 Early Hints\r\n\r\n"), Buffer.from(good(expected).bytes)]),
      }),
    },
    {
      name: "100, then the answer",
      answer: ({ expected }) => ({
        bytes: Buffer.concat([Buffer.from("HTTP/1.1 100 Continue\r\n\r\n"), Buffer.from(good(expected).bytes)]),
      }),
    },
  ],
}

/** A tunnel is open, and then there is this. */
const tunnel = (rest: Partial<Answer>): Answer => ({
  ...rest,
  bytes: `HTTP/1.1 200 Connection established\r\n\r\n${rest.bytes?.toString() ?? ""}`,
})

const byProxy = (name: string, rest: Omit<Misbehaviour, "name">): Misbehaviour => ({
  ...rest,
  name,
  isProxy: true,
  isHarmless: true,
})

const proxies: Chapter = {
  title: "Proxies",
  misbehaviours: [
    byProxy("a proxy that refuses connections", { connection: "refused" }),
    byProxy("a proxy whose certificate is not trusted", { connection: "untrusted" }),
    byProxy("reset at `CONNECT`", { answer: always(reset) }),
    byProxy("closed at `CONNECT`", { answer: always({ bytes: "", ending: "end" }) }),
    byProxy("the banner of an SSH server at `CONNECT`", { answer: always({ bytes: "SSH-2.0-OpenSSH_9.2\r\n" }) }),
    byProxy("silence at `CONNECT`", { answer: always(silence) }),
    ...[403, 407, 502].map((status) => byProxy(`${status} at \`CONNECT\``, { answer: always(error(status)) })),
    byProxy("a tunnel that is reset before TLS", { answer: always(tunnel({ ending: "reset" })) }),
    byProxy("a tunnel that is closed before TLS", { answer: always(tunnel({ ending: "end" })) }),
    byProxy("a tunnel that stays silent", { answer: always(tunnel({ ending: "stall" })) }),
    byProxy("a tunnel that speaks plain HTTP", { answer: always(tunnel({ bytes: head(400) })) }),
  ],
}

const bodies: Chapter = {
  title: "Bodies",
  misbehaviours: [
    {
      name: "another content type",
      answer: withHead(
        (good) => ({ ...announced(good), "content-type": "text/html" }),
        (good) => good,
      ),
    },
    {
      name: "no content type",
      answer: withHead(
        (good) => ({ "content-length": good.length }),
        (good) => good,
      ),
    },
    { name: "no body at all", answer: withBody(() => "") },
    { name: "no UTF-8", answer: withBody((good) => Buffer.concat([Buffer.from([0xff]), Buffer.from(good)])) },
    { name: "UTF-16", answer: withBody((good) => Buffer.from(`\ufeff${good}`, "utf16le")) },
    { name: "UTF-8 with a byte order mark", answer: withBody((good) => `\ufeff${good}`) },
    { name: "no JSON", answer: withBody(half) },
    { name: "JSON 100,000 levels deep", answer: withBody(() => deep) },
    {
      name: "the same within a field that nobody knows",
      answer: withBody((good) => good.replace("{", `{"more":${deep},`)),
    },
    {
      name: "another value than it should be",
      answer: withBody(() => '{"id":"1"}'),
      ofApiTokens: "its fields are others",
    },
    { name: "1 MiB", answer: withBody((good) => good.padEnd(mebibyte)) },
    { name: "1 MiB and a byte, announced", answer: withBody((good) => good.padEnd(mebibyte + 1)) },
    {
      name: "1 MiB and a byte, in chunks",
      answer: withHead(
        () => chunkedHead,
        (good) => `${chunk(good.padEnd(mebibyte + 1))}0\r\n\r\n`,
      ),
    },
    {
      name: "without end, announced as 1 GiB",
      answer: withHead(
        () => ({ ...jsonHead, "content-length": 2 ** 30 }),
        () => "[",
        { endless: " ".repeat(65_536) },
      ),
    },
    {
      name: "without end, in chunks",
      answer: withHead(
        () => chunkedHead,
        () => "",
        { endless: chunk(" ".repeat(65_536)) },
      ),
    },
    {
      name: "64 MiB in 64 KiB of gzip",
      answer: withHead(gzipped, () => bomb),
      overFetch: "it decompresses what it was not asked to",
    },
    {
      name: "shorter than announced, then closed",
      answer: withHead(
        (good) => ({ ...jsonHead, "content-length": good.length + 9 }),
        (good) => good,
        { ending: "end" },
      ),
    },
    {
      name: "longer than announced",
      answer: withHead(
        () => ({ ...jsonHead, "content-length": 1 }),
        (good) => good,
      ),
    },
    {
      name: "204 with a body",
      answer: ({ expected }) =>
        expected.body === undefined
          ? { bytes: Buffer.concat([Buffer.from(noContent.bytes), Buffer.from("{}")]) }
          : undefined,
    },
  ],
}

function gzipped() {
  return { ...jsonHead, "content-encoding": "gzip", "content-length": bomb.length }
}

const errorBodies: Chapter = {
  title: "Bodies of errors",
  misbehaviours: [
    {
      name: "400, HTML",
      answer: always(response(400, { "content-type": "text/html", "content-length": 6 }, "<html>")),
    },
    { name: "400, no JSON", answer: always(json(400, '{"message"')) },
    { name: "400, JSON 100,000 levels deep", answer: always(json(400, `{"message":${deep}}`)) },
    { name: "400, more than 1 MiB", answer: always(json(400, '{"message":"No."}'.padEnd(mebibyte + 1))) },
    {
      name: "400, without end",
      answer: always({ ...response(400, chunkedHead), endless: chunk(" ".repeat(65_536)) }),
    },
    { name: "400, closed within the body", answer: always({ bytes: head(400), ending: "end" }) },
    { name: "400, silent within the body", answer: always({ bytes: head(400), ending: "stall" }), stallsInBody: true },
    { name: "503, silent within the body", answer: always({ bytes: head(503), ending: "stall" }), stallsInBody: true },
  ],
}

const silences: Chapter = {
  title: "Silence, drips and floods",
  misbehaviours: [
    { name: "silence", answer: always(silence) },
    { name: "silence within the head", answer: always(cut("stall")) },
    { name: "silence within the body", answer: withHead(announced, half, { ending: "stall" }), stallsInBody: true },
    {
      name: "a header each second",
      answer: always({ bytes: "HTTP/1.1 200 OK\r\n", drip: "x-more: 1\r\n", ending: "stall" }),
    },
    {
      name: "a byte of the body each second",
      answer: withHead(
        () => ({ ...jsonHead, "content-length": 1000 }),
        () => "[",
        { drip: " ", ending: "stall" },
      ),
      stallsInBody: true,
    },
    {
      name: "103 ten times, then silence",
      answer: always({ bytes: "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(10), ending: "stall" }),
    },
    {
      name: "103 without end",
      answer: always({ bytes: "", endless: `HTTP/1.1 103 Early Hints\r\n${longHeader}\r\n`, ending: "stall" }),
    },
    {
      name: "headers without end",
      answer: always({ bytes: "HTTP/1.1 200 OK\r\n", endless: longHeader, ending: "stall" }),
    },
    {
      name: "a header without end",
      answer: always({ bytes: "HTTP/1.1 200 OK\r\nx-more: ", endless: "x".repeat(65_536), ending: "stall" }),
    },
    {
      name: "a status line without end",
      answer: always({ bytes: "HTTP/1.1 200 ", endless: "x".repeat(65_536), ending: "stall" }),
    },
    {
      name: "a chunk extension without end",
      answer: withHead(
        () => chunkedHead,
        () => "1;",
        { endless: "x".repeat(65_536), ending: "stall" },
      ),
      stallsInBody: true,
    },
    {
      name: "trailers without end",
      answer: withHead(
        () => chunkedHead,
        (good) => `${chunk(good)}0\r\n`,
        { endless: longHeader, ending: "stall" },
      ),
      stallsInBody: true,
    },
  ],
}

const once: Chapter = {
  title: "Once, and then as it should be",
  misbehaviours: [
    { name: "429", answer: onceThen(error(429)), isHarmless: true },
    { name: "503", answer: onceThen(error(503)) },
    { name: "500", answer: onceThen(error(500)) },
    { name: "reset", answer: onceThen(reset) },
    { name: "silence", answer: onceThen(silence) },
    { name: "silence within the head", answer: onceThen(cut("stall")) },
    { name: "the answer lost, then 404", answer: onceThen(reset, error(404)) },
    { name: "silence, then 404", answer: onceThen(silence, error(404)) },
    { name: "503, then 404", answer: onceThen(error(503), error(404)) },
    { name: "429, then 404", answer: onceThen(error(429), error(404)), isHarmless: true },
    { name: "the answer lost, then 401", answer: onceThen(reset, error(401)) },
    { name: "429, then silence", answer: onceThen(error(429), silence), isHarmless: true },
    { name: "429, then reset", answer: onceThen(error(429), reset), isHarmless: true },
  ],
}

const limits: Chapter = {
  title: "Other limits",
  misbehaviours: [
    { name: "`retries: 0`, 503", answer: always(error(503)), limits: { retries: 0 } },
    { name: "`retries: 0`, 429", answer: always(error(429)), limits: { retries: 0 }, isHarmless: true },
    { name: "`retries: 8`, 503", answer: always(error(503)), limits: { retries: 8 } },
    { name: "`retries: 100`, silence", answer: always(silence), limits: { retries: 100 } },
    { name: "`deadline: 6 s`, silence", answer: always(silence), limits: { deadline: "6 seconds" } },
    { name: "`deadline: 1 s`, silence", answer: always(silence), limits: { deadline: "1 second" } },
    {
      name: "`deadline: 2 s`, 429 and `Retry-After: 2`",
      answer: always(error(429, { "retry-after": 2 })),
      limits: { deadline: "2 seconds" },
      isHarmless: true,
    },
  ],
}

export const chapters: ReadonlyArray<Chapter> = [
  statuses,
  connections,
  proxies,
  noHttp,
  bodies,
  errorBodies,
  silences,
  once,
  limits,
]
