/**
 * The server that misbehaves of core's tests, for pages of any origin: which row of the tables in `docs/guarantees.md` it
 * plays, and to which operation, is in the path. What comes of it over Node's `fetch` is known beforehand.
 */
import { Neuroio, Transport, Umaaas } from "@effect-tokens/core"
import * as RawServer from "@effect-tokens/test-support/RawServer"
import { chapters, type Misbehaviour } from "@effect-tokens/test-support/Misbehaviour"
import { services as servicesUnderTest } from "@effect-tokens/test-support/ServiceUnderTest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { calls, outcomeOf, type Service, services } from "./calls.ts"

/** The outcome of a call to `url` over Node's `fetch`. */
export interface Expectation {
  readonly service: Service
  readonly operation: string
  readonly url: string
  readonly outcome: string
}

export interface Row {
  readonly name: string
  readonly expectations: ReadonlyArray<Expectation>
}

/** Rows about time test the clock of the client. */
const timeless = new Set(["Statuses", "Connections", "Answers that are no HTTP", "Bodies", "Bodies of errors"])

/** Chromium waits for the rest of such a response until the time limit. */
const timely = "101 that nobody asked for"

const rows: ReadonlyArray<Misbehaviour> = chapters
  .filter(({ title }) => timeless.has(title))
  .flatMap(({ misbehaviours }) => misbehaviours)
  .filter(({ answer, name, stallsInBody }) => answer !== undefined && stallsInBody === undefined && name !== timely)

const allowed = [
  "access-control-allow-origin: *",
  "access-control-allow-methods: GET, POST, PATCH, DELETE",
  "access-control-allow-headers: authorization, content-type",
  "access-control-expose-headers: retry-after",
]

/** What comes before a final answer allows nothing. */
const finalHead = /HTTP\/1\.1 [2-5]\d\d [^\r]*\r\n/

const withCors = (answer: RawServer.Answer): RawServer.Answer => {
  const text = Buffer.from(answer.bytes).toString("latin1")
  const allowing = text.replace(finalHead, (head) => `${head}${allowed.map((line) => `${line}\r\n`).join("")}`)
  return { ...answer, bytes: Buffer.from(allowing, "latin1") }
}

const request = /^(\w+) \/(\d+)\/(\w+)\.(\w+)\//

/** Undefined where it makes no sense: what has no body has no bad one. */
const answerOf = (row: number, service: string, operation: string, elsewhere: string): RawServer.Answer | undefined => {
  const expected = servicesUnderTest.find(({ name }) => name === service)?.operations[operation]
  if (expected === undefined) return undefined
  const { body, status } = expected
  return rows[row]?.answer?.({ expected: { status, body: body?.with({}) }, attempt: 1, elsewhere })
}

const apiToken = Redacted.make("credential")

export const make = Effect.gen(function* () {
  const server = yield* RawServer.make()
  const elsewhere = yield* RawServer.make()
  server.answer = ({ text }) => {
    const [, method, row, service = "", operation = ""] = request.exec(text) ?? []
    if (method === "OPTIONS") return withCors(RawServer.response(204, {}))
    return withCors(answerOf(Number(row), service, operation, elsewhere.url) ?? RawServer.json(404, "{}"))
  }

  const expectations = (i: number) => {
    // Services differ in where they are: one for each row is enough.
    const service = services[i % services.length] ?? "Tokens"
    return Effect.forEach(
      Object.entries(calls[service]).filter(([name]) => answerOf(i, service, name, elsewhere.url) !== undefined),
      ([operation, call]) => {
        const url = `${server.url}/${i}/${service}.${operation}`
        const layer = Layer.merge(
          Neuroio.layer({ apiToken, iamUrl: url, apiUrl: url, retries: 0 }),
          Umaaas.layer({ clientId: "client-1", clientSecret: apiToken, url, retries: 0 }),
        ).pipe(Layer.provide(Transport.layerHttpClient), Layer.provide(FetchHttpClient.layer), Layer.orDie)
        return Effect.map(Effect.provide(outcomeOf(call), layer), (outcome): Expectation => ({
          service,
          operation,
          url,
          outcome,
        }))
      },
      { concurrency: "unbounded" },
    )
  }
  return yield* Effect.forEach(
    rows,
    ({ name }, i) => Effect.map(expectations(i), (expectations): Row => ({ name, expectations })),
    { concurrency: 4 },
  )
})
